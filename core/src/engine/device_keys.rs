//! The device keys of a wallet, and what is asked of the keystore that keeps them. What they are called stands in `aliases.rs`.
//!
//! The keystore is not believed at once. Android's answers an empty list, `null` or `false` where it failed (AOSP, `AndroidKeyStoreSpi.java`), so
//! that a key is gone is believed only if it has just answered correctly for a probe key; and an answer that a commit depends on is asked for twice.

use std::path::Path;
use std::sync::Arc;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::aliases::AliasKind;
use crate::key_slots::BiometricSlot;
use crate::place::Place;
use crate::platform::{DeviceKey, DeviceKeyFault, KeyPurpose, SecurityLevel};
use crate::record::{RecordHeader, SealKey, seal_key_input};

/// The phone's keystore, as far as it holds keys of the wallet in one file.
pub(crate) struct DeviceKeys {
    keystore: Arc<dyn DeviceKey>,
    /// Where the file is now.
    pub(super) place: Place,
    /// With what the aliases of format 1 began: the database's file name.
    pub(super) file_name: String,
}

/// So many marks of wiped wallets are kept. Each is a key in the phone's keystore; nobody wipes so many wallets by hand.
const MARKS_KEPT: usize = 32;

impl DeviceKeys {
    pub(crate) fn new(keystore: Arc<dyn DeviceKey>, path: &Path, file_name: &str) -> Self {
        Self { keystore, place: Place::of(path), file_name: file_name.to_owned() }
    }

    /// Where the file is now.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// The aliases that this place is said to have, and those that format 1 named after the file. None of them is missing for sure.
    fn list_here(&self) -> Result<Vec<String>, DeviceKeyFault> {
        let mut aliases = self.list(&format!("{}/", self.place.name()))?;
        aliases.extend(self.list_of_format_1()?);
        Ok(aliases)
    }

    fn list_of_format_1(&self) -> Result<Vec<String>, DeviceKeyFault> {
        self.list(&format!("{}/", self.file_name))
    }

    /// The aliases that a wallet is said to have, at whatever places they were made: a file may have been moved, and the process killed before it
    /// deleted the old place's keys. With `named_after_file` also those of format 1, which begin with the file's name.
    pub(crate) fn list_of_wallet(
        &self,
        wallet_id: &[u8; 16],
        named_after_file: bool,
    ) -> Result<Vec<String>, DeviceKeyFault> {
        let mut aliases = self.list("")?;
        aliases.retain(|alias| Self::is_of_wallet(alias, wallet_id));
        if named_after_file {
            aliases.extend(self.list_of_format_1()?);
        }
        Ok(aliases)
    }

    /// The same, asked for twice: for deleting what is left, so that nothing stays because the keystore left it out once.
    pub(crate) fn list_of_wallet_twice(
        &self,
        wallet_id: &[u8; 16],
        named_after_file: bool,
    ) -> Result<Vec<String>, DeviceKeyFault> {
        let mut aliases = self.list_of_wallet(wallet_id, named_after_file)?;
        let more = self.list_of_wallet(wallet_id, named_after_file)?;
        aliases.extend(more.into_iter().filter(|alias| !aliases.contains(alias)).collect::<Vec<_>>());
        Ok(aliases)
    }

    /// What is listed. A list that fails as if a key were gone says nothing of any key.
    fn list(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        self.keystore.aliases(prefix).map_err(busy_if_gone)
    }

