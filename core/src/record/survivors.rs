//! What a rescue needs of a record that cannot be read any more.

use super::format::MAX_BYTES;
use super::parts::Record;
use crate::binary::{self, as_json};
use crate::cards::Cards;
use crate::crypto::{AeadKey, DataKey, Purpose, Random};
use crate::journal::Head;
use crate::locks::Locks;
use crate::payment::Payments;
use crate::policy::Policy;
use crate::provider::Provider;
use crate::recovery::{Channels, SecondFactor};
use serde::{Deserialize, Serialize};

/// The format in which they are written. It stands before them: they are read when the record, which tells its own, is
/// gone.
const FORMAT: u8 = 1;

/// The parts of the record that outlive it: they are kept beside the rescue row, sealed under a subkey of the data key,
/// and written anew in every commit that has the data key. So damaging the record does not shed the policy.
///
/// The seal covers the wallet's id and the version of the rescue row. Survivors of the same version that somebody put
/// back are not noticed: after a rescue, what the wallet keeps is of unknown age.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Survivors {
    #[serde(with = "as_json")]
    pub(crate) policy: Policy,
    /// The journal's last line as this record knew it. Lines up to it can be verified.
    pub(crate) journal: Head,
    /// The number of the data key.
    pub(crate) data_key_number: u64,
    /// What the wallet knows about its provider, as of the last commit that had the data key: a key that was revoked
    /// before it stays revoked, and an order that was carried out before it does not count again.
    pub(crate) provider: Provider,
    /// The locks and freezes that stood. Locks that came since have marks in the keystore.
    pub(crate) locks: Locks,
    /// Where the provider sends codes.
    pub(crate) channels: Channels,
    /// A recovery does not switch it off.
    pub(crate) second_factor: SecondFactor,
    /// Limits, and what counted against them.
    pub(crate) payments: Payments,
    /// A card that was removed and destroyed since is removed again when its time is over.
    pub(crate) cards: Cards,
    /// The journal's last line that the owner had deleted.
    pub(crate) deleted: Option<Head>,
    /// The alerts that were shown.
    pub(crate) alerts_seen: u64,
}

/// The key that seals the survivors.
pub(crate) struct SurvivorsKey(AeadKey);

impl SurvivorsKey {
    pub(crate) fn derive(data_key: &DataKey) -> Self {
        Self(AeadKey::new(&data_key.derive(Purpose::Survivors)))
    }
}

impl Survivors {
    /// The survivors of a record.
    pub(crate) fn of(record: &Record) -> Self {
        let Record { policy, journal, data_key_number, provider, locks, recovery, .. } = record;
        let Record { payments, cards, deleted, alerts_seen, .. } = record;
        let (channels, second_factor) = recovery.surviving();
        Self {
            policy: policy.clone(),
            journal: journal.clone(),
            data_key_number: *data_key_number,
            provider: provider.clone(),
            // A later lock ends the wait of a recovery in the record, and a commit without the data key does not write
            // the survivors. So the wait is left out, and begins anew after damage.
            locks: locks.without_wait(),
            channels,
            second_factor,
            payments: payments.surviving(),
            cards: cards.surviving(),
            deleted: deleted.clone(),
            alerts_seen: *alerts_seen,
        }
    }

    /// Seals them for the rescue row of this version. `None` cannot happen: they are a part of the record, which fits.
    pub(crate) fn seal(
        &self,
        random: &mut Random,
        key: &SurvivorsKey,
        wallet_id: &[u8; 16],
        version: u64,
    ) -> Option<Vec<u8>> {
        key.0.seal(random, &associated_data(wallet_id, version), &binary::to_bytes(&(FORMAT, self), MAX_BYTES)?)
    }

