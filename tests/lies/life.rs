//! A random life of two wallets with one file name, on one phone whose keystore lies.

use std::collections::BTreeMap;
use std::sync::Arc;

use tempfile::TempDir;
use walletlock_core::platform::testing::{
    Act, FakeClock, FakeEntropy, FakePhone, Misbehaviour, TestRng, code_entry, tally, write_down,
};
use walletlock_core::platform::{Clock, DeviceKey};
use walletlock_core::request::{BiometricRequest, PromptId};
use walletlock_core::{
    BiometricOutcome, CodeOutcome, Enrolment, LockError, LockReason, LockStatus, PinChange, PinOutcome, RecoveryChange,
    RecoveryOutcome, Removal, Session, WalletLock,
};

use crate::cheats::Cheat;
use crate::files::{self, Files};
use crate::owner::{ITEMS, Knows, Life, Owner, TRIES, Violation};
use crate::stage::{Stage, entry, open};

const STEPS: usize = 30;
const PINS: [&str; 4] = ["493716", "582941", "604183", "715930"];
/// An owner stops trying after so many failures in a row.
const MOST_TRIED: u32 = TRIES - 3;
/// Longer than a keystore stays busy.
const LATER_MS: u64 = 61_000;
const DAY_MS: u64 = 86_400_000;

/// What must have happened at least once in a run of full length.
pub(crate) const HAPPENS: [&str; 26] = [
    "enrolled",
    "not enrolled",
    "right",
    "wrong",
    "no verdict",
    "changed",
    "not changed",
    "written",
    "not written",
    "biometrics on",
    "opened by biometrics",
    "wiped",
    "not quite wiped",
    "removed",
    "not quite removed",
    "opened",
    "busy",
    "killed",
    "killed without its newest seal key",
    "moved",
    "back after the lies",
    "code set",
    "code not set",
    "recovered",
    "not recovered",
    "lost, and back by code",
];

/// The counts of a run.
#[derive(Default)]
pub(crate) struct Account {
    pub(crate) lies: u64,
    pub(crate) calls: usize,
    pub(crate) steps: usize,
    pub(crate) told: BTreeMap<String, usize>,
    pub(crate) heard: BTreeMap<&'static str, usize>,
}

impl Account {
    fn note(&mut self, what: &'static str) {
        *self.heard.entry(what).or_insert(0) += 1;
    }
}

/// What a person, the app or the phone does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Right,
    Wrong,
    ChangePin,
    Write,
    BiometricsOn,
    BiometricsOff,
    ByBiometrics,
    Prepare,
    Restart,
    Recheck,
    Wipe,
    Remove,
    TimePasses,
    PhoneRestarts,
    /// The app moves the file to another folder.
    Move,
    /// The owner asks for another recovery code, or for its withdrawal, and enters the PIN a day later.
    ChangeCode,
    /// The owner enters the recovery code, and sets a new PIN and a new code.
    Recover,
}

/// The steps to draw from. A step that is listed more often is drawn more often.
const DRAWN: [Step; 35] = {
    use Step::{
        BiometricsOff, BiometricsOn, ByBiometrics, ChangeCode, ChangePin, Move, PhoneRestarts, Prepare, Recheck,
        Recover, Remove, Restart, Right, TimePasses, Wipe, Write, Wrong,
    };
    [
        Right,
        Right,
        Right,
        Right,
        Wrong,
        Wrong,
        Wrong,
        Wrong,
        ChangePin,
        ChangePin,
        ChangePin,
        Write,
        Write,
        Write,
        BiometricsOn,
        BiometricsOn,
        BiometricsOff,
        ByBiometrics,
        ByBiometrics,
        Prepare,
        Prepare,
        Restart,
        Restart,
        Restart,
        Restart,
        Recheck,
        Wipe,
        Remove,
        TimePasses,
        PhoneRestarts,
        Move,
        ChangeCode,
        Recover,
        Recover,
        Recover,
    ]
};

struct Play<'a> {
    chance: TestRng,
    cheat: Option<Cheat>,
    stage: Stage,
    owners: [Owner; 2],
    account: &'a mut Account,
    /// The keystore lies at one call in this many.
    one_in: usize,
    lies: Vec<Misbehaviour>,
    guesses: u32,
    /// The last status was `Busy`: the keystore could not tell.
    is_busy: bool,
    /// How many times the keystore was replaced.
    keystores: usize,
    /// The steps so far, and the lies told in each.
    diary: Vec<String>,
    trace: usize,
    _folder: TempDir,
}

