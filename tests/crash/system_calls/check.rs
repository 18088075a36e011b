//! Checks that a wallet is in a possible state, as its owner would: by opening and using it.

use std::collections::BTreeSet;
use std::sync::Arc;

use walletlock_core::events::Kind;
use walletlock_core::journal::{Chain, Query};
use walletlock_core::{Enrolment, LockStatus, PinOutcome, Session, WalletLock};

use crate::item;
use crate::life::status_in_words;
use crate::phone::{Phone, entry};
use crate::scenario::PIN;
use crate::world::{LIMIT, Wallet, World, Worlds};

/// What is wrong, in words for the reader of the test's output.
type Violation = String;

/// Opens the wallet that a process left behind and compares it with what is possible.
pub(crate) fn check(phone: &Phone, mut possible: Worlds) -> Result<(), Violation> {
    let lock = phone.open().map_err(|error| format!("it does not open: {error}"))?;
    let in_full = lock.status().map_err(|error| format!("no status: {error}"))?;
    let status = status_in_words(&in_full);
    keep(&mut possible, "its status", &status, |world| world.status() == status)?;
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
            // There is no key without its slot, and no slot without its key.
            keep_wallets(&mut possible, "biometric keys", &fingers, |wallet| usize::from(wallet.finger) == fingers)?;
            if wallet.failures == LIMIT {
                return match lock.verify_pin(&entry(PIN)) {
                    PinOutcome::Locked(_) => Ok(()),
                    other => Err(format!("locked, and yet {other:?}")),
                };
            }
            if let LockStatus::CoolingDown { remaining_ms, .. } = in_full {
                phone.clock.advance_ms(remaining_ms);
            }
            use_it(&lock, &mut possible)?
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

/// How many keys are keys of a PIN, seal keys, and marks of a wipe.
fn kinds(aliases: &[String]) -> (usize, usize, usize) {
    let count = |part| aliases.iter().filter(|alias| alias.contains(part)).count();
    (count("/pin/"), count("/seal/"), count("/wiped/"))
}

/// Finds which PIN is right, what the vault keeps, and what the journal says. Returns the PIN.
fn use_it(lock: &Arc<WalletLock>, possible: &mut Worlds) -> Result<&'static str, Violation> {
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
    keep_wallets(possible, "the item", &word, |wallet| wallet.word == word)?;
    let tried = count(&session, &[Kind::PinTried])? - tries;
    let fingered = count(&session, &[Kind::BiometricsOn, Kind::BiometricsOff, Kind::BiometricsRight])?;
    keep_wallets(possible, "uses in the journal", &fingered, |wallet| wallet.fingered == fingered)?;
    keep_wallets(possible, "tries in the journal", &tried, |wallet| wallet.tried == tried)?;
    Ok(pin)
}

fn count(session: &Session, kinds: &[Kind]) -> Result<u32, Violation> {
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

fn keep_wallets(
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

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Result<(), Violation> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?}, not {expected:?}")) }
}
