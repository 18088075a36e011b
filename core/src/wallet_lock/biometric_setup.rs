//! Switching biometrics on and off. Both need a PIN that was entered just now.

use zeroize::Zeroizing;

use super::biometric::Shown;
use super::outcome::{BiometricChange, NoVerdict};
use super::session::AccessHandle;
use super::transaction::draw;
use crate::biometric::{BiometricDenial, PromptId};
use crate::error::LockError;
use crate::journal::{Details, Kind};
use crate::key_slots::{BiometricSlot, SlotKey};
use crate::platform::{
    KeyPurpose, Prompt, PromptEnd, PromptEvent, PromptOperation, PromptPurpose, SLOT_KEY_BYTES, WRAPPED_SLOT_KEY_BYTES,
};
use crate::stack::with_stack_wiped;

impl AccessHandle<'_> {
    /// Lets the person's finger or face open the wallet from now on, in place of what did so before: asks for it once. Waits for the answer.
    ///
    /// [`LockError::PinNeeded`] unless the PIN that began this session was entered within [`super::FRESH_PIN_MS`].
    pub fn enable_biometrics(&self, prompt_id: PromptId) -> Result<BiometricChange, LockError> {
        with_stack_wiped(|| {
            self.0.check_fresh()?;
            let lock = &self.0.lock;
            if let Some(reason) = BiometricDenial::of(lock.platform.biometrics.availability()?) {
                return Ok(BiometricChange::Denied(reason));
            }
            let timeout_ms = lock.policy()?.biometric.prompt_timeout_ms.into();
            let Some(shown) = lock.begin_prompt(prompt_id, timeout_ms) else {
                return Ok(BiometricChange::NoVerdict(NoVerdict::TryAgain));
            };
            let mut random = draw(&lock.platform)?;
            // Random, so that no two attempts, nor two wallets, ever mean the same key.
            let number = u64::from_be_bytes(*random.bytes());
            let alias = lock.biometric_alias(number);
            lock.platform.device_key.create(&alias, KeyPurpose::Biometric)?;
            let slot_key = random.bytes::<SLOT_KEY_BYTES>();
            let prompt = Prompt {
                id: prompt_id,
                alias,
                purpose: PromptPurpose::Enable,
                operation: PromptOperation::Wrap,
                input: Zeroizing::new(slot_key.to_vec()),
                timeout_ms,
            };
            shown.show(prompt);
            let enabled = match hear_wrapped(&shown) {
                Ok(wrapped) => self.put_in_force(number, &wrapped, &slot_key),
                Err(how) => Ok(BiometricChange::Ended(how)),
            };
            // After a failed commit nobody knows whether it is in force: the next opening does.
            if !matches!(enabled, Ok(BiometricChange::Done) | Err(LockError::Storage)) {
                lock.delete_biometric_key(number);
            }
            enabled
        })
    }

    /// From now on only the PIN opens the wallet; what a finger or face opened ends. `false` if they were off already.
    ///
    /// [`LockError::PinNeeded`] unless the PIN that began this session was entered within [`super::FRESH_PIN_MS`].
    pub fn disable_biometrics(&self) -> Result<bool, LockError> {
        self.0.check_fresh()?;
        let number = self.0.change(|_, changes| {
            let number = changes.record.biometric.slot().map(BiometricSlot::key_number);
            // With the change, not once the listeners have heard of it.
            self.0.end_those_of_biometrics();
            if changes.record.biometric.switch_off() {
                changes.note(Kind::BiometricsOff, Details::of("because", BiometricDenial::SwitchedOff.name()));
            }
            Ok(number)
        })?;
        number.iter().for_each(|number| self.0.lock.delete_biometric_key(*number));
        Ok(number.is_some())
    }

    fn put_in_force(
        &self,
        number: u64,
        wrapped: &[u8; WRAPPED_SLOT_KEY_BYTES],
        slot_key: &SlotKey,
    ) -> Result<BiometricChange, LockError> {
        let before = self.0.change(|data_key, changes| {
            let slot = BiometricSlot::make(changes.random, changes.wallet_id, number, wrapped, slot_key, data_key)
                .ok_or(LockError::Invalid("key slot"))?;
            let before = changes.record.biometric.slot().map(BiometricSlot::key_number);
            changes.record.biometric.switch_on(slot);
            changes.note(Kind::BiometricsOn, Details::default());
            Ok(before)
        })?;
        before.iter().for_each(|number| self.0.lock.delete_biometric_key(*number));
        Ok(BiometricChange::Done)
    }
}

/// The slot key as the keystore wrapped it for whom it recognised. Who else touches the sensor meanwhile guesses at nothing.
fn hear_wrapped(shown: &Shown<'_>) -> Result<[u8; WRAPPED_SLOT_KEY_BYTES], PromptEnd> {
    loop {
        match shown.hear() {
            PromptEvent::NotRecognised => {}
            PromptEvent::Ended(how) => return Err(how),
            PromptEvent::Authenticated(wrapped) => {
                return wrapped.as_slice().try_into().map_err(|_| PromptEnd::NoVerdict);
            }
        }
    }
}