/// Plays the first life of this seed.
pub(crate) fn live(seed: u64, cheat: Option<Cheat>, account: &mut Account) -> Result<(), Violation> {
    let mut chance = TestRng::nth(0, seed);
    let folder = files::folder();
    let owners = ["a", "b"].map(|name| Owner::new(folder.path().join(name)));
    owners.iter().for_each(|owner| std::fs::create_dir(&owner.folder).expect("a folder"));
    let phone = FakePhone { entropy: Arc::new(FakeEntropy::new(seed)), ..FakePhone::default() };
    let mut lies = Misbehaviour::TEMPORARY.to_vec();
    if chance.one_in(12) {
        lies.push(Misbehaviour::LosesForGood);
    }
    match cheat {
        Some(Cheat::DeniesAlways) => lies = vec![Misbehaviour::IsNotThere, Misbehaviour::IsGone],
        Some(Cheat::FlipsTheSameBit) => lies = vec![Misbehaviour::FlipsABit],
        _ => {}
    }
    let one_in = chance.pick(&[3, 5, 8, 20]);
    let stage = Stage::new(phone);
    let mut play = Play {
        chance,
        cheat,
        stage,
        owners,
        account,
        one_in,
        lies,
        guesses: 0,
        is_busy: false,
        keystores: 0,
        diary: Vec::new(),
        trace: crate::from_environment("WALLETLOCK_TRACE", 3) as usize,
        _folder: folder,
    };
    let played = play.play();
    play.close_account();
    played
}

