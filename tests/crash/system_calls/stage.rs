//! The parent's side of a life: the phone on which the process starts, the process itself, and what was seen of it.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rusqlite::Connection;
use walletlock_core::{Enrolment, LockStatus, PinOutcome, Session, WalletLock};

use crate::codes::Pending;
use crate::escrow::PendingEscrow;
use crate::fault::{Ending, Plan};
use crate::life::Life;
use crate::phone::{Home, Phone, entry};
use crate::scenario::{ANOTHER_CODE, Due, Escrow, FIRST, PIN, Proven, SECOND, Scenario, Start, Used, WORD};
use crate::ways_back::{Back, Channel, WAIT_MS};
use crate::words::OrdersLock;
use crate::world::{Seen, Wallet, World, Worlds, possible};
use crate::{backend, desk, item, paper, proving};

/// A scenario, ready to be played.
pub(crate) struct Stage {
    pub(crate) scenario: &'static Scenario,
    /// The phone that every life starts with. Each life gets its own copy.
    pub(crate) home: Home,
    pub(crate) worlds: Worlds,
}

/// What a process did before it ended.
pub(crate) struct Lived {
    pub(crate) seen: Vec<Seen>,
    /// The calls that the net caught, if no fault was planned.
    pub(crate) caught: Vec<Caught>,
    pub(crate) was_killed: bool,
    /// Whether the planned fault happened. A process that the fault killed could not report it.
    pub(crate) fault_happened: bool,
}

/// A call that the net caught.
#[derive(Debug)]
pub(crate) struct Caught {
    pub(crate) call: String,
    pub(crate) file: String,
    /// The step in which it was made.
    pub(crate) step: usize,
}

impl Stage {
    /// Prepares the phone in `folder`. If the scenario continues another one, the stage of that one must be in
    /// `before`.
    pub(crate) fn set_up(scenario: &'static Scenario, folder: &Path, before: &[Self]) -> Self {
        let path = folder.join(scenario.name);
        let (home, worlds) = match scenario.start {
            Start::New => (Home::make(path), Worlds::from([World::Unconfigured])),
            Start::Wallet { wrong } => {
                let home = Home::make(path);
                let wallet = make_wallet(&home, scenario, wrong);
                (home, Worlds::from([World::Enrolled(wallet)]))
            }
            Start::WithCode { code, due } => {
                let home = Home::make(path);
                let wallet = make_wallet_with_code(&home, scenario, code, due);
                (home, Worlds::from([World::Enrolled(wallet)]))
            }
            Start::Registered { is_lost } => {
                let home = Home::make(path);
                let wallet = make_registered_wallet(&home, scenario, is_lost);
                (home, Worlds::from([World::Enrolled(wallet)]))
            }
            Start::WithEscrow(escrow) => {
                let home = Home::make(path);
                let wallet = make_wallet_with_escrow(&home, scenario, escrow);
                (home, Worlds::from([World::Enrolled(wallet)]))
            }
            Start::WithWays { wrong, proven } => {
                let home = Home::make(path);
                let wallet = make_wallet_with_ways(&home, scenario, wrong, proven);
                (home, Worlds::from([World::Enrolled(wallet)]))
            }
            Start::CutShort { scenario: name, call, nth, fault } => {
                let other = before.iter().find(|stage| stage.scenario.name == name).expect("set up before");
                let home = other.home.copy_to(path);
                let plan = Plan { call, nth, fault, ending: Ending::Closed };
                let life = other.life(&home, 5, Some(plan));
                let lived = play(&life).expect("a life");
                assert!(lived.was_killed, "{name} has a {} {nth}", call.name());
                (home, other.outcome(&lived, Some(plan)).expect("possible"))
            }
        };
        Self { scenario, home, worlds }
    }

    pub(crate) fn life(&self, home: &Home, seed: u64, plan: Option<Plan>) -> Life {
        Life { scenario: self.scenario, home: home.clone(), seed, catches_all: false, plan }
    }

    /// The states that are possible after such a life.
    pub(crate) fn outcome(&self, lived: &Lived, plan: Option<Plan>) -> Result<Worlds, String> {
        possible(&self.worlds, self.scenario.steps, &lived.seen, plan, self.wipes())
    }

    pub(crate) fn phone(&self, home: &Home, seed: u64) -> Phone {
        Phone::new(home.clone(), self.scenario.preset, self.scenario.clock_ms, seed)
    }

    fn wipes(&self) -> bool {
        self.phone(&self.home, 0).policy.lockout.wipe_at.is_some()
    }
}

