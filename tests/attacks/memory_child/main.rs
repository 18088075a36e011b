//! The process whose memory is searched. It opens a wallet, obeys commands that it reads byte by byte from a pipe, and
//! keeps no copy of them.
//!
//! Its arguments: the folder, the mode and a seed. The mode is the cost of Argon2id (`cheap` or `floor`); or `escrow`,
//! which is `cheap` with a provider in the policy; or `bound`, which opens the wallet through the bindings. A command
//! is one byte, followed by the PINs that it needs; each PIN is a count and as many digits. Once the command is carried
//! out, the answer is one byte. The wallet stays open until the pipe is closed.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod bound;
mod device_key;
mod escrow;
mod sensor;
mod ways_back;

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Arc;

use bound::Bound;
use device_key::NamedKeys;
use escrow::Asking;
use sensor::{NamedSensor, Next};
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::journal::{Page, Query};
use walletlock_core::pin::PinEntry;
use walletlock_core::platform::testing::{Call, FakeClock, FakeEntropy, Hooks};
use walletlock_core::platform::{DeviceKeyFault, Platform};
use walletlock_core::policy::AntiRollback;
use walletlock_core::policy::Policy;
use walletlock_core::recovery::{CodeEntry, GROUP_DIGITS, RecoveryCode};
use walletlock_core::request::BiometricRequest;
use walletlock_core::request::PromptId;
use walletlock_core::{
    BiometricChange, BiometricOutcome, CodeOutcome, Enrolment, Options, PinChange, PinOutcome, RecoveryChange,
    RecoveryOutcome, Removal, Rescue, Session, WalletLock,
};
use ways_back::NewWays;
use zeroize::Zeroizing;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [folder, cost, seed] = arguments.as_slice() else { panic!("a folder, a cost and a seed") };
    let policy = if cost == "escrow" { escrow::policy() } else { Policy::default() };
    let cost = match cost.as_str() {
        "cheap" | "escrow" => Some(KdfCost::CHEAP),
        "floor" => Some(KdfCost::FLOOR),
        "bound" => None,
        other => panic!("no such cost: {other}"),
    };
    // One of the commands causes a panic on purpose, and the parent requires an empty standard error.
    panic::set_hook(Box::new(|info| {
        if info.payload_as_str() != Some("as it was told") {
            let _gone = writeln!(std::io::stderr(), "{info}");
        }
    }));
    let hooks = Hooks::default();
    let sensor = Arc::new(NamedSensor::default());
    let clock = Arc::new(FakeClock::default());
    let aliases = Path::new(folder).join("aliases");
    let keys = Arc::new(NamedKeys::read(&aliases));
    let platform = hooks.around(Platform {
        clock: clock.clone(),
        entropy: Arc::new(FakeEntropy::new(seed.parse().expect("a number"))),
        device_key: keys.clone(),
        biometrics: sensor.clone(),
    });
    let Some(cost) = cost else {
        let wallet = Bound::open(folder, platform, unbuffered(std::io::stdin()));
        return wallet.obey_all(unbuffered(std::io::stdout()));
    };
    let path = Path::new(folder).join("wallet.db");
    let open = move || {
        let options = Options {
            path: path.clone(),
            policy: policy.clone(),
            platform: platform.clone(),
            calibration: Calibration::Fixed(cost),
            anti_rollback: AntiRollback::default(),
        };
        WalletLock::open(options).expect("it opens")
    };
    let mut wallet = CommandedWallet {
        lock: Some(open()),
        open: Box::new(open),
        hooks,
        clock,
        sensor,
        write_keys: Box::new(move || keys.write(&aliases)),
        session: None,
        page: None,
        code: None,
        asking: Asking::default(),
        new: NewWays::default(),
        commands: unbuffered(std::io::stdin()),
    };
    let mut answers = unbuffered(std::io::stdout());
    while let Some(command) = wallet.next() {
        let answer = wallet.obey(command);
        answers.write_all(&[answer]).expect("someone listens");
    }
}

fn is_pins_mac(call: Call<'_>) -> bool {
    call.is("hmac", "pin")
}

/// Rust's own standard input and output buffer what passes through them, secrets included.
fn unbuffered(stream: impl AsFd) -> File {
    File::from(stream.as_fd().try_clone_to_owned().expect("a descriptor"))
}

