//! The calls, step by step, in the order of the design. Between two steps anything may happen.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use walletlock_core::journal::Kind;
use walletlock_core::lockout::SessionPolicy;
use walletlock_core::platform::{DeviceKeyFault, PlatformFault};
use walletlock_core::{LockError, NoVerdict, Now};

use super::{
    Disk, Found, KEPT_PINS, Model, PinNumber, Proof, Reading, Slot, Tries, Verdict, Wallet, at_least_as_strict, wrong,
};
use crate::outcome::Outcome;
use crate::script::{Ask, Script};

/// What a call works with.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) model: Arc<Mutex<Model>>,
    pub(crate) script: Script,
    /// Readings of the clock that have begun.
    pub(crate) readings: Arc<std::sync::atomic::AtomicU64>,
}

pub(super) const PLATFORM: Outcome = Outcome::Error(LockError::Platform(PlatformFault));
pub(super) const SESSION_ENDED: Outcome = Outcome::Error(LockError::SessionEnded);
const WRONG_STATE: Outcome = Outcome::Error(LockError::WrongState);
const DATA_DAMAGED: Outcome = Outcome::Error(LockError::DataDamaged);
const TRY_AGAIN: Outcome = Outcome::NoVerdict(NoVerdict::TryAgain);
const NO_PLATFORM: Outcome = Outcome::NoVerdict(NoVerdict::Platform);

fn key_fault(fault: DeviceKeyFault) -> Outcome {
    Outcome::Error(LockError::DeviceKey(fault))
}

impl Caller {
    /// Opening: what a killed process left is cleared or counted.
    pub(crate) async fn open(self) -> Outcome {
        if !self.entropy().await {
            return PLATFORM;
        }
        let Some(reading) = self.clock().await else { return PLATFORM };
        if let Err(fault) = self.script.ask(Ask::Aliases).await {
            return key_fault(fault);
        }
        let in_use = match &self.model().disk {
            Disk::Empty => return Outcome::Done,
            Disk::Unfinished => 0,
            Disk::Sealed(wallet) => 1 + usize::from(wallet.slot.is_some()),
        };
        if in_use > 0 {
            match self.script.ask(Ask::Hmac).await {
                Err(DeviceKeyFault::Gone) => {
                    self.model().process.is_damaged = true;
                    return Outcome::Done;
                }
                Err(fault) => return key_fault(fault),
                Ok(_) => self.model().take_over(reading.now),
            }
        }
        let deleted = self.delete_all_but(in_use).await;
        if in_use == 0 {
            if let Err(fault) = deleted {
                return key_fault(fault);
            }
            self.model().disk = Disk::Empty;
        }
        Outcome::Done
    }

    pub(crate) async fn verify(self, pin: Option<PinNumber>, session: u64) -> Outcome {
        match self.prove(pin).await {
            Ok(proof) => {
                self.model().start_session(session, &proof, self.readings());
                Outcome::Right
            }
            Err(refusal) => refusal,
        }
    }

    /// The one way to prove the PIN. The numbers are those of the design's list.
    async fn prove(&self, pin: Option<PinNumber>) -> Result<Proof, Outcome> {
        // 1 malformed is not charged
        let pin = pin.ok_or(Outcome::NoVerdict(NoVerdict::NotAPin))?;
        // 2 the clock, once
        let reading = self.look_at_clock().await.ok_or(NO_PLATFORM)?;
        let (now, generation) = (reading.now, self.model().process.generation);
        if now.boot.is_none() || !self.entropy().await {
            return Err(NO_PLATFORM);
        }
        // 4, 5 is a try allowed?
        let found = self.model().find(now);
        let found = match found {
            Ok(found) => found,
            Err(refusal) => {
                self.turn_away(&refusal, now).await;
                return Err(refusal);
            }
        };
        // 3 does the device key answer? With the budget spent, really.
        if found.budget_is_spent {
            self.model().remark("budget spent");
        }
        let probe = if found.budget_is_spent { Ask::Hmac } else { Ask::Ready };
        let no_verdict = |fault| Outcome::NoVerdict(NoVerdict::DeviceKey(fault));
        self.script.ask(probe).await.map_err(no_verdict)?;
        // 6 charge
        let charged = self.model().charge(&found, now);
        let (id, lines) = charged?;
        self.tell(lines).await;
        // 7, 8, 9 Argon2id, device key, slot
        let fault = self.script.ask(Ask::Hmac).await.err();
        // 10 settle
        let session = self.settle(&found, id, pin, fault, now).await?;
        Ok(Proof {
            wallet: found.wallet,
            slot: found.slot,
            now,
            generation,
            absolute_ms: u64::from(session.absolute_s) * 1000,
            idle_ms: u64::from(session.idle_s) * 1000,
        })
    }

