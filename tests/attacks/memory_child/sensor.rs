//! A biometric prompt that answers at once, with wrapping keys that are derived from their aliases.

use std::sync::Mutex;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use walletlock_core::platform::{
    Answer, Biometrics, PlatformFault, Prompt, PromptEnd, PromptOperation, SensorAvailability, WRAPPED_SLOT_KEY_BYTES,
};
use zeroize::{Zeroize, Zeroizing};

/// How the next prompts end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Next {
    #[default]
    Recognised,
    /// Another person touches the sensor and then cancels.
    NotRecognised,
    /// The answer holds other bytes than the key gives.
    Forged,
    /// The control: a careless app keeps the bytes that it handed over.
    Leaked,
}

#[derive(Default)]
pub(crate) struct NamedSensor(pub(crate) Mutex<Next>);

impl Biometrics for NamedSensor {
    fn availability(&self) -> Result<SensorAvailability, PlatformFault> {
        Ok(SensorAvailability::Ready)
    }

    fn show(&self, prompt: Prompt, answer: Answer) -> Result<(), PlatformFault> {
        let next = *self.0.lock().map_err(|_| PlatformFault)?;
        if next == Next::NotRecognised {
            answer.not_recognised();
            answer.ended(PromptEnd::CancelledByPerson);
            return Ok(());
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(&Sha256::digest(&prompt.alias)).map_err(|_| PlatformFault)?;
        mac.update(b"wraps");
        let mut pad = mac.finalize().into_bytes();
        let mut output = match prompt.operation {
            PromptOperation::Wrap => {
                let mut wrapped = Zeroizing::new(vec![0; WRAPPED_SLOT_KEY_BYTES]);
                wrapped[12..44].copy_from_slice(&prompt.input);
                wrapped
            }
            PromptOperation::Unwrap => Zeroizing::new(vec![0; 32]),
        };
        match prompt.operation {
            PromptOperation::Wrap => output[12..44].iter_mut().zip(&pad).for_each(|(byte, pad)| *byte ^= pad),
            PromptOperation::Unwrap => {
                let wrapped = &prompt.input[12..44];
                output.iter_mut().zip(wrapped).zip(&pad).for_each(|((to, byte), pad)| *to = byte ^ pad);
            }
        }
        pad.as_mut_slice().zeroize();
        match next {
            Next::Forged => output[20] ^= 1,
            Next::Leaked => drop(std::hint::black_box(Box::leak(output.to_vec().into_boxed_slice()))),
            Next::Recognised | Next::NotRecognised => {}
        }
        answer.authenticated(output);
        Ok(())
    }

    fn dismiss(&self) -> Result<(), PlatformFault> {
        Ok(())
    }
}
