//! The password of the owner's account with the app. The app sends it to its server; the wallet judges it, and keeps
//! nothing of it but a MAC, so that it is not set again.

use super::in_session::{check, earlier_keys_in, modify};
use crate::engine::{Action, Engine, SessionId};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::recovery::{PasswordEntry, PasswordFinding, judge};
use crate::stack::with_stack_wiped;

/// Judges a password, as it is typed. Only [`set`] tells whether it was used before.
pub(crate) fn judge_password(engine: &Engine, entry: &PasswordEntry) -> Result<Vec<PasswordFinding>, LockError> {
    let policy = super::status::policy(engine)?.recovery.password;
    Ok(with_stack_wiped(|| judge(&entry.peek(), &policy, None)))
}

/// Notes the password that the account has from now on, unless something speaks against it: then that is returned. The
/// entry keeps it, because the app still has to send it.
pub(crate) fn set(engine: &Engine, id: SessionId, entry: &PasswordEntry) -> Result<Vec<PasswordFinding>, LockError> {
    let findings = judge_password(engine, entry)?;
    check(engine, id, Action::Write)?;
    if !findings.is_empty() {
        return Ok(findings);
    }
    // Otherwise it could be used to find out earlier passwords.
    engine.sessions.take_proposal(id)?;
    modify(engine, id, Action::Write, |data_key, work| {
        let text = entry.peek();
        let policy = work.record.policy.recovery.password.clone();
        let key = earlier_keys_in(work, data_key)?.password_history();
        let mut findings = Vec::new();
        work.change_index(data_key, |_, index| {
            findings = judge(&text, &policy, Some((&index.passwords, &key)));
            Ok(findings.is_empty().then(|| index.passwords.push(&key, &text)))
        })?;
        if findings.is_empty() {
            work.note(&JournalEvent::PasswordSet);
        }
        Ok(findings)
    })
}
