//! Biometrics: the gate decides, the phone asks, and the slot opens with what comes back or it does not. Whatever a callback says, only
//! the key opens anything.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::outcome::{BiometricAvailability, BiometricOutcome, NoVerdict};
use super::sealed::Changing;
use super::session::{AuthMethod, Session};
use super::transaction::draw;
use super::verify_pin::Proof;
use super::{WalletLock, lock};
use crate::biometric::{BiometricDenial, BiometricRequest, Gate, PromptId};
use crate::error::LockError;
use crate::journal::{Details, Kind};
use crate::key_slots::{BiometricSlot, DataKey};
use crate::lockout::SessionPolicy;
use crate::platform::{
    Answer, Prompt, PromptChannel, PromptEnd, PromptEvent, PromptOperation, PromptPurpose, SensorAvailability,
};
use crate::record::Record;
use crate::stack::with_stack_wiped;
use crate::store::Durability;
use crate::time::Now;

/// A slot that may be tried, and whose it is.
struct Found {
    slot: BiometricSlot,
    wallet_id: [u8; 16],
    timeout_ms: u64,
}

/// The one prompt that may be shown. Dropping it takes it away, if it is not gone by itself, and lets the next be shown.
pub(super) struct Shown<'a> {
    lock: &'a WalletLock,
    asked: Arc<PromptChannel>,
    until: Instant,
}

impl WalletLock {
    /// Whether biometrics may be used now for this.
    pub fn biometric_availability(&self, request: &BiometricRequest) -> Result<BiometricAvailability, LockError> {
        let now = self.read_clock()?.0;
        let availability = self.platform.biometrics.availability()?;
        Ok(match self.gate(request, availability, now)? {
            Ok(_) => BiometricAvailability::Available,
            Err(reason) => BiometricAvailability::Denied(reason),
        })
    }

    /// Asks the person for a finger or face, and waits until the phone has an answer. Opens the wallet, or confirms the payment of `request`.
    ///
    /// One prompt is shown at a time: for a second one there is [`NoVerdict::TryAgain`]. Their failures are counted apart from the PIN's and
    /// never charge it; a success never clears it. No lock is held while the prompt is shown.
    pub fn verify_biometrics(self: &Arc<Self>, request: &BiometricRequest) -> BiometricOutcome {
        let outcome = with_stack_wiped(|| self.ask(request));
        self.epochs.make_ahead();
        outcome.unwrap_or_else(|error| match error {
            LockError::DataDamaged => BiometricOutcome::Denied(BiometricDenial::Locked),
            error => BiometricOutcome::NoVerdict(NoVerdict::from_fault(&error)),
        })
    }

    /// Takes this prompt away, if it is shown: whoever waits for it hears that the system cancelled it.
    pub fn cancel_biometrics(&self, id: PromptId) {
        self.cancel_prompt(|shown| shown == id);
    }

    pub(super) fn cancel_prompt(&self, which: impl Fn(PromptId) -> bool) {
        let shown = lock(&self.prompt).clone().filter(|(id, _)| which(*id));
        shown.iter().for_each(|(_, channel)| channel.end(PromptEnd::CancelledBySystem));
    }

    fn ask(self: &Arc<Self>, request: &BiometricRequest) -> Result<BiometricOutcome, LockError> {
        let (now, generation) = {
            let (now, _, sessions) = self.read_clock()?;
            (now, sessions.generation())
        };
        let availability = self.platform.biometrics.availability()?;
        let found = match self.gate(request, availability, now)? {
            Ok(found) => found,
            Err(reason) => {
                // What cannot be written changes nothing for the person.
                let _refused_all_the_same = self.note_refusal(reason, now);
                return Ok(BiometricOutcome::Denied(reason));
            }
        };
        let Some(shown) = self.begin_prompt(request.prompt_id, found.timeout_ms) else {
            return Ok(BiometricOutcome::NoVerdict(NoVerdict::TryAgain));
        };
        if lock(&self.sessions).generation() != generation {
            // Locked since: nothing would be opened.
            return Ok(BiometricOutcome::Ended(PromptEnd::CancelledBySystem));
        }
        let is_in_force = self.transact(now, Durability::Ordered, |changes| {
            let is_in_force = found.is_in_force(changes.wallet_id, changes.record);
            if is_in_force {
                changes.note(Kind::BiometricsAsked, details_of(request));
            }
            Ok(is_in_force)
        })?;
        if !is_in_force {
            return Ok(BiometricOutcome::NoVerdict(NoVerdict::TryAgain));
        }
        let prompt = Prompt {
            id: request.prompt_id,
            alias: self.biometric_alias(found.slot.key_number()),
            purpose: request.payment.clone().map_or(PromptPurpose::Unlock, PromptPurpose::Pay),
            operation: PromptOperation::Unwrap,
            input: Zeroizing::new(found.slot.wrapped().to_vec()),
            timeout_ms: found.timeout_ms,
        };
        shown.show(prompt);
        loop {
            match shown.hear() {
                PromptEvent::NotRecognised => {
                    if self.count_failure(&found)? {
                        return Ok(BiometricOutcome::NotRecognised);
                    }
                }
                PromptEvent::Ended(how) => return self.note_end(&found, how),
                PromptEvent::Authenticated(slot_key) => {
                    let Some(data_key) = found.slot.open(&found.wallet_id, &slot_key) else {
                        // Whoever answered does not have the key: a callback that was tampered with, or a keystore gone wrong.
                        self.count_failure(&found)?;
                        return Ok(BiometricOutcome::NotRecognised);
                    };
                    return self.open_with(request, &found, data_key, generation);
                }
            }
        }
    }

