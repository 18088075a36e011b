//! The aliases of a wallet's device keys, all in one place.
//!
//! A key's alias is `PLACE/WALLET/KIND/NUMBER`; in format 1 it is `FILE/KIND/NUMBER`. The mark of a wiped wallet is
//! `walletlock/wiped/WALLET`, the mark of a place is `PLACE/wiped/0`. The mark of a rescue row is
//! `walletlock/WALLET/rescue/VERSION`, the mark of an order is `walletlock/WALLET/lost/KEY-NUMBER-EFFECT`.

use super::device_keys::DeviceKeys;
use crate::hex;
use crate::key_slots::{BiometricSlot, PinSlot};
use crate::place::Place;
use crate::policy::KeyId;
use crate::provider::OrderReason;
use crate::record::RecordHeader;

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
    /// A key that opens nothing: it says that the rescue row has this version, or an earlier one.
    RescueMark,
    /// The key with which this phone signs requests to its provider.
    Installation,
    /// A key that opens nothing: it says that the provider ordered a lock or a freeze.
    LostMark,
    /// A probe key: made to see whether the keystore works, and deleted at once.
    Probe,
}

impl AliasKind {
    const ALL: [Self; 8] = [
        Self::Pin,
        Self::Biometric,
        Self::Seal,
        Self::WipeMark,
        Self::RescueMark,
        Self::Installation,
        Self::LostMark,
        Self::Probe,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::Biometric => "biometric",
            Self::Seal => "seal",
            Self::WipeMark => "wiped",
            Self::RescueMark => "rescue",
            Self::Installation => "installation",
            Self::LostMark => "lost",
            Self::Probe => "probe",
        }
    }
}

/// An order of the provider, as its mark names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MarkedOrder {
    /// The key that signed the order; or the heartbeat that told of it.
    pub(crate) kid: KeyId,
    pub(crate) seq: u64,
    pub(crate) effect: MarkedEffect,
}

/// What a marked order does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MarkedEffect {
    Lock(OrderReason),
    Freeze,
    /// A heartbeat told of an order that did not come. The wallet is locked until the order comes.
    Withheld,
}

impl MarkedEffect {
    const ALL: [Self; 5] = [
        Self::Lock(OrderReason::Lost),
        Self::Lock(OrderReason::Unusual),
        Self::Lock(OrderReason::Order),
        Self::Freeze,
        Self::Withheld,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Lock(reason) => reason.name(),
            Self::Freeze => "freeze",
            Self::Withheld => "withheld",
        }
    }

    /// Whether the order locks the wallet.
    pub(crate) fn locks(self) -> bool {
        self != Self::Freeze
    }
}

/// The first part of the aliases that belong to no place.
const ANYWHERE: &str = "walletlock";

impl DeviceKeys {
    /// The alias of a PIN slot's key.
    pub(crate) fn pin(&self, wallet_id: &[u8; 16], slot: &PinSlot) -> String {
        self.key(slot.place(), wallet_id, AliasKind::Pin, &format!("{:016x}", slot.key_number()))
    }

    /// The alias for the key of a new PIN slot, at the file's present place.
    pub(crate) fn new_pin(&self, wallet_id: &[u8; 16], number: u64) -> String {
        self.key(Some(self.place), wallet_id, AliasKind::Pin, &format!("{number:016x}"))
    }

    /// The alias of a biometric slot's key.
    pub(crate) fn biometric(&self, wallet_id: &[u8; 16], slot: &BiometricSlot) -> String {
        self.key(slot.place(), wallet_id, AliasKind::Biometric, &format!("{:016x}", slot.key_number()))
    }

    /// The alias for the key of a new biometric slot, at the file's present place.
    pub(crate) fn new_biometric(&self, wallet_id: &[u8; 16], number: u64) -> String {
        self.key(Some(self.place), wallet_id, AliasKind::Biometric, &format!("{number:016x}"))
    }

