//! The policy: what the app asks of PINs and how it slows down guessing. Data, in JSON, checked when it is loaded.

use serde::{Deserialize, Serialize};
use serde_json::error::Category;

use super::presets;
use crate::biometric::BiometricPolicy;
use crate::pin;

/// Longest wait a policy may ask for: the longest of the published schedules (AOSP `SoftwareRateLimiter`), nine years of 365 days.
pub const MAX_WAIT_S: u64 = 3285 * 86_400;
/// Largest failure count a policy may name. Beyond it no schedule makes sense.
pub const MAX_FAILURES: u32 = 1000;
const MAX_COOLDOWNS: usize = 32;
const MAX_CONTACTS: usize = 8;
const MAX_TEXT: usize = 200;
pub(crate) const MAX_NO_VERDICT_BUDGET: u32 = 100;
const MAX_DUPLICATES: u32 = 16;
const MAX_DUPLICATE_WINDOW_S: u32 = 300;
const MAX_SESSION_S: u32 = 24 * 3600;
const MAX_DAYS: u32 = 3650;

/// What the app asks for. Fields that a JSON text leaves out have the values of the preset `walletlock`.
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
    /// How far biometrics reach.
    pub biometric: BiometricPolicy,
    /// Whom a locked-out person can turn to, first choice first.
    pub contacts: Vec<Contact>,
}

/// Which PINs may be set, and how often the person is reminded of theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PinPolicy {
    /// Fewest digits, 4 to 12. A PIN set earlier stays valid when this grows.
    pub min_digits: u32,
    /// Most digits, `min_digits` to 12.
    pub max_digits: u32,
    /// Whether weak PINs (plausible dates, palindromes) are refused too. Guessable ones always are.
    pub forbid_weak: bool,
    /// How many earlier PINs may not be used again, 0 to 5.
    pub remember: u32,
    /// Remind to rehearse the PIN when it was not entered for so many days.
    pub rehearse_after_days: Option<u32>,
    /// Remind to change the PIN after so many days.
    pub change_after_days: Option<u32>,
}

/// How wrong PINs are slowed down and stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LockoutPolicy {
    /// The wait after each count of failures, in ascending order. Counts that no entry names have no wait.
    pub cooldowns: Vec<Cooldown>,
    /// Locked until verified some other way, at so many failures.
    pub lock_at: Option<u32>,
    /// Everything is destroyed when the wrong PIN that makes so many failures is settled.
    pub wipe_at: Option<u32>,
    /// Locked until the phone restarts, at so many failures since it started.
    pub per_boot_limit: Option<u32>,
    /// A wrong PIN entered again within so many seconds is not counted again. 0: every one counts.
    pub duplicate_window_s: u32,
    /// How many wrong PINs are remembered for that, in memory only.
    pub duplicate_memory: u32,
    /// How many tries that the hardware left without a verdict are given back until the next right PIN.
    pub no_verdict_budget: u32,
}

/// A wait for a range of failure counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cooldown {
    /// First failure count it is for.
    pub from: u32,
    /// Last failure count it is for. Left out: every later one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<u32>,
    /// The wait, in seconds.
    pub wait_s: u64,
}

/// How long an unlocked wallet stays unlocked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionPolicy {
    /// Seconds without use after which a session ends.
    pub idle_s: u32,
    /// Seconds after which it ends in any case.
    pub absolute_s: u32,
}

/// Someone a locked-out person can turn to.
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

/// What is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct PolicyError {
    /// The field, as a path: `lockout.cooldowns[2].wait_s`.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Policy {
    /// A preset's name, or a JSON text.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        if text.trim_start().starts_with('{') { Self::from_json(text) } else { Self::preset(text) }
    }

    /// One of [`presets::NAMES`].
    pub fn preset(name: &str) -> Result<Self, PolicyError> {
        presets::by_name(name).ok_or_else(|| problem("preset", format!("must be one of {}", presets::NAMES.join(", "))))
    }

    /// Reads and checks a policy.
    pub fn from_json(json: &str) -> Result<Self, PolicyError> {
        let mut text = serde_json::Deserializer::from_str(json);
        let policy: Self = serde_path_to_error::deserialize(&mut text)
            .map_err(|error| problem(error.path().to_string(), fault(error.inner())))?;
        text.end().map_err(|error| problem(".", fault(&error)))?;
        policy.validate()?;
        Ok(policy)
    }

    /// As JSON, every field named.
    pub fn to_json(&self) -> String {
        // A struct of numbers, strings and lists always serialises; the empty object would be refused nowhere and mean the default.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Checks every field's range and that guessing is stopped at all.
    pub fn validate(&self) -> Result<(), PolicyError> {
        within("name", self.name.len(), 1, MAX_TEXT)?;
        within("pin.min_digits", self.pin.min_digits as usize, pin::MIN_DIGITS, pin::MAX_DIGITS)?;
        within("pin.max_digits", self.pin.max_digits as usize, self.pin.min_digits as usize, pin::MAX_DIGITS)?;
        within("pin.remember", self.pin.remember, 0, 5)?;
        within_some("pin.rehearse_after_days", self.pin.rehearse_after_days, 1, MAX_DAYS)?;
        within_some("pin.change_after_days", self.pin.change_after_days, 1, MAX_DAYS)?;
        within("session.absolute_s", self.session.absolute_s, 1, MAX_SESSION_S)?;
        within("session.idle_s", self.session.idle_s, 1, self.session.absolute_s)?;
        self.biometric.validate()?;
        within("contacts", self.contacts.len(), 0, MAX_CONTACTS)?;
        for (i, contact) in self.contacts.iter().enumerate() {
            within(&format!("contacts[{i}].value"), contact.value().len(), 1, MAX_TEXT)?;
        }
        self.lockout.validate()
    }

    /// Whether nothing that `sealed` asks for is eased. Only such a policy may replace it without the PIN.
    ///
    /// Contacts and reminders may change freely. A changed `wipe_at` never counts as strict enough: it can destroy what is kept.
    pub fn is_at_least_as_strict_as(&self, sealed: &Self) -> bool {
        self.pin.min_digits >= sealed.pin.min_digits
            && self.pin.forbid_weak >= sealed.pin.forbid_weak
            && self.pin.remember >= sealed.pin.remember
            && self.session.idle_s <= sealed.session.idle_s
            && self.session.absolute_s <= sealed.session.absolute_s
            && self.biometric.is_at_least_as_strict_as(&sealed.biometric)
            && self.lockout.is_at_least_as_strict_as(&sealed.lockout)
    }
}

