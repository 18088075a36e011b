//! The phone's biometric prompt, and the one answer that it gives.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use zeroize::Zeroizing;

use super::PlatformFault;
use crate::request::{PromptEnd, PromptId, PromptPurpose};

/// Bytes of a biometric slot's key.
pub const SLOT_KEY_BYTES: usize = 32;
/// Bytes of it as a keystore wraps it with AES-GCM: a nonce of 12 bytes, the ciphertext, a tag of 16.
pub const WRAPPED_SLOT_KEY_BYTES: usize = 12 + SLOT_KEY_BYTES + 16;

/// Shows the system's biometric prompt.
pub trait Biometrics: Send + Sync {
    /// Whether a strong biometric could be asked for now.
    fn availability(&self) -> Result<SensorAvailability, PlatformFault>;

    /// Begins to show the prompt and returns; `answer` is used later, on any thread. The key of [`Prompt::alias`] does its work inside the
    /// phone's keystore, once for each time that a person is recognised.
    fn show(&self, prompt: Prompt, answer: Answer) -> Result<(), PlatformFault>;

    /// Takes away the prompt that is shown, if any: nobody waits for its answer any more.
    fn dismiss(&self) -> Result<(), PlatformFault>;
}

/// A phone without.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoBiometrics;

/// Whether a strong biometric could be asked for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SensorAvailability {
    /// It could.
    Ready,
    /// Nobody's finger or face is enrolled.
    NoneEnrolled,
    /// There is no such sensor.
    NoHardware,
    /// Not now.
    Busy,
    /// The phone's system cannot do this.
    NotSupported,
}

/// What is to be shown, and done once a person is recognised.
pub struct Prompt {
    /// As the caller named it.
    pub id: PromptId,
    /// The keystore's key, made with [`super::KeyPurpose::Biometric`].
    pub alias: String,
    /// All that the prompt says comes from this: what the person sees is what is done.
    pub purpose: PromptPurpose,
    /// What the key does.
    pub operation: PromptOperation,
    /// To what.
    pub input: Zeroizing<Vec<u8>>,
    /// Milliseconds until nobody waits any more.
    pub timeout_ms: u64,
}

/// What the keystore's key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptOperation {
    /// Wraps the input, [`SLOT_KEY_BYTES`]; the output has [`WRAPPED_SLOT_KEY_BYTES`].
    Wrap,
    /// The reverse.
    Unwrap,
}

/// The way back from a prompt. What it is told counts until the first end; dropping it is an end without a verdict. It never waits.
pub struct Answer(Arc<PromptChannel>);

/// A prompt and what became of it. The one who asked waits here.
#[derive(Default)]
pub(crate) struct PromptChannel {
    state: Mutex<ChannelState>,
    changed: Condvar,
}

#[derive(Default)]
struct ChannelState {
    not_recognised: u32,
    end: Option<Ended>,
    /// Nobody waits for more.
    is_over: bool,
    /// The prompt said that it is not shown any more.
    is_gone: bool,
}

enum Ended {
    Authenticated(Zeroizing<Vec<u8>>),
    Without(PromptEnd),
}

/// What happens to a prompt.
pub(crate) enum PromptEvent {
    NotRecognised,
    Authenticated(Zeroizing<Vec<u8>>),
    Ended(PromptEnd),
}

impl Answer {
    /// Tells this channel, where somebody waits for it.
    pub(crate) fn to(channel: &Arc<PromptChannel>) -> Self {
        Self(channel.clone())
    }

    /// The sensor saw someone else. The prompt stays.
    pub fn not_recognised(&self) {
        self.0.update(|channel| channel.not_recognised = channel.not_recognised.saturating_add(1));
    }

    /// A person was recognised, and this is what the key made of the input.
    pub fn authenticated(&self, output: Zeroizing<Vec<u8>>) {
        self.0.finish(Ended::Authenticated(output));
    }

    /// The prompt is gone, and nobody was recognised.
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
    /// Waits for the next thing that happens, until then at most.
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

    /// Ends it for whoever waits, if it has not ended. The prompt may still be shown.
    pub(crate) fn end(&self, how: PromptEnd) {
        self.update(|channel| channel.end = Some(Ended::Without(how)));
    }

    /// Nobody waits any more: what comes now is wiped and forgotten. `true` if the prompt may still be shown.
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
