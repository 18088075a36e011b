//! Checks that a wallet is in a possible state, as its owner would: by opening and using it.

use std::collections::BTreeSet;
use std::sync::Arc;

use walletlock_core::events::Kind;
use walletlock_core::journal::{Chain, Query};
use walletlock_core::{Enrolment, LockStatus, PinOutcome, Session, WalletLock};

use crate::life::status_in_words;
use crate::phone::{Home, Phone, entry};
use crate::scenario::{CODES, Due, PIN};
use crate::words::OrdersLock;
use crate::world::{DAMAGED, LIMIT, Wallet, World, Worlds};
use crate::{backend, check_escrow, check_payments, check_ways_back, item, paper};

/// Lines about the recovery code and escrow and about the provider's words.
const NOTED: [Kind; 17] = [
    Kind::CodePending,
    Kind::CodeCancelled,
    Kind::CodeSet,
    Kind::CodeWithdrawn,
    Kind::EscrowPending,
    Kind::EscrowCancelled,
    Kind::EscrowOn,
    Kind::EscrowOff,
    Kind::Recovered,
    Kind::RescueRowRestored,
    Kind::ProviderRegistered,
    Kind::LockOrdered,
    Kind::UnlockGranted,
    Kind::LockCleared,
    Kind::ProviderKeyRevoked,
    Kind::OrderWithheld,
    Kind::LockRestored,
];

/// What is wrong, in words for the reader of the test's output.
pub(crate) type Violation = String;

/// Opens the wallet that a process left behind and compares it with what is possible.
pub(crate) fn check(phone: &Phone, mut possible: Worlds) -> Result<(), Violation> {
    let lock = phone.open().map_err(|error| format!("it does not open: {error}"))?;
    let mut in_full = keep_status(&lock, &mut possible)?;
    if status_in_words(&in_full) == DAMAGED {
        check_escrow::rescue(&phone.home, &lock, &mut possible)?;
        in_full = keep_status(&lock, &mut possible)?;
    }
    let mut aliases = phone.home.aliases();
    aliases.sort();
    // The mark of a wiped wallet outlives the wallet.
    let of_wallets: Vec<_> = aliases.iter().filter(|alias| !alias.starts_with("walletlock/wiped/")).cloned().collect();
    let fingers = aliases.iter().filter(|alias| alias.contains("/biometric/")).count();
    let pin = match possible.first() {
        Some(World::Unconfigured) => {
            equal("keys", &of_wallets, &Vec::new())?;
            match lock.enrol(&entry(PIN), &[]) {
                Ok(Enrolment::Enrolled(session)) => session.close(),
                other => return Err(format!("not enrolled: {other:?}")),
            }
            PIN
        }
        // The mark, and at most the key that seals what is left to read.
        Some(World::Wiped) => {
            let (pins, seals, marks) = kinds(&aliases);
            return if (pins, marks, fingers) == (0, 1, 0) && seals <= 1 {
                Ok(())
            } else {
                Err(format!("keys: {aliases:?}"))
            };
        }
        Some(World::Enrolled(wallet)) => {
            let (wallet, (pins, seals, marks)) = (*wallet, kinds(&aliases));
            // A second seal key may have been made ahead; nothing is sealed with it yet.
            if pins != 1 || marks > 1 || !(1..=2).contains(&seals) {
                return Err(format!("keys: {aliases:?}"));
            }
            is_intact(&lock)?;
            keep_codes_and_words(&lock, &aliases, &mut possible)?;
            check_ways_back::keep_progress(&lock, &mut possible)?;
            // There is no key without its slot, and no slot without its key.
            keep_wallets(&mut possible, "biometric keys", &fingers, |wallet| usize::from(wallet.finger) == fingers)?;
            if matches!(in_full, LockStatus::Locked { .. }) && wallet.failures < LIMIT {
                unlock(&phone.home, &lock, &mut possible)?;
            }
            if wallet.failures == LIMIT {
                return match lock.verify_pin(&entry(PIN)) {
                    PinOutcome::Locked(_) => Ok(()),
                    other => Err(format!("locked, and yet {other:?}")),
                };
            }
            if let LockStatus::CoolingDown { remaining_ms, .. } = in_full {
                phone.clock.advance_ms(remaining_ms);
            }
            use_it(phone, &lock, &mut possible)?
        }
        None => return Err("nothing is possible".to_owned()),
    };
    drop(lock);
    let lock = phone.open().map_err(|error| format!("it does not open once more: {error}"))?;
    is_intact(&lock)?;
    match lock.verify_pin(&entry(pin)) {
        PinOutcome::Right(_) => Ok(()),
        other => Err(format!("{pin} is not right any more: {other:?}")),
    }
}

