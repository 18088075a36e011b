//! Nothing that the lock prints or writes holds the PIN, the person's numbers, the stored items, or what the owner has
//! and types to get back in.

mod files;
mod panics;
mod prints;
mod secrets;
mod ways_back;

use std::sync::Arc;

use secrets::Secret;
use tempfile::TempDir;
use walletlock_core::cards::NewCard;
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::pin::{Personal, PinEntry};
use walletlock_core::platform::testing::FakePhone;
use walletlock_core::policy::AntiRollback;
use walletlock_core::policy::{Contact, Policy};
use walletlock_core::{Enrolment, LockError, Options, PinOutcome, Session, WalletLock};
use zeroize::Zeroizing;

const PIN: &str = "835179";
const NEW_PIN: &str = "902746";
const WRONG_PIN: &str = "264830";
const PHONE_NUMBER: &str = "13958351790";
const ITEM_ID: &str = "token-of-visa-4111";
const ITEM: &[u8] = b"4111 1111 1111 1111";
const CARD: &str = "card-of-words";
const CARD_LABEL: &str = "salary and holidays";
const TOKEN: &[u8] = b"network token 5204 7400";
const CONTACT: &str = "+86 10 5550 4477";

/// Secrets that must not appear anywhere.
fn planted() -> Vec<Secret> {
    vec![
        Secret::pin("PIN", PIN),
        Secret::pin("new PIN", NEW_PIN),
        Secret::pin("wrong PIN", WRONG_PIN),
        Secret::pin("phone number", PHONE_NUMBER),
        Secret::bytes("item", ITEM),
        Secret::bytes("token of a card", TOKEN),
    ]
}

/// Secrets that a copied database must not reveal, although the open wallet shows some of them to its owner.
fn only_for_the_owner() -> Vec<Secret> {
    let mut secrets = planted();
    secrets.push(Secret::bytes("item id", ITEM_ID.as_bytes()));
    secrets.push(Secret::bytes("contact", CONTACT.as_bytes()));
    secrets.push(Secret::bytes("card id", CARD.as_bytes()));
    secrets.push(Secret::bytes("card label", CARD_LABEL.as_bytes()));
    secrets.push(Secret::bytes("name of the policy", b"policy of the words"));
    secrets.push(Secret::bytes("details of the journal", b"failures"));
    secrets
}

struct Wallet {
    phone: FakePhone,
    lock: Arc<WalletLock>,
    folder: TempDir,
}

impl Wallet {
    fn fresh() -> Self {
        Self::with_policy(Policy {
            name: "policy of the words".to_owned(),
            contacts: vec![Contact::Phone(CONTACT.to_owned())],
            ..Policy::default()
        })
    }

    fn with_policy(policy: Policy) -> Self {
        let phone = FakePhone::default();
        let folder = TempDir::new().expect("a folder");
        let options = Options {
            path: folder.path().join("wallet.db"),
            policy,
            platform: phone.platform(),
            calibration: Calibration::Fixed(KdfCost::CHEAP),
            anti_rollback: AntiRollback::default(),
        };
        Self { phone, lock: Arc::new(WalletLock::open(options).expect("it opens")), folder }
    }

    fn enrolled() -> Self {
        let wallet = Self::fresh();
        drop(wallet.enrol());
        wallet
    }

    fn enrol(&self) -> Session {
        match self.lock.enrol(&entry(PIN), &[]) {
            Ok(Enrolment::Enrolled(session)) => session,
            other => panic!("not enrolled: {other:?}"),
        }
    }

    fn unlock(&self) -> Session {
        match self.lock.verify_pin(&entry(PIN)) {
            PinOutcome::Right(session) => session,
            other => panic!("not unlocked: {other:?}"),
        }
    }
}

fn card() -> NewCard {
    NewCard { id: CARD.into(), label: CARD_LABEL.into(), network: "Visa".into(), last4: "1234".into() }
}

fn personal() -> [Personal; 2] {
    [Personal::Birthday { year: 1983, month: 5, day: 17 }, Personal::Number(Zeroizing::new(PHONE_NUMBER.to_owned()))]
}

fn entry(pin: &str) -> PinEntry {
    let entry = PinEntry::new();
    pin.bytes().for_each(|digit| assert_eq!(entry.push(u32::from(digit - b'0')), Ok(true)));
    entry
}

/// The error of a call that must be refused.
fn expect_refused<T>(result: Result<T, LockError>) -> LockError {
    result.err().expect("refused")
}
