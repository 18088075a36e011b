//! The policy: the settings that the app asks for. It is plain data, read from JSON and checked when it is loaded. Each
//! part has its own file.

mod anti_rollback;
mod biometric;
mod history;
mod json_fault;
mod lockout;
mod payment;
mod pin;
pub mod presets;
mod provider;
mod ranges;
mod recovery;
mod risk;
mod second_factor;
mod session;

use serde::{Deserialize, Serialize};

pub use anti_rollback::{AntiRollback, RollbackProtection};
pub(crate) use biometric::MAX_BUDGETS;
pub use biometric::{BiometricPolicy, Budget};
pub use history::HistoryPolicy;
pub(crate) use lockout::MAX_NO_VERDICT_BUDGET;
pub use lockout::{Cooldown, LockoutPolicy, MAX_FAILURES, MAX_WAIT_S};
pub(crate) use payment::MAX_LIMITS;
pub use payment::{Limit, Measure, Night, PAYMENT_PRESETS, PaymentPolicy, Period};
pub use pin::{MAX_DIGITS, MIN_DIGITS, PinPolicy};
pub(crate) use provider::KeyId;
pub use provider::{ClearsUnusual, EscrowKey, KeyRole, ProviderKey, ProviderPolicy};
pub use recovery::{PasswordPolicy, RecoveryPolicy};
pub use risk::{IntegrityFlag, NightAmount, RiskPolicy};
pub use second_factor::{GuardedAction, SecondFactorPolicy};
pub use session::SessionPolicy;

pub use crate::error::PolicyError;
use crate::json;
use json_fault::json_fault;
use ranges::within;

const MAX_CONTACTS: usize = 8;
const MAX_TEXT: usize = 200;

/// The settings that the app asks for. A field that the JSON text leaves out has the value of the preset `walletlock`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// A name for the journal and for people.
    pub name: String,
    /// Which PINs may be set.
    pub pin: PinPolicy,
    /// How wrong PINs are slowed down and stopped.
    pub lockout: LockoutPolicy,
    /// How long an unlocked wallet stays unlocked.
    pub session: SessionPolicy,
    /// What biometrics may do before the PIN is asked for again.
    pub biometric: BiometricPolicy,
    /// How a person gets back in.
    pub recovery: RecoveryPolicy,
    /// When a second factor is asked for.
    pub second_factor: SecondFactorPolicy,
    /// What may be paid, and what has to be proven for it. In JSON also the name of a preset.
    #[serde(deserialize_with = "payment::preset_or_fields", skip_serializing_if = "PaymentPolicy::is_default")]
    pub payment: PaymentPolicy,
    /// How long the journal's lines are kept at least.
    #[serde(skip_serializing_if = "HistoryPolicy::is_default")]
    pub history: HistoryPolicy,
    /// Contacts that can help a locked-out person, or one who disputes a payment, first choice first.
    pub contacts: Vec<Contact>,
    /// The provider, whose signed words may lock the wallet and unlock it. `None`: there is no provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderPolicy>,
}

/// A contact that can help a locked-out person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case", tag = "kind", content = "value")]
pub enum Contact {
    /// A phone number.
    Phone(String),
    /// The address of a form.
    Form(String),
    /// An account on a social network.
    Social(String),
    /// What to tell the police, and where.
    Police(String),
}

impl Policy {
    /// Reads a policy from JSON and checks it. The error names the field that is wrong.
    pub fn from_json(text: &str) -> Result<Self, PolicyError> {
        let policy: Self = json::from_slice(text.as_bytes()).map_err(|error| json_fault(text, &error))?;
        policy.validate()?;
        Ok(policy)
    }

    /// The provider's key for escrow. `None`: escrow is not offered.
    pub(crate) fn escrow_key(&self) -> Option<&EscrowKey> {
        self.provider.as_ref()?.escrow_key.as_ref()
    }

    /// The policy as JSON, with every field that has a value.
    pub fn to_json(&self) -> String {
        // Serialising numbers, strings and lists cannot fail. The fallback is the empty text, which every reader
        // refuses: `{}` would be read as the default policy.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Checks the range of every field, and that wrong PINs are stopped or slowed for ever.
    pub fn validate(&self) -> Result<(), PolicyError> {
        within("name", self.name.len(), 1, MAX_TEXT)?;
        self.pin.validate()?;
        self.session.validate()?;
        self.biometric.validate()?;
        self.recovery.validate()?;
        self.payment.validate()?;
        self.history.validate()?;
        within("contacts", self.contacts.len(), 0, MAX_CONTACTS)?;
        for (i, contact) in self.contacts.iter().enumerate() {
            within(&format!("contacts[{i}].value"), contact.value().len(), 1, MAX_TEXT)?;
        }
        self.provider.as_ref().map_or(Ok(()), ProviderPolicy::validate)?;
        self.lockout.validate()
    }

    /// Whether this policy eases nothing that `sealed` asks for. Only such a policy may replace `sealed` without the
    /// PIN.
    ///
    /// Contacts and reminders may change freely. A policy with another `wipe_at` never counts as strict enough: that
    /// can destroy what the wallet keeps.
    pub fn is_at_least_as_strict_as(&self, sealed: &Self) -> bool {
        let Self {
            name: _,
            pin,
            lockout,
            session,
            biometric,
            recovery,
            second_factor,
            payment,
            history,
            contacts: _,
            provider,
        } = self;
        let provider = match (provider, &sealed.provider) {
            (None, None) => true,
            // Its keys are new to the wallet, or its orders and the allowance would go.
            (Some(_), None) | (None, Some(_)) => false,
            (Some(provider), Some(sealed)) => provider.is_at_least_as_strict_as(sealed),
        };
        pin.is_at_least_as_strict_as(&sealed.pin)
            && session.is_at_least_as_strict_as(&sealed.session)
            && biometric.is_at_least_as_strict_as(&sealed.biometric)
            && recovery.is_at_least_as_strict_as(&sealed.recovery)
            && second_factor.is_at_least_as_strict_as(&sealed.second_factor)
            && payment.is_at_least_as_strict_as(&sealed.payment)
            && history.is_at_least_as_strict_as(&sealed.history)
            && lockout.is_at_least_as_strict_as(&sealed.lockout)
            && provider
    }
}

impl Contact {
    fn value(&self) -> &str {
        match self {
            Self::Phone(value) | Self::Form(value) | Self::Social(value) | Self::Police(value) => value,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
