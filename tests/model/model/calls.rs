//! The calls, step by step, in the order of the design. Between two steps anything may happen.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use walletlock_core::events::Kind;
use walletlock_core::platform::{DeviceKeyFault, PlatformFault};
use walletlock_core::policy::SessionPolicy;
use walletlock_core::{LockError, NoVerdict, Now};

use super::spans::{SAVE_BEFORE_POWER_OFF_MS, SAVE_WHILE_WATCHED_MS};
use super::{
    Admission, BioSlot, Biometrics, Disk, Ended, KEPT_PINS, Model, Payments, PinNumber, PinVerified, Reading, Slot,
    SlotKeys, Tries, Verdict, Waits, Wallet, WipeCheck, at_least_as_strict, wrong,
};
use crate::outcome::Outcome;
use crate::script::{Ask, Key, Script};

/// What a changed PIN did to biometrics.
struct Fingers {
    biometrics_on: bool,
    switched_off: Option<BioSlot>,
}

/// What a call works with.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) model: Arc<Mutex<Model>>,
    pub(crate) script: Script,
    /// How many readings of the clock have begun.
    pub(crate) readings: Arc<std::sync::atomic::AtomicU64>,
}

pub(super) const PLATFORM: Outcome = Outcome::Error(LockError::Platform(PlatformFault));
pub(super) const SESSION_ENDED: Outcome = Outcome::Error(LockError::SessionEnded);
pub(super) const WRONG_STATE: Outcome = Outcome::Error(LockError::WrongState);
pub(super) const DATA_DAMAGED: Outcome = Outcome::Error(LockError::DataDamaged);
pub(super) const TRY_AGAIN: Outcome = Outcome::NoVerdict(NoVerdict::TryAgain);
const NO_PLATFORM: Outcome = Outcome::NoVerdict(NoVerdict::Platform);

pub(super) fn key_fault(fault: DeviceKeyFault) -> Outcome {
    Outcome::Error(LockError::DeviceKey(fault))
}

impl Caller {
    pub(crate) async fn verify(self, pin: Option<PinNumber>, session: u64) -> Outcome {
        match self.prove(pin).await {
            Ok(verified) => {
                self.model().start_session(session, verified.begin(self.readings()), verified.generation);
                Outcome::Right
            }
            Err(refusal) => refusal,
        }
    }

    /// The one way to prove the PIN. The steps are named as in `core/DESIGN.md`, 'How does one call go down?'.
    pub(super) async fn prove(&self, pin: Option<PinNumber>) -> Result<PinVerified, Outcome> {
        // take: what is malformed is not charged
        let pin = pin.ok_or(Outcome::NoVerdict(NoVerdict::NotAPin))?;
        // read the clock once, and draw randomness
        let reading = self.look_at_clock().await.ok_or(NO_PLATFORM)?;
        let (now, generation) = (reading.now, self.model().process.generation);
        if now.boot.is_none() || !self.entropy().await {
            return Err(NO_PLATFORM);
        }
        // admit: is a try allowed?
        let admission = self.model().admit(now);
        let admission = match admission {
            Ok(admission) => admission,
            Err(refusal) => {
                self.turn_away(&refusal, now).await;
                return Err(refusal);
            }
        };
        // probe: does the device key answer? If the budget is spent, it must compute a real HMAC.
        if admission.budget_is_spent {
            self.model().remark("budget spent");
        }
        let no_verdict = |fault| Outcome::NoVerdict(NoVerdict::DeviceKey(fault));
        let pin_key = Key::Pin(admission.slot.number);
        let answered =
            if admission.budget_is_spent { self.mac(pin_key).await.map(|_| ()) } else { self.ready(pin_key).await };
        answered.map_err(no_verdict)?;
        // charge: irrevocably
        let charged = self.commit_irrevocably(|model| model.charge(&admission, now)).await;
        let (id, irrevocable) = charged.map_err(|refusal| match refusal {
            Outcome::Error(LockError::DeviceKey(fault)) => no_verdict(fault),
            Outcome::Error(_) => self.model().refusal(now),
            refusal => refusal,
        })?;
        // check: Argon2id, device key, slot; not if a copy from before the charge would still open
        let fault = match irrevocable {
            Ok(()) => self.try_slot(&admission, pin).await.err(),
            Err(fault) => Some(fault),
        };
        // settle
        let session = self.settle(&admission, id, pin, fault, now).await?;
        // renew
        self.bring_up_to_date(&admission).await;
        Ok(PinVerified { wallet: admission.wallet, slot: admission.slot, now, generation, session })
    }

