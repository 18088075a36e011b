//! The life of one wallet on one phone: random calls. Each is added to the account as far as it is known to have got.

use std::collections::VecDeque;
use std::sync::Arc;

use walletlock_core::BiometricAvailability;
use walletlock_core::platform::PromptEnd;
use walletlock_core::platform::testing::{Act as Touch, FakeEntropy, FakePhone, TestRng};
use walletlock_core::policy::Policy;
use walletlock_core::policy::presets;
use walletlock_core::request::BiometricRequest;
use walletlock_core::{BiometricOutcome, LockError, PinChange, PinOutcome};

use crate::account::{Account, Holding, Seen, State, Step};
use crate::app::{App, expect};
use crate::disk::{Disk, Flushes};
use crate::mount::Mount;
use crate::phone::{self, entry, now};
use crate::survivor::{Violation, agrees, has_slot, stop_at};

/// The ids that items may have.
pub(crate) const ITEMS: [&str; 3] = ["card", "note", "seed"];

/// PINs that may be set. Wrong guesses use other digits.
const PINS: [&str; 4] = ["493716", "582941", "604183", "715930"];

/// What a person or the app does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Open,
    /// The app ends properly: SQLite moves its log into the database.
    Close,
    Enrol,
    Right,
    Wrong,
    /// A wrong PIN that was entered before.
    Repeat,
    Change,
    Write,
    Delete,
    /// Time passes and the app asks for the status and a reminder.
    Look,
    Remove,
    /// Without the PIN.
    Wipe,
    /// Biometrics are set up, or set up anew.
    Enable,
    Disable,
    /// The owner's finger, perhaps after others' fingers.
    Finger,
    /// Only others' fingers, then the prompt is cancelled.
    Strangers,
    /// Another finger is enrolled on the phone, and then the owner's finger is tried.
    NewFinger,
    /// A first recovery code is set.
    SetCode,
    /// The recovery code is entered, and a new PIN and a new code are set.
    Recover,
}

/// A call in progress, or the last one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) act: Act,
    pub(crate) seen: Seen,
    /// The call made or deleted keys of a PIN.
    pub(crate) touched_keys: bool,
    pub(crate) wipes: bool,
}

pub(crate) struct Life<'a> {
    pub(crate) disk: Disk,
    pub(crate) phone: FakePhone,
    pub(crate) policy: Policy,
    pub(crate) account: Account,
    pub(crate) last: Call,
    mount: &'a Mount,
    app: Option<App>,
    /// Someone else has the phone and enters hardly anything but wrong PINs.
    is_stolen: bool,
    guesses: u32,
}

impl<'a> Life<'a> {
    /// A new phone without a wallet.
    pub(crate) fn begin(mount: &'a Mount, flushes: Flushes, chance: &mut TestRng) -> Self {
        let mut policy = presets::walletlock();
        policy.pin.remember = 0;
        (policy.biometric.failures_before_pin, policy.biometric.failures_before_off) = (100, 100);
        match chance.below(3) {
            // The preset's waits, and a lock at the end.
            0 => {}
            1 => {
                policy.lockout.cooldowns.clear();
                policy.lockout.wipe_at = Some(4);
            }
            _ => {
                policy.lockout.cooldowns.clear();
                policy.lockout.lock_at = Some(60);
            }
        }
        let phone = FakePhone { entropy: Arc::new(FakeEntropy::new(chance.draw())), ..FakePhone::default() };
        let last = Call { act: Act::Open, seen: Seen::Begun, touched_keys: false, wipes: false };
        let account = Account::new(State::Unconfigured);
        Self {
            disk: Disk::new(flushes),
            phone,
            policy,
            account,
            last,
            mount,
            app: None,
            is_stolen: chance.one_in(4),
            guesses: 0,
        }
    }

    /// Ends the process while its disk is still mounted on the folder: SQLite tidies up when it closes, and that must
    /// not reach another disk. A wallet is later checked in the same folder, because its place is part of its identity.
    pub(crate) fn end_app(&mut self) {
        self.app = None;
    }

