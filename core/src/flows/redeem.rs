//! Taking a grant: the provider's answer to a request of this phone. It loosens, so it counts only if nobody can take
//! it back or give it twice.

use super::carry_out::{Judged, carry_out, clears, judge};
use super::lost_marks;
use crate::engine::Engine;
use crate::error::LockError;
use crate::provider::{Call, WordDone, WordOutcome};

/// Takes a grant.
pub(crate) fn redeem(engine: &Engine, text: &str) -> Result<WordOutcome, LockError> {
    let now = engine.sessions.read_clock()?.now;
    let judged = engine.ledger.read(|view| judge(view.record, &view.header.wallet_id, Call::Redeem, text, now))?;
    let word = match judged {
        Judged::Settled(outcome) => return Ok(outcome),
        Judged::New(word) => word,
    };
    let taken = engine.ledger.commit_irrevocably(&mut engine.draw()?, now, |work| {
        let before: Vec<_> = work.record.provider.aliases().map(str::to_owned).collect();
        let outcome = carry_out(engine, work, Call::Redeem, text, now, false)?;
        let stale = before.into_iter().filter(|alias| work.record.provider.aliases().all(|kept| kept != alias));
        Ok((outcome, stale.collect::<Vec<_>>()))
    });
    engine.seal_keys.make_ahead();
    let (outcome, stale) = taken?.value;
    if outcome == WordOutcome::Done(WordDone::SecondFactorProven) {
        engine.sessions.note_second_factor(None);
    }
    // The key of an earlier installation. If it cannot be deleted now, the next opening deletes it.
    engine.device_keys.delete_all(&stale).ok();
    if clears(&word) {
        // Only after the commit: until then the marks say what stands.
        lost_marks::drop_stale(engine);
    }
    Ok(outcome)
}
