//! The device keys of a wallet: one inventory of their aliases, and what is asked of them.
//!
//! The keystore is not believed at once. Android's answers an empty list, `null` or `false` where it failed (AOSP, `AndroidKeyStoreSpi.java`), so
//! that a key is gone is believed only of a keystore that was just seen awake; and an answer that a commit depends on is asked for twice.

use std::path::Path;
use std::sync::Arc;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::hex;
use crate::key_slots::{BiometricSlot, PinSlot};
use crate::place::Place;
use crate::platform::{DeviceKey, DeviceKeyFault, KeyPurpose, SecurityLevel};
use crate::record::{RecordHeader, SealKey, seal_key_input};

/// The phone's keystore, as far as it holds keys of the wallet in one file.
pub(crate) struct DeviceKeys {
    keystore: Arc<dyn DeviceKey>,
    /// Where the file is now.
    place: Place,
    /// With what the aliases of format 1 began: the database's file name.
    file_name: String,
}

/// What an alias names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AliasKind {
    /// The key of a PIN slot.
    Pin,
    /// The key of a biometric slot.
    Biometric,
    /// The key that seals the record in one epoch.
    Seal,
    /// A key that opens nothing: it says that a wallet was wiped.
    WipeMark,
    /// A key made to see whether the keystore is awake.
    Probe,
}

impl AliasKind {
    const ALL: [Self; 5] = [Self::Pin, Self::Biometric, Self::Seal, Self::WipeMark, Self::Probe];

    fn name(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::Biometric => "biometric",
            Self::Seal => "seal",
            Self::WipeMark => "wiped",
            Self::Probe => "probe",
        }
    }
}

/// With what the aliases begin that belong to no place.
const ANYWHERE: &str = "walletlock";
/// So many marks of wiped wallets are kept. Each is a key in the phone's keystore; nobody wipes so many wallets by hand.
const MARKS_KEPT: usize = 32;

// The names. `PLACE/WALLET/KIND/NUMBER`, in format 1 `FILE/KIND/NUMBER`; a wiped wallet's mark is `walletlock/wiped/WALLET`, a place's
// `PLACE/wiped/0`.
impl DeviceKeys {
    pub(crate) fn new(keystore: Arc<dyn DeviceKey>, path: &Path, file_name: &str) -> Self {
        Self { keystore, place: Place::of(path), file_name: file_name.to_owned() }
    }

    /// Where the file is now.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// The key of a PIN slot.
    pub(crate) fn pin(&self, wallet_id: &[u8; 16], slot: &PinSlot) -> String {
        self.key(slot.place(), wallet_id, AliasKind::Pin, &format!("{:016x}", slot.key_number()))
    }

    /// The key for a PIN slot that is to be made.
    pub(crate) fn new_pin(&self, wallet_id: &[u8; 16], number: u64) -> String {
        self.key(Some(self.place), wallet_id, AliasKind::Pin, &format!("{number:016x}"))
    }

    /// The key of a biometric slot.
    pub(crate) fn biometric(&self, wallet_id: &[u8; 16], slot: &BiometricSlot) -> String {
        self.key(slot.place(), wallet_id, AliasKind::Biometric, &format!("{:016x}", slot.key_number()))
    }

    /// The key for a biometric slot that is to be made.
    pub(crate) fn new_biometric(&self, wallet_id: &[u8; 16], number: u64) -> String {
        self.key(Some(self.place), wallet_id, AliasKind::Biometric, &format!("{number:016x}"))
    }

    /// The key that seals the record of this header.
    pub(crate) fn seal(&self, header: &RecordHeader) -> String {
        self.key(header.place, &header.wallet_id, AliasKind::Seal, &header.epoch.to_string())
    }

    /// The mark of a wallet that was wiped.
    pub(crate) fn wipe_mark(wallet_id: &[u8; 16]) -> String {
        format!("{ANYWHERE}/{}/{}", AliasKind::WipeMark.name(), hex::encode(wallet_id))
    }

    /// The mark of a place where a wallet was wiped of which nothing was known any more.
    pub(crate) fn wipe_mark_of_place(&self) -> String {
        format!("{}/{}/0", self.place.name(), AliasKind::WipeMark.name())
    }

