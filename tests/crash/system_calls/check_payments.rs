//! Checks the payment, the limits and the freeze.

use walletlock_core::events::Kind;
use walletlock_core::payment::PaymentState;
use walletlock_core::policy::Period;
use walletlock_core::{Session, WalletLock};

use crate::check::{Violation, count, keep_wallets};
use crate::paying::PAYMENT;
use crate::payments::Paid;
use crate::world::Worlds;

/// Lines about all this.
const NOTED: [Kind; 6] = [
    Kind::PaymentReserved,
    Kind::PaymentApproved,
    Kind::PaymentReleased,
    Kind::PaymentCaptured,
    Kind::LimitSet,
    Kind::Frozen,
];

/// Compares what became of the payment, what is left of the limits, and whether payments are stopped.
pub(crate) fn keep(lock: &WalletLock, session: &Session, possible: &mut Worlds) -> Result<(), Violation> {
    let payment = lock.payments().state_of(PAYMENT).map_err(|error| format!("the payment: {error}"))?;
    keep_wallets(possible, "the payment", &payment, |wallet| match wallet.till.paid {
        Paid::Nothing => payment.is_none(),
        Paid::Reserved => payment == Some(PaymentState::Reserved),
        Paid::Captured(minor) => payment == Some(PaymentState::Captured { minor }),
    })?;
    let frozen = lock.payments().state().map_err(|error| format!("the freeze: {error}"))?.frozen.by_owner;
    keep_wallets(possible, "a freeze", &frozen, |wallet| wallet.till.is_frozen == frozen)?;
    let limits = session.limits().all().map_err(|error| format!("the limits: {error}"))?;
    let of = |per| limits.iter().find(|state| state.limit.per == per);
    // A wallet without a provider has no limit, and pays nothing.
    if let Some(day) = of(Period::Day) {
        keep_wallets(possible, "what is left", &day.left, |wallet| wallet.till.left() == day.left)?;
    }
    let once = of(Period::Payment).map(|state| state.limit.max);
    keep_wallets(possible, "the owner's limit", &once, |wallet| wallet.till.once == once)?;
    let lines = count(session, &NOTED)?;
    keep_wallets(possible, "lines of payments", &lines, |wallet| wallet.till.lines == lines)
}
