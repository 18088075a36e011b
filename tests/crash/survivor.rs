//! What a wallet must be after a power cut. The checks run on copies, so that the life goes on from what the cut left.

use std::sync::Arc;

use rusqlite::{Connection, OpenFlags};
use walletlock_core::BiometricAvailability;
use walletlock_core::events::Kind;
use walletlock_core::journal::{Chain, Query};
use walletlock_core::platform::testing::{FakePhone, code_entry};
use walletlock_core::policy::Policy;
use walletlock_core::request::{BiometricDenial, BiometricRequest};
use walletlock_core::{CodeOutcome, CodeRefusal, LockError, LockReason, LockStatus, PinOutcome, Session, WalletLock};

use crate::account::{Holding, Items, State};
use crate::disk::Disk;
use crate::life::ITEMS;
use crate::mount::Mount;
use crate::phone::{self, DATABASE, entry, now};

/// What a check found wrong, in words.
pub(crate) type Violation = String;

/// A wallet as a cut left it: the disk, and the phone with its keystore.
pub(crate) struct Survivor<'a> {
    pub(crate) mount: &'a Mount,
    pub(crate) disk: &'a Disk,
    pub(crate) phone: &'a FakePhone,
    pub(crate) policy: &'a Policy,
}

impl Survivor<'_> {
    /// Opens the wallet, and finds which of the possible states it is in. It is a violation if the state is none of
    /// these, or if the wallet is damaged or does not open.
    pub(crate) fn find(&self, possible: &[State]) -> Result<usize, Violation> {
        self.check_pages()?;
        let (lock, phone) = self.open()?;
        let status = lock.status().map_err(|fault| format!("no status: {fault}"))?;
        let now_ms = now(&phone).wall_ms;
        let fits = |state: &State| agrees(&status, state, self.policy, now_ms);
        let same: Vec<usize> = (0..possible.len()).rev().filter(|nth| fits(&possible[*nth]).is_ok()).collect();
        let Some(latest) = same.first() else {
            let why: Vec<_> = possible.iter().filter_map(|state| fits(state).err()).collect();
            return Err(format!("{status:?}, but {}", why.join("; ")));
        };
        check_keys(&lock, &phone, &status)?;
        if status == LockStatus::Unconfigured {
            return Ok(*latest);
        }
        match lock.verify_journal() {
            Ok(Chain::Intact { .. }) => {}
            // The record was lost together with what was written of the wipe.
            Err(LockError::WrongState) if status == LockStatus::Wiped => {}
            other => return Err(format!("journal: {other:?}")),
        }
        if matches!(status, LockStatus::Wiped | LockStatus::Locked { .. }) {
            return Ok(*latest);
        }
        let code = code_in_force(&lock, possible)?;
        let opened = self.unlock(&lock, &phone, possible)?;
        let Opened { pin, items, biometric } = &opened;
        let is_same =
            |held: &Holding| (held.pin, &held.items, held.biometric, &held.code) == (*pin, items, *biometric, &code);
        let fits = |nth: &usize| live(&possible[*nth]).is_some_and(is_same);
        same.into_iter().find(fits).ok_or_else(|| {
            let items = items.keys();
            format!("{status:?}, opened by {pin} and {code:?}, and never held like that: {items:?}, {biometric}")
        })
    }

    /// SQLite's own check of every page and index.
    fn check_pages(&self) -> Result<(), Violation> {
        if !matches!(self.disk.length_of(DATABASE), Ok(Some(length)) if length > 0) {
            return Ok(());
        }
        self.mount.put(&self.disk.after_kill());
        let check = || -> rusqlite::Result<String> {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(self.mount.path(DATABASE), flags)?;
            connection.pragma_update(None, "locking_mode", "exclusive")?;
            connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))
        };
        match check() {
            Ok(found) if found == "ok" => Ok(()),
            found => Err(format!("integrity check: {found:?}")),
        }
    }

    /// Opens a copy of the disk on a copy of the phone.
    fn open(&self) -> Result<(Arc<WalletLock>, FakePhone), Violation> {
        let phone = phone::copy(self.phone, 3);
        let lock = phone::open(self.mount, &self.disk.after_kill(), &phone, self.policy);
        Ok((lock.map_err(|fault| format!("not opened: {fault}"))?, phone))
    }

    /// Tries every PIN that may be in force. Exactly one must open the wallet; returns that PIN and what it opened.
    fn unlock(&self, lock: &Arc<WalletLock>, phone: &FakePhone, possible: &[State]) -> Result<Opened, Violation> {
        let mut pins: Vec<_> = possible.iter().filter_map(live).map(|held| held.pin).collect();
        pins.dedup();
        let mut opened = Vec::new();
        for (nth, pin) in pins.iter().enumerate() {
            if nth == 0 {
                opened.extend(try_pin(lock, phone, pin)?);
            } else {
                // On a copy of its own, because the first try may have been the last one that is allowed.
                let (lock, phone) = self.open()?;
                opened.extend(try_pin(&lock, &phone, pin)?);
            }
        }
        match (opened.pop(), opened.pop()) {
            (Some(opened), None) => Ok(opened),
            (None, _) => Err(format!("none of {pins:?} opens it")),
            (Some(_), Some(_)) => Err(format!("all of {pins:?} open it")),
        }
    }
}

/// What a PIN opens.
#[derive(Debug)]
struct Opened {
    pin: &'static str,
    items: Items,
    biometric: u32,
}

fn live(state: &State) -> Option<&Holding> {
    match state {
        State::Live(held) => Some(held),
        State::Unconfigured | State::Wiped => None,
    }
}

