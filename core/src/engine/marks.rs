//! Marks: keys in the phone's keystore that open nothing. They say what must stay true when somebody damages the
//! wallet's file or puts an older one in its place: that a wallet was wiped, which rescue row is in force, what the
//! provider ordered.

use super::aliases::{AliasKind, MarkedOrder};
use super::device_keys::{DeviceKeys, all_of, busy_if_gone};
use crate::platform::{DeviceKeyFault, KeyPurpose};

/// How many marks of wiped wallets are kept. Each mark is a key in the phone's keystore; nobody wipes that many wallets
/// by hand.
const MARKS_KEPT: usize = 32;

/// What the keystore's marks say about a rescue row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowAge {
    /// Its mark exists: it is in force, or its successor's commit was cut short.
    Current,
    /// A later row was put in force.
    Older,
    /// This keystore has no mark of it, and none of a later row.
    Unknown,
}

impl DeviceKeys {
    /// Whether the key of a mark gives the same answer twice: a wallet is not destroyed because of a single answer.
    pub(crate) fn answers(&self, mark: &str) -> Result<bool, DeviceKeyFault> {
        match self.mac_twice(mark, b"walletlock v2 mark") {
            Ok(_) => Ok(true),
            Err(DeviceKeyFault::Gone) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// Deletes the mark of this place, and checks that it is gone.
    pub(crate) fn delete_mark_of_place(&self) -> Result<(), DeviceKeyFault> {
        let mark = self.wipe_mark_of_place();
        self.delete(&mark)?;
        if self.exists(&mark)? { Err(DeviceKeyFault::Busy) } else { Ok(()) }
    }

    /// Makes the mark that says that this wallet was wiped.
    pub(crate) fn mark_as_wiped(&self, wallet_id: &[u8; 16]) -> Result<(), DeviceKeyFault> {
        self.make_mark(&Self::wipe_mark(wallet_id))
    }

    /// Makes the mark that says that whatever was at this place was wiped.
    pub(crate) fn mark_place_as_wiped(&self) -> Result<(), DeviceKeyFault> {
        self.make_mark(&self.wipe_mark_of_place())
    }

    /// Makes the mark of this order, which locks or freezes the wallet.
    pub(crate) fn mark_order(&self, wallet_id: &[u8; 16], order: &MarkedOrder) -> Result<(), DeviceKeyFault> {
        self.make_mark(&Self::lost_mark(wallet_id, order))
    }

    /// Makes the mark of an order for a wallet whose record cannot be read, and deletes the marks of earlier orders in
    /// whose place it stands. Otherwise they would pile up, because nothing else tells which of them still count.
    pub(crate) fn mark_only_order(&self, wallet_id: &[u8; 16], order: &MarkedOrder) -> Result<(), DeviceKeyFault> {
        self.mark_order(wallet_id, order)?;
        let is_replaced =
            |mark: &MarkedOrder| (mark.kid, mark.effect) == (order.kid, order.effect) && mark.seq < order.seq;
        let replaced = self.lost_marks(wallet_id)?.into_iter().filter(is_replaced);
        let replaced: Vec<_> = replaced.map(|mark| Self::lost_mark(wallet_id, &mark)).collect();
        self.delete_all(&replaced).ok();
        Ok(())
    }

    /// The orders whose marks the keystore lists, which is asked twice. Its lists may be incomplete: a missing mark
    /// proves nothing.
    pub(crate) fn lost_marks(&self, wallet_id: &[u8; 16]) -> Result<Vec<MarkedOrder>, DeviceKeyFault> {
        let prefix = Self::lost_marks_of(wallet_id);
        let marks = all_of(self.list(&prefix)?, self.list(&prefix)?);
        Ok(marks.iter().filter_map(|mark| Self::marked_order(wallet_id, mark)).collect())
    }

    /// Makes the mark of this version of the rescue row.
    pub(crate) fn mark_rescue_row(&self, wallet_id: &[u8; 16], version: u64) -> Result<(), DeviceKeyFault> {
        self.make_mark(&Self::rescue_mark(wallet_id, version))
    }

    /// Compares a rescue row's version with the marks in the keystore. A row is older than the one in force if its own
    /// mark is believed to be missing and a later one exists. A keystore without any mark, as on another phone, knows
    /// nothing of the row.
    pub(crate) fn judge_rescue_row(&self, wallet_id: &[u8; 16], version: u64) -> Result<RowAge, DeviceKeyFault> {
        let mark = Self::rescue_mark(wallet_id, version);
        // Asked before and after the probe that `is_there` makes: a list may be incomplete.
        let mut listed = self.list_of_wallet(wallet_id, false)?;
        if self.is_there(&mark)? {
            return Ok(RowAge::Current);
        }
        listed.extend(self.list_of_wallet(wallet_id, false)?);
        let later = |alias: &String| Self::number_of(alias, AliasKind::RescueMark).is_some_and(|other| other > version);
        Ok(if listed.iter().any(later) { RowAge::Older } else { RowAge::Unknown })
    }

    /// Makes a mark, and asks for it: a keystore may say that it made a key and lose it. Without the mark of a wipe, an
    /// older file and the recovery code would open what was wiped.
    fn make_mark(&self, mark: &str) -> Result<(), DeviceKeyFault> {
        // The mark exists already if an earlier call that made it was cut short.
        self.create(mark, KeyPurpose::Seal).or_else(|fault| self.ready(mark).map_err(|_| fault))?;
        self.ready(mark).map_err(busy_if_gone)
    }

    /// Deletes the marks of wiped wallets beyond the first [`MARKS_KEPT`] of the keystore's list. Which ones are first
    /// is arbitrary, because the ids in their aliases are random.
    pub(crate) fn drop_old_marks(&self) {
        let marks = self.list(&Self::all_wipe_marks()).unwrap_or_default();
        // A mark that cannot be deleted now is deleted at the next enrolment.
        marks.iter().skip(MARKS_KEPT).try_for_each(|mark| self.delete(mark)).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::super::device_keys::tests::of;
    use super::*;
    use crate::platform::testing::{self, FakePhone};

    const WALLET: [u8; 16] = [0x11; 16];

    #[test]
    fn a_rescue_row_is_older_only_if_a_later_mark_exists_and_its_own_is_gone() {
        let phone = FakePhone::default();
        let keys = of(phone.platform().device_key);
        let age = |version| keys.judge_rescue_row(&WALLET, version);
        assert_eq!(age(1), Ok(RowAge::Unknown), "another phone");
        keys.mark_rescue_row(&WALLET, 1).expect("made");
        keys.mark_rescue_row(&WALLET, 1).expect("made again");
        assert_eq!((age(1), age(2)), (Ok(RowAge::Current), Ok(RowAge::Unknown)));
        keys.mark_rescue_row(&WALLET, 2).expect("made");
        assert_eq!((age(1), age(2)), (Ok(RowAge::Current), Ok(RowAge::Current)), "cut short between the two");
        keys.delete(&DeviceKeys::rescue_mark(&WALLET, 1)).expect("deleted");
        assert_eq!((age(1), age(2), age(0)), (Ok(RowAge::Older), Ok(RowAge::Current), Ok(RowAge::Older)));
        assert_eq!(keys.judge_rescue_row(&[0x12; 16], 1), Ok(RowAge::Unknown), "another wallet's");
    }

    #[test]
    fn a_keystore_that_fails_makes_no_old_row_young() {
        let phone = FakePhone::default();
        let keys = of(phone.platform().device_key);
        keys.mark_rescue_row(&WALLET, 2).expect("made");
        assert_eq!(keys.judge_rescue_row(&WALLET, 1), Ok(RowAge::Older));
        let is_list = |call: testing::Call<'_>| matches!(call, testing::Call::Aliases { .. });
        phone.hooks.fail_next(is_list, DeviceKeyFault::Failed);
        assert_eq!(keys.judge_rescue_row(&WALLET, 1), Err(DeviceKeyFault::Failed));
        phone.hooks.fail_next(move |call| call.is("exists", "rescue"), DeviceKeyFault::Failed);
        assert_eq!(keys.judge_rescue_row(&WALLET, 1), Err(DeviceKeyFault::Failed));
    }
}
