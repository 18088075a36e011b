//! Setting a second factor up, replacing it, and removing it.
//!
//! Whoever merely knows the PIN must neither lock the owner out with a factor of their own, nor take the owner's away.
//! So a change waits, as one of the recovery code does, and one that touches a factor in force needs that factor too.
//! Only in the session that set the wallet up, or after a recovery, does it count at once.

use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use super::in_session::{check, modify};
use super::recovery_change::RecoveryChange;
use super::try_authenticator::read;
use crate::engine::{Action, Engine, SessionId, UnitOfWork};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::pin::PinEntry;
use crate::proof::ChannelKind;
use crate::recovery::{Authenticator, Factor, FactorKind, SECRET_LETTERS, Secret, step_of};
use crate::stack::with_stack_wiped;
use crate::time::Now;

/// A secret for an authenticator app. The person adds it to the app, and types one code
/// ([`crate::AccessHandle::confirm_authenticator`]) before it is put in force. It wipes itself when it is dropped.
pub struct NewAuthenticator {
    secret: Secret,
    confirmed: Mutex<Confirmed>,
}

/// Whether a code confirmed a secret.
#[derive(Clone, Copy)]
enum Confirmed {
    No,
    /// By the code of this step.
    By(u64),
    /// It was put in force, or waits. A second time it would forget which codes were used.
    UsedUp,
}

impl NewAuthenticator {
    /// How many letters the secret has as text.
    pub const LETTERS: usize = SECRET_LETTERS;

    /// A letter of the secret as text (base32, RFC 4648), for an app that reads no QR code. `None`: there is no such
    /// place, 0 to 31.
    pub fn letter(&self, place: usize) -> Option<char> {
        self.secret.letter(place)
    }

    /// The URI for the QR code, `otpauth://totp/…`, in ASCII. `None`: a name is empty, longer than 64 bytes, or has a
    /// colon or a control character.
    pub fn uri(&self, issuer: &str, account: &str) -> Option<Zeroizing<Vec<u8>>> {
        with_stack_wiped(|| self.secret.uri(issuer, account))
    }

    /// Whether the typed code is the app's. The tries are not counted: the secret protects nothing yet. The entry is
    /// left empty.
    fn confirm(&self, entry: &PinEntry, now: Now) -> bool {
        with_stack_wiped(|| {
            let step = read(entry).and_then(|code| step_of(&self.secret, &code, now));
            entry.clear();
            let mut confirmed = self.confirmed();
            match (*confirmed, step) {
                (Confirmed::UsedUp, _) | (_, None) => false,
                (_, Some(step)) => {
                    *confirmed = Confirmed::By(step);
                    true
                }
            }
        })
    }

    fn confirmed(&self) -> MutexGuard<'_, Confirmed> {
        self.confirmed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for NewAuthenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewAuthenticator")
    }
}

/// Makes a secret. It counts for nothing until [`set_authenticator`] has put it in force.
pub(crate) fn make(engine: &Engine, id: SessionId) -> Result<NewAuthenticator, LockError> {
    check(engine, id, Action::ChangeRecovery)?;
    let secret = with_stack_wiped(|| Ok::<_, LockError>(Secret::make(&mut engine.draw()?)))?;
    Ok(NewAuthenticator { secret, confirmed: Mutex::new(Confirmed::No) })
}

/// Whether the typed code is the one that the app shows for this secret. The entry is left empty.
pub(crate) fn confirm(
    engine: &Engine,
    id: SessionId,
    new: &NewAuthenticator,
    entry: &PinEntry,
) -> Result<bool, LockError> {
    engine.sessions.method(id)?;
    Ok(new.confirm(entry, engine.sessions.read_clock()?.now))
}

/// Puts a confirmed authenticator in force.
pub(crate) fn set_authenticator(
    engine: &Engine,
    id: SessionId,
    new: &NewAuthenticator,
) -> Result<RecoveryChange, LockError> {
    let before = std::mem::replace(&mut *new.confirmed(), Confirmed::UsedUp);
    let Confirmed::By(step) = before else {
        *new.confirmed() = before;
        return Ok(RecoveryChange::NotConfirmed);
    };
    let changed = change(engine, id, |_, now| {
        Ok(Some(Factor::Authenticator(Box::new(Authenticator::new(new.secret.clone(), step, now)))))
    });
    if changed.is_err() {
        *new.confirmed() = before;
    }
    changed
}