    /// The wallets whose record was sealed at this place: their seal keys are here. That there is none is believed of a keystore which lists a
    /// key that was made for the question.
    pub(crate) fn wallets_here(&self) -> Result<WalletsHere, DeviceKeyFault> {
        let mut aliases = self.list_here()?;
        let is_seal = |alias: &String| Self::kind_of(alias) == Some(AliasKind::Seal);
        if !aliases.iter().any(is_seal) {
            aliases = self.with_probe(|| {
                let aliases = self.list_here()?;
                let sees_it = aliases.contains(&self.probe());
                sees_it.then_some(aliases).ok_or(DeviceKeyFault::Busy)
            })?;
        }
        let mut ids: Vec<_> =
            aliases.iter().filter(|alias| is_seal(alias)).filter_map(|alias| self.wallet_of(alias)).collect();
        ids.dedup();
        let has_pin_key = |id| {
            aliases.iter().any(|alias| Self::kind_of(alias) == Some(AliasKind::Pin) && self.wallet_of(alias) == id)
        };
        let is_stray =
            |alias: &&String| Self::kind_of(alias) == Some(AliasKind::Biometric) && !has_pin_key(self.wallet_of(alias));
        let strays = aliases.iter().filter(is_stray).cloned().collect();
        let legacy =
            |alias: &String| is_seal(alias) && alias.starts_with(&self.file_name) && self.wallet_of(alias).is_none();
        Ok(WalletsHere {
            has_seal_key: aliases.iter().any(is_seal),
            has_seal_key_of_format_1: aliases.iter().any(legacy),
            ids,
            strays,
        })
    }

    /// Whether there is a key of this alias. That there is none is believed only if the keystore says so twice, and answers correctly for a
    /// probe key between.
    pub(crate) fn is_there(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        if self.exists(alias)? {
            return Ok(true);
        }
        self.with_probe(|| self.exists(&self.probe())?.then_some(()).ok_or(DeviceKeyFault::Busy))?;
        self.exists(alias)
    }

    /// Whether the key of a mark answers, twice the same: a wallet is not destroyed on one word.
    pub(crate) fn answers(&self, mark: &str) -> Result<bool, DeviceKeyFault> {
        match self.mac_twice(mark, b"walletlock v2 mark") {
            Ok(_) => Ok(true),
            Err(DeviceKeyFault::Gone) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// Whether the keystore says, now, that there is one. Not believed where anything hangs on a no. A question that fails as if a key were gone
    /// says nothing.
    pub(crate) fn exists(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        self.keystore.exists(alias).map_err(busy_if_gone)
    }

    /// Makes a probe key, takes two equal HMACs of it, asks `ask`, and deletes it again. A keystore that fails in any of this is not believed.
    fn with_probe<T>(&self, ask: impl FnOnce() -> Result<T, DeviceKeyFault>) -> Result<T, DeviceKeyFault> {
        let probe = self.probe();
        // One may be left from a process that was killed here.
        let made = self.delete(&probe).and_then(|()| self.create(&probe, KeyPurpose::Seal));
        let answer = made.and_then(|()| {
            let answer = self.equal_macs(&probe, b"walletlock v2 awake", Self::mac_once).and_then(|_| ask());
            self.delete(&probe)?;
            answer
        });
        // Whatever is said of a key that was just made says nothing of another.
        answer.map_err(busy_if_gone)
    }

    pub(crate) fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        self.keystore.create(alias, purpose)
    }

    pub(crate) fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.unless_gone(alias, || self.keystore.ready(alias))
    }

    /// HMAC-SHA256 of `input`, checked to have its 32 bytes.
    pub(crate) fn mac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<[u8; 32]>, DeviceKeyFault> {
        self.unless_gone(alias, || self.mac_once(alias, input))
    }

