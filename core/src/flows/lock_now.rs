//! Locking at once.

use crate::engine::{Engine, SessionEnd};

/// Ends every session, and then the prompt that is shown: a prompt that is about to be shown sees either the one or the other.
pub(crate) fn lock_now(engine: &Engine, because: SessionEnd) {
    engine.sessions.end_all(because);
    engine.prompts.cancel_any();
}
