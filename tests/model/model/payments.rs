//! Payments that are confirmed by biometrics. No limit is ever reached and no rule asks for more proof, so that the
//! budget of biometrics decides. A payment opens no session.

use walletlock_core::events::Kind;
use walletlock_core::platform::SensorAvailability;
use walletlock_core::request::ProofLevel;
use walletlock_core::{LockError, LockStatus, Now};

use super::calls::PLATFORM;
use super::prompts::{CallResult, Use, without_verdict};
use super::spans::{Estimate, Wait, is_live};
use super::tries::AttemptGate;
use super::{Caller, Model, Wallet};
use crate::outcome::Outcome;
use crate::steps::Wanted;

/// How long a payment waits for its proof.
const WAITS_MS: u64 = 300_000;
/// How many authorisations may be out at once.
const MOST_OUT: usize = 8;
/// How long an authorisation is valid, by the policy's default, and by how much the provider's clock may differ.
const VALID_MS: i64 = 120_000 + 60_000;
/// An authorisation that would be out for longer was made by a later reading, and counts as over.
const LONGEST_MS: i64 = 600_000 + 60_000;
/// For how long a change counts as a short while ago.
const RECENT_MS: u64 = 24 * 3_600_000;
/// By how much rarer the estimate is saved than a wait.
const RARER: u64 = 60;

/// What a wallet knows of payments.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Payments {
    /// What time it is, as far as the wallet believes it. `None`: nothing was paid yet.
    estimate: Option<Estimate>,
    /// Until when each authorisation is out, by the estimate.
    out_until_ms: Vec<i64>,
    /// Runs since the PIN was changed, or biometrics were switched off.
    changed: Option<Wait>,
}

/// The clocks of a call about a payment.
#[derive(Clone, Copy)]
pub(super) struct PaymentClock {
    now: Now,
    /// The wallet's estimate when the clock was read, and what became of it with this reading.
    before: Option<Estimate>,
    estimate: Estimate,
}

impl Payments {
    /// Whether the estimate or the wait is to be saved.
    pub(super) fn is_due(&self, now: Now, every_ms: u64) -> bool {
        self.estimate.is_some_and(|estimate| estimate.is_due(now, every_ms * RARER))
            || self.changed.is_some_and(|wait| wait.is_due(now, every_ms))
    }

    pub(super) fn save(&mut self, now: Now, every_ms: u64) {
        let is_due = |estimate: &Estimate| estimate.is_due(now, every_ms * RARER);
        if let Some(estimate) = self.estimate.filter(is_due) {
            self.estimate = Some(estimate.at(now));
        }
        self.changed.iter_mut().for_each(|wait| wait.save(now, every_ms));
    }

    pub(super) fn note_change(&mut self, now: Now) {
        self.changed = Some(Wait::start(RECENT_MS, now));
    }

    pub(super) fn wait(&self) -> Option<Wait> {
        self.changed
    }

    fn out(&self, estimate: Estimate) -> impl Iterator<Item = i64> {
        let is_out = move |until_ms: &i64| (1..=LONGEST_MS).contains(&(until_ms - estimate.ms));
        self.out_until_ms.iter().copied().filter(is_out)
    }
}

impl Caller {
    /// Asks for a payment, confirms it with biometrics, and cancels it if that fails.
    pub(crate) async fn pay(self, wanted: Wanted, number: u64) -> Outcome {
        let any_of = match self.ask_for(&wanted, number).await {
            Ok(any_of) => any_of,
            Err(outcome) => return self.model().locked_if_unreadable(outcome),
        };
        let then = match self.confirm(wanted, number).await {
            Ok(outcome) => outcome,
            Err(outcome) => self.model().locked_if_unreadable(outcome),
        };
        self.model().process.payments.remove(&number);
        Outcome::Asked { any_of, then: Some(Box::new(then)) }
    }

    /// Asks for a payment, and cancels it.
    pub(crate) async fn proofs_for(self, wanted: Wanted, number: u64) -> Outcome {
        match self.ask_for(&wanted, number).await {
            Ok(any_of) => {
                self.model().process.payments.remove(&number);
                Outcome::Asked { any_of, then: None }
            }
            Err(outcome) => self.model().locked_if_unreadable(outcome),
        }
    }

    /// The proofs of which one is enough. The payment waits for it.
    async fn ask_for(&self, wanted: &Wanted, number: u64) -> Result<Vec<ProofLevel>, Outcome> {
        let now = self.look_at_clock().await.ok_or(PLATFORM)?.now;
        let clock = self.model().payment_clock(now)?;
        // A sensor that does not answer is busy.
        let sensor = self.sensor().await.unwrap_or(SensorAvailability::Busy);
        let proofs = {
            let model = self.model();
            model.judge_payment(&clock)?;
            model.proofs(wanted, sensor, now)
        };
        // The handle is random.
        if !self.entropy().await {
            return Err(PLATFORM);
        }
        let mut model = self.model();
        model.forget_old_payments(now);
        model.process.payments.insert(number, now);
        Ok(proofs)
    }

