//! The biometric calls, step by step: what is asked, shown, answered and counted.

use walletlock_core::BiometricAvailability;
use walletlock_core::events::Kind;
use walletlock_core::platform::{PromptEnd, SensorAvailability};
use walletlock_core::request::BiometricDenial;
use walletlock_core::{LockError, NoVerdict, Now};

use super::biometrics::BioSlot;
use super::calls::{PLATFORM, SESSION_ENDED, TRY_AGAIN, key_fault};
use super::{Caller, Model, Session, Wallet};
use crate::outcome::Outcome;
use crate::script::{Ask, Key, Shows};
use crate::steps::{Touch, Wanted};

/// How many bytes a keystore returns when it wraps; a hooked app may forge as many.
const WRAPPED_BYTES: usize = 60;

/// The prompt that may be shown now.
#[derive(Clone, Debug, Default)]
pub(super) struct Prompt {
    not_recognised: u32,
    end: Option<End>,
    /// It is not on the screen: it has ended, or was never shown.
    is_gone: bool,
}

#[derive(Clone, Copy, Debug)]
enum End {
    /// With the bytes that the keystore's key gave.
    Recognised,
    /// With this many bytes that the keystore did not give.
    Forged(usize),
    Without(PromptEnd),
}

/// The slot that is tried, and the wallet that it belongs to.
#[derive(Clone, Copy)]
struct Tried {
    wallet: u64,
    slot: BioSlot,
}

/// What a person is recognised for.
#[derive(Clone, Copy)]
pub(super) enum Use {
    /// To begin the session with this number.
    Unlock(u64),
    Pay,
}

pub(super) type CallResult = Result<Outcome, Outcome>;

/// The outcome of a call that recognises a person: an error is no verdict.
pub(super) fn without_verdict(result: CallResult) -> Outcome {
    match result {
        Ok(outcome) => outcome,
        Err(Outcome::Error(LockError::DataDamaged)) => Outcome::Denied(BiometricDenial::Locked),
        Err(Outcome::Error(LockError::DeviceKey(fault))) => Outcome::NoVerdict(NoVerdict::DeviceKey(fault)),
        Err(Outcome::Error(LockError::Platform(_))) => Outcome::NoVerdict(NoVerdict::Platform),
        Err(Outcome::Error(LockError::WrongState)) => TRY_AGAIN,
        Err(outcome) => outcome,
    }
}

impl Caller {
    pub(crate) async fn biometric_availability(self, wanted: Wanted) -> Outcome {
        let Some(reading) = self.look_at_clock().await else { return PLATFORM };
        let Some(sensor) = self.sensor().await else { return PLATFORM };
        if let Some(fault) = self.model().process.fault {
            return key_fault(fault);
        }
        Outcome::Biometrics(match self.model().may_use(&wanted, sensor, reading.now) {
            Ok(_) => BiometricAvailability::Available,
            Err(reason) => BiometricAvailability::Denied(reason),
        })
    }

    pub(crate) async fn verify_biometrics(self, wanted: Wanted, session: u64) -> Outcome {
        without_verdict(self.ask_person(wanted, Use::Unlock(session)).await)
    }

    pub(super) async fn ask_person(&self, wanted: Wanted, purpose: Use) -> CallResult {
        let reading = self.look_at_clock().await.ok_or(PLATFORM)?;
        let (now, generation) = (reading.now, self.model().process.generation);
        let sensor = self.sensor().await.ok_or(PLATFORM)?;
        if let Some(fault) = self.model().process.fault {
            return Err(key_fault(fault));
        }
        let (found, number) = {
            let model = self.model();
            (model.may_use(&wanted, sensor, now), model.wallet().map_or(0, |wallet| wallet.number))
        };
        let slot = match found {
            Ok(slot) => slot,
            Err(why) => {
                if self.entropy().await {
                    let lines = self.model().commit(|model| model.note_no_biometrics(why));
                    self.tell(lines).await;
                }
                return Ok(Outcome::Denied(why));
            }
        };
        if !self.begin_prompt() {
            return Ok(TRY_AGAIN);
        }
        let heard = self.show(wanted, Tried { wallet: number, slot }, generation, purpose).await;
        self.end_prompt().await;
        heard
    }