    /// One correct answer of the keystore opens the slot. A PIN is wrong only if two equal answers say so.
    async fn try_slot(&self, admission: &Admission, pin: PinNumber) -> Result<(), DeviceKeyFault> {
        let key = Key::Pin(admission.slot.number);
        let opens = |answer: Reading| pin == admission.slot.pin && !answer.lied;
        let first = self.mac(key).await?;
        if opens(first) {
            return Ok(());
        }
        let second = self.mac(key).await?;
        if first.mac == second.mac || opens(second) { Ok(()) } else { Err(DeviceKeyFault::Busy) }
    }

    async fn settle(
        &self,
        admission: &Admission,
        id: u64,
        pin: PinNumber,
        fault: Option<DeviceKeyFault>,
        now: Now,
    ) -> Result<SessionPolicy, Outcome> {
        let is_wipe_pin = admission.wipe_check.pin == Some(pin);
        let repeated = self.model().was_wrong(admission, pin, now) && !is_wipe_pin;
        let verdict = match fault {
            Some(_) => Verdict::None,
            None if pin == admission.slot.pin => Verdict::Right,
            None if repeated => Verdict::Repeated,
            None => Verdict::Wrong,
        };
        let settled = self.write_settlement(admission, id, Ended { verdict, is_wipe_pin }, now).await?;
        if let Some(keys) = &settled.wiped {
            // If this fails, the next opening does it.
            let _opens_nothing_any_more = self.make_mark(Key::Mark(admission.wallet)).await;
            let _next_time = self.destroy(keys).await;
        }
        match fault {
            _ if !settled.in_force => Err(TRY_AGAIN),
            Some(fault) => Err(Outcome::NoVerdict(NoVerdict::DeviceKey(fault))),
            None if verdict == Verdict::Right => {
                self.model().process.wrong.clear();
                Ok(settled.policy.session)
            }
            None => {
                if !repeated {
                    self.model().remember_wrong(admission, pin, &settled.policy.lockout, now);
                }
                Err(wrong(settled.status, repeated))
            }
        }
    }

    /// A right PIN brings the requested policy, irrevocably. If no seal key can be made for that now, the next right
    /// PIN brings it.
    async fn write_settlement(
        &self,
        admission: &Admission,
        id: u64,
        ended: Ended,
        now: Now,
    ) -> Result<super::Settled, Outcome> {
        let adopts = {
            let model = self.model();
            ended.verdict == Verdict::Right && *model.policy() != model.requested_policy
        };
        if adopts {
            let settled = self.commit_irrevocably(|model| {
                let mut settled = model.settle(admission, id, ended, true, now)?;
                let lines = std::mem::take(&mut settled.lines);
                Ok((settled, lines))
            });
            match settled.await {
                Err(Outcome::Error(LockError::DeviceKey(_))) => {}
                Err(Outcome::Error(_)) => return Err(self.model().refusal(now)),
                settled => return Ok(settled?.0),
            }
        }
        let mut settled = self.model().commit(|model| model.settle(admission, id, ended, false, now))?;
        self.tell(std::mem::take(&mut settled.lines)).await;
        Ok(settled)
    }

    /// Refusals during one cool-down share one journal line. A refusal also saves what is left of the wait.
    async fn turn_away(&self, refusal: &Outcome, now: Now) {
        let is_locked = matches!(refusal, Outcome::Locked(_));
        let Some(wallet) = self.model().wallet().filter(|_| is_locked).cloned() else { return };
        if wallet.has_stale_wait(now, SAVE_WHILE_WATCHED_MS) {
            self.save_waits(wallet.waits(), SAVE_WHILE_WATCHED_MS).await;
        }
        if wallet.tries.clone().note_refusal(now) {
            let lines = self.model().commit(|model| model.note_refusal(now));
            self.tell(lines).await;
        }
    }

    pub(crate) async fn status(self) -> Outcome {
        let Some(reading) = self.look_at_clock().await else { return PLATFORM };
        let status = self.model().status(reading.now);
        let Some(seen) = self.model().stale_waits(reading.now, SAVE_WHILE_WATCHED_MS) else {
            return Outcome::Status(status);
        };
        match self.save_waits(seen, SAVE_WHILE_WATCHED_MS).await {
            Some(now) => Outcome::Status(self.model().status(now)),
            None => PLATFORM,
        }
    }