/// Has a code by SMS asked for. [`LockError::WrongState`]: no phone number is in force and stays so, or no provider has
/// registered this phone.
pub(crate) fn set_sms(engine: &Engine, id: SessionId) -> Result<RecoveryChange, LockError> {
    change(engine, id, |work, now| {
        let in_force = work.record.recovery.channels.in_force(now);
        let has_number = in_force.iter().any(|channel| channel.kind == ChannelKind::Sms && !channel.is_leaving());
        let is_sms = work.record.recovery.second_factor.is_checked_by_provider(now);
        if !has_number || is_sms || !work.record.is_registered() {
            return Err(LockError::WrongState);
        }
        Ok(Some(Factor::Sms))
    })
}

/// Removes the second factor. [`LockError::WrongState`]: there is none.
pub(crate) fn remove(engine: &Engine, id: SessionId) -> Result<RecoveryChange, LockError> {
    change(engine, id, |work, now| match work.record.recovery.second_factor.now(now) {
        Some(_) => Ok(None),
        None => Err(LockError::WrongState),
    })
}

/// Cancels the change that waits. `false` if none does.
pub(crate) fn cancel(engine: &Engine, id: SessionId) -> Result<bool, LockError> {
    let now = engine.platform.clock.now()?;
    modify(engine, id, Action::Write, |_, work| {
        work.settle_recovery(now);
        let was_pending = work.record.recovery.second_factor.cancel();
        if was_pending {
            work.note(&JournalEvent::SecondFactorCancelled);
        }
        Ok(was_pending)
    })
}

/// Makes a change: at once in the session that set the wallet up, else after the policy's wait. What is in force is
/// asked for first: a session in which it was not right yet may not touch it.
fn change(
    engine: &Engine,
    id: SessionId,
    to: impl FnOnce(&UnitOfWork<'_>, Now) -> Result<Option<Factor>, LockError>,
) -> Result<RecoveryChange, LockError> {
    engine.sessions.check_second_factor(id)?;
    let session = engine.sessions.open(id, Action::ChangeRecovery)?;
    let now = engine.platform.clock.now()?;
    modify(engine, id, Action::ChangeRecovery, |_, work| {
        work.settle_recovery(now);
        let to = to(work, now)?;
        if session.is_first {
            let event = to.as_ref().map(|factor| JournalEvent::SecondFactorOn { factor: factor.kind().name() });
            work.note(&event.unwrap_or(JournalEvent::SecondFactorOff));
            work.record.recovery.second_factor.put(to);
            return Ok(RecoveryChange::InForce);
        }
        let wait_h = work.record.policy.recovery.pending_change_h;
        let left_ms = work.record.policy.recovery.pending_change_ms();
        let change = to.as_ref().map_or("removal", |factor| FactorKind::name(factor.kind()));
        work.note(&JournalEvent::SecondFactorPending { change, wait_h });
        work.record.recovery.second_factor.plan(to, left_ms, now);
        Ok(RecoveryChange::Pending { left_ms })
    })
}

/// Which second factor there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondFactorInfo {
    /// The one that is asked for.
    pub in_force: Option<FactorKind>,
    /// A change that waits.
    pub pending: Option<PendingFactorChange>,
}

/// A change of the second factor that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingFactorChange {
    /// Milliseconds left, at least 1. Then it holds.
    pub left_ms: u64,
    /// The factor after it. `None`: none is asked for any more.
    pub to: Option<FactorKind>,
}

/// Which second factor is in force, and what waits. A session that still needs it may ask, to know what to ask for.
pub(crate) fn info(engine: &Engine, id: SessionId) -> Result<SecondFactorInfo, LockError> {
    engine.sessions.method(id)?;
    let now = engine.sessions.read_clock()?.now;
    engine.ledger.read(|view| {
        let factor = &view.record.recovery.second_factor;
        let pending = factor.pending(now).map(|(left_ms, to)| PendingFactorChange { left_ms, to });
        Ok(SecondFactorInfo { in_force: factor.now(now).map(Factor::kind), pending })
    })
}