impl LockoutPolicy {
    /// The wait in milliseconds that follows the `failures`-th failure.
    pub fn wait_ms(&self, failures: u32) -> u64 {
        let step = self.cooldowns.iter().find(|step| step.from <= failures && step.to.is_none_or(|to| failures <= to));
        step.map_or(0, |step| step.wait_s.saturating_mul(1000))
    }

    /// The failure count at which no further try is allowed, if there is one.
    pub(crate) fn stop_at(&self) -> Option<u32> {
        [self.lock_at, self.wipe_at].into_iter().flatten().min()
    }

    fn validate(&self) -> Result<(), PolicyError> {
        within("lockout.cooldowns", self.cooldowns.len(), 0, MAX_COOLDOWNS)?;
        let mut from = 1;
        for (i, step) in self.cooldowns.iter().enumerate() {
            let field = |name| format!("lockout.cooldowns[{i}].{name}");
            within(&field("from"), step.from, from, MAX_FAILURES)?;
            within_some(&field("to"), step.to, step.from, MAX_FAILURES)?;
            within(&field("wait_s"), step.wait_s, 1, MAX_WAIT_S)?;
            if step.to.is_none() && i + 1 < self.cooldowns.len() {
                return Err(problem(field("to"), "only the last cooldown may leave it out"));
            }
            from = step.to.map_or(MAX_FAILURES, |to| to + 1);
        }
        within_some("lockout.lock_at", self.lock_at, 1, MAX_FAILURES)?;
        within_some("lockout.wipe_at", self.wipe_at, 1, MAX_FAILURES)?;
        within_some("lockout.per_boot_limit", self.per_boot_limit, 1, MAX_FAILURES)?;
        within("lockout.duplicate_window_s", self.duplicate_window_s, 0, MAX_DUPLICATE_WINDOW_S)?;
        within("lockout.duplicate_memory", self.duplicate_memory, 0, MAX_DUPLICATES)?;
        within("lockout.no_verdict_budget", self.no_verdict_budget, 0, MAX_NO_VERDICT_BUDGET)?;
        let slows_for_ever = self.cooldowns.last().is_some_and(|step| step.to.is_none());
        if self.stop_at().is_none() && !slows_for_ever {
            return Err(problem(
                "lockout",
                "needs lock_at, wipe_at or a last cooldown without an end: guessing must not be free",
            ));
        }
        Ok(())
    }

    fn is_at_least_as_strict_as(&self, sealed: &Self) -> bool {
        let no_later = |mine: Option<u32>, sealed: Option<u32>| match (mine, sealed) {
            (_, None) => true,
            (Some(mine), Some(sealed)) => mine <= sealed,
            (None, Some(_)) => false,
        };
        // Both are constant beyond the largest count that either may name.
        (1..=MAX_FAILURES + 1).all(|failures| self.wait_ms(failures) >= sealed.wait_ms(failures))
            && no_later(self.lock_at, sealed.lock_at)
            && self.wipe_at == sealed.wipe_at
            && no_later(self.per_boot_limit, sealed.per_boot_limit)
            && self.duplicate_window_s <= sealed.duplicate_window_s
            && self.duplicate_memory <= sealed.duplicate_memory
            && self.no_verdict_budget <= sealed.no_verdict_budget
    }
}

impl Contact {
    fn value(&self) -> &str {
        match self {
            Self::Phone(value) | Self::Form(value) | Self::Social(value) | Self::Police(value) => value,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        presets::walletlock()
    }
}

impl Default for PinPolicy {
    fn default() -> Self {
        presets::walletlock().pin
    }
}

impl Default for LockoutPolicy {
    fn default() -> Self {
        presets::walletlock().lockout
    }
}

impl Default for SessionPolicy {
    fn default() -> Self {
        presets::walletlock().session
    }
}

/// What is wrong with a JSON text, in words of our own: the parser's repeat the text.
fn fault(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Data if error.to_string().starts_with("unknown field") => "is not a field of a policy".to_owned(),
        Category::Data if error.to_string().starts_with("missing field") => "lacks a field".to_owned(),
        Category::Data => "has another type, or a value out of range".to_owned(),
        _ => format!("is not JSON (line {}, column {})", error.line(), error.column()),
    }
}

pub(crate) fn problem(field: impl Into<String>, problem: impl Into<String>) -> PolicyError {
    PolicyError { field: field.into(), problem: problem.into() }
}

pub(crate) fn within<N: PartialOrd + std::fmt::Display>(
    field: &str,
    value: N,
    least: N,
    most: N,
) -> Result<(), PolicyError> {
    if value < least || value > most {
        return Err(problem(field, format!("must be from {least} to {most}")));
    }
    Ok(())
}

fn within_some(field: &str, value: Option<u32>, least: u32, most: u32) -> Result<(), PolicyError> {
    value.map_or(Ok(()), |value| within(field, value, least, most))
}
