//! The policy's part about getting back in. Where no source is named, a figure is our own choice.

use serde::{Deserialize, Serialize};

use super::ranges::within;
use crate::error::PolicyError;

/// Longest wait: a week.
const MAX_WAIT_H: u32 = 168;
/// How long a code by SMS may be valid at most: NIST SP 800-63B-4, section 3.1.3.2.
const MAX_SMS_VALID_S: u32 = 600;
/// How long a code or a link by mail may be valid at most: NIST SP 800-63B-4, section 4.2.1.2.
const MAX_MAIL_VALID_S: u32 = 86_400;
/// Shortest password that a policy may allow: NIST SP 800-63B-4 asks for 8 where the password is not the only proof.
const MIN_PASSWORD: u32 = 8;
/// Longest minimum that a policy may ask for. A service must accept 64 characters (NIST SP 800-63B-4), so a person may
/// expect that so many are enough.
const MAX_MIN_PASSWORD: u32 = 64;

/// How a person gets back in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecoveryPolicy {
    /// Hours of time since boot, 1 to 168, before a change of a way back in takes effect: of the recovery code, escrow,
    /// a channel or the second factor. Meanwhile the owner can cancel a change that somebody else asked for who knew
    /// the PIN. Apple and Google let such changes wait too. A pause of a change lasts as long.
    pub pending_change_h: u32,
    /// Hours of time since boot, 24 to 168, before a new PIN may be set where everything was proven on this phone. The
    /// owner hears of it, and cancels it. Proton waits as long.
    pub proofs_wait_h: u32,
    /// Seconds, 60 to 600, for which a code by SMS is valid. The provider ends it; the phone tells the person.
    pub sms_valid_s: u32,
    /// Seconds, 60 to 86400, for which a code or a link by mail is valid.
    pub mail_valid_s: u32,
    /// How often a sent code may be typed, 1 to 10. After that another one is needed.
    pub tries_per_code: u32,
    /// How many codes a channel may be sent in 24 hours, 1 to 10: so many to get back in, and so many more in open
    /// sessions. They are counted apart, so nobody who holds the locked phone uses up those of its owner's session.
    pub codes_a_day: u32,
    /// Days after which a channel is stale, 30 to 730: nobody knows whether it still reaches the owner.
    pub stale_after_days: u32,
    /// Which account passwords may be set.
    pub password: PasswordPolicy,
}

impl Default for RecoveryPolicy {
    fn default() -> Self {
        Self {
            pending_change_h: 24,
            proofs_wait_h: 72,
            sms_valid_s: 600,
            mail_valid_s: 1_800,
            tries_per_code: 5,
            codes_a_day: 5,
            stale_after_days: 180,
            password: PasswordPolicy::default(),
        }
    }
}

impl RecoveryPolicy {
    /// The wait before a change of a way back in, in milliseconds.
    pub(crate) fn pending_change_ms(&self) -> u64 {
        u64::from(self.pending_change_h) * 3_600_000
    }

    /// The wait after which proofs on this phone are enough, in milliseconds.
    pub(crate) fn proofs_wait_ms(&self) -> u64 {
        u64::from(self.proofs_wait_h) * 3_600_000
    }

    pub(super) fn validate(&self) -> Result<(), PolicyError> {
        within("recovery.pending_change_h", self.pending_change_h, 1, MAX_WAIT_H)?;
        within("recovery.proofs_wait_h", self.proofs_wait_h, 24, MAX_WAIT_H)?;
        within("recovery.sms_valid_s", self.sms_valid_s, 60, MAX_SMS_VALID_S)?;
        within("recovery.mail_valid_s", self.mail_valid_s, 60, MAX_MAIL_VALID_S)?;
        within("recovery.tries_per_code", self.tries_per_code, 1, 10)?;
        within("recovery.codes_a_day", self.codes_a_day, 1, 10)?;
        within("recovery.stale_after_days", self.stale_after_days, 30, 730)?;
        self.password.validate()
    }

    /// Whether this policy eases nothing that `sealed` asks for. When a channel is stale is a reminder, and may change
    /// freely.
    pub(super) fn is_at_least_as_strict_as(&self, sealed: &Self) -> bool {
        let Self {
            pending_change_h,
            proofs_wait_h,
            sms_valid_s,
            mail_valid_s,
            tries_per_code,
            codes_a_day,
            stale_after_days: _,
            password,
        } = self;
        *pending_change_h >= sealed.pending_change_h
            && *proofs_wait_h >= sealed.proofs_wait_h
            && *sms_valid_s <= sealed.sms_valid_s
            && *mail_valid_s <= sealed.mail_valid_s
            && *tries_per_code <= sealed.tries_per_code
            && *codes_a_day <= sealed.codes_a_day
            && password.is_at_least_as_strict_as(&sealed.password)
    }
}

/// Which account passwords may be set. Whatever the policy says, passwords that are common or repeat a short piece are
/// refused, and 128 characters are the most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PasswordPolicy {
    /// Fewest characters, 8 to 64. A password set earlier stays valid when this grows.
    pub min_length: u32,
    /// Whether a password needs an upper-case letter, a lower-case letter, a digit and a symbol. NIST SP 800-63B-4
    /// would not ask for them: people meet such rules in ways that are easy to guess.
    pub require_classes: bool,
    /// How many of the last passwords may not be set again, 0 to 5. The password in force is one of them.
    pub remember: u32,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { min_length: 12, require_classes: true, remember: 5 }
    }
}

impl PasswordPolicy {
    fn validate(&self) -> Result<(), PolicyError> {
        within("recovery.password.min_length", self.min_length, MIN_PASSWORD, MAX_MIN_PASSWORD)?;
        within("recovery.password.remember", self.remember, 0, 5)
    }

    /// Whether this policy eases nothing that `sealed` asks for.
    fn is_at_least_as_strict_as(&self, sealed: &Self) -> bool {
        let Self { min_length, require_classes, remember } = self;
        *min_length >= sealed.min_length && *require_classes >= sealed.require_classes && *remember >= sealed.remember
    }
}
