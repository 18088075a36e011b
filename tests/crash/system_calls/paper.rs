//! The recovery codes that the owner wrote down, each in a file with its name. A code is written down before it counts.

use std::fs;
use std::sync::Arc;

use walletlock_core::platform::testing::{code_entry, write_down};
use walletlock_core::recovery::RecoveryCode;
use walletlock_core::{
    CodeOutcome, CodeRefusal, LockError, NoVerdict, RecoveryChange, RecoveryOutcome, Rescue, Session, WalletLock,
};

use crate::life::{NO_VERDICT, failed};
use crate::phone::{Home, entry};

/// Makes a code and sets it.
pub(crate) fn set_code(home: &Home, session: &Session, name: &str) -> Result<String, LockError> {
    let code = session.access().create_recovery_code()?;
    note(home, name, &code);
    Ok(in_words(session.access().set_recovery_code(&code)?))
}

/// Has the code withdrawn.
pub(crate) fn withdraw(session: &Session) -> Result<String, LockError> {
    session.access().withdraw_recovery_code().map(in_words)
}

/// Enters the code `from`, and sets this PIN and the code `to`.
pub(crate) fn recover(
    home: &Home,
    lock: &WalletLock,
    from: &str,
    to: &str,
    pin: &str,
) -> Result<Option<Session>, String> {
    finish(home, &enter(home, lock, from)?, to, pin)
}

/// Sets this PIN and the code `to` in an opened wallet. `None`: a lock of the provider stands.
pub(crate) fn finish(home: &Home, rescue: &Rescue, to: &str, pin: &str) -> Result<Option<Session>, String> {
    let code = rescue.new_code().map_err(|error| failed(&error))?;
    note(home, to, &code);
    match rescue.finish(&entry(pin), &[], &code) {
        Ok(RecoveryOutcome::Done { session, .. }) => Ok(Some(session)),
        Ok(RecoveryOutcome::Locked { .. }) => Ok(None),
        Ok(other) => Err(format!("{other:?}")),
        Err(error) => Err(failed(&error)),
    }
}

/// Enters the code with this name.
pub(crate) fn enter(home: &Home, lock: &WalletLock, name: &str) -> Result<Rescue, String> {
    let digits = fs::read_to_string(home.paper().join(name)).expect("the code was written down");
    match lock.recovery().enter_code(&code_entry(&digits)) {
        CodeOutcome::Opened(rescue) => Ok(rescue),
        CodeOutcome::Refused(refusal) => Err(refusal_in_words(&refusal)),
    }
}

pub(crate) fn refusal_in_words(refusal: &CodeRefusal) -> String {
    match refusal {
        CodeRefusal::Wrong => "wrong code".to_owned(),
        CodeRefusal::NoVerdict(NoVerdict::Storage) => NO_VERDICT.to_owned(),
        refusal => format!("{refusal:?}"),
    }
}

/// The code of these names that opens the wallet now. `Err`: more than one does, or the wallet gives no clear answer.
pub(crate) fn code_in_force(
    home: &Home,
    lock: &Arc<WalletLock>,
    names: &[&'static str],
) -> Result<Option<&'static str>, String> {
    let mut found = None;
    for name in names.iter().filter(|name| home.paper().join(name).exists()) {
        match enter(home, lock, name) {
            Ok(_) if found.is_some() => return Err("two codes open it".to_owned()),
            Ok(_) => found = Some(*name),
            Err(refusal) if ["wrong code", "NotSetUp"].contains(&refusal.as_str()) => {}
            Err(refusal) => return Err(format!("the code {name}: {refusal}")),
        }
    }
    Ok(found)
}

fn note(home: &Home, name: &str, code: &RecoveryCode) {
    fs::write(home.paper().join(name), write_down(code)).expect("written down");
}

pub(crate) fn in_words(change: RecoveryChange) -> String {
    match change {
        RecoveryChange::InForce => "set".to_owned(),
        RecoveryChange::Pending { .. } => "waits".to_owned(),
        RecoveryChange::NotConfirmed => "not confirmed".to_owned(),
    }
}
