//! Locking at once.

use crate::engine::Engine;

/// Ends every session, and then the prompt that is shown: a prompt that is about to be shown sees either the one or the other.
pub(crate) fn lock_now(engine: &Engine) {
    engine.sessions.end_all();
    engine.prompts.cancel_any();
}
