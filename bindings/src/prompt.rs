//! The phone's biometric prompt, implemented in Kotlin, and the way back from it.

use std::sync::Arc;

use walletlock_core::platform::{self as core, PlatformFault, PromptEnd, PromptOperation, SensorAvailability};
use zeroize::Zeroizing;

use crate::biometric::Payment;
use crate::platform::PlatformError;

/// Shows the system's biometric prompt.
#[uniffi::export(foreign)]
pub trait Biometrics: Send + Sync {
    fn availability(&self) -> Result<SensorAvailability, PlatformError>;
    /// Begins to show it and returns. `input` is for the prompt's key.
    fn show(&self, prompt: Prompt, input: Vec<u8>, answer: Arc<BiometricAnswer>) -> Result<(), PlatformError>;
    fn dismiss(&self) -> Result<(), PlatformError>;
}

/// What is to be shown, and done with the key. The input is apart: a copy of this is nobody's secret.
#[derive(uniffi::Record)]
pub struct Prompt {
    /// As the call named it that asked for this prompt.
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
    Pay { payment: Payment },
}

/// Hears what becomes of a prompt, until its first end. Letting go of it is an end without a verdict.
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
    /// For whoever shows the prompt.
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
                core::PromptPurpose::Pay(payment) => PromptPurpose::Pay { payment: payment.into() },
            },
            alias: prompt.alias,
            operation: prompt.operation,
            timeout_ms: crate::types::signed(prompt.timeout_ms),
        }
    }
}
