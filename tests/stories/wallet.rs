//! A phone with a wallet on it, for the stories.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::events::Kind;
use walletlock_core::journal::Details;
use walletlock_core::pin::PinEntry;
use walletlock_core::platform::testing::{Call, FakePhone};
use walletlock_core::policy::AntiRollback;
use walletlock_core::policy::Policy;
use walletlock_core::{Enrolment, LockError, LockStatus, Options, PinOutcome, Session, WalletLock, WrongPin};

/// The owner's PIN in every story.
pub(crate) const PIN: &str = "493716";

pub(crate) struct Wallet {
    pub(crate) phone: FakePhone,
    pub(crate) policy: Policy,
    pub(crate) lock: Arc<WalletLock>,
    pub(crate) folder: TempDir,
}

impl Wallet {
    /// A phone on which no PIN has been set yet.
    pub(crate) fn unconfigured(preset: &str) -> Self {
        Self::with_policy(Policy::preset(preset).expect("a preset"))
    }

    pub(crate) fn with_policy(policy: Policy) -> Self {
        Self::on(FakePhone::default(), policy)
    }

    pub(crate) fn on(phone: FakePhone, policy: Policy) -> Self {
        let folder = TempDir::new().expect("a folder");
        let lock = open(&folder, &phone, &policy).expect("a fresh wallet");
        Self { phone, policy, lock, folder }
    }

    /// A phone with the owner's PIN set and no open session.
    pub(crate) fn enrolled(preset: &str) -> Self {
        let wallet = Self::unconfigured(preset);
        wallet.enrol(PIN).close();
        wallet
    }

    pub(crate) fn enrol(&self, pin: &str) -> Session {
        match self.lock.enrol(&entry(pin), &[]) {
            Ok(Enrolment::Enrolled(session)) => session,
            other => panic!("not enrolled: {other:?}"),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("wallet.db")
    }

    /// Ends the process and starts it again, with the same files and the same keystore.
    pub(crate) fn restart(self) -> Self {
        self.try_restart().expect("the wallet opens again")
    }

    pub(crate) fn try_restart(self) -> Result<Self, LockError> {
        self.between_runs(|_| {})
    }

    /// Like [`Self::restart`], but changes the folder while the app is not running.
    pub(crate) fn between_runs(self, meddle: impl FnOnce(&Path)) -> Result<Self, LockError> {
        let Self { phone, policy, lock, folder } = self;
        assert_eq!(Arc::strong_count(&lock), 1, "sessions are dropped before the app ends");
        drop(lock);
        meddle(folder.path());
        let lock = open(&folder, &phone, &policy)?;
        Ok(Self { phone, policy, lock, folder })
    }

    /// Ends the app and starts it again with another setting of `AntiRollback`, which decides how seal keys are chosen
    /// and made.
    pub(crate) fn reopened_with(self, anti_rollback: AntiRollback) -> Self {
        let Self { phone, policy, lock, folder } = self;
        drop(lock);
        let lock = open_with(&folder, &phone, &policy, anti_rollback).expect("it opens again");
        Self { phone, policy, lock, folder }
    }

    pub(crate) fn verify(&self, pin: &str) -> PinOutcome {
        self.lock.verify_pin(&entry(pin))
    }

    pub(crate) fn unlock(&self) -> Session {
        match self.verify(PIN) {
            PinOutcome::Right(session) => session,
            other => panic!("not unlocked: {other:?}"),
        }
    }

    /// Enters a wrong PIN that nobody tried before. Each `nth` is another PIN.
    pub(crate) fn guess(&self, nth: u32) -> PinOutcome {
        self.verify(&format!("{:06}", 700_000 + nth))
    }

    pub(crate) fn guess_wrong(&self, nth: u32) -> WrongPin {
        match self.guess(nth) {
            PinOutcome::Wrong(wrong) => wrong,
            other => panic!("guess {nth}: {other:?}"),
        }
    }

    /// Enters these wrong PINs. None of them but the last may bring a wait.
    pub(crate) fn guess_all_wrong(&self, which: std::ops::RangeInclusive<u32>) {
        for nth in which {
            self.guess_wrong(nth);
        }
    }

    pub(crate) fn status(&self) -> LockStatus {
        self.lock.status().expect("a status")
    }

    pub(crate) fn tries_left(&self) -> u32 {
        match self.status() {
            LockStatus::Ready { tries_left: Some(left) } | LockStatus::CoolingDown { tries_left: Some(left), .. } => {
                left
            }
            other => panic!("no tries left to count: {other:?}"),
        }
    }

    /// The kinds of the lines of which the owner is alerted, oldest first. They are told while the wallet is locked, too.
    pub(crate) fn alerted(&self) -> Vec<Kind> {
        let pending = self.lock.alerts().pending(0).expect("alerts");
        assert!(!pending.has_more, "one step is enough");
        pending.alerts.iter().map(|alert| alert.kind).collect()
    }

    /// Waits out a cool-down, if there is one.
    pub(crate) fn wait(&self) {
        if let LockStatus::CoolingDown { remaining_ms, .. } = self.status() {
            self.phone.clock.advance_ms(remaining_ms);
        }
    }
}

pub(crate) fn open(folder: &TempDir, phone: &FakePhone, policy: &Policy) -> Result<Arc<WalletLock>, LockError> {
    open_with(folder, phone, policy, AntiRollback::default())
}

pub(crate) fn open_with(
    folder: &TempDir,
    phone: &FakePhone,
    policy: &Policy,
    anti_rollback: AntiRollback,
) -> Result<Arc<WalletLock>, LockError> {
    WalletLock::open(Options {
        path: folder.path().join("wallet.db"),
        policy: policy.clone(),
        platform: phone.platform(),
        calibration: Calibration::Fixed(KdfCost::CHEAP),
        anti_rollback,
    })
    .map(Arc::new)
}

pub(crate) fn entry(pin: &str) -> PinEntry {
    let entry = PinEntry::new();
    for digit in pin.chars() {
        assert_eq!(entry.push(digit.to_digit(10).expect("a digit")), Ok(true));
    }
    entry
}

/// Whether the call asks the key of a PIN for a MAC.
pub(crate) fn is_pins_mac(call: Call<'_>) -> bool {
    call.is("hmac", "pin")
}

/// Whether the call tells a listener of this kind of event.
pub(crate) fn is_told(kind: Kind) -> impl Fn(Call<'_>) -> bool + Send + Sync + 'static {
    move |call| matches!(call, Call::OnEvent(event) if event.kind == kind)
}

/// Replaces the files in one folder by those of another.
pub(crate) fn copy_files(from: &Path, to: &Path) {
    for file in fs::read_dir(to).expect("a folder") {
        fs::remove_file(file.expect("a file").path()).expect("removed");
    }
    for file in fs::read_dir(from).expect("a folder") {
        let file = file.expect("a file");
        fs::copy(file.path(), to.join(file.file_name())).expect("copied");
    }
}

/// A copy of a folder's files as they are now.
pub(crate) fn picture(folder: &Path) -> TempDir {
    let picture = TempDir::new().expect("a folder");
    copy_files(folder, picture.path());
    picture
}

/// The details of a journal line.
pub(crate) fn details(fields: &[(&str, &str)]) -> Details {
    Details(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}