    pub(crate) async fn save_time(self) -> Outcome {
        let Some(reading) = self.look_at_clock().await else { return PLATFORM };
        let Some(seen) = self.model().stale_waits(reading.now, SAVE_BEFORE_POWER_OFF_MS) else { return Outcome::Done };
        self.model().remark("a wait saved by the app");
        match self.save_waits(seen, SAVE_BEFORE_POWER_OFF_MS).await {
            Some(_) => Outcome::Done,
            None => PLATFORM,
        }
    }

    /// Saves the waits, with a reading that is newer than they are, unless another call has changed one since they were
    /// seen. `None` if clock or randomness failed.
    async fn save_waits(&self, seen: Waits, every_ms: u64) -> Option<Now> {
        let now = self.look_at_clock().await?.now;
        if !self.entropy().await {
            return None;
        }
        self.model().commit(|model| {
            if let Some(wallet) = model.wallet_mut().filter(|wallet| wallet.waits() == seen) {
                wallet.save_waits(now, every_ms);
            }
        });
        Some(now)
    }

    pub(crate) async fn enrol(self, pin: Option<PinNumber>, session: u64) -> Outcome {
        let Some(reading) = self.clock().await.filter(|reading| reading.now.boot.is_some()) else { return PLATFORM };
        let Some(pin) = pin else { return Outcome::Forbidden };
        if !self.entropy().await {
            return PLATFORM;
        }
        let (number, pin_key, filler, generation) = {
            let mut model = self.model();
            if model.process.is_busy {
                return WRONG_STATE;
            }
            if model.process.seal_keys_leased {
                return key_fault(DeviceKeyFault::Busy);
            }
            if model.process.is_damaged {
                return DATA_DAMAGED;
            }
            if let Some(fault) = model.process.fault {
                return key_fault(fault);
            }
            if model.wallet().is_some_and(|wallet| wallet.slot.is_some()) {
                return WRONG_STATE;
            }
            (model.process.is_busy, model.process.seal_keys_leased, model.process.is_wiped) = (true, true, false);
            model.end_sessions();
            (model.next_number(), model.next_number(), model.next_number(), model.process.generation)
        };
        let made = self.make_keys(number, pin_key).await;
        {
            let mut model = self.model();
            (model.process.is_busy, model.process.seal_keys_leased) = (false, false);
            // If the new wallet was not begun, the status still says that the old one was wiped.
            model.process.is_wiped = made.is_err() && matches!(model.disk, Disk::Wiped | Disk::Sealed(_));
        }
        if let Err(fault) = made {
            return key_fault(fault);
        }
        let (lines, verified) = {
            let mut model = self.model();
            let slot = Slot { number: pin_key, pin };
            let mut wallet = Wallet {
                number,
                epoch: 0,
                seal_key: number,
                copy: None,
                slot: Some(slot),
                wipe_check: WipeCheck { number: filler, pin: None },
                is_measured_again: false,
                policy: model.requested_policy.clone(),
                tries: Tries::default(),
                biometrics: Biometrics::of_new_pin(reading.now),
                payments: Payments::default(),
                items: Default::default(),
                pins: vec![pin],
                journal: vec![],
            };
            let (policy, now) = (wallet.policy.session.clone(), reading.now);
            let verified = PinVerified { wallet: wallet.number, slot, now, generation, session: policy };
            let lines = wallet.note(&[Kind::Enrolled]);
            model.disk = Disk::Sealed(Box::new(wallet));
            (lines, verified)
        };
        self.tell(lines).await;
        self.model().start_session(session, verified.begin(self.readings()), verified.generation);
        Outcome::Enrolled
    }

    /// Deletes what was there, makes a seal key and a PIN key, and asks each of them for two equal MACs.
    async fn make_keys(&self, wallet: u64, pin_key: u64) -> Result<(), DeviceKeyFault> {
        let disk = self.model().disk.clone();
        let before = match disk {
            Disk::Unfinished { wallet, aliases } => {
                let mut before = aliases;
                before.extend(self.list_wallet_twice(wallet).await?);
                before
            }
            Disk::Sealed(wiped) => {
                self.make_mark(Key::Mark(wiped.number)).await?;
                let mut before = self.list_wallet_twice(wiped.number).await?;
                before.push(wiped.seal());
                before
            }
            Disk::Wiped | Disk::Empty => vec![],
        };
        let (seal_key, pin) = (Key::Seal { wallet, epoch: 0 }, Key::Pin(pin_key));
        let aliases = [seal_key, pin].into_iter().chain(before.iter().copied()).collect();
        self.model().disk = Disk::Unfinished { wallet, aliases };
        self.delete(&before).await?;
        self.delete_mark_of_place().await?;
        self.drop_old_marks().await;
        self.model().forget_all_seals();
        self.script.ask(Ask::Create(seal_key, wallet)).await?;
        self.script.ask(Ask::Create(pin, pin_key)).await?;
        self.mac_twice(seal_key).await?;
        self.mac_twice(pin).await
    }