    /// The alias of the key that seals the record with this header.
    pub(crate) fn seal(&self, header: &RecordHeader) -> String {
        self.key(header.place, &header.wallet_id, AliasKind::Seal, &header.epoch.to_string())
    }

    /// The alias of the mark of a wiped wallet.
    pub(crate) fn wipe_mark(wallet_id: &[u8; 16]) -> String {
        format!("{ANYWHERE}/{}/{}", AliasKind::WipeMark.name(), hex::encode(wallet_id))
    }

    /// The alias of the mark of this place. It is used when the id of the wiped wallet is not known.
    pub(crate) fn wipe_mark_of_place(&self) -> String {
        format!("{}/{}/0", self.place.name(), AliasKind::WipeMark.name())
    }

    /// The alias for a new installation's key, at the file's present place.
    pub(crate) fn new_installation(&self, wallet_id: &[u8; 16], number: u64) -> String {
        self.key(Some(self.place), wallet_id, AliasKind::Installation, &format!("{number:016x}"))
    }

    /// The alias of the mark of an order. It has no place: a moved file keeps its mark.
    pub(crate) fn lost_mark(wallet_id: &[u8; 16], order: &MarkedOrder) -> String {
        let MarkedOrder { kid, seq, effect } = order;
        format!("{}{kid}-{seq}-{}", Self::lost_marks_of(wallet_id), effect.name())
    }

    /// The prefix of the marks of this wallet's orders.
    pub(super) fn lost_marks_of(wallet_id: &[u8; 16]) -> String {
        format!("{ANYWHERE}/{}/{}/", hex::encode(wallet_id), AliasKind::LostMark.name())
    }

    /// The order that a mark of this wallet tells of. `None`: this version makes no such mark.
    pub(super) fn marked_order(wallet_id: &[u8; 16], mark: &str) -> Option<MarkedOrder> {
        let mut parts = mark.strip_prefix(&Self::lost_marks_of(wallet_id))?.splitn(3, '-');
        let (kid, seq, effect) = (parts.next()?, parts.next()?, parts.next()?);
        let effect = MarkedEffect::ALL.into_iter().find(|known| known.name() == effect)?;
        let order = MarkedOrder { kid: KeyId::parse(kid)?, seq: seq.parse().ok()?, effect };
        (Self::lost_mark(wallet_id, &order) == mark).then_some(order)
    }

    /// The alias of the mark of a wiped wallet in format 1.
    pub(crate) fn wipe_mark_1(&self, wallet_id: &[u8; 16]) -> String {
        format!("{}/{}/{}", self.file_name, AliasKind::WipeMark.name(), hex::encode(wallet_id))
    }

    /// The alias of the mark of a rescue row.
    pub(crate) fn rescue_mark(wallet_id: &[u8; 16], version: u64) -> String {
        format!("{ANYWHERE}/{}/{}/{version}", hex::encode(wallet_id), AliasKind::RescueMark.name())
    }

    /// The number at the end of an alias of this kind.
    pub(crate) fn number_of(alias: &str, kind: AliasKind) -> Option<u64> {
        let (_, number) = alias.rsplit_once('/')?;
        if Self::kind_of(alias) == Some(kind) { number.parse().ok() } else { None }
    }

    /// The alias of this place's probe key.
    pub(super) fn probe(&self) -> String {
        format!("{}/{}/0", self.place.name(), AliasKind::Probe.name())
    }

    /// The prefix of the marks of wiped wallets.
    pub(super) fn all_wipe_marks() -> String {
        format!("{ANYWHERE}/{}/", AliasKind::WipeMark.name())
    }

    /// Keeps only those aliases that name a key of a wallet. Someone who can write the file can write any alias into
    /// its unfinished row. Such an alias must not make the lock delete another key of the app, or the mark of a wipe.
    pub(crate) fn of_wallets(aliases: Vec<String>) -> Vec<String> {
        aliases.into_iter().filter(|alias| Self::is_of_any_wallet(alias)).collect()
    }

