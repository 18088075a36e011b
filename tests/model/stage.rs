//! A phone on which a call can be overtaken, failed or killed at every question to the phone, while the model watches.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;
use walletlock_core::events::Event;
use walletlock_core::platform::testing::{FakeBiometrics, FakeDeviceKey, FakeEntropy};
use walletlock_core::platform::{
    Answer, Biometrics, Clock, DeviceKey, DeviceKeyFault, Entropy, KeyPurpose, Listener, Platform, PlatformFault,
    Prompt, PromptPurpose, SensorAvailability,
};
use walletlock_core::{Now, Session, WalletLock};
use zeroize::Zeroizing;

use crate::audit::Audit;
use crate::cheats::{Cheat, Cheated};
use crate::clocks::Clocks;
use crate::model::{BioSlot, Caller, Disk, Model, Reading};
use crate::outcome::Outcome;
use crate::script::{Ask, Call, Key, NOTHING, Scope, Script, Shows};
use crate::steps::{Act, ClockChange, Step, Touch, Twist};
use crate::tally::Tally;

/// The phone and the wallet on it, the real one and the model.
pub(crate) struct Stage {
    pub(crate) model: Arc<Mutex<Model>>,
    /// How many readings of the clock have begun.
    readings: Arc<AtomicU64>,
    entropy: FakeEntropy,
    state: Mutex<State>,
    pub(crate) cheat: Option<Cheat>,
}

/// The state that callbacks use. Its mutex is not held while anything is called.
pub(crate) struct State {
    pub(crate) clocks: Clocks,
    pub(crate) keys: FakeDeviceKey,
    pub(crate) folder: TempDir,
    pub(crate) lock: Option<Arc<WalletLock>>,
    pub(crate) sessions: Vec<(u64, Arc<Session>)>,
    /// The calls in progress, the innermost last.
    calls: Vec<Running>,
    /// What a killed process left.
    pub(crate) picture: Option<Picture>,
    pub(crate) audit: Audit,
    /// The audits of wallets whose files are not on the disk now, by the wallet's number. The files may be put back.
    audits_elsewhere: BTreeMap<u64, Audit>,
    pub(crate) tally: Tally,
    /// The prompt that is shown and waits.
    shown: Option<FakeBiometrics>,
    /// The first thing that went wrong.
    pub(crate) failure: Option<String>,
    pub(crate) last_typed: usize,
    pub(crate) last_session: u64,
    pub(crate) last_payment: u64,
    /// The files as they were some time before. Only cheats need them.
    pub(crate) older: Option<TempDir>,
    cheated: Cheated,
    /// What was on the disk at the last starts of the app, newest last.
    pub(crate) copies: Vec<Copied>,
}

impl State {
    /// Goes on with the audit of the wallet whose files are on the disk now, and keeps that of the wallet from before.
    pub(crate) fn audit_the_wallet_of(&mut self, before: &Disk, now: &Disk) {
        if before.wallet() == now.wallet() {
            return;
        }
        let audit = std::mem::take(&mut self.audit);
        if let Some(wallet) = before.wallet() {
            self.audits_elsewhere.insert(wallet, audit);
        }
        self.audit = now.wallet().and_then(|wallet| self.audits_elsewhere.remove(&wallet)).unwrap_or_default();
        // The clock may have gone backwards meanwhile.
        self.audit.forgive_waits();
    }
}

/// A copy of the files, and of the keystore at that time. Only a cheat puts the keystore back.
pub(crate) struct Copied {
    pub(crate) folder: TempDir,
    pub(crate) disk: Disk,
    pub(crate) keys: FakeDeviceKey,
}

/// What the phone says in an answer.
#[derive(Default)]
struct Fact {
    /// The answer must be false. The number selects the byte to change, if there are bytes.
    lie: Option<usize>,
    says: bool,
    mac: u64,
}

