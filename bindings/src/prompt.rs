//! The phone's biometric prompt, implemented in Kotlin, and the object that reports its answer.

use std::sync::Arc;

use walletlock_core::platform::{self as core, PlatformFault, PromptEnd, PromptOperation, SensorAvailability};
use zeroize::Zeroizing;

use crate::payments::Money;
use crate::platform::PlatformError;

/// Shows the system's biometric prompt.
#[uniffi::export(foreign)]
pub trait Biometrics: Send + Sync {
    fn availability(&self) -> Result<SensorAvailability, PlatformError>;
    /// Starts to show the prompt, and returns before the person answers. `input` is the input of the prompt's key.
    fn show(&self, prompt: Prompt, input: Vec<u8>, answer: Arc<BiometricAnswer>) -> Result<(), PlatformError>;
    fn dismiss(&self) -> Result<(), PlatformError>;
}

/// What the prompt shows, and what its key does. The key's input is passed separately, so that a copy of this record
/// contains no secret.
#[derive(uniffi::Record)]
pub struct Prompt {
    /// The id that the call which asked for this prompt gave it.
    pub id: i64,
    pub alias: String,
    pub purpose: PromptPurpose,
    pub operation: PromptOperation,
    pub timeout_ms: i64,
}

#[derive(uniffi::Enum)]
pub enum PromptPurpose {
    Enable,
    Unlock,
    Pay { amount: Money, payee: String },
}

/// Reports what happens at a prompt. Only the first end counts. Freeing this object without an end reports
/// [`PromptEnd::NoVerdict`].
#[derive(Debug, uniffi::Object)]
pub struct BiometricAnswer(core::Answer);

#[uniffi::export]
impl BiometricAnswer {
    pub fn not_recognised(&self) {
        self.0.not_recognised();
    }

    pub fn authenticated(&self, output: &[u8]) {
        self.0.authenticated(Zeroizing::new(output.to_vec()));
    }

    pub fn ended(&self, end: PromptEnd) {
        self.0.ended(end);
    }
}

impl BiometricAnswer {
    /// Wraps the core's answer, for the code that shows the prompt.
    pub fn new(answer: core::Answer) -> Arc<Self> {
        Arc::new(Self(answer))
    }
}

pub(crate) struct ForeignBiometrics(pub(crate) Arc<dyn Biometrics>);

impl core::Biometrics for ForeignBiometrics {
    fn availability(&self) -> Result<SensorAvailability, PlatformFault> {
        Ok(self.0.availability()?)
    }

    fn show(&self, mut prompt: core::Prompt, answer: core::Answer) -> Result<(), PlatformFault> {
        let input = std::mem::take(&mut *prompt.input);
        Ok(self.0.show(prompt.into(), input, BiometricAnswer::new(answer))?)
    }

    fn dismiss(&self) -> Result<(), PlatformFault> {
        Ok(self.0.dismiss()?)
    }
}

impl From<core::Prompt> for Prompt {
    fn from(prompt: core::Prompt) -> Self {
        Self {
            id: prompt.id.0.cast_signed(),
            purpose: match prompt.purpose {
                core::PromptPurpose::Enable => PromptPurpose::Enable,
                core::PromptPurpose::Unlock => PromptPurpose::Unlock,
                core::PromptPurpose::Pay { amount, payee } => PromptPurpose::Pay { amount: amount.into(), payee },
            },
            alias: prompt.alias,
            operation: prompt.operation,
            timeout_ms: crate::types::signed(prompt.timeout_ms),
        }
    }
}