/// Makes a wallet with a word in its vault and this many wrong PINs, each entered after the wait for the one before.
fn make_wallet(home: &Home, scenario: &Scenario, wrong: u32) -> Wallet {
    let phone = Phone::new(home.clone(), scenario.preset, 0, 1);
    let lock = phone.open().expect("a lock");
    match lock.enrol(&entry(PIN), &[]) {
        Ok(Enrolment::Enrolled(session)) => item::write(&session, WORD).expect("written"),
        other => panic!("not enrolled: {other:?}"),
    }
    for nth in 0..wrong {
        let outcome = lock.verify_pin(&entry(&format!("{:06}", 710_000 + nth)));
        assert!(matches!(outcome, PinOutcome::Wrong(_)), "{outcome:?}");
        if let LockStatus::CoolingDown { remaining_ms, .. } = lock.status().expect("a status") {
            phone.clock.advance_ms(remaining_ms);
        }
    }
    let wipes = phone.policy.lockout.wipe_at.is_some();
    Wallet { failures: wrong, tried: wrong, word: WORD, ..Wallet::new(PIN, wipes) }
}

/// Makes a wallet with this code in force. `due`: a change of it was asked for.
fn make_wallet_with_code(home: &Home, scenario: &Scenario, code: Option<&'static str>, due: Option<Due>) -> Wallet {
    let phone = Phone::new(home.clone(), scenario.preset, 0, 1);
    let lock = phone.open().expect("a lock");
    let Ok(Enrolment::Enrolled(session)) = lock.enrol(&entry(PIN), &[]) else { panic!("not enrolled") };
    item::write(&session, WORD).expect("written");
    let set_code = |session: &Session, name| paper::set_code(home, session, name).expect("a code");
    code.iter().for_each(|name| assert_eq!(set_code(&session, name), "set"));
    let mut noted = u32::from(code.is_some());
    let pending = due.map(|due| {
        // Only in the session in which the PIN was set a code counts at once.
        let PinOutcome::Right(session) = lock.verify_pin(&entry(PIN)) else { panic!("not opened") };
        let change = match due {
            Due::Replaced(name) => set_code(&session, name),
            Due::Withdrawn => paper::withdraw(&session).expect("withdrawn"),
        };
        assert_eq!(change, "waits");
        noted += 1;
        Pending { change: due, is_due: true }
    });
    let tried = u32::from(due.is_some());
    Wallet { word: WORD, tried, code, pending, noted, ..Wallet::new(PIN, false) }
}

/// Makes a wallet that its provider knows. `is_lost`: the provider has locked it, too.
fn make_registered_wallet(home: &Home, scenario: &Scenario, is_lost: bool) -> Wallet {
    let wallet = make_wallet(home, scenario, 0);
    let lock = Phone::new(home.clone(), scenario.preset, 0, 4).open().expect("a lock");
    assert_eq!(backend::register(home, &lock), "Registered");
    let id = backend::state(&lock).expect("a state").wallet;
    if is_lost {
        assert_eq!(backend::order(&lock, &id), "Locked");
    }
    let (lock, last_order) = if is_lost { (Some(OrdersLock::Lost), backend::ORDER) } else { (None, 0) };
    let is_silent = scenario.clock_ms > 0;
    Wallet { is_registered: true, is_silent, lock, last_order, noted: 1 + u32::from(is_lost), ..wallet }
}

/// Makes a wallet with a recovery code, on a registered phone.
fn make_wallet_with_escrow(home: &Home, scenario: &Scenario, escrow: Escrow) -> Wallet {
    let lock = Phone::new(home.clone(), scenario.preset, 0, 1).open().expect("a lock");
    let Ok(Enrolment::Enrolled(session)) = lock.enrol(&entry(PIN), &[]) else { panic!("not enrolled") };
    item::write(&session, WORD).expect("written");
    assert_eq!(paper::set_code(home, &session, FIRST), Ok("set".to_owned()));
    assert_eq!(backend::register(home, &lock), "Registered");
    let made = Wallet { word: WORD, code: Some(FIRST), is_registered: true, noted: 2, ..Wallet::new(PIN, false) };
    let is_on = escrow != Escrow::OnIsDue;
    if is_on {
        assert_eq!(desk::switch(&session, true), Ok("set".to_owned()));
        assert_eq!(desk::deposit(home, &lock), "deposited");
    }
    drop(session);
    // Only in the session in which the PIN was set a change counts at once.
    let PinOutcome::Right(session) = lock.verify_pin(&entry(PIN)) else { panic!("not opened") };
    let wallet = Wallet { tried: 1, escrow: is_on, is_deposited: is_on, noted: 2 + u32::from(is_on), ..made };
    let waits = Ok("waits".to_owned());
    match escrow {
        Escrow::OnIsDue => {
            assert_eq!(desk::switch(&session, true), waits);
            let pending_escrow = Some(PendingEscrow { is_on: true, is_due: true });
            Wallet { pending_escrow, noted: wallet.noted + 1, ..wallet }
        }
        Escrow::OffIsDue => {
            assert_eq!(desk::switch(&session, false), waits);
            assert_eq!(paper::set_code(home, &session, SECOND), waits);
            let pending_escrow = Some(PendingEscrow { is_on: false, is_due: true });
            let pending = Some(Pending { change: Due::Replaced(SECOND), is_due: true });
            Wallet { pending, pending_escrow, noted: wallet.noted + 2, ..wallet }
        }
        Escrow::On => wallet,
        Escrow::OnAndLost => order(&lock, wallet),
        Escrow::OnWithoutRecord { is_lost } => {
            let wallet = if is_lost { order(&lock, wallet) } else { wallet };
            drop((session, lock));
            let file = Connection::open(home.wallet().join("wallet.db")).expect("a database");
            file.execute_batch("DELETE FROM record").expect("done");
            Wallet { is_damaged: true, ..wallet }
        }
    }
}