    /// That of format 1.
    pub(crate) fn wipe_mark_1(&self, wallet_id: &[u8; 16]) -> String {
        format!("{}/{}/{}", self.file_name, AliasKind::WipeMark.name(), hex::encode(wallet_id))
    }

    fn key(&self, place: Option<Place>, wallet_id: &[u8; 16], kind: AliasKind, number: &str) -> String {
        match place {
            Some(place) => format!("{}/{}/{}/{number}", place.name(), hex::encode(wallet_id), kind.name()),
            None => format!("{}/{}/{number}", self.file_name, kind.name()),
        }
    }

    /// What an alias names. `None`: nothing that this version makes.
    pub(crate) fn kind_of(alias: &str) -> Option<AliasKind> {
        let (rest, _) = alias.rsplit_once('/')?;
        let (_, kind) = rest.rsplit_once('/')?;
        AliasKind::ALL.into_iter().find(|known| known.name() == kind)
    }

    /// The wallet whose key an alias of this place names.
    fn wallet_of(&self, alias: &str) -> Option<[u8; 16]> {
        let (wallet_id, _) = alias.strip_prefix(&self.place.name())?.strip_prefix('/')?.split_once('/')?;
        hex::decode_array(wallet_id)
    }
}

// What is asked.
impl DeviceKeys {
    /// The aliases that this place is said to have, and those that format 1 named after the file. None of them is missing for sure.
    pub(crate) fn list_here(&self) -> Result<Vec<String>, DeviceKeyFault> {
        let mut aliases = self.list(&self.place.name())?;
        aliases.extend(self.list(&self.file_name)?);
        Ok(aliases)
    }

    /// The aliases that a wallet is said to have at a place.
    pub(crate) fn list_of_wallet(
        &self,
        place: Option<Place>,
        wallet_id: &[u8; 16],
    ) -> Result<Vec<String>, DeviceKeyFault> {
        let place = place
            .map_or_else(|| self.file_name.clone(), |place| format!("{}/{}", place.name(), hex::encode(wallet_id)));
        self.list(&place)
    }

    /// What is listed beneath a name. A list that fails as if a key were gone says nothing of any key.
    fn list(&self, beneath: &str) -> Result<Vec<String>, DeviceKeyFault> {
        self.keystore.aliases(&format!("{beneath}/")).map_err(busy_if_gone)
    }

    /// The same for deleting what is left, so that nothing stays because the keystore left it out once.
    pub(crate) fn list_of_wallet_twice(
        &self,
        place: Option<Place>,
        wallet_id: &[u8; 16],
    ) -> Result<Vec<String>, DeviceKeyFault> {
        let mut aliases = self.list_of_wallet(place, wallet_id)?;
        let more = self.list_of_wallet(place, wallet_id)?;
        aliases.extend(more.into_iter().filter(|alias| !aliases.contains(alias)).collect::<Vec<_>>());
        Ok(aliases)
    }