    /// Deletes everything that a wallet has: the keys that are named, and those that are listed.
    pub(super) async fn finish_unfinished(&self, wallet: u64, aliases: &[Key]) -> Result<(), DeviceKeyFault> {
        self.delete(aliases).await?;
        let listed = self.list_wallet_twice(wallet).await?;
        self.delete(&listed).await
    }

    pub(crate) async fn remove(self, pin: Option<PinNumber>) -> Outcome {
        let verified = match self.prove(pin).await {
            Ok(verified) => verified,
            Err(refusal) => return refusal,
        };
        let aliases: Vec<Key> = {
            let mut model = self.model();
            if model.process.seal_keys_leased {
                return key_fault(DeviceKeyFault::Busy);
            }
            let Some(wallet) = model.wallet().filter(|wallet| wallet.number == verified.wallet) else {
                return WRONG_STATE;
            };
            let keys = SlotKeys::of(wallet);
            let aliases: Vec<_> = [wallet.seal(), wallet.next_seal()].into_iter().chain(keys.keys).collect();
            (model.process.is_busy, model.process.seal_keys_leased) = (true, true);
            model.end_sessions();
            model.disk = Disk::Unfinished { wallet: verified.wallet, aliases: aliases.clone() };
            aliases
        };
        let destroyed = self.finish_unfinished(verified.wallet, &aliases).await;
        let mut model = self.model();
        if destroyed.is_ok() {
            model.forget_all_seals();
        }
        (model.process.is_busy, model.process.seal_keys_leased) = (false, false);
        if let Err(fault) = destroyed {
            return key_fault(fault);
        }
        model.disk = Disk::Empty;
        Outcome::Removed
    }

    pub(crate) async fn change_pin(
        self,
        session: u64,
        current: Option<PinNumber>,
        new: Option<PinNumber>,
        keeps_biometrics: bool,
    ) -> Outcome {
        if let Err(over) = self.look_into(session).await {
            return over;
        }
        let Some(new) = new else { return Outcome::Forbidden };
        {
            let mut model = self.model();
            let Some(session) = model.process.sessions.get_mut(&session) else { return SESSION_ENDED };
            if session.proposals_left == 0 {
                return Outcome::Error(LockError::LimitReached("PIN proposals in this session"));
            }
            session.proposals_left -= 1;
        }
        let verified = match self.prove(current).await {
            Ok(verified) => verified,
            Err(refusal) => return refusal,
        };
        let wipe_check = {
            let model = self.model();
            if let Some(none) = model.without_wallet() {
                return none;
            }
            let is_proven = |wallet: &&Wallet| wallet.number == verified.wallet && wallet.slot == Some(verified.slot);
            let Some(wallet) = model.wallet().filter(is_proven) else { return TRY_AGAIN };
            let remembered = wallet.pins.iter().rev().take(wallet.policy.pin.remember as usize);
            if remembered.into_iter().any(|pin| *pin == new) {
                return Outcome::Forbidden;
            }
            wallet.wipe_check
        };
        if !self.entropy().await {
            return PLATFORM;
        }
        if wipe_check.pin == Some(new) {
            return Outcome::Forbidden;
        }
        let key = self.model().next_number();
        if let Err(fault) = self.script.ask(Ask::Create(Key::Pin(key), key)).await {
            return key_fault(fault);
        }
        let changed = match self.mac_twice(Key::Pin(key)).await {
            Ok(()) => {
                let slot = Slot { number: key, pin: new };
                self.commit_irrevocably(|model| {
                    model.replace_pin(&verified, wipe_check, slot, session, keeps_biometrics)
                })
                .await
            }
            Err(fault) => Err(key_fault(fault)),
        };
        let (outcome, switched_off) = match changed {
            Ok((Fingers { biometrics_on, switched_off }, _)) => (Outcome::Changed { biometrics_on }, switched_off),
            Err(refusal) => (refusal, None),
        };
        // The old key, or the new one if it is not needed.
        let unused = if matches!(outcome, Outcome::Changed { .. }) { verified.slot.number } else { key };
        let _next_time = self.script.ask(Ask::Delete(Key::Pin(unused))).await;
        if let Some(slot) = switched_off {
            let _next_time = self.script.ask(Ask::Delete(Key::Biometric(slot.number))).await;
        }
        self.model().process.wrong.clear();
        outcome
    }