    /// Ends the process. The next one starts on this disk.
    pub(crate) fn restart_on(&mut self, disk: Disk) {
        self.end_app();
        self.disk = disk;
    }

    /// Whether the wallet has reached its limit, so that nothing more can happen to it.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.account.now(), State::Live(held) if held.failures >= stop_at(&self.policy))
    }

    /// Makes one call. If the power goes during it, the account holds what the call did until then.
    pub(crate) fn act(&mut self, chance: &mut TestRng) -> Result<(), Violation> {
        let act = self.choose(chance);
        self.last = Call { act, seen: Seen::Begun, touched_keys: false, wipes: false };
        let before = self.phone.device_key.pin_calls();
        let (steps, outcome) = self.call(act, chance);
        let calls = self.phone.device_key.pin_calls();
        let asked = act != Act::Open && act != Act::Enrol && calls.hmac > before.hmac;
        self.last.seen = match (self.disk.is_off(), asked) {
            (false, _) => Seen::Returned,
            (true, true) => Seen::KeyAsked,
            (true, false) => Seen::Begun,
        };
        self.last.touched_keys = (calls.create, calls.delete) != (before.create, before.delete);
        self.last.wipes = steps.iter().any(|step| matches!(step, Step::Commit(State::Wiped)));
        self.account.enter(steps, self.last.seen);
        if self.disk.is_off() {
            // The process is dead, so nobody received what the call returned.
            return Ok(());
        }
        outcome.map_err(|why| format!("{act:?}: {why}"))?;
        self.check_status()
    }

    fn choose(&self, chance: &mut TestRng) -> Act {
        let Some(app) = &self.app else { return Act::Open };
        let some = match self.account.now() {
            State::Unconfigured | State::Wiped => return chance.pick(&[Act::Enrol, Act::Enrol, Act::Look, Act::Close]),
            State::Live(held) if app.is_first && held.code.is_none() && chance.one_in(2) => return Act::SetCode,
            State::Live(_) if self.is_stolen && !chance.one_in(3) => {
                return chance.pick(&[Act::Wrong, Act::Wrong, Act::Look]);
            }
            State::Live(_) => chance.below(56),
        };
        match some {
            0..9 => Act::Right,
            9..20 => Act::Wrong,
            20..24 if !app.guessed.is_empty() => Act::Repeat,
            20..24 => Act::Wrong,
            24 => Act::Remove,
            39 => Act::Wipe,
            40..43 => Act::Enable,
            43 => Act::Disable,
            44..49 => Act::Finger,
            49 | 50 => Act::Strangers,
            51 => Act::NewFinger,
            52..56 if self.has_code() => Act::Recover,
            52..56 => Act::Right,
            25 | 26 => Act::Close,
            27..30 => Act::Look,
            _ if app.session.as_ref().is_none_or(|session| !session.is_live()) => Act::Right,
            30..34 => Act::Change,
            34 | 35 => Act::Delete,
            _ => Act::Write,
        }
    }

    fn has_code(&self) -> bool {
        matches!(self.account.now(), State::Live(held) if held.code.is_some())
    }

    /// Makes the call. Returns its steps, and whether it ended as it should if the power stayed on.
    fn call(&mut self, act: Act, chance: &mut TestRng) -> (Vec<Step>, Result<(), Violation>) {
        let at_ms = now(&self.phone).wall_ms;
        let policy = &self.policy;
        let Some(app) = &mut self.app else {
            let opened = phone::open(self.mount, &self.disk, &self.phone, policy);
            let opened = opened
                .map(|lock| self.app = Some(App { lock, session: None, is_first: false, guessed: VecDeque::new() }));
            return (Vec::new(), opened.map_err(|fault| fault.to_string()));
        };
        let held = match self.account.now() {
            State::Live(held) => held.clone(),
            State::Unconfigured | State::Wiped if act == Act::Enrol => {
                let pin = chance.pick(&PINS);
                let steps = [State::Unconfigured, State::Live(Holding::new(pin, at_ms))].map(Step::Commit);
                let steps = steps.into_iter().chain([Step::FlushedIf(Seen::Returned)]).collect();
                app.guessed.clear();
                return (steps, app.enrol(pin));
            }
            State::Unconfigured | State::Wiped => Holding::new(PINS[0], at_ms),
        };
        match act {
            Act::Right | Act::Wrong | Act::Repeat | Act::Change | Act::Remove | Act::Enable | Act::Disable
                if !app.may_try(&self.phone, chance) =>
            {
                let turned_away = matches!(app.lock.verify_pin(&entry(held.pin)), PinOutcome::Locked(_));
                (Vec::new(), expect(turned_away, "it was turned away"))
            }
            Act::Right => (held.right(now(&self.phone).wall_ms), app.enter_right(&held)),
            Act::Wrong | Act::Repeat => {
                let now_ms = now(&self.phone).wall_ms;
                self.guesses += u32::from(act == Act::Wrong);
                let known = app.guessed.iter().map(|(guess, _)| guess.clone()).collect::<Vec<_>>();
                let guess = match act {
                    Act::Wrong => format!("{:06}", 800_000 + self.guesses),
                    _ => known[chance.below(known.len())].clone(),
                };
                let repeated = app.is_repeated(&guess, now_ms, policy);
                let steps = if repeated { held.repeated(now_ms) } else { held.wrong(now_ms, policy.lockout.wipe_at) };
                (steps, app.guess(guess, repeated, now_ms, policy))
            }
            Act::Change => {
                let new = PINS[(PINS.iter().position(|pin| *pin == held.pin).unwrap_or_default() + 1) % PINS.len()];
                let then = State::Live(Holding { pin: new, failures: 0, ..held.clone() });
                let changed = app.change(held.pin, new);
                // A session that ended while time passed cannot change anything, and no try was made.
                let ended = matches!(changed, Err(LockError::SessionEnded | LockError::LimitReached(_)));
                let steps = if ended { Vec::new() } else { held.right_then(now(&self.phone).wall_ms, then) };
                (steps, expect(ended || matches!(changed, Ok(PinChange::Changed { .. })), "the PIN was changed"))
            }
            Act::Write | Act::Delete => {
                let id = chance.pick(&ITEMS);
                let mut items = held.items.clone();
                let done = if act == Act::Delete {
                    items.remove(id);
                    app.in_session(|session| session.vault().delete(id).map(drop))
                } else {
                    // Now and then an item that needs pages of its own.
                    let longest = if chance.one_in(6) { 6_000 } else { 200 };
                    let mut bytes = vec![0; 1 + chance.below(longest)];
                    chance.fill(&mut bytes);
                    let done = app.in_session(|session| session.vault().write(id, &bytes));
                    items.insert(id, bytes);
                    done
                };
                // If the item was not there, nothing is deleted and nothing flushed.
                let steps = if items == held.items { Vec::new() } else { Holding::changed(Holding { items, ..held }) };
                (steps, done.map_err(|fault| fault.to_string()))
            }
            Act::Remove => {
                let removed = app.lock.remove(&entry(held.pin));
                app.session = None;
                let removed = matches!(removed, Ok(removal) if removal.refusal().is_none());
                (held.right_then(now(&self.phone).wall_ms, State::Unconfigured), expect(removed, "it was removed"))
            }
            Act::Wipe => {
                // Marks of earlier wallets stay.
                let count_marks =
                    || self.phone.device_key.all_aliases().iter().filter(|alias| alias.contains("/wiped/")).count();
                let marks = count_marks();
                let wiped = app.lock.wipe();
                // The mark in the keystore comes first: from then on no cut brings the wallet back.
                let is_marked = count_marks() > marks;
                let steps = [Step::Commit(State::Wiped), Step::FlushedIf(Seen::Begun)];
                (if is_marked { steps.to_vec() } else { Vec::new() }, wiped.map_err(|fault| fault.to_string()))
            }
            Act::Enable | Act::Disable => {
                let at_ms = now(&self.phone).wall_ms;
                let changes = act == Act::Enable || has_slot(&app.lock);
                self.phone.biometrics.queue([Touch::OwnerTouches]);
                let switched = app.switch(held.pin, act == Act::Enable);
                self.phone.biometrics.forget_acts();
                let then = Holding { failures: 0, biometric: held.biometric + 1, ..held.clone() };
                (if changes { held.right_then(at_ms, State::Live(then)) } else { held.right(at_ms) }, switched)
            }
            Act::Finger | Act::Strangers | Act::NewFinger => {
                if app.lock.biometric_availability(&BiometricRequest::default()) != Ok(BiometricAvailability::Available)
                {
                    return (Vec::new(), Ok(()));
                }
                if act == Act::NewFinger {
                    self.phone.device_key.enrol_another_finger();
                }
                let is_cancelled = act == Act::Strangers;
                let last = if is_cancelled { Touch::Ends(PromptEnd::CancelledByPerson) } else { Touch::OwnerTouches };
                let strangers = u32::from(is_cancelled) + chance.below(2) as u32;
                let touches = (0..strangers).map(|_| Touch::SomeoneElseTouches).chain([last]);
                self.phone.biometrics.queue(touches);
                let outcome = app.lock.verify_biometrics(&BiometricRequest::default());
                self.phone.biometrics.forget_acts();
                let is_gone = matches!(outcome, BiometricOutcome::Ended(PromptEnd::KeyInvalidated));
                // A key that is gone is noticed before anyone touches the sensor.
                let lines = if is_gone { 1 } else { strangers + u32::from(!is_cancelled) };
                let after = |count| State::Live(Holding { biometric: held.biometric + count, ..held.clone() });
                let steps = (1..=lines).map(|count| Step::Commit(after(count)));
                let fine = match outcome {
                    BiometricOutcome::Unlocked(_) => act == Act::Finger,
                    BiometricOutcome::Ended(PromptEnd::CancelledByPerson) => is_cancelled,
                    _ => is_gone,
                };
                (steps.chain([Step::FlushedIf(Seen::Returned)]).collect(), expect(fine, "the finger was looked at"))
            }
            Act::SetCode => match app.set_code() {
                Some((digits, set)) => (Holding::changed(Holding { code: Some(digits), ..held }), set),
                None => {
                    app.is_first = false;
                    (Vec::new(), Ok(()))
                }
            },
            Act::Recover => {
                let new = PINS[(PINS.iter().position(|pin| *pin == held.pin).unwrap_or_default() + 1) % PINS.len()];
                let (code, done) = app.recover(&held, new);
                let then = Holding { pin: new, failures: 0, code: code.clone(), ..held };
                (if code.is_some() { Holding::changed(then) } else { Vec::new() }, done)
            }
            Act::Close => {
                self.app = None;
                (Vec::new(), Ok(()))
            }
            Act::Open | Act::Enrol | Act::Look => {
                self.phone.clock.advance_ms(chance.pick(&[1_000, 61_000, 400_000, 40 * 24 * 3_600_000]));
                let reminded = app.lock.take_reminder();
                let fine = matches!(reminded, Ok(_) | Err(LockError::WrongState));
                (Vec::new(), expect(fine, "it could be looked at"))
            }
        }
    }

    /// Checks that the running app says what the account says.
    fn check_status(&self) -> Result<(), Violation> {
        let Some(app) = &self.app else { return Ok(()) };
        let status = app.lock.status();
        if self.disk.is_off() {
            return Ok(());
        }
        let status = status.map_err(|fault| format!("no status: {fault}"))?;
        agrees(&status, self.account.now(), &self.policy, now(&self.phone).wall_ms)
            .map_err(|why| format!("after {:?}: {status:?}, but {why}", self.last.act))
    }
}