    /// The wallets whose record was sealed at this place: their seal keys are here. That there is none is believed of a keystore which lists a
    /// key that was made for the question.
    pub(crate) fn wallets_here(&self) -> Result<WalletsHere, DeviceKeyFault> {
        let mut aliases = self.list_here()?;
        let is_seal = |alias: &String| Self::kind_of(alias) == Some(AliasKind::Seal);
        if !aliases.iter().any(is_seal) {
            aliases = self.awake(|| {
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

    /// Whether there is a key of this alias. That there is none is believed only if the keystore says so twice and was seen awake between.
    pub(crate) fn is_there(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        if self.exists(alias)? {
            return Ok(true);
        }
        self.awake(|| self.exists(&self.probe())?.then_some(()).ok_or(DeviceKeyFault::Busy))?;
        self.exists(alias)
    }

    /// Whether the keystore says, now, that there is one. Not believed where anything hangs on a no.
    pub(crate) fn says_there_is(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
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

    /// The answer to a question by name is yes or no. One that fails as if a key were gone says nothing.
    fn exists(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        self.keystore.exists(alias).map_err(busy_if_gone)
    }

    /// Asks something of a keystore that makes a key, gives two equal answers with it, and deletes it again.
    fn awake<T>(&self, ask: impl FnOnce() -> Result<T, DeviceKeyFault>) -> Result<T, DeviceKeyFault> {
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

    fn probe(&self) -> String {
        format!("{}/{}/0", self.place.name(), AliasKind::Probe.name())
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

    /// The same for what a commit hangs on: asked for twice. Two different answers are none.
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

    /// Makes the keystore say that this wallet was wiped. Of the earlier ones' marks so many stay.
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
        let marks = self.list(&format!("{ANYWHERE}/{}", AliasKind::WipeMark.name())).unwrap_or_default();
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
    use crate::crypto::{DataKey, KdfCost};
    use crate::key_slots::{SlotParts, WrappingKey};
    use crate::platform::testing::{self, FakeDeviceKey, FakePhone};

    const WALLET: [u8; 16] = [0x11; 16];
    const PATH: &str = "/data/data/com.example/files/wallet.db";

    fn of(keystore: Arc<dyn DeviceKey>) -> DeviceKeys {
        DeviceKeys::new(keystore, Path::new(PATH), "wallet.db")
    }

    fn keys() -> DeviceKeys {
        of(Arc::new(FakeDeviceKey::default()))
    }

    fn header(place: Option<Place>) -> RecordHeader {
        RecordHeader { format: 2, epoch: 12, wallet_id: WALLET, place }
    }

    /// Wallets on phones have keys of these names.
    #[test]
    fn the_aliases_are_frozen() {
        let keys = keys();
        let place = keys.place().name();
        let wallet = "11".repeat(16);
        assert_eq!(keys.new_pin(&WALLET, 0xab), format!("{place}/{wallet}/pin/00000000000000ab"));
        assert_eq!(keys.new_biometric(&WALLET, 0xab), format!("{place}/{wallet}/biometric/00000000000000ab"));
        assert_eq!(keys.seal(&header(Some(keys.place()))), format!("{place}/{wallet}/seal/12"));
        assert_eq!(DeviceKeys::wipe_mark(&WALLET), format!("walletlock/wiped/{wallet}"));
        assert_eq!(keys.wipe_mark_of_place(), format!("{place}/wiped/0"));
        assert_eq!(keys.seal(&header(None)), "wallet.db/seal/12", "format 1");
        assert_eq!(keys.wipe_mark_1(&WALLET), format!("wallet.db/wiped/{wallet}"), "format 1");
    }

    #[test]
    fn a_slot_finds_its_key_by_the_place_where_it_was_made() {
        let (keys, elsewhere) = (keys(), Place::of(Path::new("/data/data/com.example/old/wallet.db")));
        let mut random = testing::random(4);
        let data_key = DataKey::make(&mut random);
        let parts =
            SlotParts { wallet_id: &WALLET, cost: KdfCost::CHEAP, salt: [3; 16], key_number: 7, place: elsewhere };
        let pin = PinSlot::make(&mut random, &parts, &[5; 32], &data_key).expect("short");
        let key = WrappingKey { number: 7, place: elsewhere, wrapped: &[6; 60] };
        let slot_key = random.bytes();
        let biometric = BiometricSlot::make(&mut random, &WALLET, &key, &slot_key, &data_key).expect("short");
        for alias in [keys.pin(&WALLET, &pin), keys.biometric(&WALLET, &biometric)] {
            assert!(alias.starts_with(&format!("{}/", elsewhere.name())), "{alias}");
        }
    }

    #[test]
    fn every_alias_tells_its_kind_and_no_other_does() {
        let keys = keys();
        for (alias, kind) in [
            (keys.new_pin(&WALLET, 7), AliasKind::Pin),
            (keys.new_biometric(&WALLET, 7), AliasKind::Biometric),
            (keys.seal(&header(None)), AliasKind::Seal),
            (DeviceKeys::wipe_mark(&WALLET), AliasKind::WipeMark),
            (keys.probe(), AliasKind::Probe),
        ] {
            assert_eq!(DeviceKeys::kind_of(&alias), Some(kind), "{alias}");
        }
        for other in ["wallet.db/other/7", "wallet.db/pin", "pin/0000000000000007", "wallet.db/seal/7/probe"] {
            assert_eq!(DeviceKeys::kind_of(other), None, "{other}");
        }
    }

    #[test]
    fn that_a_key_is_missing_is_believed_of_a_keystore_that_is_awake_and_of_no_other() {
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
        assert_eq!(keys.list_of_wallet(Some(keys.place()), &WALLET), Err(DeviceKeyFault::Busy));
    }
}