    /// Opens what [`Self::seal`] made. `None` if it is damaged, or a newer version wrote it.
    pub(crate) fn open(sealed: &[u8], key: &SurvivorsKey, wallet_id: &[u8; 16], version: u64) -> Option<Self> {
        let bytes = key.0.open(&associated_data(wallet_id, version), sealed)?;
        let (FORMAT, survivors): (u8, Self) = binary::from_bytes(&bytes)? else { return None };
        // As in the record: counting up from less than 2^62 cannot overflow.
        let deleted = survivors.deleted.as_ref().map_or(0, |deleted| deleted.number);
        let numbers = [survivors.journal.number, survivors.data_key_number, deleted, survivors.alerts_seen];
        let is_in_range = numbers.iter().all(|number| *number < 1 << 62)
            && survivors.provider.is_in_range()
            && survivors.locks.is_in_range()
            && survivors.channels.is_in_range()
            && survivors.second_factor.is_in_range()
            && survivors.payments.is_in_range()
            && survivors.cards.is_in_range();
        is_in_range.then_some(survivors)
    }
}

fn associated_data(wallet_id: &[u8; 16], version: u64) -> Vec<u8> {
    [b"walletlock v1 survivors".as_slice(), wallet_id, &version.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing;
    use crate::record::tests::full_record;

    const WALLET: [u8; 16] = [0x11; 16];

    fn of(data_key_number: u64) -> Survivors {
        Survivors {
            policy: Policy::default(),
            journal: Head::start(&WALLET),
            data_key_number,
            provider: Provider::default(),
            locks: Locks::default(),
            channels: Channels::default(),
            second_factor: SecondFactor::default(),
            payments: Payments::default(),
            cards: Cards::default(),
            deleted: None,
            alerts_seen: 0,
        }
    }

    #[test]
    fn they_open_with_their_key_for_their_wallet_and_row_and_only_unchanged() {
        let mut random = testing::random(31);
        let key = SurvivorsKey::derive(&DataKey::make(&mut random));
        let survivors = || of(3);
        let sealed = survivors().seal(&mut random, &key, &WALLET, 7).expect("sealed");
        assert_eq!(Survivors::open(&sealed, &key, &WALLET, 7), Some(survivors()));
        assert_eq!(Survivors::open(&sealed, &key, &WALLET, 6), None, "another row's");
        assert_eq!(Survivors::open(&sealed, &key, &[0x12; 16], 7), None, "another wallet's");
        let other = SurvivorsKey::derive(&DataKey::make(&mut random));
        assert_eq!(Survivors::open(&sealed, &other, &WALLET, 7), None, "another data key");
        for bit in 0..8 * sealed.len() {
            let mut flipped = sealed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Survivors::open(&flipped, &key, &WALLET, 7), None, "bit {bit}");
        }
    }

    /// Those of the frozen record. If this fails, old ones no longer open.
    #[test]
    fn their_form_is_frozen() {
        let survivors = Survivors::of(&full_record());
        let bytes = binary::to_bytes(&(FORMAT, &survivors), MAX_BYTES).expect("bytes");
        assert_eq!(crate::hex::encode(&bytes), include_str!("../../vectors/survivors_v1.hex").trim());
        assert_eq!(binary::from_bytes(&bytes), Some((FORMAT, survivors)));
    }

    #[test]
    fn those_of_a_later_format_do_not_open() {
        let mut random = testing::random(33);
        let key = SurvivorsKey::derive(&DataKey::make(&mut random));
        for (format, opens) in [(FORMAT, true), (FORMAT + 1, false)] {
            let bytes = binary::to_bytes(&(format, of(3)), MAX_BYTES).expect("bytes");
            let sealed = key.0.seal(&mut random, &associated_data(&WALLET, 7), &bytes).expect("sealed");
            assert_eq!(Survivors::open(&sealed, &key, &WALLET, 7).is_some(), opens, "format {format}");
        }
    }

    #[test]
    fn a_number_that_no_version_writes_is_refused() {
        let mut random = testing::random(32);
        let key = SurvivorsKey::derive(&DataKey::make(&mut random));
        for (data_key_number, opens) in [((1 << 62) - 1, true), (1 << 62, false), (u64::MAX, false)] {
            let sealed = of(data_key_number).seal(&mut random, &key, &WALLET, 1).expect("sealed");
            assert_eq!(Survivors::open(&sealed, &key, &WALLET, 1).is_some(), opens, "{data_key_number}");
        }
    }
}