    async fn show(&self, wanted: Wanted, tried: Tried, generation: u64, purpose: Use) -> CallResult {
        if self.model().process.generation != generation {
            return Ok(Outcome::Ended(PromptEnd::CancelledBySystem));
        }
        let is_in_force = self.note(Kind::BiometricsAsked, |model| model.is_in_force(tried)).await?;
        if !is_in_force {
            return Ok(TRY_AGAIN);
        }
        let shows = wanted.payment().map_or(Shows::Unlock, |(minor, _)| Shows::Pay(minor));
        let _heard_below = self.script.ask(Ask::Show(shows, tried.slot)).await;
        loop {
            let end = {
                let mut model = self.model();
                match &mut model.process.prompt {
                    Some(prompt) if prompt.not_recognised > 0 => {
                        prompt.not_recognised -= 1;
                        None
                    }
                    Some(prompt) => Some(prompt.end.take().unwrap_or(End::Without(PromptEnd::TimedOut))),
                    None => Some(End::Without(PromptEnd::NoVerdict)),
                }
            };
            match end {
                None if self.count_failure(tried).await? => return Ok(Outcome::NotRecognised),
                None => {}
                Some(End::Without(how)) => return self.note_end(tried, how).await,
                Some(End::Forged(_)) => {
                    self.model().remark("a hooked answer");
                    self.count_failure(tried).await?;
                    return Ok(Outcome::NotRecognised);
                }
                Some(End::Recognised) => return self.open_with(wanted, tried, generation, purpose).await,
            }
        }
    }

    /// Checks once more whether biometrics may be used, and charges the use irrevocably before the session begins, or
    /// together with what the payment sets aside.
    async fn open_with(&self, wanted: Wanted, tried: Tried, generation: u64, purpose: Use) -> CallResult {
        let now = self.clock().await.ok_or(PLATFORM)?.now;
        let clock = match purpose {
            Use::Unlock(_) => None,
            Use::Pay => Some(self.payment_clock().await?),
        };
        if !self.entropy().await {
            return Err(PLATFORM);
        }
        let used = self.commit_irrevocably(|model| {
            if let Some(none) = model.without_wallet() {
                return Err(none);
            }
            if !model.is_in_force(tried) {
                model.remark("the slot was replaced meanwhile");
                return Err(TRY_AGAIN);
            }
            model.may_use(&wanted, SensorAvailability::Ready, now).map_err(Outcome::Denied)?;
            let mut lines = match clock.map_or(Ok(vec![]), |clock| model.set_aside(&clock)) {
                Ok(lines) => lines,
                Err(refusal) => return Ok((Err(refusal), vec![])),
            };
            let wallet = model.wallet_mut().ok_or(TRY_AGAIN)?;
            wallet.biometrics.note_use(&wanted);
            let policy = wallet.policy.session.clone();
            lines.extend(wallet.note(&[Kind::BiometricsRight]));
            Ok((Ok(policy), lines))
        });
        let (policy, irrevocable) = used.await?;
        let policy = policy?;
        irrevocable.map_err(key_fault)?;
        let Use::Unlock(session) = purpose else { return Ok(Outcome::Paid) };
        let begun = Session::begin(tried.wallet, false, now, &policy, self.readings());
        self.model().start_session(session, begun, generation);
        Ok(Outcome::Unlocked)
    }

    /// Counts a failure, irrevocably. Returns whether only the PIN can open the wallet now.
    async fn count_failure(&self, tried: Tried) -> Result<bool, Outcome> {
        if self.clock().await.is_none() || !self.entropy().await {
            return Err(PLATFORM);
        }
        let counted = self.commit_irrevocably(|model| {
            if let Some(none) = model.without_wallet() {
                return Err(none);
            }
            let Some(wallet) = model.in_force(tried) else { return Ok(((true, false), vec![])) };
            let policy = wallet.policy.biometric.clone();
            let is_off = wallet.biometrics.note_failure(&policy);
            let kinds = [Kind::BiometricsNotRecognised, Kind::BiometricsOff];
            let lines = wallet.note(&kinds[..if is_off { 2 } else { 1 }]);
            Ok(((wallet.biometrics.needs_pin(&policy), is_off), lines))
        });
        let ((is_enough, is_off), _) = counted.await?;
        if is_off {
            self.model().remark("biometrics off after failures");
            self.delete_key(tried.slot).await;
        }
        Ok(is_enough)
    }

    async fn note_end(&self, tried: Tried, how: PromptEnd) -> CallResult {
        if self.clock().await.is_none() {
            return Err(PLATFORM);
        }
        if how == PromptEnd::KeyInvalidated {
            if !self.entropy().await {
                return Err(PLATFORM);
            }
            let off = self.commit_irrevocably(|model| {
                if let Some(none) = model.without_wallet() {
                    return Err(none);
                }
                if !model.is_of(tried) {
                    return Ok(((), vec![]));
                }
                let is_in_force = model.is_in_force(tried);
                let Some(wallet) = model.wallet_mut() else { return Err(TRY_AGAIN) };
                let mut lines = wallet.note(&[Kind::BiometricsEnded]);
                if is_in_force {
                    wallet.biometrics.turn_off(BiometricDenial::EnrolmentChanged);
                    lines.extend(wallet.note(&[Kind::BiometricsOff]));
                }
                Ok(((), lines))
            });
            let ((), _tried_again_before_the_next) = off.await?;
            self.delete_key(tried.slot).await;
        } else {
            self.note(Kind::BiometricsEnded, |model| model.is_of(tried)).await?;
        }
        Ok(Outcome::Ended(how))
    }