fn keep_status(lock: &WalletLock, possible: &mut Worlds) -> Result<LockStatus, Violation> {
    let in_full = lock.status().map_err(|error| format!("no status: {error}"))?;
    let status = status_in_words(&in_full);
    keep(possible, "its status", &status, |world| world.status() == status)?;
    Ok(in_full)
}

/// Compares what the record says of the recovery code, of escrow and of the provider, and the marks in the keystore.
fn keep_codes_and_words(lock: &WalletLock, aliases: &[String], possible: &mut Worlds) -> Result<(), Violation> {
    let count = |part| aliases.iter().filter(|alias| alias.contains(part)).count();
    let recovery = lock.recovery().status().map_err(|error| format!("no status of the code: {error}"))?;
    let pending = recovery.pending.map(|pending| (pending.withdraws, pending.left_ms == 0));
    let expected =
        |wallet: &Wallet| wallet.pending.map(|pending| (matches!(pending.change, Due::Withdrawn), pending.is_due));
    keep_wallets(possible, "a change of the code", &pending, |wallet| expected(wallet) == pending)?;
    let pending = recovery.pending_escrow.map(|pending| (!pending.withdraws, pending.left_ms == 0));
    let expected = |wallet: &Wallet| wallet.pending_escrow.map(|pending| (pending.is_on, pending.is_due));
    keep_wallets(possible, "a change of escrow", &pending, |wallet| expected(wallet) == pending)?;
    // A way back that was taken away leaves its mark.
    let marks = count("/rescue/");
    let ways = (recovery.has_code == Some(true), recovery.has_escrow == Some(true));
    keep_wallets(possible, "ways back", &(ways, marks), |wallet| {
        let has_row = wallet.code.is_some() || wallet.escrow;
        ways == (wallet.code.is_some(), wallet.escrow) && (has_row && marks == 1 || !has_row && marks <= 1)
    })?;
    let state = backend::state(lock).map_err(|error| format!("no provider's state: {error}"))?;
    let (is_registered, last_order) = (state.installation.is_some(), state.last_order);
    keep_wallets(possible, "a registration", &is_registered, |wallet| wallet.is_registered == is_registered)?;
    keep_wallets(possible, "the last order", &last_order, |wallet| wallet.last_order == last_order)?;
    let (installations, lost) = (count("/installation/"), count("/lost/"));
    // A second one waits for the provider's grant.
    let fits = usize::from(is_registered)..=usize::from(is_registered) + 1;
    if !fits.contains(&installations) {
        return Err(format!("installations: {aliases:?}"));
    }
    keep_wallets(possible, "marks of orders", &lost, |wallet| {
        usize::from(wallet.lock == Some(OrdersLock::Lost)) + usize::from(wallet.is_missing) == lost
    })
}

/// No PIN opens a wallet that the provider locked. A heartbeat, the order and a grant do.
fn unlock(home: &Home, lock: &Arc<WalletLock>, possible: &mut Worlds) -> Result<(), Violation> {
    match lock.verify_pin(&entry(PIN)) {
        PinOutcome::Locked(_) => {}
        other => return Err(format!("locked by its provider, and yet {other:?}")),
    }
    let change = |possible: &mut Worlds, change: fn(Wallet) -> Wallet| {
        let changed = possible.iter().filter_map(World::wallet).map(|wallet| World::Enrolled(change(*wallet)));
        *possible = changed.collect();
    };
    let state = backend::state(lock).map_err(|error| error.to_string())?;
    if possible.iter().filter_map(World::wallet).any(|wallet| wallet.is_silent) {
        equal("a heartbeat", &backend::beat(lock, 0).as_str(), &"HeartbeatTaken")?;
        change(possible, |wallet| Wallet { is_silent: false, ..wallet });
    }
    if possible.iter().filter_map(World::wallet).any(|wallet| wallet.lock.is_some()) {
        if state.installation.is_none() {
            equal("registered", &backend::register(home, lock).as_str(), &"Registered")?;
            change(possible, |wallet| Wallet { is_registered: true, noted: wallet.noted + 1, ..wallet });
        }
        equal("the order", &backend::order(lock, &state.wallet).as_str(), &"Locked")?;
        change(possible, Wallet::ordered);
        let request = backend::ask(lock).map_err(|error| format!("no request: {error}"))?;
        equal("a grant", &backend::unlock(lock, &request).as_str(), &"Unlocked")?;
        change(possible, Wallet::granted);
        equal("the order once more", &backend::order(lock, &state.wallet).as_str(), &"Locked")?;
    }
    let status = lock.status().map_err(|error| error.to_string())?;
    keep(possible, "unlocked", &status, |world| world.status() == status_in_words(&status))
}