    /// Charges the use, so that nobody takes it back, and opens the wallet. Everything is looked at again: the prompt may have been there for a minute.
    fn open_with(
        self: &Arc<Self>,
        request: &BiometricRequest,
        found: &Found,
        data_key: DataKey,
        generation: u64,
    ) -> Result<BiometricOutcome, LockError> {
        let now = self.platform.clock.now()?;
        let (charged, irrevocable) = self.transact_for_good(&mut draw(&self.platform)?, now, |changes| {
            if !found.is_in_force(changes.wallet_id, changes.record) {
                return Ok(Err(BiometricOutcome::NoVerdict(NoVerdict::TryAgain)));
            }
            if let Err(reason) = evaluate(changes.record, request, SensorAvailability::Ready, now) {
                return Ok(Err(BiometricOutcome::Denied(reason)));
            }
            let policy = changes.record.policy.biometric.clone();
            changes.record.biometric.note_use(&policy, request);
            changes.note(Kind::BiometricsRight, details_of(request));
            Ok(Ok(changes.record.policy.session.clone()))
        })?;
        let session: SessionPolicy = match charged {
            Ok(session) => session,
            Err(outcome) => return Ok(outcome),
        };
        // A copy from before would still open, and its budget with it.
        irrevocable?;
        let means = AuthMethod::Biometrics { payment: request.payment.clone() };
        let (wallet_id, key_number) = (found.wallet_id, found.slot.key_number());
        let proof = Proof { data_key, wallet_id, key_number, now, session, generation };
        Ok(BiometricOutcome::Unlocked(Session::start(self, proof, means)))
    }

    fn gate(
        &self,
        request: &BiometricRequest,
        availability: SensorAvailability,
        now: Now,
    ) -> Result<Result<Found, BiometricDenial>, LockError> {
        let found = self.read(|sealed, record| {
            Ok(evaluate(record, request, availability, now).and_then(|()| {
                let slot = record.biometric.slot().cloned().ok_or(BiometricDenial::SwitchedOff)?;
                let timeout_ms = record.policy.biometric.prompt_timeout_ms.into();
                Ok(Found { slot, wallet_id: sealed.header.wallet_id, timeout_ms })
            }))
        });
        match found {
            // No PIN was set, or everything is destroyed: nothing could open.
            Err(LockError::WrongState) => Ok(Err(BiometricDenial::SwitchedOff)),
            Err(LockError::DataDamaged) => Ok(Err(BiometricDenial::Locked)),
            found => found,
        }
    }

