//! A line and the chain it stands in.

use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::details::SealedDetails;
use crate::hex;
use crate::time::Now;

/// What a line is about. The numbers are part of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Kind {
    /// A PIN was set for the first time.
    Enrolled = 1,
    /// A PIN is about to be checked; it counts as failed from here on.
    PinTried = 2,
    /// It was right.
    PinRight = 3,
    /// It was wrong.
    PinWrong = 4,
    /// It was wrong and already counted, so it was not counted again.
    PinRepeated = 5,
    /// The hardware failed before it could be told.
    PinNoVerdict = 6,
    /// Someone was turned away while cooling down; one line for a cooldown.
    PinRefused = 7,
    /// Tries found unsettled when the lock was opened; they count as wrong.
    OpenTriesCounted = 8,
    /// No further try until the person is verified some other way.
    Locked = 9,
    /// The PIN was changed.
    PinChanged = 10,
    /// The PIN's key derivation was made dearer.
    KdfUpgraded = 11,
    /// Another policy is in force.
    PolicyChanged = 12,
    /// A vault item was written.
    ItemWritten = 13,
    /// A vault item was deleted.
    ItemDeleted = 14,
    /// Everything that was protected was destroyed.
    Wiped = 15,
    /// The person's finger or face opens the wallet from now on.
    BiometricsOn = 16,
    /// It does not any more.
    BiometricsOff = 17,
    /// A finger or face is asked for.
    BiometricsAsked = 18,
    /// The person was recognised, and the slot opened.
    BiometricsRight = 19,
    /// Someone was not recognised.
    BiometricsNotRecognised = 20,
    /// The prompt ended without anyone recognised; nothing was counted.
    BiometricsEnded = 21,
    /// Biometrics may not be used now; one line for a reason, until the next PIN or success.
    BiometricsRefused = 22,
}

impl Kind {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 22] = [
        Self::Enrolled,
        Self::PinTried,
        Self::PinRight,
        Self::PinWrong,
        Self::PinRepeated,
        Self::PinNoVerdict,
        Self::PinRefused,
        Self::OpenTriesCounted,
        Self::Locked,
        Self::PinChanged,
        Self::KdfUpgraded,
        Self::PolicyChanged,
        Self::ItemWritten,
        Self::ItemDeleted,
        Self::Wiped,
        Self::BiometricsOn,
        Self::BiometricsOff,
        Self::BiometricsAsked,
        Self::BiometricsRight,
        Self::BiometricsNotRecognised,
        Self::BiometricsEnded,
        Self::BiometricsRefused,
    ];

    /// Its number in the format.
    pub fn code(self) -> u16 {
        self as u16
    }

    /// The kind of that number.
    pub fn from_code(code: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

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

/// What listeners are told of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The line's number.
    pub number: u64,
    /// When it was written.
    pub time: Now,
    /// What it is about.
    pub kind: Kind,
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
        let mut start = Context::new(&SHA256);
        start.update(b"walletlock v1 journal start");
        start.update(wallet_id);
        Self { number: 0, link: hash_bytes(start) }
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
    let mut link = Context::new(&SHA256);
    link.update(b"walletlock v1 journal line");
    link.update(before);
    link.update(&number.to_be_bytes());
    // One byte tells an unreadable boot count from zero.
    link.update(&[u8::from(time.boot.is_some())]);
    link.update(&time.boot.unwrap_or(0).to_be_bytes());
    link.update(&time.since_boot_ms.to_be_bytes());
    link.update(&time.wall_ms.to_be_bytes());
    link.update(&kind.to_be_bytes());
    link.update(&details.hash);
    // The ciphertext too, so that taking it away shows even while the wallet is locked.
    link.update(&details.ciphertext_hash());
    hash_bytes(link)
}

pub(super) fn hash_bytes(context: Context) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
    bytes
}