struct Running {
    call: Call,
    /// How many questions the call has asked so far.
    asked: usize,
    touches: Vec<Touch>,
    twists: Vec<(usize, Twist)>,
    /// The PIN that the call checks.
    pin: Option<usize>,
    /// When the call began, on the clock that nobody can change.
    began_ms: u64,
}

/// The phone at one moment.
pub(crate) struct Picture {
    pub(crate) folder: TempDir,
    pub(crate) keys: FakeDeviceKey,
    model: Model,
    audit: Audit,
    clocks: Clocks,
}

impl Stage {
    pub(crate) fn new(model: Model, cheat: Option<Cheat>) -> std::io::Result<Arc<Self>> {
        Ok(Arc::new(Self {
            model: Arc::new(Mutex::new(model)),
            readings: Arc::default(),
            entropy: FakeEntropy::new(1),
            cheat,
            state: Mutex::new(State {
                clocks: Clocks::default(),
                keys: FakeDeviceKey::default(),
                folder: folder()?,
                lock: None,
                sessions: Vec::new(),
                calls: Vec::new(),
                picture: None,
                audit: Audit::default(),
                audits_elsewhere: BTreeMap::new(),
                tally: Tally::default(),
                shown: None,
                failure: None,
                last_typed: 0,
                last_session: 0,
                last_payment: 0,
                older: None,
                cheated: Cheated::default(),
                copies: Vec::new(),
            }),
        }))
    }

    pub(crate) fn platform(self: &Arc<Self>) -> Platform {
        Platform { clock: self.clone(), entropy: self.clone(), device_key: self.clone(), biometrics: self.clone() }
    }

