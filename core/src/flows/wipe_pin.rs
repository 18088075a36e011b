//! The wipe PIN: a second PIN. Entering it wherever the PIN is asked for destroys the wallet, in the same way as
//! reaching `wipe_at`.
//!
//! Until its settlement, a try with the wipe PIN is handled like any wrong PIN: charged, derived, sent to the device
//! key. Every try computes whether it was the wipe PIN, and only the settlement uses the result. No journal line says
//! that a wipe PIN was set or cleared: the kinds of lines are readable in the database, and listeners and exports show
//! them, so someone who copies the phone would know it before the first try.

use super::in_session::{check, with_key_for};
use super::judge_pin::too_short;
use super::make_slot::derive;
use super::outcome::{PinChange, Refusal};
use super::unlock_pin::{prove, prove_pin, take};
use crate::engine::{Action, Engine, SessionId, Verified};
use crate::error::LockError;
use crate::key_slots::WipeCheck;
use crate::pin::{Finding, Pin, PinEntry, strength};
use crate::record::LockStatus;
use crate::stack::with_stack_wiped;

/// Sets the wipe PIN, or replaces it. `current` is left empty once it was checked, `wipe` once the wipe PIN is set.
pub(crate) fn set(engine: &Engine, id: SessionId, current: &PinEntry, wipe: &PinEntry) -> Result<PinChange, LockError> {
    with_stack_wiped(|| {
        check(engine, id, Action::ChangePin)?;
        let policy = super::status::policy(engine)?;
        let Some(pin) = wipe.peek() else { return Ok(PinChange::Forbidden(vec![too_short(&policy)])) };
        // The current PIN is kept after it was proven, because the wipe PIN must be compared with it.
        let proven = take(current).and_then(|current| prove(engine, &current).map(|verified| (current, verified)));
        let (current, verified) = match proven {
            Ok(proven) => proven,
            Err(refusal) => return Ok(PinChange::Refused(refusal)),
        };
        if let Some(finding) = judge_beside(&current, &pin) {
            return Ok(PinChange::Forbidden(vec![finding]));
        }
        let set = replace_check(engine, Some(&pin), &verified)?;
        if matches!(set, PinChange::Changed { .. }) {
            wipe.clear();
        }
        Ok(set)
    })
}

/// The finding against a wipe PIN, compared with the PIN. Both are typed on the same PIN pad, so the wipe PIN must have
/// the PIN's length: otherwise the pad cannot take it, or one of them is the beginning of the other. And a typing slip
/// of the owner must not be the wipe PIN.
fn judge_beside(pin: &Pin, wipe: &Pin) -> Option<Finding> {
    let length = pin.ascii().len() as u8;
    let near = || {
        let finding = if pin.ascii() == wipe.ascii() { Finding::UsedBefore } else { Finding::NearPin };
        pin.is_near(wipe).then_some(finding)
    };
    strength::judge_length(wipe, length, length).or_else(near)
}

/// Clears the wipe PIN. If none is set, the call does the same and looks the same from outside.
pub(crate) fn clear(engine: &Engine, id: SessionId, current: &PinEntry) -> Result<PinChange, LockError> {
    with_stack_wiped(|| {
        check(engine, id, Action::ChangePin)?;
        match prove_pin(engine, current) {
            Ok(verified) => replace_check(engine, None, &verified),
            Err(refusal) => Ok(PinChange::Refused(refusal)),
        }
    })
}

pub(crate) fn is_set(engine: &Engine, id: SessionId) -> Result<bool, LockError> {
    with_key_for(engine, id, Action::SeeWipePin, |_, view| Ok(view.record.wipe_check.is_set()))
}

fn replace_check(engine: &Engine, wipe_pin: Option<&Pin>, verified: &Verified) -> Result<PinChange, LockError> {
    let Verified { wallet_id, key_number: proven, now, .. } = verified;
    // Another call may have replaced the slot since the PIN was checked. Then the check says nothing about the slot in
    // force.
    let found = engine.ledger.read(|view| {
        let slot = view.record.slot().filter(|slot| slot.key_number() == *proven);
        Ok(slot.filter(|_| view.header.wallet_id == *wallet_id))
    })?;
    let Some(slot) = found else { return Ok(PinChange::TRY_AGAIN) };
    let kdf_output = wipe_pin.map(|pin| derive(engine, pin, slot.salt(), &slot.cost())).transpose()?;
    let mut random = engine.draw()?;
    let replaced = engine.ledger.commit_irrevocably(&mut random, *now, |work| {
        if work.record.pin_slot != Some(slot.to_stored()) {
            return Ok(PinChange::TRY_AGAIN);
        }
        if work.record.standing(*now).suspends_sessions() {
            return Ok(PinChange::Refused(Refusal::Locked(LockStatus::of(work.record, *now))));
        }
        if kdf_output.is_none() && work.record.wipe_check.is_set() {
            // A higher Argon2id cost may have waited for this: make `prepare` calibrate again.
            work.record.calibration = 0;
        }
        work.record.wipe_check = match &kdf_output {
            Some(kdf_output) => WipeCheck::make(work.random, kdf_output),
            None => WipeCheck::make_filler(work.random),
        };
        Ok(PinChange::Changed { biometrics_on: work.record.biometric.slot().is_some() })
    });
    // A PIN that was wrong shortly before may be the wipe PIN now, and the other way round.
    engine.attempts.forget_wrong();
    engine.seal_keys.make_ahead();
    Ok(replaced?.value)
}
