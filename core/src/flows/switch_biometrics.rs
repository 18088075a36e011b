//! Switching biometrics on and off. Both need a session whose PIN was entered at most [`crate::FRESH_PIN_MS`] ago.

use zeroize::Zeroizing;

use super::in_session::modify;
use super::outcome::{BiometricChange, NoVerdict};
use crate::biometric::denial_of;
use crate::engine::{Action, Engine, SessionId, ShownPrompt, UnitOfWork};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::key_slots::{BiometricSlot, SlotKey, WrappingKey};
use crate::platform::{
    KeyPurpose, Prompt, PromptEnd, PromptEvent, PromptId, PromptOperation, PromptPurpose, SLOT_KEY_BYTES,
    WRAPPED_SLOT_KEY_BYTES,
};
use crate::request::BiometricDenial;
use crate::stack::with_stack_wiped;

/// Switches biometrics on: from now on a finger or face opens the wallet. Shows the prompt once and waits for the
/// answer.
pub(crate) fn enable(engine: &Engine, id: SessionId, prompt_id: PromptId) -> Result<BiometricChange, LockError> {
    with_stack_wiped(|| {
        engine.sessions.check(id, Action::SwitchBiometrics)?;
        if let Some(reason) = denial_of(engine.platform.biometrics.availability()?) {
            return Ok(BiometricChange::Denied(reason));
        }
        let timeout_ms = super::status::policy(engine)?.biometric.prompt_timeout_ms.into();
        let Some(prompt) = engine.prompts.begin(prompt_id, timeout_ms) else {
            return Ok(BiometricChange::NoVerdict(NoVerdict::TryAgain));
        };
        let mut random = engine.draw()?;
        // Random, so that one alias never refers to two different keys, of two attempts or of two wallets.
        let number = u64::from_be_bytes(*random.bytes());
        let wallet_id = engine.ledger.read(|view| Ok(view.header.wallet_id))?;
        let alias = engine.device_keys.new_biometric(&wallet_id, number);
        engine.device_keys.create(&alias, KeyPurpose::Biometric)?;
        let slot_key = random.bytes::<SLOT_KEY_BYTES>();
        prompt.show(Prompt {
            id: prompt_id,
            alias: alias.clone(),
            purpose: PromptPurpose::Enable,
            operation: PromptOperation::Wrap,
            input: Zeroizing::new(slot_key.to_vec()),
            timeout_ms,
        });
        let enabled = match wait_for_wrapped(&prompt) {
            Ok(wrapped) => put_in_force(engine, id, number, &wrapped, &slot_key),
            Err(how) => Ok(BiometricChange::Ended(how)),
        };
        // After a failed commit nobody knows whether the new slot is in force. The next opening finds out.
        if !matches!(enabled, Ok(BiometricChange::Done) | Err(LockError::Storage)) {
            engine.device_keys.delete(&alias).ok();
        }
        enabled
    })
}

/// Switches biometrics off: from now on only the PIN opens the wallet, and sessions that biometrics opened end. `false`
/// if they were off already.
pub(crate) fn disable(engine: &Engine, id: SessionId) -> Result<bool, LockError> {
    engine.sessions.check(id, Action::SwitchBiometrics)?;
    let now = engine.sessions.read_clock()?.now;
    let before = modify(engine, id, Action::Write, |_, work| {
        let before = alias_in_force(engine, work);
        // The sessions end here, together with the change, and not only after the listeners were called.
        engine.sessions.end_opened_by_biometrics();
        if work.record.biometric.switch_off() {
            // A thief would take away what a payment that is out of the ordinary asks for.
            work.record.payments.note_change(now);
            work.note(&JournalEvent::BiometricsOff { because: BiometricDenial::SwitchedOff });
        }
        Ok(before)
    })?;
    // If the key cannot be deleted now, the next opening deletes it; it opens nothing any more.
    engine.device_keys.delete_all(before.as_slice()).ok();
    Ok(before.is_some())
}

/// The alias of the biometric slot's key, if there is a slot.
pub(super) fn alias_in_force(engine: &Engine, work: &UnitOfWork<'_>) -> Option<String> {
    work.record.biometric_slot().map(|slot| engine.device_keys.biometric(work.wallet_id, &slot))
}

fn put_in_force(
    engine: &Engine,
    id: SessionId,
    number: u64,
    wrapped: &[u8; WRAPPED_SLOT_KEY_BYTES],
    slot_key: &SlotKey,
) -> Result<BiometricChange, LockError> {
    let before = modify(engine, id, Action::Write, |data_key, work| {
        let key = WrappingKey { number, place: engine.device_keys.place(), wrapped };
        let slot = BiometricSlot::make(work.random, work.wallet_id, &key, slot_key, data_key)
            .ok_or(LockError::Invalid("key slot"))?;
        let before = alias_in_force(engine, work);
        work.record.biometric.switch_on(slot.to_stored());
        work.note(&JournalEvent::BiometricsOn);
        Ok(before)
    })?;
    engine.device_keys.delete_all(before.as_slice()).ok();
    Ok(BiometricChange::Done)
}

/// Waits for the slot key, wrapped by the keystore for the person whom the sensor recognised. Another person's touch
/// during setup is ignored: there is no secret to guess yet.
fn wait_for_wrapped(prompt: &ShownPrompt<'_>) -> Result<[u8; WRAPPED_SLOT_KEY_BYTES], PromptEnd> {
    loop {
        match prompt.next_event() {
            PromptEvent::NotRecognised => {}
            PromptEvent::Ended(how) => return Err(how),
            PromptEvent::Authenticated(wrapped) => {
                return wrapped.as_slice().try_into().map_err(|_| PromptEnd::NoVerdict);
            }
        }
    }
}