    pub(crate) fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Plays a call on the lock and on its model. Both must ask the phone the same and end the same.
    pub(crate) fn call<F>(
        &self,
        step: &Step,
        pin: Option<usize>,
        model: impl FnOnce(Caller) -> F,
        real: impl FnOnce() -> Outcome,
    ) -> Outcome
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let caller = |script: Script| Caller { model: self.model.clone(), script, readings: self.readings.clone() };
        let call = Call::start(|script| model(caller(script)));
        {
            let mut state = self.state();
            let began_ms = state.clocks.ideal_ms;
            let touches = match &step.act {
                Act::Unlock { touches, .. } | Act::Pay { touches, .. } | Act::Enable { touches, .. } => touches.clone(),
                _ => vec![],
            };
            state.calls.push(Running { call, asked: 0, touches, twists: step.twists.clone(), pin, began_ms });
        }
        let outcome = real();
        let mut state = self.state();
        let outcome = self.cheat.map_or(outcome.clone(), |cheat| cheat.twist(outcome, &step.act, &mut state.cheated));
        if let Some(Running { call, began_ms, .. }) = state.calls.pop() {
            if call.ended() != Some(&outcome) {
                let expected = match (call.ended(), call.asks()) {
                    (None, Some(ask)) => format!("it to ask for {ask:?}"),
                    (ended, _) => format!("{ended:?}"),
                };
                state
                    .failure
                    .get_or_insert(format!("{:?} ended as {outcome:?}; the model expects {expected}", step.act));
            }
            let ideal_ms = state.clocks.ideal_ms;
            let objection = if state.calls.is_empty() { state.audit.hear(&outcome, began_ms, ideal_ms) } else { None };
            if let Some(objection) = objection {
                state.failure.get_or_insert(objection);
            }
            state.tally.count(&outcome);
        }
        outcome
    }

    /// The lock asks the phone: plays the twists of this question, and compares it with the model.
    fn reach<T>(
        &self,
        ask: Ask,
        alias: Option<&str>,
        answer: impl FnOnce(&FakeDeviceKey, &mut Fact) -> Result<T, DeviceKeyFault>,
    ) -> Result<(T, Reading), DeviceKeyFault> {
        // A reading of the clock gets its number when it begins.
        let nth = if ask == Ask::Clock { self.readings.fetch_add(1, Ordering::Relaxed) + 1 } else { 0 };
        let (twists, expected, asked) = self.meet(ask, alias);
        let (mut fault, mut fact) = (None, Fact::default());
        for twist in &twists {
            match twist {
                Twist::Kill => self.take_picture(false),
                Twist::KillAndLose => self.take_picture(true),
                Twist::Lie => fact.lie = Some(asked),
                Twist::Fault(what) => fault = Some(*what),
                Twist::Before(step) => self.overtake(step),
                Twist::After(_) => {}
            }
        }
        let (keys, reading) = {
            let state = self.state();
            (state.keys.clone(), state.clocks.now())
        };
        let sensor = self.model().sensor;
        if ask == Ask::SensorAvailability && sensor.is_none() {
            fault.get_or_insert(DeviceKeyFault::Failed);
        }
        let touches = self.touches();
        let answered = fault.map_or_else(|| answer(&keys, &mut fact), Err);
        let Fact { lie, says, mac } = fact;
        let sensor = sensor.unwrap_or(SensorAvailability::NotSupported);
        let reading = Reading { now: reading, nth, sensor, says, mac, lied: lie.is_some() };
        // Decided at once, before any other call can come in between.
        if let Some(expected @ Ask::Show(..)) = expected {
            self.model().play_prompt(expected, &touches, answered.is_ok());
        }
        let listed = keys.all_aliases();
        self.model().keys.see(listed.clone(), expected.filter(|_| answered.is_ok()));
        for twist in &twists {
            if let Twist::After(step) = twist {
                self.overtake(step);
            }
        }
        self.model().keys.list(if lie.is_some() { vec![] } else { listed });
        let mut state = self.state();
        if self.cheat == Some(Cheat::LosesWhatWasWrittenLast) {
            state.older = copy(&state.folder).ok();
        }
        if state.failure.is_none()
            && let Some(running) = state.calls.last_mut()
        {
            running.call.answer(answered.as_ref().map(|_| reading).map_err(|fault| *fault));
        }
        answered.map(|answer| (answer, reading))
    }

    /// Compares a question with the model. Returns the twists that happen here, the question as the model asks it, and
    /// its number in the call.
    fn meet(&self, ask: Ask, alias: Option<&str>) -> (Vec<Twist>, Option<Ask>, usize) {
        let mut state = self.state();
        let State { calls, failure, tally, .. } = &mut *state;
        // After the first failure nothing is compared any more.
        let Some(running) = calls.last_mut().filter(|_| failure.is_none()) else {
            return (vec![], None, 0);
        };
        let expected = running.call.asks();
        let is_it =
            |expected: Ask| expected.is(ask) && alias.is_none_or(|alias| self.model().keys.meets(alias, expected));
        if !expected.is_some_and(is_it) {
            failure.get_or_insert(match (expected, running.call.ended()) {
                (Some(expected), _) => format!("the lock asks for {ask:?} {alias:?}; the model expects {expected:?}"),
                (None, ended) => format!("the lock asks for {ask:?} {alias:?}; the model has ended: {ended:?}"),
            });
            return (vec![], None, 0);
        }
        let asked = running.asked;
        running.asked += 1;
        let twists: Vec<_> =
            running.twists.iter().filter(|(at, _)| *at == asked).map(|(_, twist)| twist.clone()).collect();
        twists.iter().for_each(|twist| tally.count_twist(twist, ask));
        (twists, expected, asked)
    }

    /// What will happen in front of the prompt of the current call.
    fn touches(&self) -> Vec<Touch> {
        let state = self.state();
        state.calls.last().map(|running| running.touches.clone()).unwrap_or_default()
    }

    /// Plays another call in the middle of the current one.
    fn overtake(&self, step: &Step) {
        if self.state().failure.is_none() {
            crate::play::act(self, step);
        }
    }

    fn take_picture(&self, loses: bool) {
        let mut state = self.state();
        if state.picture.is_some() {
            return;
        }
        let files = match state.older.take() {
            Some(older) if self.cheat == Some(Cheat::LosesWhatWasWrittenLast) => Ok(older),
            _ => copy(&state.folder),
        };
        match files {
            Ok(folder) => {
                let clocks = state.clocks.clone();
                let (keys, mut audit, mut model) = (state.keys.picture(), state.audit.clone(), self.model().clone());
                if let Some(lost) = model.keys.last_seal().filter(|_| loses) {
                    // The fake keystore's delete does not fail.
                    let _deleted = keys.delete(&lost);
                    model.keys.see(keys.all_aliases(), None);
                }
                audit.end_with(model.wallet().map_or(&[], |wallet| &wallet.journal));
                state.picture = Some(Picture { folder, keys, model, audit, clocks });
            }
            Err(error) => {
                state.failure.get_or_insert(format!("no picture: {error}"));
            }
        }
    }

    /// Ends the process, and puts the phone back as it was in the picture.
    pub(crate) fn go_back_to(&self, picture: Picture) {
        let Picture { folder, keys, mut model, audit, clocks } = picture;
        if let Err(error) = put_files(&folder, &self.state().folder) {
            self.state().failure.get_or_insert(format!("not gone back: {error}"));
        }
        model.end_process();
        let open = model.wallet().map_or(0, |wallet| wallet.tries.open());
        *self.model() = model;
        let mut state = self.state();
        if open > 0 {
            state.tally.add("killed with a try open", 1);
        }
        (state.keys, state.audit, state.clocks) = (keys, audit, clocks);
    }

    pub(crate) fn now(&self) -> Now {
        self.state().clocks.now()
    }

    pub(crate) fn change_clock(&self, change: ClockChange) {
        let remaining_ms = self.model().remaining_ms(self.now());
        let mut state = self.state();
        if matches!(change, ClockChange::Boot(..0)) && !state.calls.is_empty() {
            // A call in progress may still use a reading from before, and does not notice the change.
            state.audit.forgive_waits();
        }
        state.clocks.change(change, remaining_ms);
    }
}

