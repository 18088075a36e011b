//! The calls about payments, as the app makes them.

use walletlock_core::money::{Currency, Money};
use walletlock_core::payment::{Authorisation, LimitChange, PaymentState};
use walletlock_core::policy::{Limit, PaymentPolicy, Period, RiskPolicy};
use walletlock_core::provider::signer::decode;
use walletlock_core::request::{Payee, Payment, Scope};
use walletlock_core::{LockError, PaymentContext, PaymentOutcome, Session, WalletLock};

use crate::life::failed;
use crate::phone::entry;

/// The only payment, and its amount in minor units.
pub(crate) const PAYMENT: &str = "order";
pub(crate) const MINOR: u64 = 2_000;
/// The day's limit.
pub(crate) const DAY: u64 = 10_000;

fn euro() -> Currency {
    Currency::new("EUR").expect("a currency")
}

pub(crate) fn policy() -> PaymentPolicy {
    let limits = vec![Limit::amount(Scope::All, euro(), Period::Day, DAY)];
    PaymentPolicy { limits, risk: RiskPolicy::off(), ..PaymentPolicy::default() }
}

/// Asks for the payment and confirms it with this PIN.
pub(crate) fn pay(lock: &WalletLock, pin: &str) -> Result<PaymentOutcome, LockError> {
    let payee = Payee { name: "Bakery".to_owned(), id: "bakery".to_owned() };
    let payment = Payment::new(PAYMENT, Money::new(MINOR, euro()).expect("an amount"), payee);
    match lock.payments().authorize(&payment, &PaymentContext::default())? {
        PaymentOutcome::NeedsProof(needed) => lock.payments().confirm_pin(needed.handle, &entry(pin)),
        other => Ok(other),
    }
}

/// The number of an authorisation, under which the provider says what became of it.
pub(crate) fn number_of(authorisation: &Authorisation) -> String {
    let payload = authorisation.by_owner.split('.').nth(1).and_then(decode).expect("a payload");
    let payload = String::from_utf8(payload).expect("JSON");
    let (_, rest) = payload.split_once(r#""jti":""#).expect("a number");
    rest.split('"').next().expect("a text").to_owned()
}

/// The app says that so many minor units were charged.
pub(crate) fn capture(lock: &WalletLock, minor: u64) -> String {
    match lock.payments().captured(PAYMENT, minor) {
        Ok(Some(PaymentState::Captured { minor })) => format!("captured {minor}"),
        Ok(None) => "unknown".to_owned(),
        Ok(other) => format!("{other:?}"),
        Err(error) => failed(&error),
    }
}

/// Sets the owner's limit on a single payment.
pub(crate) fn lower(session: &Session, max: u64) -> Result<String, LockError> {
    match session.limits().set(&Limit::amount(Scope::All, euro(), Period::Payment, max))? {
        LimitChange::Set => Ok("set".to_owned()),
        other => Ok(format!("{other:?}")),
    }
}