impl Play<'_> {
    fn play(&mut self) -> Result<(), Violation> {
        // Mostly both wallets exist before the lies begin.
        for who in 0..2 {
            self.start(who)?;
            if self.chance.one_in(8) {
                continue;
            }
            self.enrol(who)?;
        }
        self.lie();
        for nth in 0..STEPS {
            let who = self.chance.below(2);
            let step = if self.is_busy && self.chance.one_in(2) { Step::TimePasses } else { self.chance.pick(&DRAWN) };
            self.account.steps += 1;
            let (told, keystores) = (self.stage.lies.count(), self.keystores);
            let stepped = self.step(who, step);
            // A kill replaces the keystore, and with it the list of the lies told.
            let since = if self.keystores == keystores { told } else { 0 };
            let since: Vec<_> = self
                .stage
                .lies
                .injected()
                .iter()
                .skip(since)
                .map(|one| format!("{:?} to {} {}", one.misbehaviour, one.operation, one.alias))
                .collect();
            self.diary.push(format!("{step:?} of {who}: {:?}; {}", self.owners[who].knows.may_be, since.join(", ")));
            stepped.map_err(|violation| {
                let last = self.diary.len().saturating_sub(self.trace);
                format!("step {nth}: {violation}\n{}", self.diary[last..].join("\n"))
            })?;
        }
        self.stage.lies.stop();
        for who in 0..2 {
            self.settle(who).map_err(|violation| {
                let last = self.diary.len().saturating_sub(self.trace);
                let keys = self.stage.phone.device_key.all_aliases();
                format!("at the end, of {who}: {violation}\n{}\nkeys {keys:?}", self.diary[last..].join("\n"))
            })?;
        }
        Ok(())
    }

    /// Makes the keystore lie from now on.
    fn lie(&mut self) {
        self.stage.lies.inject_at_random(self.chance.draw(), self.one_in, &self.lies);
        if matches!(self.cheat, Some(Cheat::DeniesAlways | Cheat::FlipsTheSameBit)) {
            self.stage.lies.inject_at_random(self.chance.draw(), 2, &self.lies);
            self.stage.lies.repeat_same_fault();
        }
    }

    fn close_account(&mut self) {
        let told = self.stage.lies.injected();
        self.account.lies += told.len() as u64;
        self.account.calls += self.stage.calls();
        for (lie, times) in tally(&told) {
            *self.account.told.entry(lie).or_insert(0) += times;
        }
    }

    fn step(&mut self, who: usize, step: Step) -> Result<(), Violation> {
        if self.chance.one_in(4) {
            let copy = Files::of(&self.owners[who].folder);
            self.owners[who].copies.push(copy);
        }
        // A kill is simulated: the keystore and one wallet's files are put back as they were at that call. That does
        // not work for a step that uses both wallets or moves files.
        let is_killed = self.chance.one_in(6) && !matches!(step, Step::PhoneRestarts | Step::Move);
        let at = 1 + self.chance.below(12);
        let (before, told) = (self.owners[who].knows.clone(), self.stage.lies.count());
        self.stage.begin_step(is_killed.then_some((at, self.owners[who].folder.as_path())));
        let acted = self.act(who, step);
        self.note_losses(told);
        // `note_losses` comes first, because a key that was lost in this step excuses an error.
        match acted {
            Err(_) if self.owners[who].knows.has_lost => return self.give_up(who),
            acted => acted?,
        }
        if is_killed {
            let killed = self.kill(who, before, matches!(step, Step::Wipe | Step::Remove));
            self.note_losses(0);
            match killed {
                Err(_) if self.owners[who].knows.has_lost => return self.give_up(who),
                killed => killed?,
            }
        }
        if self.cheat == Some(Cheat::LosesUntold) && self.chance.one_in(20) {
            let keys = &self.stage.phone.device_key;
            let hung_on = keys.all_aliases().into_iter().find(|alias| alias.contains("/pin/"));
            hung_on.iter().for_each(|alias| keys.delete(alias).expect("deleted"));
        }
        let looked = self.owners[who].look()?;
        self.is_busy = looked == Some(LockStatus::Busy);
        if self.is_busy {
            self.account.note("busy");
        }
        Ok(())
    }

    /// Marks both owners if a key was lost: a process that starts asks for the keys of both wallets.
    fn note_losses(&mut self, since: usize) {
        let has_lost =
            self.stage.lies.injected().iter().skip(since).any(|one| one.misbehaviour == Misbehaviour::LosesForGood);
        self.owners.iter_mut().for_each(|owner| owner.knows.has_lost |= has_lost);
    }

    /// A key was lost in the middle of a step, so the outcome of the step proves nothing. From now on the wallet may be
    /// in any state.
    fn give_up(&mut self, who: usize) -> Result<(), Violation> {
        self.owners[who].knows.half = true;
        self.owners[who].knows.may_be = [Life::Unconfigured, Life::Alive, Life::Wiped].into();
        self.account.note("given up");
        Ok(())
    }

    fn act(&mut self, who: usize, step: Step) -> Result<(), Violation> {
        if self.owners[who].lock.is_none() {
            return self.start(who);
        }
        let is_new = !self.owners[who].knows.may_be.contains(&Life::Alive);
        match step {
            Step::TimePasses => {
                let ms = self.chance.pick(&[1_000, LATER_MS, LATER_MS, 3_600_000]);
                self.stage.phone.clock.advance_ms(ms);
                self.recheck(who).map(|_| ())
            }
            Step::PhoneRestarts => {
                self.stage.phone.clock.reboot();
                (0..2).try_for_each(|who| self.restart(who))
            }
            Step::Restart => self.restart(who),
            Step::Move => self.move_files(who),
            Step::Recheck => self.recheck(who).map(|_| ()),
            Step::Prepare => {
                self.owners[who].lock.iter().for_each(|lock| drop(lock.prepare()));
                Ok(())
            }
            Step::ByBiometrics => self.by_biometrics(who),
            Step::Wipe => self.wipe(who),
            Step::Recover => self.recover(who).map(|_| ()),
            _ if is_new => self.enrol(who),
            _ if self.owners[who].knows.tried > MOST_TRIED => self.wipe(who),
            Step::Wrong => self.guess(who),
            Step::Remove => self.remove(who),
            Step::Right
            | Step::ChangePin
            | Step::Write
            | Step::BiometricsOn
            | Step::BiometricsOff
            | Step::ChangeCode => {
                let Some((session, pin)) = self.unlock(who)? else { return Ok(()) };
                match step {
                    Step::ChangePin => self.change_pin(who, &session, pin),
                    Step::Write => self.write(who, &session),
                    Step::ChangeCode => self.change_code(who, session),
                    Step::BiometricsOn => {
                        self.stage.phone.biometrics.queue([Act::OwnerTouches]);
                        let on = session.access().enable_biometrics(PromptId::default());
                        self.stage.phone.biometrics.forget_acts();
                        self.account.note(if on.is_ok() { "biometrics on" } else { "biometrics not on" });
                        Ok(())
                    }
                    Step::BiometricsOff => {
                        drop(session.access().disable_biometrics());
                        Ok(())
                    }
                    _ => Ok(()),
                }
            }
        }
    }

    /// Starts the process of this wallet. It is no error if the keystore cannot tell anything.
    fn start(&mut self, who: usize) -> Result<(), Violation> {
        let owner = &mut self.owners[who];
        match open(&owner.folder, self.stage.lies.platform(&self.stage.phone)) {
            Ok(lock) => owner.lock = Some(lock),
            Err(fault) => return Err(format!("opening: {fault:?}")),
        }
        owner.look()?;
        self.account.note("opened");
        Ok(())
    }

    fn restart(&mut self, who: usize) -> Result<(), Violation> {
        self.owners[who].lock = None;
        self.start(who)
    }

    fn move_files(&mut self, who: usize) -> Result<(), Violation> {
        let owner = &mut self.owners[who];
        owner.lock = None;
        let folder = owner.folder.with_extension(self.account.steps.to_string());
        std::fs::rename(&owner.folder, &folder).expect("moved");
        owner.folder = folder;
        self.account.note("moved");
        self.start(who)
    }

    fn recheck(&mut self, who: usize) -> Result<Option<LockStatus>, Violation> {
        let owner = &mut self.owners[who];
        let Some(lock) = &owner.lock else { return Ok(None) };
        let status = lock.recheck().map_err(|fault| format!("recheck: {fault}"))?;
        owner.knows.check_status(&status).map(|()| Some(status))
    }

    fn enrol(&mut self, who: usize) -> Result<(), Violation> {
        let pin = self.chance.pick(&PINS);
        let owner = &mut self.owners[who];
        let Some(lock) = &owner.lock else { return Ok(()) };
        match lock.enrol(&entry(pin), &[]) {
            Ok(Enrolment::Enrolled(session)) => {
                owner.knows.enrolled(pin);
                owner.knows.check_opened(None, &session)?;
                self.account.note("enrolled");
                if self.chance.one_in(2) { self.set_first_code(who, &session) } else { Ok(()) }
            }
            Err(LockError::DeviceKey(_) | LockError::WrongState | LockError::DataDamaged) => {
                // The call may have cleared away what was left of a wiped wallet.
                owner.knows.may_be.insert(Life::Unconfigured);
                self.account.note("not enrolled");
                Ok(())
            }
            other => Err(format!("{other:?}")),
        }
    }

    /// Sets a recovery code in the session in which the first PIN was set.
    fn set_first_code(&mut self, who: usize, session: &Session) -> Result<(), Violation> {
        let Ok(code) = session.access().create_recovery_code() else { return Ok(()) };
        let digits = write_down(&code);
        let knows = &mut self.owners[who].knows;
        match session.access().set_recovery_code(&code) {
            Ok(RecoveryChange::InForce) => {
                knows.codes = [Some(digits)].into();
                self.account.note("code set");
            }
            Err(LockError::DeviceKey(_) | LockError::SessionEnded | LockError::DataDamaged | LockError::WrongState) => {
                knows.codes.insert(Some(digits));
                self.account.note("code not set");
            }
            other => return Err(format!("setting a code: {other:?}")),
        }
        Ok(())
    }

    fn change_code(&mut self, who: usize, session: Session) -> Result<(), Violation> {
        let Ok(code) = session.access().create_recovery_code() else { return Ok(()) };
        let (digits, withdraws) = (write_down(&code), self.chance.one_in(3));
        let asked = if withdraws {
            session.access().withdraw_recovery_code()
        } else {
            session.access().set_recovery_code(&code)
        };
        drop(session);
        let knows = &mut self.owners[who].knows;
        match asked {
            Ok(RecoveryChange::Pending { .. })
            | Err(LockError::DeviceKey(_) | LockError::SessionEnded | LockError::DataDamaged) => {
                knows.note_waiting((!withdraws).then_some(digits));
                knows.codes.extend(knows.waiting.iter().cloned());
            }
            // There is no code to withdraw.
            Err(LockError::WrongState) if withdraws => {}
            other => return Err(format!("changing the code: {other:?}")),
        }
        self.stage.phone.clock.advance_ms(DAY_MS);
        self.unlock(who).map(|_| ())
    }

    /// Enters a code that may be in force. `true` if the wallet was recovered.
    fn recover(&mut self, who: usize) -> Result<bool, Violation> {
        let owner = &mut self.owners[who];
        let codes: Vec<_> = owner.knows.codes.iter().flatten().cloned().collect();
        let Some(lock) = owner.lock.clone() else { return Ok(false) };
        if codes.is_empty() {
            return Ok(false);
        }
        let digits = self.chance.pick(&codes.iter().collect::<Vec<_>>()).clone();
        let rescue = match lock.recovery().enter_code(&code_entry(&digits)) {
            CodeOutcome::Opened(rescue) => rescue,
            CodeOutcome::Refused(refusal) => {
                let may_be_gone = owner.knows.half || !owner.knows.may_be.contains(&Life::Alive);
                return match owner.knows.check_code_refusal(&digits, &refusal) {
                    // A wallet that is half gone, or gone, may refuse anything.
                    Err(_) if may_be_gone => Ok(false),
                    checked => checked.map(|()| false),
                };
            }
        };
        if !owner.knows.may_be.contains(&Life::Alive) {
            return Err(format!("the code opened, and there is nothing: {:?}", owner.knows));
        }
        owner.knows.learn_code(Some(digits));
        let Ok(new_code) = rescue.new_code() else { return Ok(false) };
        let (new_digits, pin) = (write_down(&new_code), self.chance.pick(&PINS));
        let was_lost = owner.knows.has_lost;
        let knows = &mut owner.knows;
        match rescue.finish(&entry(pin), &[], &new_code) {
            Ok(RecoveryOutcome::Done { session, lost_items }) => {
                if !lost_items.is_empty() {
                    return Err(format!("lost {lost_items:?}, and the file was whole"));
                }
                knows.recovered(pin, new_digits);
                knows.check_opened(None, &session)?;
                self.account.note(if was_lost { "lost, and back by code" } else { "recovered" });
                Ok(true)
            }
            Err(LockError::DeviceKey(_) | LockError::WrongState | LockError::DataDamaged | LockError::InUse) => {
                knows.pins.insert(pin);
                knows.codes.insert(Some(new_digits));
                knows.left = TRIES;
                self.account.note("not recovered");
                // The counter may be new or not. A new process remembers no wrong PIN, so that each counts again.
                drop((rescue, lock));
                self.restart(who).map(|()| false)
            }
            other => Err(format!("recovering: {other:?}")),
        }
    }

    fn unlock(&mut self, who: usize) -> Result<Option<(Session, &'static str)>, Violation> {
        let pins: Vec<_> = self.owners[who].knows.pins.iter().copied().collect();
        if pins.is_empty() {
            return Ok(None);
        }
        let pin = self.chance.pick(&pins);
        let session = self.owners[who].enter(pin)?;
        self.account.note(if session.is_some() { "right" } else { "no verdict" });
        Ok(session.map(|session| (session, pin)))
    }

    fn guess(&mut self, who: usize) -> Result<(), Violation> {
        let before = self.cheat.map(|_| self.owners[who].folder.clone()).map(|folder| Files::of(&folder));
        let keys = self.stage.phone.device_key.picture();
        self.guesses += 1;
        let guess = format!("{:06}", 800_000 + self.guesses);
        let owner = &mut self.owners[who];
        let Some(lock) = owner.lock.clone() else { return Ok(()) };
        let told = owner.knows.left;
        let refusal = match lock.verify_pin(&entry(&guess)) {
            PinOutcome::Right(_) => return Err(format!("{guess} opened, and the owner knows {:?}", owner.knows)),
            PinOutcome::Wrong(wrong) => walletlock_core::Refusal::Wrong(wrong),
            PinOutcome::Locked(status) => walletlock_core::Refusal::Locked(status),
            PinOutcome::NoVerdict(cause) => walletlock_core::Refusal::NoVerdict(cause),
        };
        owner.knows.check_refusal(&guess, &refusal)?;
        let is_told = owner.knows.left < told;
        self.account.note(if is_told { "wrong" } else { "no verdict" });
        if self.cheat == Some(Cheat::GivesTriesBack) && is_told {
            drop(lock);
            self.owners[who].lock = None;
            before.iter().for_each(|files| files.put_into(&self.owners[who].folder));
            self.put_keystore(keys);
            return self.start_both();
        }
        Ok(())
    }

    fn change_pin(&mut self, who: usize, session: &Session, pin: &'static str) -> Result<(), Violation> {
        let others: Vec<_> = PINS.into_iter().filter(|other| *other != pin).collect();
        let new = self.chance.pick(&others);
        let keeps_biometrics = self.chance.one_in(2);
        let knows = &mut self.owners[who].knows;
        match session.access().change_pin(&entry(pin), &entry(new), &[], keeps_biometrics) {
            Ok(PinChange::Changed { .. }) => {
                knows.pins = [new].into();
                self.account.note("changed");
                return Ok(());
            }
            Ok(PinChange::Refused(refusal)) => knows.check_refusal(pin, &refusal)?,
            // The change checks the PIN once more, and after that the change may have been made or not.
            Err(LockError::DeviceKey(_) | LockError::SessionEnded | LockError::PinNeeded | LockError::DataDamaged) => {
                knows.pins.insert(new);
                knows.tried += 1;
            }
            other => return Err(format!("{other:?}")),
        }
        self.account.note("not changed");
        Ok(())
    }

    fn write(&mut self, who: usize, session: &Session) -> Result<(), Violation> {
        let item = self.chance.pick(&ITEMS);
        let value = format!("{item} {}", self.chance.draw());
        let written = session.vault().write(item, value.as_bytes());
        self.owners[who].knows.wrote(item, &value, written.is_ok());
        match written {
            Ok(()) => self.account.note("written"),
            Err(LockError::DeviceKey(_) | LockError::SessionEnded | LockError::DataDamaged) => {
                self.account.note("not written");
            }
            Err(other) => return Err(format!("writing: {other}")),
        }
        Ok(())
    }

    fn by_biometrics(&mut self, who: usize) -> Result<(), Violation> {
        let owner = &mut self.owners[who];
        let Some(lock) = &owner.lock else { return Ok(()) };
        self.stage.phone.biometrics.queue([Act::OwnerTouches]);
        let outcome = lock.verify_biometrics(&BiometricRequest::default());
        self.stage.phone.biometrics.forget_acts();
        if let BiometricOutcome::Unlocked(session) = outcome {
            owner.knows.check_opened(None, &session)?;
            self.account.note("opened by biometrics");
        }
        Ok(())
    }

    fn wipe(&mut self, who: usize) -> Result<(), Violation> {
        self.keep_copy(who);
        let owner = &mut self.owners[who];
        let Some(lock) = &owner.lock else { return Ok(()) };
        let knows = &mut owner.knows;
        match lock.wipe() {
            Ok(()) => {
                // `wipe` also wipes a wallet that is `Busy`. So whatever it was, it is wiped now.
                knows.settle(Life::Wiped);
                self.account.note("wiped");
                if self.cheat == Some(Cheat::TakesTheOther) {
                    let keys = &self.stage.phone.device_key;
                    keys.all_aliases().iter().for_each(|alias| keys.delete(alias).expect("deleted"));
                }
                let codes: Vec<_> = knows.codes.iter().flatten().cloned().collect();
                self.nothing_comes_back(who, &self.stage.phone.clone(), &codes)
            }
            Err(LockError::WrongState) => Ok(()),
            Err(LockError::DeviceKey(_) | LockError::DataDamaged) => {
                knows.may_be.insert(Life::Wiped);
                knows.half = true;
                self.account.note("not quite wiped");
                Ok(())
            }
            Err(other) => Err(format!("wiping: {other}")),
        }
    }

    fn remove(&mut self, who: usize) -> Result<(), Violation> {
        self.keep_copy(who);
        let before = self.stage.phone.with_keystore(self.stage.phone.device_key.picture());
        let owner = &mut self.owners[who];
        let Some(lock) = &owner.lock else { return Ok(()) };
        let knows = &mut owner.knows;
        let Some(pin) = knows.pins.first().copied() else { return Ok(()) };
        let removal = lock.remove(&entry(pin));
        if !matches!(removal, Ok(Removal::Refused(_))) {
            // The PIN was right and gave the tries back. That holds too if the removal failed afterwards or was killed.
            knows.left = TRIES;
        }
        match removal {
            Ok(Removal::Removed) => {
                if !knows.may_be.contains(&Life::Alive) || !knows.pins.contains(pin) {
                    return Err(format!("removed what is not there: {knows:?}"));
                }
                knows.settle(Life::Unconfigured);
                knows.forget_codes();
                self.account.note("removed");
                let keeps = self.cheat == Some(Cheat::KeepsOldKeys);
                // An older file and its code open on any phone: a removal cannot change that.
                self.nothing_comes_back(who, &if keeps { before } else { self.stage.phone.clone() }, &[])
            }
            Ok(Removal::Refused(refusal)) => knows.check_refusal(pin, &refusal),
            Err(LockError::DeviceKey(_) | LockError::WrongState | LockError::DataDamaged) => {
                knows.may_be.insert(Life::Unconfigured);
                knows.half = true;
                knows.tried += 1;
                self.account.note("not quite removed");
                Ok(())
            }
            Err(other) => Err(format!("removing: {other}")),
        }
    }

    fn keep_copy(&mut self, who: usize) {
        let copy = Files::of(&self.owners[who].folder);
        self.owners[who].copies.push(copy);
    }

    /// A wiped or removed wallet stays gone: none of its older files opens on a copy of this phone whose keystore tells
    /// the truth, neither to a PIN or a finger nor to one of these codes.
    fn nothing_comes_back(&mut self, who: usize, phone: &FakePhone, codes: &[String]) -> Result<(), Violation> {
        let copies = std::mem::take(&mut self.owners[who].copies);
        let last = copies.len().saturating_sub(3);
        for (nth, copy) in copies.iter().enumerate().filter(|(nth, _)| *nth >= last || nth % 5 == 0) {
            let lock = open_copy(copy, phone)?;
            for pin in PINS {
                if let PinOutcome::Right(_) = lock.1.verify_pin(&entry(pin)) {
                    return Err(format!("copy {nth} of {} of what is gone opens", copies.len()));
                }
            }
            for digits in codes {
                if let CodeOutcome::Opened(_) = lock.1.recovery().enter_code(&code_entry(digits)) {
                    return Err(format!("copy {nth} of {} of what was wiped opens to a code", copies.len()));
                }
            }
            lock.2.biometrics.queue([Act::OwnerTouches]);
            let outcome = lock.1.verify_biometrics(&BiometricRequest::default());
            if matches!(outcome, BiometricOutcome::Unlocked(_)) {
                return Err(format!("copy {nth} of {} of what is gone opens to a finger", copies.len()));
            }
        }
        Ok(())
    }

    /// The process was killed somewhere in the last step: puts files and keystore back as they were at that moment.
    fn kill(&mut self, who: usize, before: Knows, may_be_half: bool) -> Result<(), Violation> {
        self.account.note("killed");
        let picture = self.stage.killed(&self.owners[who].folder);
        self.owners.iter_mut().for_each(|owner| owner.lock = None);
        picture.files.put_into(&self.owners[who].folder);
        let mut keys = picture.keys;
        if let Some(without) = picture.without_newest
            && self.chance.one_in(2)
        {
            self.account.note("killed without its newest seal key");
            keys = without;
        }
        let lies: Vec<_> = self
            .stage
            .lies
            .injected()
            .iter()
            .rev()
            .take(3)
            .rev()
            .map(|one| format!("{:?} to {} {}", one.misbehaviour, one.operation, one.alias))
            .collect();
        self.diary.push(format!("  killed after {lies:?}, with {:?}", keys.all_aliases()));
        self.put_keystore(keys);
        let owner = &mut self.owners[who];
        if before.is_surely(Life::Wiped) {
            // The step may have begun another wallet.
            owner.knows.may_be.insert(Life::Unconfigured);
        }
        owner.knows = before.or(owner.knows.clone());
        owner.knows.half |= may_be_half;
        // A try may have been charged without its owner being told.
        owner.knows.tried += 1;
        self.start_both()
    }

    fn start_both(&mut self) -> Result<(), Violation> {
        for owner in &mut self.owners {
            owner.lock = None;
        }
        (0..2).try_for_each(|who| self.start(who))
    }

    /// Replaces the phone's keystore by this one.
    fn put_keystore(&mut self, keys: walletlock_core::platform::testing::FakeDeviceKey) {
        self.close_account();
        self.keystores += 1;
        self.stage = Stage::new(self.stage.phone.with_keystore(keys));
        self.lie();
    }

    /// After the lies: checks that each owner gets in, unless the owner was told why not.
    fn settle(&mut self, who: usize) -> Result<(), Violation> {
        self.stage.phone.clock.advance_ms(LATER_MS);
        if self.owners[who].lock.is_none() {
            self.start(who)?;
        }
        for round in 0..2 {
            let status = self.recheck(who)?;
            if status == Some(LockStatus::Busy) {
                return Err("busy, and the keystore is not".to_owned());
            }
            self.back_by_code(who).map_err(|violation| format!("round {round}: {violation}"))?;
            self.open_honestly(who).map_err(|violation| format!("round {round}: {violation}"))?;
            self.restart(who)?;
        }
        self.account.note("back after the lies");
        Ok(())
    }

    /// A wallet that lost a key for good comes back with its code, if it surely has one.
    fn back_by_code(&mut self, who: usize) -> Result<(), Violation> {
        let owner = &mut self.owners[who];
        let is_damaged = matches!(owner.look()?, Some(LockStatus::Locked { reason: LockReason::DataDamaged, .. }));
        let has_code = owner.knows.waiting.is_empty() && !owner.knows.codes.contains(&None);
        let is_surely_there = owner.knows.is_surely(Life::Alive) && !owner.knows.half;
        if !is_damaged || !has_code {
            return Ok(());
        }
        for _ in 0..owner.knows.codes.len() {
            if self.recover(who)? {
                return Ok(());
            }
        }
        let knows = &self.owners[who].knows;
        if is_surely_there { Err(format!("no code brings it back, and the owner knows {knows:?}")) } else { Ok(()) }
    }

    fn open_honestly(&mut self, who: usize) -> Result<(), Violation> {
        for pin in self.owners[who].knows.pins.clone() {
            let owner = &mut self.owners[who];
            let status = owner.look()?;
            match status {
                Some(LockStatus::CoolingDown { remaining_ms, .. }) => self.stage.phone.clock.advance_ms(remaining_ms),
                Some(LockStatus::Ready { .. }) => {}
                // `look` has checked that the owner may be told this.
                _ => return Ok(()),
            }
            let lock = owner.lock.clone().ok_or("a lock")?;
            match lock.verify_pin(&entry(pin)) {
                PinOutcome::Right(session) => return owner.knows.check_opened(Some(pin), &session),
                PinOutcome::Wrong(wrong) => {
                    owner.knows.check_refusal(pin, &walletlock_core::Refusal::Wrong(wrong))?;
                }
                // A wallet that lost a key, or that is half wiped or removed, may refuse.
                _ if owner.knows.has_lost || owner.knows.half => return Ok(()),
                other => {
                    return Err(format!("{other:?}, and the keystore works; the owner knows {:?}", owner.knows));
                }
            }
        }
        let owner = &self.owners[who];
        if owner.knows.is_surely(Life::Alive) && !owner.knows.has_lost {
            return Err(format!("no PIN opens it, and the owner knows {:?}", owner.knows));
        }
        Ok(())
    }
}

/// Opens an older copy in another folder, on a copy of the phone.
fn open_copy(copy: &Files, phone: &FakePhone) -> Result<(TempDir, Arc<WalletLock>, FakePhone), Violation> {
    let folder = files::folder();
    copy.put_into(folder.path());
    let (now, clock) = (phone.clock.now(), FakeClock::default());
    clock.change(|copied| *copied = now.unwrap_or(*copied));
    let apart = FakePhone { clock: Arc::new(clock), ..phone.with_keystore(phone.device_key.picture()) };
    match open(folder.path(), apart.platform()) {
        Ok(lock) => Ok((folder, lock, apart)),
        Err(fault) => Err(format!("a copy: {fault}")),
    }
}