impl Clock for Stage {
    fn now(&self) -> Result<Now, PlatformFault> {
        let ((), reading) = self.reach(Ask::Clock, None, |_, _| Ok(())).map_err(|_| PlatformFault)?;
        Ok(self.cheat.map_or(reading.now, |cheat| cheat.twist_clock(reading.now)))
    }
}

impl Entropy for Stage {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), PlatformFault> {
        self.reach(Ask::Entropy, None, |_, _| Ok(())).map_err(|_| PlatformFault)?;
        self.entropy.fill(bytes)
    }
}

impl DeviceKey for Stage {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        let list = |keys: &FakeDeviceKey, fact: &mut Fact| match fact.lie {
            Some(_) => Ok(vec![]),
            None => keys.aliases(prefix),
        };
        self.reach(Ask::Aliases(Scope::Here), Some(prefix), list).map(|(aliases, _)| aliases)
    }

    fn exists(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        let look = |keys: &FakeDeviceKey, fact: &mut Fact| {
            fact.says = keys.exists(alias)? && fact.lie.is_none();
            Ok(fact.says)
        };
        self.reach(Ask::Exists(SOME_KEY), Some(alias), look).map(|(says, _)| says)
    }

    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        self.reach(Ask::Create(SOME_KEY, 0), Some(alias), |keys, _| keys.create(alias, purpose)).map(|_| ())
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.reach(Ask::Ready(SOME_KEY), Some(alias), |keys, _| keys.ready(alias)).map(|_| ())
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        let mac = |keys: &FakeDeviceKey, fact: &mut Fact| {
            let mut mac = keys.hmac(alias, input)?;
            // A false MAC has another byte changed each time, so that two in a row are not equal.
            if let Some(byte) = fact.lie.and_then(|lie| mac.get_mut(lie % 8)) {
                *byte ^= 1;
            }
            fact.mac = mac.first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
            Ok(mac)
        };
        self.reach(Ask::Hmac(SOME_KEY), Some(alias), mac).map(|(mac, _)| mac)
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.reach(Ask::Delete(SOME_KEY), Some(alias), |keys, _| keys.delete(alias)).map(|_| ())
    }

    fn instance(&self) -> u64 {
        self.state().keys.instance()
    }
}

