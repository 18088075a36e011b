//! Changing the PIN: the same data key is wrapped again under a new device key, so that an old slot with the old PIN
//! opens nothing.

use super::in_session::{check, earlier_keys, open_index};
use super::judge_pin::{judge, too_short};
use super::make_slot::{SlotRequest, delete_unused_key, derive, make_slot};
use super::outcome::{PinChange, Refusal};
use super::switch_biometrics::alias_in_force;
use super::unlock_pin::prove_pin;
use crate::engine::{Action, Engine, SessionId, Verified};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::key_slots::SlotParts;
use crate::pin::{Finding, Personal, Pin, PinEntry};
use crate::platform::KeyPurpose;
use crate::record::LockStatus;
use crate::recovery::Task;
use crate::request::BiometricDenial;
use crate::stack::with_stack_wiped;

/// Changes the PIN. `current` is left empty once it was checked, `new` once the new PIN is in force.
pub(crate) fn change_pin(
    engine: &Engine,
    id: SessionId,
    current: &PinEntry,
    new: &PinEntry,
    personal: &[Personal],
    keeps_biometrics: bool,
) -> Result<PinChange, LockError> {
    with_stack_wiped(|| {
        check(engine, id, Action::ChangePin)?;
        let policy = super::status::policy(engine)?;
        let Some(pin) = new.peek() else { return Ok(PinChange::Forbidden(vec![too_short(&policy)])) };
        let judgement = judge(&pin, personal, &policy);
        if !judgement.allowed {
            return Ok(PinChange::Forbidden(judgement.findings));
        }
        engine.sessions.take_proposal(id)?;
        let verified = match prove_pin(engine, current) {
            Ok(verified) => verified,
            Err(refusal) => return Ok(PinChange::Refused(refusal)),
        };
        let changed = replace_pin(engine, &pin, &verified, id, keeps_biometrics)?;
        if matches!(changed, PinChange::Changed { .. }) {
            new.clear();
        }
        Ok(changed)
    })
}

/// How the commit of the new PIN ended.
enum Replaced {
    Done {
        biometrics_on: bool,
        /// The alias of the biometric key, if the change switched biometrics off.
        switched_off: Option<String>,
    },
    /// Another call replaced the PIN or the wipe PIN first.
    Overtaken,
    /// The wallet was locked before the new PIN was written. Nothing was changed.
    Locked(LockStatus),
}

fn replace_pin(
    engine: &Engine,
    pin: &Pin,
    verified: &Verified,
    id: SessionId,
    keeps_biometrics: bool,
) -> Result<PinChange, LockError> {
    let Verified { data_key, wallet_id, key_number: proven, now, .. } = verified;
    let found = engine.ledger.read(|view| {
        if view.header.wallet_id != *wallet_id {
            return Ok(None);
        }
        // Another call may have replaced the slot since the PIN was checked. Then the check says nothing about the slot
        // in force.
        let Some(slot) = view.record.slot().filter(|slot| slot.key_number() == *proven) else { return Ok(None) };
        let history = open_index(&view, data_key)?.pin_history;
        let history_key = earlier_keys(&view, data_key)?.pin_history;
        Ok(Some((slot, view.record.policy.pin.remember, history, history_key, view.record.wipe_check.clone())))
    })?;
    let Some((old, remember, mut history, history_key, wipe_check)) = found else { return Ok(PinChange::TRY_AGAIN) };
    let history_output = derive(engine, pin, &history.salt, &history.cost)?;
    if history.contains(&history_key, &history_output, remember) {
        return Ok(PinChange::Forbidden(vec![Finding::UsedBefore]));
    }
    history.push(&history_key, &history_output);
    let mut random = engine.draw()?;
    // The wipe PIN's check depends on the salt, and a new check can be made only from the wipe PIN itself. So the salt
    // stays. Using the same salt for two PINs of one wallet is safe. No other wallet has this salt, so no precomputed
    // table serves two wallets. And each slot needs its own device key: without it, an attacker who computes Argon2id
    // once for both slots learns nothing about either.
    let salt = if wipe_check.is_set() { *old.salt() } else { *random.bytes() };
    let kdf_output = &*derive(engine, pin, &salt, &old.cost())?;
    if wipe_check.matches(kdf_output) {
        // The same finding as for an earlier PIN, so that it does not reveal the wipe PIN.
        return Ok(PinChange::Forbidden(vec![Finding::UsedBefore]));
    }
    // Random, so that one alias never refers to two different keys, of two changes or of two wallets.
    let key_number = u64::from_be_bytes(*random.bytes());
    let (old_key, new_key) =
        (engine.device_keys.pin(wallet_id, &old), engine.device_keys.new_pin(wallet_id, key_number));
    engine.device_keys.create(&new_key, KeyPurpose::PinSlot)?;
    let parts = SlotParts { wallet_id, cost: old.cost(), salt, key_number, place: engine.device_keys.place() };
    let made = make_slot(engine, &mut random, &SlotRequest { kdf_output, parts, data_key });
    let device_key = engine.device_keys.noted_security_level(&new_key);
    let replaced = made.and_then(|slot| {
        engine.ledger.commit_irrevocably(&mut random, *now, |work| {
            if work.record.pin_slot != Some(old.to_stored()) || work.record.wipe_check != wipe_check {
                return Ok(Replaced::Overtaken);
            }
            if work.record.standing(*now).suspends_sessions() {
                return Ok(Replaced::Locked(LockStatus::of(work.record, *now)));
            }
            work.use_data_key(data_key);
            // Read again in this transaction: the vault may have changed meanwhile.
            work.change_index(data_key, |_, index| {
                index.pin_history = history;
                Ok(Some(()))
            })?;
            work.record.pin_slot = Some(slot.to_stored());
            work.record.reminders.note_set(*now);
            work.record.payments.note_change(*now);
            work.record.recovery.checklist.note_done(Task::ChangePin);
            work.note(&JournalEvent::PinChanged { device_key });
            let by_biometrics = alias_in_force(engine, work);
            let is_on = by_biometrics.is_some();
            let switched_off = by_biometrics.filter(|_| !keeps_biometrics);
            if switched_off.is_some() && work.record.biometric.switch_off() {
                work.note(&JournalEvent::BiometricsOff { because: BiometricDenial::SwitchedOff });
            }
            // The sessions end here, together with the change, and not only after the listeners were called and the old
            // key was deleted.
            engine.sessions.end_all_but(id);
            Ok(Replaced::Done { biometrics_on: is_on && keeps_biometrics, switched_off })
        })
    });
    let replaced = replaced.map(|replaced| replaced.value);
    let is_in_force = replaced.as_ref().map(|replaced| matches!(replaced, Replaced::Done { .. }));
    delete_unused_key(engine, is_in_force.as_ref().map_err(|fault| *fault), &old_key, &new_key);
    if let Ok(Replaced::Done { switched_off: Some(alias), .. }) = &replaced {
        engine.device_keys.delete(alias).ok();
    }
    engine.attempts.forget_wrong();
    engine.seal_keys.make_ahead();
    Ok(match replaced? {
        Replaced::Done { biometrics_on, .. } => PinChange::Changed { biometrics_on },
        Replaced::Overtaken => PinChange::TRY_AGAIN,
        Replaced::Locked(status) => PinChange::Refused(Refusal::Locked(status)),
    })
}