    // The steps.

    /// A reading of the clock, or `None` if it failed.
    pub(super) async fn clock(&self) -> Option<Reading> {
        self.script.ask(Ask::Clock).await.ok()
    }

    /// A reading that also ends the sessions whose time is over.
    pub(super) async fn look_at_clock(&self) -> Option<Reading> {
        let reading = self.clock().await?;
        self.model().end_expired_sessions(reading);
        Some(reading)
    }

    pub(super) async fn entropy(&self) -> bool {
        self.script.ask(Ask::Entropy).await.is_ok()
    }

    pub(super) async fn tell(&self, lines: Vec<(u64, Kind)>) {
        for (number, kind) in lines {
            // The listener's faults change nothing.
            let _decided_already = self.script.ask(Ask::Told(number, kind)).await;
        }
    }

    pub(super) fn readings(&self) -> u64 {
        self.readings.load(std::sync::atomic::Ordering::Relaxed)
    }

    pub(super) fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Model {
    /// Opens a sealed wallet: tries left open count as wrong, and a policy that eases nothing comes into force.
    pub(super) fn apply_pending_changes(&mut self, now: Now) {
        let requested = self.requested_policy.clone();
        let Disk::Sealed(wallet) = &mut self.disk else { return };
        wallet.save_waits(now, SAVE_WHILE_WATCHED_MS);
        let counted = wallet.tries.count_open_as_wrong(now) > 0;
        if counted {
            wallet.note(&[Kind::OpenTriesCounted]);
            wallet.note_lock(now);
        }
        let is_strict = at_least_as_strict(&requested, &wallet.policy);
        let waits = is_strict && wallet.tries.is_stopped_only_by(&requested.lockout, &wallet.policy.lockout, now);
        let adopted = is_strict && !wallet.adopt(&requested, now).is_empty();
        if counted {
            self.remark("open tries counted");
        }
        if adopted {
            self.remark("a policy adopted at opening");
        }
        if waits {
            self.remark("a stricter policy waits for the right PIN");
        }
    }

    fn note_refusal(&mut self, now: Now) -> Vec<(u64, Kind)> {
        let Some(wallet) = self.wallet_mut() else { return vec![] };
        if wallet.tries.note_refusal(now) { wallet.note(&[Kind::PinRefused]) } else { vec![] }
    }

    /// Puts the new PIN in force, unless another call was quicker. Every other session ends.
    fn replace_pin(
        &mut self,
        verified: &PinVerified,
        wipe_check: WipeCheck,
        slot: Slot,
        session: u64,
        keeps_biometrics: bool,
    ) -> Result<(Fingers, Vec<(u64, Kind)>), Outcome> {
        if let Some(none) = self.without_wallet() {
            return Err(none);
        }
        let is_unchanged = |wallet: &&mut Wallet| (wallet.slot, wallet.wipe_check) == (Some(verified.slot), wipe_check);
        let wallet = self.wallet_mut().filter(is_unchanged).ok_or(TRY_AGAIN)?;
        wallet.slot = Some(slot);
        wallet.pins.push(slot.pin);
        let surplus = wallet.pins.len().saturating_sub(KEPT_PINS);
        wallet.pins.drain(..surplus);
        wallet.payments.note_change(verified.now);
        let mut lines = wallet.note(&[Kind::PinChanged]);
        let switched_off = if keeps_biometrics { None } else { wallet.biometrics.slot };
        if switched_off.is_some() {
            wallet.biometrics.switch_off();
            lines.extend(wallet.note(&[Kind::BiometricsOff]));
        }
        let biometrics_on = wallet.biometrics.slot.is_some();
        if switched_off.is_some() {
            self.remark("a finger switched off with the PIN's change");
        }
        self.process.sessions.retain(|number, _| *number == session);
        self.process.generation += 1;
        Ok((Fingers { biometrics_on, switched_off }, lines))
    }

    /// The outcome of a call that needs a wallet, if there is none.
    pub(super) fn without_wallet(&self) -> Option<Outcome> {
        match self.process.fault {
            Some(fault) => Some(key_fault(fault)),
            None if self.process.is_damaged => Some(DATA_DAMAGED),
            None => self.wallet().is_none().then_some(WRONG_STATE),
        }
    }

    pub(super) fn in_wallet(&self, read: impl FnOnce(&Wallet) -> Outcome) -> Outcome {
        self.wallet().map_or(WRONG_STATE, read)
    }
}