/// How many keys are keys of a PIN, seal keys, and marks of a wipe.
fn kinds(aliases: &[String]) -> (usize, usize, usize) {
    let count = |part| aliases.iter().filter(|alias| alias.contains(part)).count();
    (count("/pin/"), count("/seal/"), count("/wiped/"))
}

/// Finds which PIN is right, what the vault keeps, and what the journal says. Returns the PIN.
fn use_it(phone: &Phone, lock: &Arc<WalletLock>, possible: &mut Worlds) -> Result<&'static str, Violation> {
    let pins: BTreeSet<_> = possible.iter().filter_map(World::wallet).map(|wallet| wallet.pin).collect();
    let mut tries = 0;
    let mut opened = None;
    for pin in &pins {
        tries += 1;
        match lock.verify_pin(&entry(pin)) {
            PinOutcome::Right(session) if opened.is_none() => opened = Some((*pin, session)),
            PinOutcome::Wrong(_) => {}
            other => return Err(format!("of {pins:?}, {pin}: {other:?}")),
        }
    }
    let (pin, session) = opened.ok_or_else(|| format!("none of {pins:?} is right"))?;
    keep_wallets(possible, "the PIN", &pin, |wallet| wallet.pin == pin)?;
    let word = item::read(&session).map_err(|error| format!("nothing is read: {error}"))?;
    let due = |world: World| match world {
        World::Enrolled(wallet) => World::Enrolled(wallet.with_due_change().unwrap_or(wallet)),
        other => other,
    };
    *possible = std::mem::take(possible).into_iter().map(due).collect();
    let code = paper::code_in_force(&phone.home, lock, &CODES)?;
    keep_wallets(possible, "the code", &code, |wallet| wallet.code == code)?;
    keep_wallets(possible, "the item", &word, |wallet| wallet.word == word)?;
    let tried = count(&session, &[Kind::PinTried])? - tries;
    let fingered = count(&session, &[Kind::BiometricsOn, Kind::BiometricsOff, Kind::BiometricsRight])?;
    keep_wallets(possible, "uses in the journal", &fingered, |wallet| wallet.fingered == fingered)?;
    let noted = count(&session, &NOTED)?;
    keep_wallets(possible, "lines of codes and words", &noted, |wallet| wallet.noted == noted)?;
    keep_wallets(possible, "tries in the journal", &tried, |wallet| wallet.tried == tried)?;
    let lines = count(&session, &check_ways_back::NOTED)?;
    check_ways_back::keep_settings(&session, lines, possible)?;
    check_payments::keep(lock, &session, possible)?;
    check_escrow::keep(&phone.home, lock, possible)?;
    check_ways_back::use_up(phone, lock, &session, possible)?;
    Ok(pin)
}

pub(crate) fn count(session: &Session, kinds: &[Kind]) -> Result<u32, Violation> {
    let query = Query { kinds: kinds.to_vec(), limit: 200, ..Query::default() };
    let page = session.journal().page(&query).map_err(|error| format!("the journal is not read: {error}"))?;
    Ok(page.entries.len() as u32)
}

fn is_intact(lock: &WalletLock) -> Result<(), Violation> {
    match lock.verify_journal() {
        Ok(Chain::Intact { .. }) => Ok(()),
        other => Err(format!("the journal: {other:?}")),
    }
}

pub(crate) fn keep_wallets(
    possible: &mut Worlds,
    what: &str,
    found: &impl std::fmt::Debug,
    is: impl Fn(&Wallet) -> bool,
) -> Result<(), Violation> {
    keep(possible, what, found, |world| world.wallet().is_some_and(&is))
}

/// Keeps those worlds in which this is so. At least one must be left.
fn keep(
    possible: &mut Worlds,
    what: &str,
    found: &impl std::fmt::Debug,
    is: impl Fn(&World) -> bool,
) -> Result<(), Violation> {
    let before = possible.clone();
    possible.retain(is);
    if possible.is_empty() { Err(format!("{what}: {found:?}, possible is {before:?}")) } else { Ok(()) }
}

pub(crate) fn equal<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Result<(), Violation> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?}, not {expected:?}")) }
}