/// The recovery code that opens the wallet, of those that may be in force: one, or none if there may be none.
fn code_in_force(lock: &Arc<WalletLock>, possible: &[State]) -> Result<Option<String>, Violation> {
    let mut codes: Vec<_> = possible.iter().filter_map(live).filter_map(|held| held.code.as_deref()).collect();
    codes.dedup();
    let mut opened = None;
    for digits in codes {
        match lock.recovery().enter_code(&code_entry(digits)) {
            CodeOutcome::Opened(_) if opened.is_some() => return Err("two codes open it".to_owned()),
            CodeOutcome::Opened(_) => opened = Some(digits.to_owned()),
            CodeOutcome::Refused(CodeRefusal::Wrong | CodeRefusal::NotSetUp) => {}
            CodeOutcome::Refused(refusal) => return Err(format!("a code: {refusal:?}")),
        }
    }
    Ok(opened)
}

/// What this PIN opens, or `None` if it is wrong.
fn try_pin(lock: &Arc<WalletLock>, phone: &FakePhone, pin: &'static str) -> Result<Option<Opened>, Violation> {
    if let Ok(LockStatus::CoolingDown { remaining_ms, .. }) = lock.status() {
        phone.clock.advance_ms(remaining_ms);
    }
    match lock.verify_pin(&entry(pin)) {
        PinOutcome::Right(session) => {
            let items = read_all(&session).map_err(|fault| format!("items: {fault}"))?;
            let biometric = count_biometric(&session).map_err(|fault| format!("journal: {fault}"))?;
            Ok(Some(Opened { pin, items, biometric }))
        }
        PinOutcome::Wrong(_) | PinOutcome::Locked(LockStatus::Wiped) => Ok(None),
        PinOutcome::Locked(LockStatus::Locked { reason: LockReason::TooManyAttempts, .. }) => Ok(None),
        other => Err(format!("{pin}: {other:?}")),
    }
}

/// Checks that there is no biometric key without a slot, and no slot without its key.
fn check_keys(lock: &Arc<WalletLock>, phone: &FakePhone, status: &LockStatus) -> Result<(), Violation> {
    let keys = phone.device_key.all_aliases().iter().filter(|alias| alias.contains("/biometric/")).count();
    let slots = match status {
        LockStatus::Ready { .. } => usize::from(has_slot(lock))..=usize::from(has_slot(lock)),
        LockStatus::Wiped | LockStatus::Unconfigured => 0..=0,
        _ => 0..=1,
    };
    if !slots.contains(&keys) {
        return Err(format!("{keys} biometric keys for {slots:?} slots"));
    }
    Ok(())
}

/// Whether there is a biometric slot. Can be told only while the wallet is not locked.
pub(crate) fn has_slot(lock: &Arc<WalletLock>) -> bool {
    let none = [BiometricDenial::SwitchedOff, BiometricDenial::EnrolmentChanged, BiometricDenial::OffAfterFailures];
    !matches!(lock.biometric_availability(&BiometricRequest::default()), Ok(BiometricAvailability::Denied(why)) if none.contains(&why))
}

/// How many journal lines say that biometrics were used, failed, or were switched on or off.
fn count_biometric(session: &Session) -> Result<u32, LockError> {
    let kinds = [Kind::BiometricsRight, Kind::BiometricsNotRecognised, Kind::BiometricsOn, Kind::BiometricsOff];
    let mut query = Query { kinds: kinds.to_vec(), limit: 200, ..Query::default() };
    let mut count = 0;
    loop {
        let page = session.journal().page(&query)?;
        count += page.entries.len() as u32;
        query.below = page.next;
        if query.below.is_none() {
            return Ok(count);
        }
    }
}

/// All items that a session can read.
pub(crate) fn read_all(session: &Session) -> Result<Items, LockError> {
    let mut items = Items::new();
    for id in session.vault().names()? {
        let bytes = session.vault().read(&id)?.ok_or(LockError::DataDamaged)?;
        let known = ITEMS.into_iter().find(|known| *known == id).ok_or(LockError::DataDamaged)?;
        items.insert(known, bytes.to_vec());
    }
    Ok(items)
}

/// Checks that a status fits this state. The error says what the state was.
pub(crate) fn agrees(status: &LockStatus, state: &State, policy: &Policy, now_ms: i64) -> Result<(), Violation> {
    let State::Live(Holding { failures, charged_ms, .. }) = state else {
        let is_wiped = *state == State::Wiped;
        let same = if is_wiped { LockStatus::Wiped } else { LockStatus::Unconfigured };
        return if *status == same { Ok(()) } else { Err(format!("it was {same:?}")) };
    };
    let wait_ms = policy.lockout.wait_ms(*failures);
    let waited_ms = u64::try_from(now_ms - charged_ms).unwrap_or_default();
    let (tries_left, remaining_ms) = match status {
        LockStatus::Ready { tries_left } => (*tries_left, 0),
        LockStatus::CoolingDown { remaining_ms, tries_left, .. } => (*tries_left, *remaining_ms),
        LockStatus::Locked { reason: LockReason::TooManyAttempts, .. } => (Some(0), wait_ms),
        _ => return Err(format!("there were {failures} failures")),
    };
    let stop = stop_at(policy);
    if tries_left != Some(stop - failures) {
        return Err(format!("there were {failures} failures of {stop}"));
    }
    if remaining_ms > wait_ms || remaining_ms < wait_ms.saturating_sub(waited_ms) {
        return Err(format!("{remaining_ms} ms are left of a wait of {wait_ms} that began {waited_ms} ms ago"));
    }
    Ok(())
}

/// The count of failures at which no further try is accepted.
pub(crate) fn stop_at(policy: &Policy) -> u32 {
    let stops = policy.lockout.lock_at.into_iter().chain(policy.lockout.wipe_at);
    stops.min().expect("every policy here has such a count")
}