/// Makes a wallet with escrow, a phone number and an authenticator, on a registered phone.
fn make_wallet_with_ways(home: &Home, scenario: &Scenario, wrong: u32, proven: Proven) -> Wallet {
    let phone = Phone::new(home.clone(), scenario.preset, 0, 1);
    let lock = phone.open().expect("a lock");
    let Ok(Enrolment::Enrolled(session)) = lock.enrol(&entry(PIN), &[]) else { panic!("not enrolled") };
    item::write(&session, WORD).expect("written");
    assert_eq!(desk::switch(&session, true), Ok("set".to_owned()));
    assert_eq!(backend::register(home, &lock), "Registered");
    assert_eq!(desk::deposit(home, &lock), "deposited");
    assert_eq!(proving::set_factor(&phone, &session, FIRST), Ok("set".to_owned()));
    let (channel, told) = proving::add_channel(&session).expect("a channel");
    assert_eq!(told, "asked");
    let take = |used_for| {
        let (told, request) = proving::type_code(&lock, Some(&session), channel, true, used_for);
        assert_eq!(told, "asked");
        proving::take_proof(home, &lock, &request.expect("a request"))
    };
    assert_eq!(take(Used::Session), "ChannelConfirmed");
    let mut back = Back { factor: Some(FIRST), channel: Channel::InForce, lines: 4, ..Back::default() };
    if proven != Proven::Nothing {
        assert_eq!(proving::send_code(&lock, channel), "asked");
        assert_eq!(take(Used::Recovery), "Proven");
        (back.sms, back.lines) = (true, back.lines + 3);
    }
    phone.clock.advance_ms(ANOTHER_CODE / 2);
    let try_code = |is_right| proving::try_code(&phone, &lock, None, FIRST, is_right, Used::Recovery);
    if proven == Proven::Both {
        assert_eq!(try_code(true), "right");
        let left_ms = (WAIT_MS + ANOTHER_CODE / 2).saturating_sub(scenario.clock_ms);
        (back.app, back.wait_ms, back.lines) = (true, Some(left_ms), back.lines + 4);
    }
    for _ in 0..wrong {
        assert!(try_code(false).starts_with("wrong code"));
    }
    (back.wrong_to_get_back, back.lines) = (wrong, back.lines + wrong);
    let (is_registered, escrow, is_deposited) = (true, true, true);
    Wallet { word: WORD, is_registered, escrow, is_deposited, noted: 2, back, ..Wallet::new(PIN, false) }
}

/// The provider says that the phone is lost.
fn order(lock: &WalletLock, wallet: Wallet) -> Wallet {
    let id = backend::state(lock).expect("a state").wallet;
    assert_eq!(backend::order(lock, &id), "Locked");
    wallet.ordered()
}

/// The path of this program, to start it again as the app.
pub(crate) fn program() -> PathBuf {
    std::env::current_exe().expect("this program")
}

/// Lets a process live and end. An error if it ended as no app ends.
pub(crate) fn play(life: &Life) -> Result<Lived, String> {
    let output = Command::new(program()).args(life.arguments()).output().expect("this program starts");
    let was_killed = output.status.signal() == Some(libc::SIGKILL);
    if !was_killed && !output.status.success() {
        return Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)));
    }
    let mut lived = Lived { seen: Vec::new(), caught: Vec::new(), was_killed, fault_happened: false };
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match (word, lived.seen.last_mut(), rest.split_once(' ')) {
            ("begun", ..) => lived.seen.push(Seen::default()),
            ("asked", Some(seen), _) => seen.asked += 1,
            ("told", Some(seen), _) => seen.told = Some(rest.to_owned()),
            ("caught", _, Some((call, file))) => {
                let step = lived.seen.len() - 1;
                lived.caught.push(Caught { call: call.to_owned(), file: file.to_owned(), step });
            }
            ("fault_happened", ..) => lived.fault_happened = true,
            _ => return Err(format!("said {line}")),
        }
    }
    Ok(lived)
}