    /// Whether an alias names a key of some wallet, and not a mark or a probe key.
    pub(super) fn is_of_any_wallet(alias: &str) -> bool {
        matches!(
            Self::kind_of(alias),
            Some(AliasKind::Pin | AliasKind::Biometric | AliasKind::Seal | AliasKind::Installation)
        )
    }

    fn key(&self, place: Option<Place>, wallet_id: &[u8; 16], kind: AliasKind, number: &str) -> String {
        let kind = kind.name();
        match place {
            Some(place) => format!("{}/{}/{kind}/{number}", place.name(), hex::encode(wallet_id)),
            None => format!("{}/{kind}/{number}", self.file_name),
        }
    }

    /// Whether an alias names a key of this wallet, or the mark of a rescue row of it, whatever the place in the alias
    /// is. The marks of orders are not included.
    pub(super) fn is_of_wallet(alias: &str, wallet_id: &[u8; 16]) -> bool {
        let parts: Vec<_> = alias.split('/').collect();
        matches!(parts.as_slice(), [_, wallet, kind, _]
            if *wallet == hex::encode(wallet_id) && *kind != AliasKind::LostMark.name())
    }

    /// What an alias names. `None`: this version makes no such alias.
    pub(crate) fn kind_of(alias: &str) -> Option<AliasKind> {
        let (rest, _) = alias.rsplit_once('/')?;
        let (_, kind) = rest.rsplit_once('/')?;
        AliasKind::ALL.into_iter().find(|known| known.name() == kind)
    }