struct CommandedWallet {
    /// `None` once it is closed.
    lock: Option<WalletLock>,
    open: Box<dyn Fn() -> WalletLock>,
    hooks: Hooks,
    clock: Arc<FakeClock>,
    sensor: Arc<NamedSensor>,
    /// Writes the keystore's keys down for the next process.
    write_keys: Box<dyn Fn()>,
    session: Option<Session>,
    /// A page of the journal that is shown.
    page: Option<Page>,
    /// A recovery code that is shown.
    code: Option<RecoveryCode>,
    asking: Asking,
    new: NewWays,
    commands: File,
}

impl CommandedWallet {
    fn next(&mut self) -> Option<u8> {
        let mut byte = Zeroizing::new([0; 1]);
        (self.commands.read(byte.as_mut_slice()).expect("a pipe") == 1).then_some(byte[0])
    }

    fn byte(&mut self) -> u8 {
        self.next().expect("the rest of the command")
    }

    fn entry(&mut self) -> PinEntry {
        let entry = PinEntry::new();
        for _ in 0..self.byte() {
            let digit = u32::from(self.byte());
            assert_eq!(entry.push(digit), Ok(true));
        }
        entry
    }

    fn code_entry(&mut self) -> CodeEntry {
        let entry = CodeEntry::new();
        for _ in 0..self.byte() {
            let digit = u32::from(self.byte());
            entry.push(digit).expect("a digit");
        }
        entry
    }

    fn lock(&self) -> &WalletLock {
        self.lock.as_ref().expect("an open lock")
    }

    fn shown(&self) -> &RecoveryCode {
        self.code.as_ref().expect("a code")
    }

    /// The code that is shown, after typing the groups that are asked back.
    fn confirmed(&self) -> &RecoveryCode {
        let code = self.shown();
        for group in code.asked_groups() {
            let entry = CodeEntry::of_group(group).expect("a group");
            for place in 0..GROUP_DIGITS {
                entry.push(code.digit(group, place).expect("a digit").into()).expect("a digit");
            }
            assert!(code.confirm(&entry));
        }
        code
    }

    fn live(&self) -> &Session {
        self.session.as_ref().expect("a session")
    }