    async fn confirm(&self, wanted: Wanted, number: u64) -> CallResult {
        let now = self.look_at_clock().await.ok_or(PLATFORM)?.now;
        let clock = {
            let mut model = self.model();
            model.forget_old_payments(now);
            if !model.process.payments.contains_key(&number) {
                return Ok(Outcome::Expired);
            }
            model.payment_clock(now)?
        };
        self.sensor().await;
        self.model().judge_payment(&clock)?;
        let recognised = without_verdict(self.ask_person(wanted, Use::Pay).await);
        if recognised != Outcome::Paid {
            return Ok(recognised);
        }
        let mut model = self.model();
        // A lock event cancels what waits.
        if model.process.payments.remove(&number).is_none() {
            return Ok(Outcome::Expired);
        }
        // Signing reads the record.
        model.without_wallet().map_or(Ok(Outcome::Paid), Err)
    }

    /// The clocks once more, because the prompt may have been shown for long.
    pub(super) async fn payment_clock(&self) -> Result<PaymentClock, Outcome> {
        let now = self.look_at_clock().await.ok_or(PLATFORM)?.now;
        self.model().payment_clock(now)
    }
}

impl Model {
    /// What a call about a payment ends with if the record cannot be read: a wallet that is damaged, wiped or not there
    /// is locked.
    fn locked_if_unreadable(&self, outcome: Outcome) -> Outcome {
        let no_record = if self.process.is_wiped { LockStatus::Wiped } else { LockStatus::Unconfigured };
        match outcome {
            Outcome::Error(LockError::DataDamaged) => Outcome::Locked(Self::damaged()),
            Outcome::Error(LockError::WrongState) if self.process.is_damaged => Outcome::Locked(Self::damaged()),
            Outcome::Error(LockError::WrongState) if !self.is_busy() && self.wallet().is_none() => {
                Outcome::Locked(no_record)
            }
            outcome => outcome,
        }
    }

    fn forget_old_payments(&mut self, now: Now) {
        self.process.payments.retain(|_, asked| is_live(*asked, WAITS_MS, now));
    }

    fn payment_clock(&self, now: Now) -> Result<PaymentClock, Outcome> {
        self.without_wallet().map_or(Ok(()), Err)?;
        let before = self.wallet().and_then(|wallet| wallet.payments.estimate);
        let estimate = before.map_or(Estimate::start(now), |before| before.at(now));
        Ok(PaymentClock { now, before, estimate })
    }

    /// Whether a payment may be made if it is confirmed.
    fn judge_payment(&self, clock: &PaymentClock) -> Result<(), Outcome> {
        self.without_wallet().map_or(Ok(()), Err)?;
        let Some(wallet) = self.wallet() else { return Ok(()) };
        let is_open = wallet.tries.evaluate(&wallet.policy.lockout, clock.now) == AttemptGate::Ready;
        if wallet.slot.is_none() || !is_open {
            return Err(Outcome::Locked(self.status(clock.now)));
        }
        if wallet.payments.out(clock.estimate).count() < MOST_OUT { Ok(()) } else { Err(Outcome::TooManyPayments) }
    }

    /// The proofs that can be given now.
    fn proofs(&self, wanted: &Wanted, sensor: SensorAvailability, now: Now) -> Vec<ProofLevel> {
        let may = |wanted: &Wanted| self.may_use(wanted, sensor, now).is_ok();
        let proofs = [
            (ProofLevel::Biometrics, may(wanted)),
            (ProofLevel::Pin, true),
            // Together with the PIN, biometrics pay nothing.
            (ProofLevel::PinAndBiometrics, may(&Wanted::UNLOCKING)),
        ];
        proofs.into_iter().filter(|(_, may)| *may).map(|(proof, _)| proof).collect()
    }

    /// Sets the payment aside, if it still may be made. A reading of the clock counts in either case.
    pub(super) fn set_aside(&mut self, clock: &PaymentClock) -> Result<Vec<(u64, Kind)>, Outcome> {
        if let Some(wallet) = self.wallet_mut()
            && wallet.payments.estimate == clock.before
        {
            wallet.payments.estimate = Some(clock.estimate);
        }
        self.judge_payment(clock)?;
        Ok(self.wallet_mut().map(|wallet| wallet.set_aside(clock)).unwrap_or_default())
    }
}

impl Wallet {
    fn set_aside(&mut self, clock: &PaymentClock) -> Vec<(u64, Kind)> {
        let out = self.payments.out(clock.estimate).chain([clock.estimate.ms + VALID_MS]);
        self.payments.out_until_ms = out.collect();
        self.note(&[Kind::PaymentReserved, Kind::PaymentApproved])
    }
}