    fn mac_once(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<[u8; 32]>, DeviceKeyFault> {
        let output = self.keystore.hmac(alias, input)?;
        let bytes: &[u8; 32] = output.as_slice().try_into().map_err(|_| DeviceKeyFault::Failed)?;
        Ok(Zeroizing::new(*bytes))
    }

    /// [`Self::mac`] for what a commit hangs on: asked for twice. Two different answers are none.
    pub(crate) fn mac_twice(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<[u8; 32]>, DeviceKeyFault> {
        self.equal_macs(alias, input, Self::mac)
    }

    fn equal_macs(
        &self,
        alias: &str,
        input: &[u8],
        mac: impl Fn(&Self, &str, &[u8]) -> Result<Zeroizing<[u8; 32]>, DeviceKeyFault>,
    ) -> Result<Zeroizing<[u8; 32]>, DeviceKeyFault> {
        let (first, second) = (mac(self, alias, input)?, mac(self, alias, input)?);
        if bool::from(first.ct_eq(&*second)) { Ok(first) } else { Err(DeviceKeyFault::Busy) }
    }

    /// [`DeviceKeyFault::Gone`] only if it is said twice, of a key that is there and refuses for good, or of one that is believed not to be there.
    fn unless_gone<T>(&self, alias: &str, ask: impl Fn() -> Result<T, DeviceKeyFault>) -> Result<T, DeviceKeyFault> {
        match ask() {
            Err(DeviceKeyFault::Gone) if self.is_there(alias)? => ask(),
            answer => answer,
        }
    }

    /// The seal's key of an epoch.
    pub(crate) fn seal_key(&self, header: &RecordHeader) -> Result<SealKey, DeviceKeyFault> {
        Ok(SealKey::derive(&*self.mac_twice(&self.seal(header), &seal_key_input(header))?))
    }

    pub(crate) fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.keystore.delete(alias)
    }

    /// Deletes the mark of this place, and sees that it is gone.
    pub(crate) fn delete_mark_of_place(&self) -> Result<(), DeviceKeyFault> {
        let mark = self.wipe_mark_of_place();
        self.delete(&mark)?;
        if self.exists(&mark)? { Err(DeviceKeyFault::Busy) } else { Ok(()) }
    }

    /// Deletes them in this order, up to the first that fails.
    pub(crate) fn delete_all(&self, aliases: &[String]) -> Result<(), DeviceKeyFault> {
        aliases.iter().try_for_each(|alias| self.delete(alias))
    }

    pub(crate) fn security_level(&self, alias: &str) -> Result<SecurityLevel, DeviceKeyFault> {
        self.unless_gone(alias, || self.keystore.security_level(alias))
    }

    /// What the journal says of a key just made. That the phone does not say is no reason to refuse the key.
    pub(crate) fn noted_security_level(&self, alias: &str) -> SecurityLevel {
        self.security_level(alias).unwrap_or(SecurityLevel::Unknown)
    }

    /// Makes the keystore say that this wallet was wiped.
    pub(crate) fn mark_as_wiped(&self, wallet_id: &[u8; 16]) -> Result<(), DeviceKeyFault> {
        self.make_mark(&Self::wipe_mark(wallet_id))
    }

    /// The same of whatever was at this place.
    pub(crate) fn mark_place_as_wiped(&self) -> Result<(), DeviceKeyFault> {
        self.make_mark(&self.wipe_mark_of_place())
    }

    fn make_mark(&self, mark: &str) -> Result<(), DeviceKeyFault> {
        // It stands there already if an earlier wipe was cut short.
        self.create(mark, KeyPurpose::Seal).or_else(|fault| self.ready(mark).map_err(|_| fault))
    }

    /// Deletes the marks of wiped wallets beyond those that are kept. Which ones go is as random as the ids of the wallets.
    pub(crate) fn drop_old_marks(&self) {
        let marks = self.list(&Self::all_wipe_marks()).unwrap_or_default();
        // What cannot be deleted now is deleted after the next enrolment.
        marks.iter().skip(MARKS_KEPT).try_for_each(|mark| self.delete(mark)).ok();
    }

    /// Has a biometric key deleted. If that fails the next opening does it; the key opens nothing any more.
    pub(crate) fn drop_biometric(&self, wallet_id: &[u8; 16], slot: &BiometricSlot) {
        self.delete(&self.biometric(wallet_id, slot)).ok();
    }
}

/// A fault that says nothing of the key that was asked about.
fn busy_if_gone(fault: DeviceKeyFault) -> DeviceKeyFault {
    if fault == DeviceKeyFault::Gone { DeviceKeyFault::Busy } else { fault }
}

/// What the keystore keeps for a place.
pub(crate) struct WalletsHere {
    /// Whether there is the key of a record.
    pub(crate) has_seal_key: bool,
    /// Whether one of them is named after the file.
    pub(crate) has_seal_key_of_format_1: bool,
    /// Whose, as far as its alias says.
    pub(crate) ids: Vec<[u8; 16]>,
    /// Biometric keys of wallets that have no other key here.
    pub(crate) strays: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing::{self, FakePhone};

