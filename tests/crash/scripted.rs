//! A scripted life, for tests that change the wallet's files afterwards; and what a wallet with such files turns out to
//! be.

use std::sync::Arc;

use tempfile::TempDir;
use walletlock_core::journal::Chain;
use walletlock_core::platform::testing::FakePhone;
use walletlock_core::policy::{Policy, presets};
use walletlock_core::{
    Enrolment, LockError, LockReason, LockStatus, NoVerdict, PinChange, PinOutcome, Session, WalletLock,
};

use crate::account::Items;
use crate::disk::{Disk, Flushes};
use crate::mount::Mount;
use crate::phone::{self, DATABASE, LOG, entry};
use crate::survivor::{read_all, stop_at};

pub(crate) struct Scripted {
    pub(crate) phone: FakePhone,
    pub(crate) policy: Policy,
    disk: Disk,
    lock: Option<Arc<WalletLock>>,
    /// A wallet's place is part of its identity, so its copies are put back in the same folder.
    pub(crate) mount: Mount,
    _folder: TempDir,
}

/// The files of a wallet.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Files {
    pub(crate) database: Vec<u8>,
    pub(crate) log: Option<Vec<u8>>,
}

/// The result of opening such files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Unconfigured,
    /// The wallet locks when it is opened.
    Damaged,
    /// The wallet opens, reports this many failures, and detects damage later: a broken chain, or an item that does not
    /// open.
    DamagedInside {
        failures: u32,
    },
    /// The wallet opens and nothing is missing. `opened` lists what each PIN opens.
    Whole {
        failures: u32,
        opened: Vec<(&'static str, Items)>,
    },
    /// The wallet does not open at all.
    Refused(LockError),
    /// The wallet opens, but accepts no try because it cannot write one down.
    ReadOnly,
    /// Anything else, in words.
    Odd(String),
}

impl Scripted {
    /// A new phone on which the app starts for the first time.
    pub(crate) fn begin() -> Self {
        let mut policy = presets::walletlock();
        policy.pin.remember = 0;
        policy.lockout.cooldowns.clear();
        let folder = TempDir::new().expect("a folder");
        let mount = Mount::new(folder.path().to_owned());
        let (phone, disk) = (FakePhone::default(), Disk::new(Flushes::Honest));
        let lock = phone::open(&mount, &disk, &phone, &policy).expect("a new wallet");
        Self { phone, policy, disk, lock: Some(lock), mount, _folder: folder }
    }

    fn lock(&self) -> &Arc<WalletLock> {
        self.lock.as_ref().expect("the app runs")
    }

    pub(crate) fn enrol(&self, pin: &str) {
        assert!(matches!(self.lock().enrol(&entry(pin), &[]), Ok(Enrolment::Enrolled(_))));
    }

    pub(crate) fn right(&self, pin: &str) -> Session {
        match self.lock().verify_pin(&entry(pin)) {
            PinOutcome::Right(session) => session,
            other => panic!("{other:?}"),
        }
    }

    /// A wrong PIN that was not entered before.
    pub(crate) fn wrong(&self, nth: u32) {
        assert!(matches!(self.lock().verify_pin(&entry(&format!("{:06}", 800_000 + nth))), PinOutcome::Wrong(_)));
    }

    pub(crate) fn change(&self, from: &str, to: &str) {
        assert_eq!(
            self.right(from).access().change_pin(&entry(from), &entry(to), &[], true),
            Ok(PinChange::Changed { biometrics_on: false })
        );
    }

    pub(crate) fn remove(&self, pin: &str) {
        assert_eq!(self.lock().remove(&entry(pin)).expect("an outcome").refusal(), None);
    }

    /// Ends the app properly.
    pub(crate) fn end(&mut self) {
        self.lock = None;
    }

    /// Ends the app properly and starts it again, which moves the log into the database.
    pub(crate) fn restart(&mut self) {
        self.lock = None;
        let lock = phone::open(&self.mount, &self.disk, &self.phone, &self.policy);
        self.lock = Some(lock.expect("it opens again"));
    }

    /// The files that a process killed now would leave.
    pub(crate) fn files(&self) -> Files {
        let database = self.disk.content(DATABASE).expect("the database");
        Files { database, log: self.disk.content(LOG).filter(|log| !log.is_empty()) }
    }
}

impl Files {
    pub(crate) fn disk(&self) -> Disk {
        let log = self.log.as_deref().map(|log| (LOG, log));
        let files: Vec<_> = [(DATABASE, &*self.database)].into_iter().chain(log).collect();
        Disk::with(&files)
    }

    /// Opens the wallet with these files on a copy of that phone, and tries these PINs.
    pub(crate) fn open(&self, mount: &Mount, phone: &FakePhone, policy: &Policy, pins: &[&'static str]) -> Found {
        let lock = match phone::open(mount, &self.disk(), &phone::copy(phone, 3), policy) {
            Ok(lock) => lock,
            Err(fault) => return Found::Refused(fault),
        };
        let failures = match lock.status() {
            Ok(LockStatus::Unconfigured) => return Found::Unconfigured,
            Ok(LockStatus::Locked { reason: LockReason::DataDamaged, .. }) => return Found::Damaged,
            Ok(LockStatus::Ready { tries_left: Some(left) }) => stop_at(policy) - left,
            other => return Found::Odd(format!("{other:?}")),
        };
        let inside = Found::DamagedInside { failures };
        match lock.verify_journal() {
            Ok(Chain::Intact { .. }) => {}
            Ok(_) | Err(LockError::DataDamaged) => return inside,
            Err(fault) => return Found::Odd(format!("journal: {fault}")),
        }
        let mut opened = Vec::new();
        for pin in pins {
            match lock.verify_pin(&entry(pin)) {
                PinOutcome::Right(session) => match read_all(&session) {
                    Ok(items) => opened.push((*pin, items)),
                    Err(LockError::DataDamaged) => return inside,
                    // The damage was noticed after the right PIN, by a change that it brings; that ended the session.
                    Err(LockError::SessionEnded) if is_damaged(&lock) => return inside,
                    Err(fault) => return Found::Odd(format!("items: {fault}")),
                },
                PinOutcome::Wrong(_) => {}
                PinOutcome::NoVerdict(NoVerdict::Storage) => return Found::ReadOnly,
                PinOutcome::Locked(LockStatus::Locked { reason: LockReason::DataDamaged, .. }) => return inside,
                other => return Found::Odd(format!("{pin}: {other:?}")),
            }
        }
        Found::Whole { failures, opened }
    }
}

fn is_damaged(lock: &WalletLock) -> bool {
    matches!(lock.status(), Ok(LockStatus::Locked { reason: LockReason::DataDamaged, .. }))
}