    pub(crate) async fn enable_biometrics(self, session: u64) -> Outcome {
        if let Err(over) = self.look_into_fresh(session).await {
            return over;
        }
        let why = match self.sensor().await {
            None => return PLATFORM,
            Some(SensorAvailability::Ready) => None,
            Some(SensorAvailability::NoneEnrolled) => Some(BiometricDenial::NoneEnrolled),
            Some(SensorAvailability::NoHardware) => Some(BiometricDenial::NoHardware),
            Some(SensorAvailability::Busy) => Some(BiometricDenial::Busy),
            Some(SensorAvailability::NotSupported) => Some(BiometricDenial::NotSupported),
        };
        if let Some(why) = why {
            return Outcome::Denied(why);
        }
        if !self.begin_prompt() {
            return TRY_AGAIN;
        }
        let outcome = self.set_up(session).await;
        self.end_prompt().await;
        match outcome {
            Ok(outcome) | Err(outcome) => outcome,
        }
    }

    async fn set_up(&self, session: u64) -> CallResult {
        if !self.entropy().await {
            return Err(PLATFORM);
        }
        let number = self.model().next_number();
        if let Some(none) = self.model().without_wallet() {
            return Err(none);
        }
        self.script.ask(Ask::Create(Key::Biometric(number), number)).await.map_err(key_fault)?;
        let made = BioSlot { number, is_genuine: true };
        let _heard_below = self.script.ask(Ask::Show(Shows::Enable, made)).await;
        // Another person's touch during setup is ignored: there is no secret to guess yet.
        let end = self.model().process.prompt.as_mut().and_then(|prompt| prompt.end.take());
        let enabled = match end.unwrap_or(End::Without(PromptEnd::TimedOut)) {
            End::Recognised => self.put_in_force(session, made).await,
            End::Forged(WRAPPED_BYTES) => self.put_in_force(session, BioSlot { is_genuine: false, ..made }).await,
            End::Forged(_) => Ok(Outcome::Ended(PromptEnd::NoVerdict)),
            End::Without(how) => Ok(Outcome::Ended(how)),
        };
        if enabled != Ok(Outcome::Done) {
            self.delete_key(made).await;
        }
        enabled
    }

    async fn put_in_force(&self, session: u64, slot: BioSlot) -> CallResult {
        let before = self.change(session, |wallet| {
            let before = wallet.biometrics.slot;
            wallet.biometrics.turn_on(slot);
            (before, wallet.note(&[Kind::BiometricsOn]))
        });
        if let Some(before) = before.await? {
            self.delete_key(before).await;
        }
        Ok(Outcome::Done)
    }

    pub(crate) async fn disable_biometrics(self, session: u64) -> Outcome {
        if let Err(over) = self.look_into_fresh(session).await {
            return over;
        }
        let Some(reading) = self.look_at_clock().await else { return PLATFORM };
        let off = self.change_in(session, |model| {
            model.end_those_of_biometrics();
            let Some(wallet) = model.wallet_mut() else { return (None, vec![]) };
            let before = wallet.biometrics.switch_off();
            if before.is_some() {
                wallet.payments.note_change(reading.now);
            }
            let lines = if before.is_some() { wallet.note(&[Kind::BiometricsOff]) } else { vec![] };
            (before, lines)
        });
        match off.await {
            Ok(Some(before)) => {
                self.delete_key(before).await;
                Outcome::Is(true)
            }
            Ok(None) => Outcome::Is(false),
            Err(outcome) => outcome,
        }
    }

    // The steps.

    pub(super) async fn sensor(&self) -> Option<SensorAvailability> {
        self.script.ask(Ask::SensorAvailability).await.ok().map(|reading| reading.sensor)
    }

    /// Returns `false` if another prompt is shown.
    fn begin_prompt(&self) -> bool {
        let mut model = self.model();
        let is_free = model.process.prompt.is_none();
        if is_free {
            model.process.prompt = Some(Prompt::default());
        } else {
            model.remark("one prompt at a time");
        }
        is_free
    }

    /// Removes the prompt if it may be on the screen. Then another may be shown.
    async fn end_prompt(&self) {
        let is_gone = self.model().process.prompt.as_ref().is_none_or(|prompt| prompt.is_gone);
        if !is_gone {
            let _it_goes_by_itself = self.script.ask(Ask::Dismiss).await;
        }
        self.model().process.prompt = None;
    }

