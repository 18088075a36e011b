//! The one biometric prompt that may be shown.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::lock;
use crate::platform::{Answer, Biometrics, Prompt, PromptChannel, PromptEnd, PromptEvent, PromptId};

/// Shows prompts, one at a time.
pub(crate) struct Prompts {
    biometrics: Arc<dyn Biometrics>,
    shown: Mutex<Option<(PromptId, Arc<PromptChannel>)>>,
}

/// The right to show a prompt. Dropping it dismisses the prompt, if that is still shown, and allows the next prompt.
pub(crate) struct ShownPrompt<'a> {
    prompts: &'a Prompts,
    channel: Arc<PromptChannel>,
    until: Instant,
}

impl Prompts {
    pub(crate) fn new(biometrics: Arc<dyn Biometrics>) -> Self {
        Self { biometrics, shown: Mutex::default() }
    }

    /// Begins a prompt, which times out after `timeout_ms`. `None`: another prompt is shown.
    pub(crate) fn begin(&self, id: PromptId, timeout_ms: u64) -> Option<ShownPrompt<'_>> {
        let mut shown = lock(&self.shown);
        if shown.is_some() {
            return None;
        }
        let channel = Arc::new(PromptChannel::default());
        *shown = Some((id, channel.clone()));
        Some(ShownPrompt { prompts: self, channel, until: Instant::now() + Duration::from_millis(timeout_ms) })
    }

    /// Cancels this prompt, if it is shown. The call that waits for it gets [`PromptEnd::CancelledBySystem`].
    pub(crate) fn cancel(&self, id: PromptId) {
        self.cancel_if(|shown| shown == id);
    }

    /// Cancels the prompt that is shown, if any.
    pub(crate) fn cancel_any(&self) {
        self.cancel_if(|_| true);
    }

    fn cancel_if(&self, should_cancel: impl Fn(PromptId) -> bool) {
        let shown = lock(&self.shown).clone().filter(|(id, _)| should_cancel(*id));
        shown.iter().for_each(|(_, channel)| channel.end(PromptEnd::CancelledBySystem));
    }
}

impl ShownPrompt<'_> {
    /// Has the phone show the prompt. If that fails, the prompt ends without a verdict.
    pub(crate) fn show(&self, prompt: Prompt) {
        if self.prompts.biometrics.show(prompt, Answer::to(&self.channel)).is_err() {
            self.channel.end(PromptEnd::NoVerdict);
        }
    }

    /// Waits for the next event of the prompt, until its timeout.
    pub(crate) fn next_event(&self) -> PromptEvent {
        self.channel.next_event(self.until)
    }
}

impl Drop for ShownPrompt<'_> {
    fn drop(&mut self) {
        if self.channel.close() {
            // A panic in `dismiss` must not keep the next prompt from being shown. And this drop may run while a panic
            // unwinds, where a second panic would abort.
            let dismiss = AssertUnwindSafe(|| self.prompts.biometrics.dismiss());
            // A prompt that cannot be dismissed goes away by itself.
            panic::catch_unwind(dismiss).ok();
        }
        *lock(&self.prompts.shown) = None;
    }
}