    /// `None`: another is shown.
    pub(super) fn begin_prompt(&self, id: PromptId, timeout_ms: u64) -> Option<Shown<'_>> {
        let mut shown = lock(&self.prompt);
        if shown.is_some() {
            return None;
        }
        let asked = Arc::new(PromptChannel::default());
        *shown = Some((id, asked.clone()));
        Some(Shown { lock: self, asked, until: Instant::now() + Duration::from_millis(timeout_ms) })
    }

    /// Counts it so that nobody takes it back. `true`: only the PIN will do now, or the wallet is another one.
    fn count_failure(&self, found: &Found) -> Result<bool, LockError> {
        let now = self.platform.clock.now()?;
        let (counted, _tried_again_before_the_next) =
            self.transact_for_good(&mut draw(&self.platform)?, now, |changes| {
                if !found.is_in_force(changes.wallet_id, changes.record) {
                    return Ok((true, false));
                }
                let policy = changes.record.policy.biometric.clone();
                let is_off = changes.record.biometric.note_failure(&policy);
                changes.note(Kind::BiometricsNotRecognised, Details::default());
                if is_off {
                    changes.note(Kind::BiometricsOff, Details::of("because", BiometricDenial::OffAfterFailures.name()));
                }
                Ok((changes.record.biometric.has_failed_too_often(&policy), is_off))
            })?;
        let (is_enough, is_off) = counted;
        if is_off {
            self.delete_biometric_key(found.slot.key_number());
        }
        Ok(is_enough)
    }

    /// Nothing is counted. A key that is gone turns biometrics off.
    fn note_end(&self, found: &Found, how: PromptEnd) -> Result<BiometricOutcome, LockError> {
        let now = self.platform.clock.now()?;
        let ended = |changes: &mut Changing<'_>| {
            if *changes.wallet_id != found.wallet_id {
                // Removed meanwhile, and its prompt with it.
                return Ok(());
            }
            let is_in_force = found.is_in_force(changes.wallet_id, changes.record);
            changes.note(Kind::BiometricsEnded, Details::of("how", name_of(how)));
            if how == PromptEnd::KeyInvalidated && is_in_force {
                changes.record.biometric.note_enrolment_change();
                changes.note(Kind::BiometricsOff, Details::of("because", BiometricDenial::EnrolmentChanged.name()));
            }
            Ok(())
        };
        if how == PromptEnd::KeyInvalidated {
            let ((), _tried_again_before_the_next) = self.transact_for_good(&mut draw(&self.platform)?, now, ended)?;
            self.delete_biometric_key(found.slot.key_number());
        } else {
            self.transact(now, Durability::Ordered, ended)?;
        }
        Ok(BiometricOutcome::Ended(how))
    }

    fn note_refusal(&self, reason: BiometricDenial, now: Now) -> Result<(), LockError> {
        self.transact(now, Durability::Ordered, |changes| {
            if changes.record.biometric.note_refusal(reason) {
                changes.note(Kind::BiometricsRefused, Details::of("because", reason.name()));
            }
            Ok(())
        })
    }

    /// What fails is left to the next opening. It opens nothing any more.
    pub(super) fn delete_biometric_key(&self, number: u64) {
        let _next_time = self.platform.device_key.delete(&self.biometric_alias(number));
    }
}

impl Found {
    /// Whether the slot is still that of this wallet.
    fn is_in_force(&self, wallet_id: &[u8; 16], record: &Record) -> bool {
        *wallet_id == self.wallet_id && record.biometric.slot() == Some(&self.slot)
    }
}

impl Shown<'_> {
    /// Has the phone show it. What fails there is an end without a verdict.
    pub(super) fn show(&self, prompt: Prompt) {
        if self.lock.platform.biometrics.show(prompt, Answer::to(&self.asked)).is_err() {
            self.asked.end(PromptEnd::NoVerdict);
        }
    }

    /// The next thing that is heard of it.
    pub(super) fn hear(&self) -> PromptEvent {
        self.asked.hear(self.until)
    }
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if self.asked.close() {
            // Whatever becomes of that, the next prompt gets its turn; and this may be the end of a call that panicked itself.
            let dismiss = AssertUnwindSafe(|| self.lock.platform.biometrics.dismiss());
            let _it_goes_by_itself = panic::catch_unwind(dismiss);
        }
        *lock(&self.lock.prompt) = None;
    }
}

fn evaluate(
    record: &Record,
    request: &BiometricRequest,
    availability: SensorAvailability,
    now: Now,
) -> Result<(), BiometricDenial> {
    let standing = record.lockout.evaluate(&record.policy.lockout, now);
    let policy = &record.policy.biometric;
    record.biometric.evaluate(&Gate { policy, standing, availability, request, now })
}

fn details_of(request: &BiometricRequest) -> Details {
    let Some(payment) = &request.payment else { return Details::of("for", "unlocking") };
    let amount = payment.amount();
    let details = Details::of("for", "paying").and("payee", payment.payee());
    details.and("amount_minor", amount.minor()).and("currency", amount.currency())
}

/// As the journal names it.
fn name_of(how: PromptEnd) -> &'static str {
    match how {
        PromptEnd::CancelledByPerson => "cancelled by the person",
        PromptEnd::CancelledBySystem => "cancelled by the system",
        PromptEnd::LockedOut => "locked out",
        PromptEnd::LockedOutForGood => "locked out for good",
        PromptEnd::KeyInvalidated => "key invalidated",
        PromptEnd::NoneEnrolled => "none enrolled",
        PromptEnd::NoHardware => "no hardware",
        PromptEnd::TimedOut => "timed out",
        PromptEnd::NoVerdict => "no verdict",
    }
}