    async fn settle(
        &self,
        found: &Found,
        id: u64,
        pin: PinNumber,
        fault: Option<DeviceKeyFault>,
        now: Now,
    ) -> Result<SessionPolicy, Outcome> {
        let repeated = self.model().was_wrong(found, pin, now);
        let verdict = match fault {
            Some(_) => Verdict::None,
            None if pin == found.slot.pin => Verdict::Right,
            None if repeated => Verdict::Repeated,
            None => Verdict::Wrong,
        };
        let settled = self.model().settle(found, id, verdict, now)?;
        let wiped = settled.lines.iter().any(|(_, kind)| *kind == Kind::Wiped);
        self.tell(settled.lines).await;
        if wiped {
            // Left to the next opening if it fails.
            let _next_time = self.delete_key().await;
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
                    self.model().remember_wrong(found, pin, &settled.policy.lockout, now);
                }
                Err(wrong(settled.status, repeated))
            }
        }
    }

    /// Refusals during one cooldown share one line; whoever looks saves what is left.
    async fn turn_away(&self, refusal: &Outcome, now: Now) {
        let is_locked = matches!(refusal, Outcome::Locked(_));
        let Some(tries) = self.model().wallet().filter(|_| is_locked).map(|wallet| wallet.tries.clone()) else {
            return;
        };
        if tries.wait_to_save(now).is_some() {
            self.clone().status().await;
        }
        if tries.clone().note_refusal(now) {
            let lines = self.model().note_refusal(now);
            self.tell(lines).await;
        }
    }

    pub(crate) async fn status(self) -> Outcome {
        let Some(reading) = self.look_at_clock().await else { return PLATFORM };
        let status = self.model().status(reading.now);
        let stale = self.model().wallet().and_then(|wallet| wallet.tries.wait_to_save(reading.now));
        let Some(seen) = stale else { return Outcome::Status(status) };
        // Saved with a reading that is newer than the wait.
        let Some(reading) = self.look_at_clock().await else { return PLATFORM };
        if !self.entropy().await {
            return PLATFORM;
        }
        let mut model = self.model();
        if let Some(wallet) = model.wallet_mut() {
            wallet.tries.save_wait(seen, reading.now);
        }
        Outcome::Status(model.status(reading.now))
    }

    pub(crate) async fn enrol(self, pin: Option<PinNumber>, session: u64) -> Outcome {
        let Some(reading) = self.clock().await.filter(|reading| reading.now.boot.is_some()) else { return PLATFORM };
        let Some(pin) = pin else { return Outcome::Forbidden };
        if !self.entropy().await {
            return PLATFORM;
        }
        let generation = {
            let mut model = self.model();
            if model.process.is_damaged {
                return DATA_DAMAGED;
            }
            if model.process.is_busy || model.wallet().is_some_and(|wallet| wallet.slot.is_some()) {
                return WRONG_STATE;
            }
            model.process.is_busy = true;
            model.end_sessions();
            model.disk = Disk::Unfinished;
            model.process.generation
        };
        let made = self.make_keys().await;
        self.model().process.is_busy = false;
        if let Err(fault) = made {
            return key_fault(fault);
        }
        let (lines, proof) = {
            let mut model = self.model();
            let slot = Slot { number: model.next_number(), pin };
            let mut wallet = Wallet {
                number: model.next_number(),
                slot: Some(slot),
                policy: model.offered.clone(),
                tries: Tries::default(),
                items: Default::default(),
                pins: vec![pin],
                journal: vec![],
            };
            let proof = Proof {
                wallet: wallet.number,
                slot,
                now: reading.now,
                generation,
                absolute_ms: u64::from(wallet.policy.session.absolute_s) * 1000,
                idle_ms: u64::from(wallet.policy.session.idle_s) * 1000,
            };
            let lines = wallet.note(&[Kind::Enrolled]);
            model.disk = Disk::Sealed(Box::new(wallet));
            (lines, proof)
        };
        self.tell(lines).await;
        self.model().start_session(session, &proof, self.readings());
        Outcome::Enrolled
    }

    /// What was there goes; a key for the seal, one for the PIN; each is used once.
    async fn make_keys(&self) -> Result<(), DeviceKeyFault> {
        self.script.ask(Ask::Aliases).await?;
        self.delete_all_but(0).await?;
        for _ in ["seal", "PIN"] {
            self.script.ask(Ask::Create).await?;
        }
        for _ in ["seal", "PIN"] {
            self.script.ask(Ask::Hmac).await?;
        }
        Ok(())
    }

    pub(crate) async fn remove(self, pin: Option<PinNumber>) -> Outcome {
        let proof = match self.prove(pin).await {
            Ok(proof) => proof,
            Err(refusal) => return refusal,
        };
        {
            let mut model = self.model();
            if model.wallet().is_none_or(|wallet| wallet.number != proof.wallet) {
                return WRONG_STATE;
            }
            model.process.is_busy = true;
            model.end_sessions();
            model.disk = Disk::Unfinished;
        }
        let destroyed = match self.script.ask(Ask::Aliases).await {
            Ok(_) => self.delete_all_but(0).await,
            Err(fault) => Err(fault),
        };
        let mut model = self.model();
        model.process.is_busy = false;
        if let Err(fault) = destroyed {
            return key_fault(fault);
        }
        model.disk = Disk::Empty;
        Outcome::Removed
    }

    pub(crate) async fn change_pin(self, session: u64, current: Option<PinNumber>, new: Option<PinNumber>) -> Outcome {
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
        let proof = match self.prove(current).await {
            Ok(proof) => proof,
            Err(refusal) => return refusal,
        };
        {
            let model = self.model();
            if let Some(none) = model.without_wallet() {
                return none;
            }
            let is_proven = |wallet: &&Wallet| wallet.number == proof.wallet && wallet.slot == Some(proof.slot);
            let Some(wallet) = model.wallet().filter(is_proven) else { return TRY_AGAIN };
            let remembered = wallet.pins.iter().rev().take(wallet.policy.pin.remember as usize);
            if remembered.into_iter().any(|pin| *pin == new) {
                return Outcome::Forbidden;
            }
        }
        if !self.entropy().await {
            return PLATFORM;
        }
        if let Err(fault) = self.script.ask(Ask::Create).await {
            return key_fault(fault);
        }
        let changed = match self.script.ask(Ask::Hmac).await {
            Ok(_) => self.model().replace_pin(&proof, new, session),
            Err(fault) => Err(key_fault(fault)),
        };
        let (outcome, lines) = match changed {
            Ok(lines) => (Outcome::Changed, lines),
            Err(outcome) => (outcome, vec![]),
        };
        self.tell(lines).await;
        // The old key, or the new one that nothing needs.
        let _next_time = self.delete_key().await;
        self.model().process.wrong.clear();
        outcome
    }

    // The steps.

    /// A reading, if the clock gives one.
    async fn clock(&self) -> Option<Reading> {
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
            // Whether the listener fails changes nothing.
            let _decided_already = self.script.ask(Ask::Told(number, kind)).await;
        }
    }

    async fn delete_key(&self) -> Result<(), DeviceKeyFault> {
        self.script.ask(Ask::Delete).await.map(|_| ())
    }

    /// As many as there are now: those made meanwhile are another wallet's.
    async fn delete_all_but(&self, in_use: usize) -> Result<(), DeviceKeyFault> {
        let left = self.model().keys.saturating_sub(in_use);
        for _ in 0..left {
            self.delete_key().await?;
        }
        Ok(())
    }

    pub(super) fn readings(&self) -> u64 {
        self.readings.load(std::sync::atomic::Ordering::Relaxed)
    }

    pub(super) fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Model {
    /// Opening a sealed wallet: tries left open count as wrong, a policy that eases nothing is in force.
    fn take_over(&mut self, now: Now) {
        let offered = self.offered.clone();
        let Disk::Sealed(wallet) = &mut self.disk else { return };
        wallet.tries.save_waits(now);
        let counted = wallet.tries.count_open_as_wrong(now) > 0;
        if counted {
            wallet.note(&[Kind::OpenTriesCounted]);
            wallet.note_lock(now);
        }
        let adopted = at_least_as_strict(&offered, &wallet.policy) && !wallet.adopt(&offered).is_empty();
        if counted {
            self.remark("open tries counted");
        }
        if adopted {
            self.remark("a policy adopted at opening");
        }
    }

    fn note_refusal(&mut self, now: Now) -> Vec<(u64, Kind)> {
        let Some(wallet) = self.wallet_mut() else { return vec![] };
        if wallet.tries.note_refusal(now) { wallet.note(&[Kind::PinRefused]) } else { vec![] }
    }

    /// The new PIN is in force, unless another call was quicker. Every other session ends.
    fn replace_pin(&mut self, proof: &Proof, new: PinNumber, session: u64) -> Result<Vec<(u64, Kind)>, Outcome> {
        if let Some(none) = self.without_wallet() {
            return Err(none);
        }
        let slot = Slot { number: self.next_number(), pin: new };
        let wallet = self.wallet_mut().filter(|wallet| wallet.slot == Some(proof.slot)).ok_or(TRY_AGAIN)?;
        wallet.slot = Some(slot);
        wallet.pins.push(new);
        let surplus = wallet.pins.len().saturating_sub(KEPT_PINS);
        wallet.pins.drain(..surplus);
        let lines = wallet.note(&[Kind::PinChanged]);
        self.process.sessions.retain(|number, _| *number == session);
        self.process.generation += 1;
        Ok(lines)
    }

    /// What a call says that needs a wallet when there is none.
    pub(super) fn without_wallet(&self) -> Option<Outcome> {
        if self.process.is_damaged { Some(DATA_DAMAGED) } else { self.wallet().is_none().then_some(WRONG_STATE) }
    }

    pub(super) fn in_wallet(&self, read: impl FnOnce(&Wallet) -> Outcome) -> Outcome {
        self.wallet().map_or(WRONG_STATE, read)
    }
}
