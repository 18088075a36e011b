//! The calls about the second factor, the channel and proofs, as the app makes them. The authenticator app's secrets
//! are with the owner's papers.

use std::fs;

use walletlock_core::platform::Clock;
use walletlock_core::platform::testing::authenticator_code;
use walletlock_core::proof::{ChannelId, ChannelKind};
use walletlock_core::recovery::{PasswordEntry, PasswordFinding};
use walletlock_core::{CodeRequest, FactorOutcome, LockError, NewAuthenticator, Session, WalletLock};

use crate::backend;
use crate::life::{NO_GRANT, failed};
use crate::paper;
use crate::phone::{Home, Phone, entry};
use crate::scenario::Used;

/// So many wrong codes of the authenticator begin a wait, and so long is the first.
pub(crate) const TRIES: u32 = 5;
pub(crate) const WAIT_AFTER_WRONG: u64 = 15 * 60_000;

const STEP_MS: i64 = 30_000;

/// The code that the provider always sends, and another one.
const SENT: &str = "246810";
const NOT_SENT: &str = "135791";
const NUMBER: &str = "+86 138 1234 5678";

/// Makes an authenticator, which the owner's app reads, and confirms and sets it.
pub(crate) fn set_factor(phone: &Phone, session: &Session, name: &str) -> Result<String, LockError> {
    let new = session.access().make_authenticator()?;
    let letters: String = (0..NewAuthenticator::LETTERS).filter_map(|place| new.letter(place)).collect();
    fs::write(secret_of(&phone.home, name), &letters).expect("read by the app");
    assert!(session.access().confirm_authenticator(&new, &entry(&shown(phone, name, 0)))?);
    session.access().set_authenticator(&new).map(paper::in_words)
}

/// Whether the authenticator app with this name read a secret.
pub(crate) fn has_app(phone: &Phone, name: &str) -> bool {
    secret_of(&phone.home, name).exists()
}

fn secret_of(home: &Home, name: &str) -> std::path::PathBuf {
    home.paper().join(format!("app of {name}"))
}

/// The code that the app with this name shows so many steps from now.
fn shown(phone: &Phone, name: &str, steps: i64) -> String {
    let letters = fs::read_to_string(secret_of(&phone.home, name)).expect("the app has it");
    authenticator_code(&letters, phone.clock.now().expect("a clock").wall_ms + steps * STEP_MS)
}

/// A code that is not shown now. Those before it and after it count too.
fn wrong(phone: &Phone, name: &str) -> String {
    let right = [-1, 0, 1].map(|steps| shown(phone, name, steps));
    let mut codes = (0..).map(|nth| format!("{:06}", 314_159 + nth));
    codes.find(|code| !right.contains(code)).expect("one of four")
}

/// Types a code of the app with this name, or a wrong one.
pub(crate) fn try_code(
    phone: &Phone,
    lock: &WalletLock,
    session: Option<&Session>,
    name: &str,
    is_right: bool,
    used_for: Used,
) -> String {
    let code = entry(&if is_right { shown(phone, name, 0) } else { wrong(phone, name) });
    let outcome = match (used_for, session) {
        (Used::Session, Some(session)) => session.access().prove_second_factor(&code),
        (Used::Session, None) => return "no session".to_owned(),
        (Used::Recovery, _) => lock.recovery().prove_authenticator(&code),
        (Used::Cancel, _) => lock.recovery().cancel_by_authenticator(&code),
    };
    match outcome {
        Ok(FactorOutcome::Right) => "right".to_owned(),
        Ok(FactorOutcome::Wrong { tries_left, wait_ms }) => format!("wrong code, {tries_left} left, {wait_ms} ms"),
        Ok(FactorOutcome::Waiting { left_ms }) => format!("waiting, {left_ms} ms left"),
        Ok(FactorOutcome::NotSetUp) => "not set up".to_owned(),
        Ok(FactorOutcome::NotACode) => "not a code".to_owned(),
        Ok(FactorOutcome::NotEnough) => "not enough".to_owned(),
        Err(error) => failed(&error),
    }
}

/// Begins to set a phone number up.
pub(crate) fn add_channel(session: &Session) -> Result<(ChannelId, String), LockError> {
    let (channel, request) = session.access().add_channel(ChannelKind::Sms, NUMBER)?;
    Ok((channel, in_words(Ok(request)).0))
}

/// The channel that counts, if there is one.
pub(crate) fn channel_in_force(lock: &WalletLock) -> Option<ChannelId> {
    let ways = lock.recovery().progress().ok()?.ways;
    ways.iter().find_map(|way| way.channel)
}

pub(crate) fn send_code(lock: &WalletLock, channel: ChannelId) -> String {
    in_words(lock.recovery().send_code(channel)).0
}

/// Types the code that was sent, or a wrong one. The text is the request to the provider.
pub(crate) fn type_code(
    lock: &WalletLock,
    session: Option<&Session>,
    channel: ChannelId,
    is_right: bool,
    used_for: Used,
) -> (String, Option<String>) {
    let code = entry(if is_right { SENT } else { NOT_SENT });
    match (used_for, session) {
        (Used::Session, Some(session)) => in_words(session.access().confirm_channel(channel, Some(&code))),
        (Used::Session, None) => ("no session".to_owned(), None),
        (Used::Recovery, _) => in_words(lock.recovery().prove(channel, Some(&code))),
        (Used::Cancel, _) => in_words(lock.recovery().cancel(Some(channel), Some(&code))),
    }
}

/// The provider answers a request if the code in it is right, and the phone takes the answer.
pub(crate) fn take_proof(home: &Home, lock: &WalletLock, request: &str) -> String {
    match backend::prove(home, request, SENT) {
        Some(grant) => backend::redeem(lock, &grant),
        None => NO_GRANT.to_owned(),
    }
}

/// Sets the password with this name.
pub(crate) fn set_password(session: &Session, name: &str) -> Result<String, LockError> {
    let password = PasswordEntry::new();
    password.set(format!("{name}-Quiet-Lark-7").as_bytes()).expect("a text");
    Ok(match session.access().set_password(&password)?.as_slice() {
        [] => "set".to_owned(),
        [PasswordFinding::UsedBefore] => "used before".to_owned(),
        other => format!("{other:?}"),
    })
}

fn in_words(request: Result<CodeRequest, LockError>) -> (String, Option<String>) {
    match request {
        Ok(CodeRequest::Asked(text)) => ("asked".to_owned(), Some(text.to_string())),
        Ok(CodeRequest::NotYet { left_ms }) => (format!("not yet, {left_ms} ms left"), None),
        Ok(CodeRequest::NoCode) => ("no code".to_owned(), None),
        Err(error) => (failed(&error), None),
    }
}
