//! A line of the journal and the hash chain that it belongs to.

use serde::{Deserialize, Serialize};

use super::sealing::SealedDetails;
use crate::crypto::sha256;
use crate::events::Kind;
use crate::hex;
use crate::time::Now;

/// A line as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// 1 for the first line, without gaps.
    pub number: u64,
    /// When the line was written.
    pub time: Now,
    /// What the line is about: [`Kind::code`]. A code that this version does not know is kept and chained like any
    /// other.
    pub kind: u16,
    /// The line's details, if it has any.
    pub details: SealedDetails,
    /// SHA-256 over all fields above and the link of the line before.
    pub link: [u8; 32],
}

/// The end of the chain. It is kept in the sealed record, so that lines removed from the end are noticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Number of the last line; 0 before the first.
    pub number: u64,
    #[serde(with = "hex::array")]
    link: [u8; 32],
}

/// The result of checking a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// Every line is as it was written.
    Intact {
        /// The number of lines.
        lines: u64,
    },
    /// The lines before this line are as they were written; this line is changed, missing, or should not exist.
    BrokenAt {
        /// The number of this line.
        number: u64,
    },
}

impl Head {
    /// The last line's link.
    pub(crate) fn link(&self) -> &[u8; 32] {
        &self.link
    }

    /// The chain up to this line.
    pub(crate) fn at(line: &Line) -> Self {
        Self { number: line.number, link: line.link }
    }

    /// The start of a wallet's chain.
    pub(crate) fn start(wallet_id: &[u8; 16]) -> Self {
        Self { number: 0, link: sha256(&[b"walletlock v1 journal start", wallet_id]) }
    }

    /// Makes the next line, and moves the head to it.
    pub(crate) fn append(&mut self, time: Now, kind: Kind, details: SealedDetails) -> Line {
        let number = self.number + 1;
        let link = derive_link(&self.link, number, time, kind.code(), &details);
        *self = Self { number, link };
        Line { number, time, kind: kind.code(), details, link }
    }

    /// Moves the head to a line that was read, if that is the next line and unchanged. `false`, and no move, if not.
    pub(crate) fn verify_next(&mut self, line: &Line) -> bool {
        let number = self.number + 1;
        let link = derive_link(&self.link, line.number, line.time, line.kind, &line.details);
        let fits = line.number == number && line.link == link;
        if fits {
            *self = Self { number, link };
        }
        fits
    }

    /// The result for a chain that should end at this head and was verified up to `verified`.
    pub(crate) fn compare(&self, verified: &Self) -> Chain {
        if verified == self {
            Chain::Intact { lines: self.number }
        } else if verified.number == self.number {
            // As many lines as expected, but another last link: the chain was recomputed from some line on. Which line
            // that was cannot be told, so the last one is named.
            Chain::BrokenAt { number: self.number }
        } else {
            Chain::BrokenAt { number: verified.number.min(self.number) + 1 }
        }
    }
}

fn derive_link(before: &[u8; 32], number: u64, time: Now, kind: u16, details: &SealedDetails) -> [u8; 32] {
    sha256(&[
        b"walletlock v1 journal line",
        before,
        &number.to_be_bytes(),
        // One byte distinguishes an unreadable boot count from a count of zero.
        &[u8::from(time.boot.is_some())],
        &time.boot.unwrap_or(0).to_be_bytes(),
        &time.since_boot_ms.to_be_bytes(),
        &time.wall_ms.to_be_bytes(),
        &kind.to_be_bytes(),
        &details.hash,
        // The chain covers the ciphertext too, so that its removal is noticed even while the wallet is locked.
        &details.ciphertext_hash(),
    ])
}
