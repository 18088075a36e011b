//! Paying, for the stories: a shop's payments, and a wallet whose provider checks what it gets for them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::Value;
use walletlock_core::money::{Currency, Money};
use walletlock_core::payment::Authorisation;
use walletlock_core::policy::{Limit, PaymentPolicy, Period, Policy, RiskPolicy};
use walletlock_core::provider::signer::{decode, encode, read_authorisation};
use walletlock_core::request::{Channel, Payee, Payment, PromptId, ProofLevel, Scope};
use walletlock_core::{NeedsProof, PaymentContext, PaymentOutcome, PaymentRefusal, WordOutcome};

use crate::backend::Backend;
use crate::wallet::{PIN, Wallet, entry};

pub(crate) fn euro() -> Currency {
    Currency::new("EUR").expect("a currency")
}

pub(crate) fn euros(minor: u64) -> Money {
    Money::new(minor, euro()).expect("an amount")
}

/// A payment online to the bookshop.
pub(crate) fn payment(id: &str, minor: u64) -> Payment {
    Payment::new(id, euros(minor), Payee { name: "Bookshop".to_owned(), id: "m-17".to_owned() })
}

/// The same through another channel.
pub(crate) fn payment_by(id: &str, minor: u64, channel: Channel) -> Payment {
    Payment { channel, ..payment(id, minor) }
}

/// A policy that allows so many minor units of euros a day, and in which nothing is out of the ordinary.
pub(crate) fn day_limit(max: u64) -> PaymentPolicy {
    PaymentPolicy {
        limits: vec![Limit::amount(Scope::All, euro(), Period::Day, max)],
        risk: RiskPolicy::off(),
        ..Default::default()
    }
}

/// A wallet with this policy for payments, on a phone that a provider has registered.
pub(crate) fn with_provider(payment: PaymentPolicy) -> (Backend, Wallet) {
    let backend = Backend::new();
    let wallet = Wallet::with_policy(Policy { payment, ..backend.policy() });
    wallet.enrol(PIN).close();
    backend.register(&wallet);
    (backend, wallet)
}

/// A wallet with this policy for payments and without a provider.
pub(crate) fn alone(payment: PaymentPolicy) -> Wallet {
    let wallet = Wallet::with_policy(Policy { payment, ..Policy::default() });
    wallet.enrol(PIN).close();
    wallet
}

pub(crate) fn ask(wallet: &Wallet, payment: &Payment) -> PaymentOutcome {
    wallet.lock.payments().authorize(payment, &PaymentContext::default()).expect("an outcome")
}

pub(crate) fn needs(outcome: PaymentOutcome) -> NeedsProof {
    match outcome {
        PaymentOutcome::NeedsProof(needs) => needs,
        other => panic!("no proof needed: {other:?}"),
    }
}

pub(crate) fn approved(outcome: PaymentOutcome) -> Authorisation {
    match outcome {
        PaymentOutcome::Approved(authorisation) => {
            keep(&authorisation);
            authorisation
        }
        other => panic!("not approved: {other:?}"),
    }
}

thread_local! {
    /// The numbers of the authorisations that this story has got, by the payment's id.
    static AUTHORISED: RefCell<BTreeMap<String, String>> = RefCell::default();
}

/// Keeps the number of an authorisation: what became of it is said under this number.
pub(crate) fn keep(authorisation: &Authorisation) {
    let payload = authorisation.by_owner.split('.').nth(1).and_then(decode).expect("a payload");
    let said: Value = serde_json::from_slice(&payload).expect("JSON");
    let jti = said["jti"].as_str().expect("a number").to_owned();
    AUTHORISED.with_borrow_mut(|kept| kept.insert(authorisation.payment.clone(), jti));
}

pub(crate) fn refused(outcome: PaymentOutcome) -> Vec<PaymentRefusal> {
    match outcome {
        PaymentOutcome::Refused(reasons) => reasons,
        other => panic!("not refused: {other:?}"),
    }
}

/// Asks for a payment, and confirms it with the owner's PIN.
pub(crate) fn pay(wallet: &Wallet, payment: &Payment) -> PaymentOutcome {
    match ask(wallet, payment) {
        PaymentOutcome::NeedsProof(NeedsProof { handle, .. }) => {
            wallet.lock.payments().confirm_pin(handle, &entry(PIN)).expect("an outcome")
        }
        other => other,
    }
}

/// Pays with a finger that is queued already.
pub(crate) fn touch(wallet: &Wallet, payment: &Payment) -> PaymentOutcome {
    let needs = needs(ask(wallet, payment));
    assert!(needs.any_of.contains(&ProofLevel::Biometrics), "{:?}", needs.any_of);
    wallet.lock.payments().confirm_biometrics(needs.handle, PromptId::default()).expect("an outcome")
}

/// What is left of a day's limit of `most`: a payment of more is refused, and the refusal says it. While too many
/// payments are open, the wallet's limits say it.
pub(crate) fn left(wallet: &Wallet, most: u64) -> u64 {
    let over = |reason| match reason {
        PaymentRefusal::OverLimit { left, .. } => Some(left),
        _ => None,
    };
    let reasons = refused(ask(wallet, &payment("too-much", most + 1)));
    if reasons == [PaymentRefusal::TooManyOpen] {
        let limits = wallet.unlock().limits().all().expect("limits");
        return limits.iter().map(|limit| limit.left).min().expect("a limit");
    }
    reasons.into_iter().filter_map(over).min().expect("it is over the limit")
}

impl Backend {
    /// What an authorisation says, checked as a provider does: both signatures, by the keys of the registration.
    pub(crate) fn check(&self, authorisation: &Authorisation) -> Option<Value> {
        let by_phone = authorisation.by_phone.as_ref()?;
        read_authorisation(by_phone, &authorisation.by_owner, &self.registered_key(), &self.owner_key())
    }

    /// Tells the wallet what became of a payment. `None`: it was declined.
    pub(crate) fn settle(&self, wallet: &Wallet, payment: &str, captured_minor: Option<u64>) -> WordOutcome {
        let word = self.settlement(payment, captured_minor);
        wallet.lock.provider().accept(&word).expect("an outcome")
    }

    /// The signed word.
    pub(crate) fn settlement(&self, payment: &str, captured_minor: Option<u64>) -> String {
        let (aud, sub) = (self.wallet_id(), self.installation());
        let jti = AUTHORISED.with_borrow(|kept| kept.get(payment).cloned()).unwrap_or_else(|| encode(&[0; 16]));
        let state = captured_minor.map_or(r#""state":"declined""#.to_owned(), |minor| {
            format!(r#""state":"captured","captured_minor":{minor}"#)
        });
        let claims = format!(r#"{{"v":1,"aud":"{aud}","sub":"{sub}","jti":"{jti}","payment":"{payment}",{state}}}"#);
        self.online.sign("settle", &claims)
    }
}