impl Biometrics for Stage {
    fn availability(&self) -> Result<SensorAvailability, PlatformFault> {
        self.reach(Ask::SensorAvailability, None, |_, _| Ok(()))
            .map(|(_, reading)| reading.sensor)
            .map_err(|_| PlatformFault)
    }

    fn show(&self, prompt: Prompt, answer: Answer) -> Result<(), PlatformFault> {
        let shows = match &prompt.purpose {
            PromptPurpose::Enable => Shows::Enable,
            PromptPurpose::Unlock => Shows::Unlock,
            PromptPurpose::Pay { amount, .. } => Shows::Pay(amount.minor()),
        };
        let touches = self.touches();
        let show = |keys: &FakeDeviceKey, _: &mut Fact| {
            let biometrics = FakeBiometrics::new(keys.clone());
            let swallows = self.cheat == Some(Cheat::SwallowsFailures);
            let seen = touches.into_iter().filter(|touch| !(swallows && *touch == Touch::SomeoneElse));
            biometrics.queue(seen.map(Touch::play));
            let shown = biometrics.show(prompt, answer);
            self.state().shown = biometrics.is_shown().then_some(biometrics);
            shown.map_err(|_| DeviceKeyFault::Failed)
        };
        self.reach(Ask::Show(shows, UNKNOWN), None, show).map(|_| ()).map_err(|_| PlatformFault)
    }

    fn dismiss(&self) -> Result<(), PlatformFault> {
        let dismiss = |_: &FakeDeviceKey, _: &mut Fact| {
            let shown = self.state().shown.take();
            shown.map_or(Ok(()), |shown| shown.dismiss()).map_err(|_| DeviceKeyFault::Failed)
        };
        self.reach(Ask::Dismiss, None, dismiss).map(|_| ()).map_err(|_| PlatformFault)
    }
}

impl Listener for Stage {
    fn on_event(&self, event: Event) -> Result<(), PlatformFault> {
        {
            let mut state = self.state();
            let pin = state.calls.last().and_then(|running| running.pin);
            state.audit.see(event.number, event.kind, pin);
        }
        self.reach(Ask::Told(event.number, event.kind), None, |_, _| Ok(())).map(|_| ()).map_err(|_| PlatformFault)
    }
}

/// A placeholder: only the model knows the slot.
const UNKNOWN: BioSlot = BioSlot { number: NOTHING, is_genuine: false };

/// A placeholder: only the model knows the key.
const SOME_KEY: Key = Key::Probe;

/// A folder in memory, if there is one, where files cost no wear and no flush.
fn folder() -> std::io::Result<TempDir> {
    let in_memory = std::path::Path::new("/dev/shm");
    if in_memory.is_dir() { TempDir::new_in(in_memory) } else { TempDir::new() }
}

/// Copies the files as they are: what the system still has when the process is killed.
pub(crate) fn copy(of: &TempDir) -> std::io::Result<TempDir> {
    let copy = folder()?;
    copy_files(of, &copy)?;
    Ok(copy)
}

/// Replaces the files in a folder by these. The folder stays the same, because a wallet's place is part of its
/// identity.
pub(crate) fn put_files(of: &TempDir, to: &TempDir) -> std::io::Result<()> {
    for file in fs::read_dir(to.path())? {
        fs::remove_file(file?.path())?;
    }
    copy_files(of, to)
}

fn copy_files(of: &TempDir, to: &TempDir) -> std::io::Result<()> {
    for file in fs::read_dir(of.path())? {
        let file = file?;
        fs::copy(file.path(), to.path().join(file.file_name()))?;
    }
    Ok(())
}