    const WALLET: [u8; 16] = [0x11; 16];
    const PATH: &str = "/data/data/com.example/files/wallet.db";

    fn of(keystore: Arc<dyn DeviceKey>) -> DeviceKeys {
        DeviceKeys::new(keystore, Path::new(PATH), "wallet.db")
    }

    #[test]
    fn that_a_key_is_missing_is_believed_of_a_keystore_that_answers_for_a_probe_key_and_of_no_other() {
        let phone = FakePhone::default();
        let keys = of(phone.platform().device_key);
        let alias = keys.new_pin(&WALLET, 7);
        assert_eq!(keys.is_there(&alias), Ok(false));
        keys.create(&alias, KeyPurpose::PinSlot).expect("made");
        assert_eq!(keys.is_there(&alias), Ok(true));
        phone.device_key.lose_all();
        for asleep in ["exists", "hmac", "create"] {
            phone.hooks.fail_next(move |call| call.is(asleep, "probe"), DeviceKeyFault::Gone);
            assert_eq!(keys.is_there(&alias), Err(DeviceKeyFault::Busy), "{asleep}");
            assert_eq!(phone.hooks.unmet(), 0);
        }
        assert!(phone.device_key.all_aliases().is_empty(), "the probes are gone");
    }

    #[test]
    fn a_key_that_is_there_is_gone_only_if_that_is_said_twice() {
        let phone = FakePhone::default();
        let keys = of(phone.platform().device_key);
        let alias = keys.new_pin(&WALLET, 7);
        keys.create(&alias, KeyPurpose::PinSlot).expect("made");
        let is_pins = |call: testing::Call<'_>| call.is("ready", "pin");
        phone.hooks.fail_next(is_pins, DeviceKeyFault::Gone);
        assert_eq!(keys.ready(&alias), Ok(()), "once is no word");
        phone.hooks.fail_next(is_pins, DeviceKeyFault::Gone);
        phone.hooks.fail_next(is_pins, DeviceKeyFault::Gone);
        assert_eq!(keys.ready(&alias), Err(DeviceKeyFault::Gone), "invalidated for good");
    }

    #[test]
    fn what_keeps_a_key_is_told_also_when_the_key_was_called_gone_once() {
        let phone = FakePhone::default();
        let keys = of(phone.platform().device_key);
        let alias = keys.new_pin(&WALLET, 7);
        keys.create(&alias, KeyPurpose::PinSlot).expect("made");
        let is_pins = |call: testing::Call<'_>| matches!(call, testing::Call::SecurityLevel { .. });
        let level = keys.security_level(&alias).expect("told");
        phone.hooks.fail_next(is_pins, DeviceKeyFault::Gone);
        assert_eq!(keys.security_level(&alias), Ok(level), "once is no word");
        phone.hooks.fail_next(is_pins, DeviceKeyFault::Gone);
        phone.hooks.fail_next(is_pins, DeviceKeyFault::Gone);
        assert_eq!(keys.security_level(&alias), Err(DeviceKeyFault::Gone));
    }

    #[test]
    fn a_list_that_fails_as_if_a_key_were_gone_says_that_of_none() {
        let phone = FakePhone::default();
        let keys = of(phone.platform().device_key);
        let is_list = |call: testing::Call<'_>| matches!(call, testing::Call::Aliases { .. });
        let fail = || phone.hooks.fail_next(is_list, DeviceKeyFault::Gone);
        fail();
        assert_eq!(keys.list_here(), Err(DeviceKeyFault::Busy));
        fail();
        assert_eq!(keys.list_of_wallet(&WALLET, false), Err(DeviceKeyFault::Busy));
    }
}