    /// The wallet named in an alias of this place.
    pub(super) fn wallet_of(&self, alias: &str) -> Option<[u8; 16]> {
        let (wallet_id, _) = alias.strip_prefix(&self.place.name())?.strip_prefix('/')?.split_once('/')?;
        hex::decode_array(wallet_id)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::crypto::{DataKey, KdfCost};
    use crate::key_slots::{SlotParts, WrappingKey};
    use crate::platform::testing::{self, FakeDeviceKey};

    const WALLET: [u8; 16] = [0x11; 16];

    const ORDER: MarkedOrder =
        MarkedOrder { kid: KeyId([1; 8]), seq: (1 << 53) - 1, effect: MarkedEffect::Lock(OrderReason::Unusual) };

    fn keys() -> DeviceKeys {
        let path = Path::new("/data/data/com.example/files/wallet.db");
        DeviceKeys::new(Arc::new(FakeDeviceKey::default()), path, "wallet.db")
    }

    fn header(place: Option<Place>) -> RecordHeader {
        RecordHeader { format: 2, epoch: 12, wallet_id: WALLET, place }
    }

    /// Wallets on phones have keys with these aliases.
    #[test]
    fn the_aliases_are_frozen() {
        let keys = keys();
        let place = keys.place().name();
        let wallet = "11".repeat(16);
        assert_eq!(keys.new_pin(&WALLET, 0xab), format!("{place}/{wallet}/pin/00000000000000ab"));
        assert_eq!(keys.new_biometric(&WALLET, 0xab), format!("{place}/{wallet}/biometric/00000000000000ab"));
        assert_eq!(keys.seal(&header(Some(keys.place()))), format!("{place}/{wallet}/seal/12"));
        assert_eq!(DeviceKeys::wipe_mark(&WALLET), format!("walletlock/wiped/{wallet}"));
        assert_eq!(DeviceKeys::rescue_mark(&WALLET, 12), format!("walletlock/{wallet}/rescue/12"));
        assert_eq!(keys.wipe_mark_of_place(), format!("{place}/wiped/0"));
        assert_eq!(keys.new_installation(&WALLET, 0xab), format!("{place}/{wallet}/installation/00000000000000ab"));
        assert_eq!(
            DeviceKeys::lost_mark(&WALLET, &ORDER),
            format!("walletlock/{wallet}/lost/0101010101010101-9007199254740991-unusual")
        );
        assert_eq!(keys.seal(&header(None)), "wallet.db/seal/12", "format 1");
        assert_eq!(keys.wipe_mark_1(&WALLET), format!("wallet.db/wiped/{wallet}"), "format 1");
    }

    #[test]
    fn the_mark_of_an_order_tells_that_order_and_no_other_alias_does() {
        let mark = DeviceKeys::lost_mark(&WALLET, &ORDER);
        for effect in MarkedEffect::ALL {
            let order = MarkedOrder { effect, ..ORDER };
            let mark = DeviceKeys::lost_mark(&WALLET, &order);
            assert_eq!(DeviceKeys::marked_order(&WALLET, &mark), Some(order), "{mark}");
        }
        assert_eq!(DeviceKeys::marked_order(&[0x12; 16], &mark), None);
        for other in [
            mark.replace("-unusual", "-odd"),
            mark.replace("-9", "-+9"),
            mark.replace("-9", "-09"),
            format!("{mark}-x"),
        ] {
            assert_eq!(DeviceKeys::marked_order(&WALLET, &other), None, "{other}");
        }
    }

    #[test]
    fn an_alias_tells_the_wallet_wherever_its_key_was_made() {
        let (keys, elsewhere) = (keys(), Place::of(Path::new("/data/data/com.example/old/wallet.db")));
        let mark = DeviceKeys::rescue_mark(&WALLET, 12);
        for of_wallet in [keys.new_pin(&WALLET, 7), keys.seal(&header(Some(elsewhere))), mark] {
            assert!(DeviceKeys::is_of_wallet(&of_wallet, &WALLET), "{of_wallet}");
            assert!(!DeviceKeys::is_of_wallet(&of_wallet, &[0x12; 16]), "{of_wallet}");
        }
        let marks = [DeviceKeys::wipe_mark(&WALLET), DeviceKeys::lost_mark(&WALLET, &ORDER)];
        for other in marks.into_iter().chain([keys.seal(&header(None)), keys.probe()]) {
            assert!(!DeviceKeys::is_of_wallet(&other, &WALLET), "{other}");
        }
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
            (DeviceKeys::rescue_mark(&WALLET, 12), AliasKind::RescueMark),
            (keys.new_installation(&WALLET, 7), AliasKind::Installation),
            (DeviceKeys::lost_mark(&WALLET, &ORDER), AliasKind::LostMark),
            (keys.probe(), AliasKind::Probe),
        ] {
            assert_eq!(DeviceKeys::kind_of(&alias), Some(kind), "{alias}");
        }
        for other in ["wallet.db/other/7", "wallet.db/pin", "pin/0000000000000007", "wallet.db/seal/7/probe"] {
            assert_eq!(DeviceKeys::kind_of(other), None, "{other}");
        }
    }

    #[test]
    fn an_alias_tells_its_number_if_it_is_of_the_kind_that_is_asked_for() {
        let mark = DeviceKeys::rescue_mark(&WALLET, 12);
        assert_eq!(DeviceKeys::number_of(&mark, AliasKind::RescueMark), Some(12));
        assert_eq!(DeviceKeys::number_of(&mark, AliasKind::Seal), None);
        assert_eq!(DeviceKeys::number_of(&keys().seal(&header(None)), AliasKind::Seal), Some(12));
        assert_eq!(DeviceKeys::number_of("walletlock/x/rescue/-1", AliasKind::RescueMark), None);
    }

    #[test]
    fn what_an_open_row_names_is_a_key_of_a_wallet_or_is_left_alone() {
        let keys = keys();
        let marks = [DeviceKeys::wipe_mark(&WALLET), keys.wipe_mark_of_place(), keys.wipe_mark_1(&WALLET)];
        let others = ["wallet.db/seal/7", "the app's own key", "wallet.db/other/7"].map(str::to_owned);
        let named = others.into_iter().chain(marks).chain([keys.probe()]).collect();
        assert_eq!(DeviceKeys::of_wallets(named), ["wallet.db/seal/7"], "marks of wipes are never deleted");
    }
}