    fn obey(&mut self, command: u8) -> u8 {
        match command {
            b'e' => {
                let entry = self.entry();
                match self.lock().enrol(&entry, &[]).expect("an outcome") {
                    Enrolment::Enrolled(session) => self.begin(session),
                    Enrolment::Forbidden(_) => b'F',
                }
            }
            b'v' => {
                let entry = self.entry();
                match panic::catch_unwind(AssertUnwindSafe(|| self.lock().verify_pin(&entry))) {
                    Ok(PinOutcome::Right(session)) => self.begin(session),
                    Ok(PinOutcome::Wrong(_)) => b'W',
                    Ok(PinOutcome::Locked(_)) => b'L',
                    Ok(PinOutcome::NoVerdict(_)) => b'N',
                    Err(_) => b'P',
                }
            }
            b'p' => {
                let (current, new) = (self.entry(), self.entry());
                match self.live().access().change_pin(&current, &new, &[], true).expect("an outcome") {
                    PinChange::Changed { .. } => b'C',
                    PinChange::Forbidden(_) => b'F',
                    PinChange::Refused(_) => b'W',
                }
            }
            b'r' => {
                let entry = self.entry();
                match self.lock().remove(&entry).expect("an outcome") {
                    Removal::Removed => b'C',
                    Removal::Refused(_) => b'W',
                }
            }
            b'b' => match self.live().access().enable_biometrics(PromptId::default()).expect("an outcome") {
                BiometricChange::Done => b'C',
                _ => b'F',
            },
            b'k' => match self.lock().verify_biometrics(&BiometricRequest::default()) {
                BiometricOutcome::Unlocked(session) => self.begin(session),
                _ => b'W',
            },
            b'o' => self.next_is(Next::Recognised),
            b's' => self.next_is(Next::NotRecognised),
            b'h' => self.next_is(Next::Forged),
            b'q' => self.next_is(Next::Leaked),
            b'u' => self.use_vault(),
            // Writes an item of this name.
            b'i' => {
                let name = self.text();
                self.done(|wallet| wallet.live().vault().write(&name, b"item").expect("written"))
            }
            // Shows the lines of the journal that contain this text.
            b'a' => {
                let query = Query { text: Some(self.text()), ..Query::default() };
                let page = self.live().journal().page(&query).expect("a page");
                let lines = u8::try_from(page.entries.len()).expect("few");
                self.page = Some(page);
                b'0' + lines
            }
            b'd' => self.done(|wallet| (wallet.write_keys)()),
            // Dropping the session closes it.
            b'c' => self.done(|wallet| wallet.session = None),
            b'f' => self.done(|wallet| wallet.hooks.fail_next(is_pins_mac, DeviceKeyFault::Failed)),
            b'x' => self.done(|wallet| wallet.hooks.once_before(is_pins_mac, || panic!("as it was told"))),
            // Makes a recovery code, which is shown until `z`.
            b'g' => self.done(|wallet| {
                wallet.code = Some(wallet.live().access().create_recovery_code().expect("a code"));
            }),
            // The digit of a group at a place.
            b'y' => {
                let (group, place) = (self.byte().into(), self.byte().into());
                b'0' + self.shown().digit(group, place).expect("a digit")
            }
            b'j' => match self.live().access().set_recovery_code(self.confirmed()).expect("an outcome") {
                RecoveryChange::InForce => b'C',
                RecoveryChange::Pending { .. } => b'N',
                RecoveryChange::NotConfirmed => b'F',
            },
            b'z' => self.done(|wallet| wallet.code = None),
            // Recovers with a code of 48 digits, sets a PIN, and shows the new code.
            b'm' => {
                let (typed, entry) = (self.code_entry(), self.entry());
                let rescue = match self.lock().recovery().enter_code(&typed) {
                    CodeOutcome::Opened(rescue) => rescue,
                    CodeOutcome::Refused(_) => return b'W',
                };
                self.finish(&rescue, &entry)
            }
            // Enters a recovery code of 48 digits, and goes away.
            b'n' => {
                let typed = self.code_entry();
                match self.lock().recovery().enter_code(&typed) {
                    CodeOutcome::Opened(_) => b'R',
                    CodeOutcome::Refused(_) => b'W',
                }
            }
            // A PIN typed twice and compared, and then cleared instead of set.
            b't' => {
                let (entry, again) = (self.entry(), self.entry());
                let same = entry.matches(&again);
                entry.clear();
                if same { b'S' } else { b'D' }
            }
            // The control: a careless app leaks the digits.
            b'l' => {
                let digits: Vec<_> = (0..self.byte()).map(|_| b'0' + self.byte()).collect();
                std::hint::black_box(Box::leak(digits.into_boxed_slice()));
                b'.'
            }
            other => self.obey_about_escrow(other),
        }
    }

    /// Sets a PIN in a wallet that is being recovered, and shows the new code.
    fn finish(&mut self, rescue: &Rescue, entry: &PinEntry) -> u8 {
        self.code = Some(rescue.new_code().expect("a code"));
        match rescue.finish(entry, &[], self.confirmed()).expect("an outcome") {
            RecoveryOutcome::Done { session, .. } => self.begin(session),
            _ => b'F',
        }
    }

    fn next_is(&mut self, next: Next) -> u8 {
        self.done(|wallet| *wallet.sensor.0.lock().expect("not poisoned") = next)
    }

    fn begin(&mut self, session: Session) -> u8 {
        self.session = Some(session);
        b'R'
    }

    fn done(&mut self, what: impl FnOnce(&mut Self)) -> u8 {
        what(self);
        b'.'
    }

    /// Uses the data key for everything it serves: writes and reads an item (32 bytes), and reads and exports the
    /// journal.
    fn use_vault(&mut self) -> u8 {
        let mut item = Zeroizing::new([0; 32]);
        for place in 0..item.len() {
            item[place] = self.byte();
        }
        let session = self.live();
        session.vault().write("card-token", item.as_slice()).expect("written");
        let read = session.vault().read("card-token").expect("read").expect("there");
        assert!(*read.as_slice() == *item.as_slice());
        assert_eq!(session.vault().names().expect("read").len(), 1);
        session.journal().page(&Query { text: Some("card".to_owned()), ..Query::default() }).expect("a page");
        session.journal().export(0, 200).expect("an export");
        b'.'
    }
}
