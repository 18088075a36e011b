//! All disputes of a wallet.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::dispute::{Dispute, DisputeEnd};
use crate::binary;

/// The hidden item of the vault that holds them.
pub(crate) const DISPUTES_ITEM: &str = "\0disputes";
/// Most disputes that are kept. One more takes the place of the oldest that ended.
pub const MAX_DISPUTES: usize = 16;
/// The format in which they are written. It stands before them.
const FORMAT: u8 = 1;
/// Largest item: 16 disputes, each with a notice of two thousand bytes, take less.
const MAX_BYTES: usize = 60 * 1024;

/// The disputes of a wallet, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Disputes {
    /// The number of the last one.
    last: u32,
    pub(crate) list: Vec<Dispute>,
}

impl Disputes {
    /// Reads them. `None`: a newer version wrote them.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (FORMAT, disputes): (u8, Self) = binary::from_bytes(bytes)? else { return None };
        Some(disputes)
    }

    /// `None`: they are too large.
    pub(crate) fn to_bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        binary::to_bytes(&(FORMAT, self), MAX_BYTES)
    }

    /// Adds one, under the next number, in place of the oldest that ended if there are as many as there may be. `None`:
    /// all of them are open.
    pub(crate) fn add(&mut self, new: Dispute) -> Option<u32> {
        if self.list.len() >= MAX_DISPUTES {
            let ended = self.list.iter().position(|dispute| dispute.ended.is_some())?;
            self.list.remove(ended);
        }
        self.last = self.last.saturating_add(1);
        self.list.push(Dispute { number: self.last, ..new });
        Some(self.last)
    }

    /// Whether one more can be added.
    pub(crate) fn has_room(&self) -> bool {
        self.list.len() < MAX_DISPUTES || self.list.iter().any(|dispute| dispute.ended.is_some())
    }

    /// The open dispute of a payment.
    pub(crate) fn open_of(&self, payment: &str) -> Option<&Dispute> {
        self.list.iter().find(|dispute| dispute.payment == payment && dispute.ended.is_none())
    }

    pub(crate) fn find(&self, number: u32) -> Option<&Dispute> {
        self.list.iter().find(|dispute| dispute.number == number)
    }

    /// Notes who was told. The first time of a report counts, so a later one does not change it. `false`: there is no such
    /// dispute, or it was reported.
    pub(crate) fn report(&mut self, number: u32, to: &str, wall_ms: i64) -> bool {
        self.change(number, |dispute| {
            let is_first = dispute.reported_wall_ms.is_none();
            if is_first {
                (dispute.reported_wall_ms, dispute.reported_to) = (Some(wall_ms), Some(to.to_owned()));
            }
            is_first
        })
    }

    /// Ends a dispute. `false`: there is no such dispute, or it ended.
    pub(crate) fn end(&mut self, number: u32, how: DisputeEnd) -> bool {
        self.change(number, |dispute| {
            let is_open = dispute.ended.is_none();
            dispute.ended = dispute.ended.or(Some(how));
            is_open
        })
    }

    /// The first line of the journal that an open dispute needs.
    pub(crate) fn first_line(&self) -> Option<u64> {
        self.list.iter().filter(|dispute| dispute.ended.is_none()).map(|dispute| dispute.first_line).min()
    }

    fn change(&mut self, number: u32, change: impl FnOnce(&mut Dispute) -> bool) -> bool {
        self.list.iter_mut().find(|dispute| dispute.number == number).is_some_and(change)
    }
}
