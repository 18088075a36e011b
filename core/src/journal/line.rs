//! A line and the chain it stands in.

use serde::{Deserialize, Serialize};

use super::sealing::SealedDetails;
use crate::crypto::sha256;
use crate::events::Kind;
use crate::hex;
use crate::time::Now;

/// A line as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// 1 for the first, without gaps.
    pub number: u64,
    /// When it was written.
    pub time: Now,
    /// What it is about: [`Kind::code`]. A number that this version does not know is kept and chained all the same.
    pub kind: u16,
    /// Its details, if it has any.
    pub details: SealedDetails,
    /// SHA-256 over everything above and the line before.
    pub link: [u8; 32],
}

/// Where the chain ends. It stands in the sealed record, so lines cut off the end are missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Number of the last line; 0 before the first.
    pub number: u64,
    #[serde(with = "hex::array")]
    link: [u8; 32],
}

/// What checking a chain found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// Every line is as it was written.
    Intact {
        /// How many there are.
        lines: u64,
    },
    /// Lines before this one are as they were written; this one is changed, missing, or one too many.
    BrokenAt {
        /// Its number.
        number: u64,
    },
}

impl Head {
    /// The last line's link.
    pub(crate) fn link(&self) -> &[u8; 32] {
        &self.link
    }

    /// The start of a wallet's chain.
    pub(crate) fn start(wallet_id: &[u8; 16]) -> Self {
        Self { number: 0, link: sha256(&[b"walletlock v1 journal start", wallet_id]) }
    }

    /// The next line. The head moves on to it.
    pub(crate) fn append(&mut self, time: Now, kind: Kind, details: SealedDetails) -> Line {
        let number = self.number + 1;
        let link = derive_link(&self.link, number, time, kind.code(), &details);
        *self = Self { number, link };
        Line { number, time, kind: kind.code(), details, link }
    }

    /// Moves on to a line that was read, if it is the next one as it was written.
    pub(crate) fn follow(&mut self, line: &Line) -> bool {
        let number = self.number + 1;
        let link = derive_link(&self.link, line.number, line.time, line.kind, &line.details);
        let fits = line.number == number && line.link == link;
        if fits {
            *self = Self { number, link };
        }
        fits
    }

    /// What a chain is worth that could be followed as far as `followed`, when it should end here.
    pub(crate) fn compare(&self, followed: &Self) -> Chain {
        if followed == self {
            Chain::Intact { lines: self.number }
        } else if followed.number == self.number {
            // Chained anew from some line on, to an end that the record does not know; from which one cannot be told.
            Chain::BrokenAt { number: self.number }
        } else {
            Chain::BrokenAt { number: followed.number.min(self.number) + 1 }
        }
    }
}

fn derive_link(before: &[u8; 32], number: u64, time: Now, kind: u16, details: &SealedDetails) -> [u8; 32] {
    sha256(&[
        b"walletlock v1 journal line",
        before,
        &number.to_be_bytes(),
        // One byte tells an unreadable boot count from zero.
        &[u8::from(time.boot.is_some())],
        &time.boot.unwrap_or(0).to_be_bytes(),
        &time.since_boot_ms.to_be_bytes(),
        &time.wall_ms.to_be_bytes(),
        &kind.to_be_bytes(),
        &details.hash,
        // The ciphertext too, so that taking it away shows even while the wallet is locked.
        &details.ciphertext_hash(),
    ])
}