    /// Adds a line if it belongs to the wallet. Returns whether it was added.
    async fn note(&self, kind: Kind, belongs: impl Fn(&mut Model) -> bool) -> Result<bool, Outcome> {
        if !self.entropy().await {
            return Err(PLATFORM);
        }
        let lines = {
            let mut model = self.model();
            if let Some(none) = model.without_wallet() {
                return Err(none);
            }
            let belongs = belongs(&mut model);
            model.commit(|model| {
                model.wallet_mut().filter(|_| belongs).map(|wallet| wallet.note(&[kind])).unwrap_or_default()
            })
        };
        let is_noted = !lines.is_empty();
        self.tell(lines).await;
        Ok(is_noted)
    }

    async fn delete_key(&self, slot: BioSlot) {
        let _next_time = self.script.ask(Ask::Delete(Key::Biometric(slot.number))).await;
    }

    /// A live session whose PIN was entered within the last minutes.
    async fn look_into_fresh(&self, session: u64) -> Result<(), Outcome> {
        let reading = self.look_at_clock().await.ok_or(PLATFORM)?;
        let readings = self.readings();
        let mut model = self.model();
        model.use_session(session, reading, readings).ok_or(SESSION_ENDED)?;
        if model.is_fresh(session, reading.now) { Ok(()) } else { Err(Outcome::Error(LockError::PinNeeded)) }
    }
}

impl Model {
    /// Decides how the prompt ends and what it counts, at once and before any other call. `touches` is what happens in
    /// front of it. `is_shown` is false if the phone failed to show it.
    pub(crate) fn play_prompt(&mut self, asked: Ask, touches: &[Touch], is_shown: bool) {
        let Ask::Show(_, slot) = asked else { return };
        let key_lives = self.keys.holds(Key::Biometric(slot.number)) && !self.keys.is_invalidated(slot.number);
        let Some(prompt) = &mut self.process.prompt else { return };
        let end = |prompt: &mut Prompt, end: End| {
            prompt.end.get_or_insert(end);
            prompt.is_gone = true;
        };
        if !is_shown {
            return end(prompt, End::Without(PromptEnd::NoVerdict));
        }
        if !key_lives {
            return end(prompt, End::Without(PromptEnd::KeyInvalidated));
        }
        for touch in touches {
            match *touch {
                Touch::SomeoneElse if prompt.end.is_none() => prompt.not_recognised += 1,
                Touch::SomeoneElse => {}
                Touch::Owner if slot.is_genuine => return end(prompt, End::Recognised),
                // A slot key that no keystore key wrapped cannot be unwrapped.
                Touch::Owner => return end(prompt, End::Without(PromptEnd::KeyInvalidated)),
                Touch::Ends(how) => return end(prompt, End::Without(how)),
                Touch::Hooked(bytes) => return end(prompt, End::Forged(bytes)),
                Touch::Lost => return end(prompt, End::Without(PromptEnd::NoVerdict)),
            }
        }
    }

    /// The call that waits for the prompt is told that it was cancelled.
    pub(crate) fn cancel_prompt(&mut self) {
        if let Some(prompt) = &mut self.process.prompt {
            prompt.end.get_or_insert(End::Without(PromptEnd::CancelledBySystem));
        }
    }

    /// Whether the slot in force has lost its key. A wipe that was cut short may leave that, so a marked wallet does
    /// not count.
    pub(crate) fn has_slot_without_key(&self) -> bool {
        let Some(wallet) = self.wallet() else { return false };
        let key_is_there = |slot: BioSlot| self.keys.holds(Key::Biometric(slot.number));
        let is_marked = self.keys.holds(Key::Mark(wallet.number)) || self.keys.holds(Key::PlaceMark);
        !is_marked && wallet.biometrics.slot.is_some_and(|slot| !key_is_there(slot))
    }

    /// No payment waits for a proof any more.
    pub(crate) fn cancel_payments(&mut self) {
        self.process.payments.clear();
    }

    fn in_force(&mut self, tried: Tried) -> Option<&mut Wallet> {
        self.wallet_mut().filter(|wallet| wallet.number == tried.wallet && wallet.biometrics.slot == Some(tried.slot))
    }

    /// Whether the wallet is still the same.
    fn is_of(&self, tried: Tried) -> bool {
        self.wallet().is_some_and(|wallet| wallet.number == tried.wallet)
    }

    fn is_in_force(&mut self, tried: Tried) -> bool {
        self.in_force(tried).is_some()
    }

    fn note_no_biometrics(&mut self, why: BiometricDenial) -> Vec<(u64, Kind)> {
        let Some(wallet) = self.wallet_mut() else { return vec![] };
        if wallet.biometrics.note_refusal(why) { wallet.note(&[Kind::BiometricsRefused]) } else { vec![] }
    }

    fn is_fresh(&self, session: u64, now: Now) -> bool {
        self.process.sessions.get(&session).is_some_and(|session| session.is_fresh(now))
    }
}
