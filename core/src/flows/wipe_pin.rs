//! The wipe PIN: another PIN that, entered wherever the PIN is asked for, destroys the wallet as the limit does.
//!
//! Until it has happened it is a wrong PIN like any other: charged, derived, asked of the device key. Whether it was the wipe PIN is
//! computed in every try and looked at only by the settlement. No line of the journal says that one was set or cleared: kinds are open in
//! the database, and listeners and exports tell them, so that whoever copies the phone would know before trying.

use super::in_session::with_key;
use super::judge_pin::too_short;
use super::make_slot::derive;
use super::outcome::PinChange;
use super::unlock_pin::{prove, prove_pin, take};
use crate::engine::{Action, Engine, SessionId, Verified};
use crate::error::LockError;
use crate::key_slots::WipeCheck;
use crate::pin::{Finding, Pin, PinEntry, strength};
use crate::stack::with_stack_wiped;

/// Sets it, or replaces it. The entry of the current PIN is left empty once it was looked at, that of the wipe PIN once it is set.
pub(crate) fn set(engine: &Engine, id: SessionId, current: &PinEntry, wipe: &PinEntry) -> Result<PinChange, LockError> {
    with_stack_wiped(|| {
        engine.sessions.check(id, Action::ChangePin)?;
        let policy = super::status::policy(engine)?;
        let Some(pin) = wipe.peek() else { return Ok(PinChange::Forbidden(vec![too_short(&policy)])) };
        // Kept until it is proven: what the wipe PIN is compared with must be the PIN.
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

/// What is against a wipe PIN beside the PIN. It is typed on the same pad, so it is as long: else the pad cannot take it, or the PIN is its
/// beginning. And the owner's slip must not be it.
fn judge_beside(pin: &Pin, wipe: &Pin) -> Option<Finding> {
    let length = pin.ascii().len() as u8;
    let near = || {
        let finding = if pin.ascii() == wipe.ascii() { Finding::UsedBefore } else { Finding::NearPin };
        pin.is_near(wipe).then_some(finding)
    };
    strength::judge_length(wipe, length, length).or_else(near)
}

/// No PIN destroys the wallet any more. The same is done, and looks the same, if none did.
pub(crate) fn clear(engine: &Engine, id: SessionId, current: &PinEntry) -> Result<PinChange, LockError> {
    with_stack_wiped(|| {
        engine.sessions.check(id, Action::ChangePin)?;
        match prove_pin(engine, current) {
            Ok(verified) => replace_check(engine, None, &verified),
            Err(refusal) => Ok(PinChange::Refused(refusal)),
        }
    })
}

pub(crate) fn is_set(engine: &Engine, id: SessionId) -> Result<bool, LockError> {
    with_key(engine, id, |_, view| Ok(view.record.wipe_check.is_set()))
}

fn replace_check(engine: &Engine, wipe_pin: Option<&Pin>, verified: &Verified) -> Result<PinChange, LockError> {
    let Verified { wallet_id, key_number: proven, now, .. } = verified;
    // The PIN that was proven may have been changed since: then its proof is worth nothing.
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
        if kdf_output.is_none() && work.record.wipe_check.is_set() {
            // A dearer slot may have waited for this: the phone is measured again.
            work.record.calibration = 0;
        }
        work.record.wipe_check = match &kdf_output {
            Some(kdf_output) => WipeCheck::make(work.random, kdf_output),
            None => WipeCheck::make_filler(work.random),
        };
        Ok(PinChange::Changed { biometrics_on: work.record.biometric.slot().is_some() })
    });
    // A PIN that was wrong a moment ago may be the wipe PIN now, and the other way round.
    engine.attempts.forget_wrong();
    engine.seal_keys.make_ahead();
    Ok(replaced?.value)
}
