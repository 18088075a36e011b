//! The phone's biometric prompt, and the channel for its answer.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use zeroize::Zeroizing;

use super::PlatformFault;
use crate::request::{PromptEnd, PromptId, PromptPurpose};

/// Length of a biometric slot's key, in bytes.
pub const SLOT_KEY_BYTES: usize = 32;
/// Length of that key when a keystore has wrapped it with AES-GCM: a nonce of 12 bytes, the ciphertext, a tag of 16.
pub const WRAPPED_SLOT_KEY_BYTES: usize = 12 + SLOT_KEY_BYTES + 16;

/// Shows the system's biometric prompt.
pub trait Biometrics: Send + Sync {
    /// Whether a strong biometric can be asked for now.
    fn availability(&self) -> Result<SensorAvailability, PlatformFault>;

    /// Starts to show the prompt, and returns before the person answers. `answer` is used later, on any thread. The key
    /// [`Prompt::alias`] does its work inside the phone's keystore, once for each time that a person is recognised.
    fn show(&self, prompt: Prompt, answer: Answer) -> Result<(), PlatformFault>;

    /// Removes the prompt, if one is shown. Called when no call waits for the prompt's answer any more.
    fn dismiss(&self) -> Result<(), PlatformFault>;
}

/// The [`Biometrics`] of a phone that has no biometrics.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoBiometrics;

/// Whether a strong biometric can be asked for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SensorAvailability {
    /// It can.
    Ready,
    /// No finger or face is enrolled.
    NoneEnrolled,
    /// There is no such sensor.
    NoHardware,
    /// The sensor is not available now.
    Busy,
    /// The phone's system cannot do this.
    NotSupported,
}

/// What the prompt shows, and what the key does once a person is recognised.
pub struct Prompt {
    /// The prompt's name, chosen by the caller.
    pub id: PromptId,
    /// Alias of the keystore's key, made with [`super::KeyPurpose::Biometric`].
    pub alias: String,
    /// What the person confirms. The prompt shows nothing that does not come from this, so that the person sees what
    /// will be done.
    pub purpose: PromptPurpose,
    /// What the key does to the input.
    pub operation: PromptOperation,
    /// The input of the operation.
    pub input: Zeroizing<Vec<u8>>,
    /// Milliseconds until the waiting call gives up.
    pub timeout_ms: u64,
}

/// What the keystore's key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptOperation {
    /// Wraps the input of [`SLOT_KEY_BYTES`]; the output has [`WRAPPED_SLOT_KEY_BYTES`].
    Wrap,
    /// Unwraps the input of [`WRAPPED_SLOT_KEY_BYTES`]; the output has [`SLOT_KEY_BYTES`].
    Unwrap,
}

/// Reports what happens at a prompt to the call that waits for it. The first end counts, and later reports are ignored.
/// Dropping the `Answer` without an end reports [`PromptEnd::NoVerdict`]. No method waits for the person or for the
/// core.
pub struct Answer(Arc<PromptChannel>);

/// What has been reported about a prompt. The call that showed the prompt waits here.
#[derive(Default)]
pub(crate) struct PromptChannel {
    state: Mutex<ChannelState>,
    changed: Condvar,
}

#[derive(Default)]
struct ChannelState {
    not_recognised: u32,
    end: Option<Ended>,
    /// The call no longer waits: later reports are ignored.
    is_over: bool,
    /// The prompt has reported its end, so it is no longer shown.
    is_gone: bool,
}

enum Ended {
    Authenticated(Zeroizing<Vec<u8>>),
    Without(PromptEnd),
}

/// What the waiting call is told about a prompt.
pub(crate) enum PromptEvent {
    NotRecognised,
    Authenticated(Zeroizing<Vec<u8>>),
    Ended(PromptEnd),
}

impl Answer {
    /// An answer that reports to this channel.
    pub(crate) fn to(channel: &Arc<PromptChannel>) -> Self {
        Self(channel.clone())
    }

    /// Reports that the sensor did not recognise someone. The prompt stays.
    pub fn not_recognised(&self) {
        self.0.update(|channel| channel.not_recognised = channel.not_recognised.saturating_add(1));
    }

    /// Reports that a person was recognised, with the output of the key. This ends the prompt.
    pub fn authenticated(&self, output: Zeroizing<Vec<u8>>) {
        self.0.finish(Ended::Authenticated(output));
    }

    /// Reports that the prompt has ended and nobody was recognised.
    pub fn ended(&self, how: PromptEnd) {
        self.0.finish(Ended::Without(how));
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.0.finish(Ended::Without(PromptEnd::NoVerdict));
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answer")
    }
}

impl std::fmt::Debug for Prompt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Prompt")
    }
}

impl PromptChannel {
    /// Waits for the next report, at most until `until`.
    pub(crate) fn next_event(&self, until: Instant) -> PromptEvent {
        let mut channel = self.lock();
        loop {
            if channel.not_recognised > 0 {
                channel.not_recognised -= 1;
                return PromptEvent::NotRecognised;
            }
            if let Some(end) = channel.end.take() {
                channel.is_over = true;
                return match end {
                    Ended::Authenticated(output) => PromptEvent::Authenticated(output),
                    Ended::Without(how) => PromptEvent::Ended(how),
                };
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                channel.is_over = true;
                return PromptEvent::Ended(PromptEnd::TimedOut);
            }
            channel = match self.changed.wait_timeout(channel, left) {
                Ok((channel, _)) => channel,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }

    /// Ends the wait of the call, if the prompt has not ended. The prompt may still be shown.
    pub(crate) fn end(&self, how: PromptEnd) {
        self.update(|channel| channel.end = Some(Ended::Without(how)));
    }

    /// Closes the channel: later reports are wiped and ignored. `true` if the prompt may still be shown.
    pub(crate) fn close(&self) -> bool {
        let mut channel = self.lock();
        (channel.end, channel.is_over) = (None, true);
        !channel.is_gone
    }

    fn finish(&self, end: Ended) {
        self.update(|channel| channel.end = Some(end));
        self.lock().is_gone = true;
    }

    fn update(&self, change: impl FnOnce(&mut ChannelState)) {
        let mut channel = self.lock();
        if !channel.is_over && channel.end.is_none() {
            change(&mut channel);
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, ChannelState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Biometrics for NoBiometrics {
    fn availability(&self) -> Result<SensorAvailability, PlatformFault> {
        Ok(SensorAvailability::NotSupported)
    }

    fn show(&self, _prompt: Prompt, _answer: Answer) -> Result<(), PlatformFault> {
        Err(PlatformFault)
    }

    fn dismiss(&self) -> Result<(), PlatformFault> {
        Ok(())
    }
}

#[cfg(test)]
#[path = "biometrics_tests.rs"]
mod tests;
