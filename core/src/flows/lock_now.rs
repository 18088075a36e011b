//! Locking at once.

use crate::engine::{Engine, SessionEnd};

/// Ends every session, and then cancels the prompt that is shown. The order matters: a prompt that is just beginning is
/// either cancelled here, or sees afterwards that the sessions' generation has changed.
pub(crate) fn lock_now(engine: &Engine, because: SessionEnd) {
    engine.sessions.end_all(because);
    engine.prompts.cancel_any();
    engine.payment_requests.clear();
}
