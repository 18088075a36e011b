//! The end of a try: written down, and only then told.

use super::outcome::{NoVerdict, Refusal, WrongPin};
use super::sealed::Changing;
use super::status::LockStatus;
use super::verify_pin::{Checked, Found};
use super::{WalletLock, lock};
use crate::error::LockError;
use crate::journal::{Details, Kind};
use crate::key_slots::DataKey;
use crate::lockout::{ChargeId, Lockout, Policy, SessionPolicy, Verdict};
use crate::platform::Random;
use crate::record::Slot;
use crate::store::Durability;
use crate::time::Now;

/// How a try is to be settled.
struct Settling<'a> {
    charge: ChargeId,
    found: &'a Found,
    judged: Verdict,
    /// Wrong, and the PIN that wipes.
    is_wipe_pin: bool,
    now: Now,
}

/// How it was settled.
struct Settled {
    /// The slot that was tried is still that of the wallet.
    in_force: bool,
    wiped: bool,
    status: LockStatus,
    policy: Policy,
}

impl WalletLock {
    /// Writes down how the try ended, and only then says so.
    pub(super) fn settle(
        &self,
        random: &mut Random,
        charge: ChargeId,
        found: &Found,
        checked: Checked,
        now: Now,
    ) -> Result<(DataKey, SessionPolicy), Refusal> {
        let Checked { verdict, kdf_output, is_wipe_pin } = checked;
        let repeated = kdf_output.as_ref().is_some_and(|output| lock(&self.wrong_guesses).contains(output, now));
        // The wipe PIN is never merely typed again.
        let repeated = repeated & !is_wipe_pin;
        let judged = match &verdict {
            Ok(Some(_)) => Verdict::Right,
            Ok(None) if repeated => Verdict::Duplicate,
            Ok(None) => Verdict::Wrong,
            Err(_) => Verdict::None,
        };
        let settled =
            self.write_settlement(random, &Settling { charge, found, judged, is_wipe_pin, now }).map_err(|error| {
                lock(&self.unsettled).push(charge);
                self.refusal(&error)
            })?;
        let Some(Settled { in_force, wiped, status, policy }) = settled else {
            return Err(Refusal::NoVerdict(NoVerdict::TryAgain));
        };
        if wiped {
            self.destroy_keys(&found.wallet_id, found.slot.key_number());
        }
        match verdict {
            _ if !in_force => Err(Refusal::NoVerdict(NoVerdict::TryAgain)),
            Ok(Some(data_key)) => {
                lock(&self.wrong_guesses).clear();
                Ok((data_key, policy.session))
            }
            Ok(None) => {
                if let Some(output) = kdf_output.filter(|_| !repeated) {
                    lock(&self.wrong_guesses).add(&policy.lockout, &output, now);
                }
                Err(wrong(status, repeated))
            }
            Err(fault) => Err(Refusal::NoVerdict(NoVerdict::DeviceKey(fault))),
        }
    }

    /// Under the epoch of its charge, because whoever takes it back finds that charge. Another policy, which comes with the right PIN, is
    /// there for good; if the keystore makes no key for that now, it comes with the next one.
    fn write_settlement(&self, random: &mut Random, settling: &Settling<'_>) -> Result<Option<Settled>, LockError> {
        let now = settling.now;
        if settling.judged == Verdict::Right && self.policy()? != self.offered {
            match self.transact_for_good(random, now, |changes| self.settle_in(changes, settling, true)) {
                Err(LockError::DeviceKey(_)) => {}
                settled => return Ok(settled?.0),
            }
        }
        self.transact_with(random, now, Durability::Ordered, |changes| self.settle_in(changes, settling, false))
    }

    fn settle_in(
        &self,
        changes: &mut Changing<'_>,
        settling: &Settling<'_>,
        adopt: bool,
    ) -> Result<Option<Settled>, LockError> {
        let Settling { charge, found, judged, is_wipe_pin, now } = *settling;
        if *changes.wallet_id != found.wallet_id {
            // The wallet was removed meanwhile, and this try with it.
            return Ok(None);
        }
        let record = &mut *changes.record;
        let policy = record.policy.clone();
        // The slot was replaced while this PIN was checked: what it opened, or did not, is no longer in force.
        let in_force = record.pin_slot == Some(Slot::from(&found.slot));
        let judged = if in_force { judged } else { Verdict::None };
        let Some(settled) = record.lockout.settle(&policy.lockout, charge, judged) else { return Ok(None) };
        // A wipe PIN that was cleared or replaced while it was checked is a wrong PIN.
        let is_wipe_pin = is_wipe_pin && judged == Verdict::Wrong && record.wipe_check == found.wipe_check;
        let wipe = settled.wipe || is_wipe_pin;
        let details = details_of(judged, &record.lockout);
        changes.note(line_of(judged), details);
        if judged == Verdict::Right {
            changes.record.reminders.last_right_ms = now.wall_ms;
            changes.record.biometric.note_pin(now);
            if adopt {
                changes.adopt(&self.offered);
            }
        }
        if wipe {
            changes.wipe()?;
        } else if settled.counted {
            let standing = changes.record.lockout.evaluate(&policy.lockout, now);
            changes.note_lock(standing);
        }
        if settled.durable {
            changes.flush();
        }
        let status = LockStatus::of(changes.record, now);
        if !status.is_ready() && judged != Verdict::Right {
            // Whatever this try was, no session outlives the lock it brought: not even until the listeners have heard of it.
            lock(&self.sessions).end_all();
        }
        Ok(Some(Settled { in_force, wiped: wipe, status, policy: changes.record.policy.clone() }))
    }
}

fn wrong(status: LockStatus, repeated: bool) -> Refusal {
    match status {
        LockStatus::Ready { tries_left } => Refusal::Wrong(WrongPin { tries_left, cooldown_ms: 0, repeated }),
        LockStatus::CoolingDown { remaining_ms, tries_left, .. } => {
            Refusal::Wrong(WrongPin { tries_left, cooldown_ms: remaining_ms, repeated })
        }
        status => Refusal::Locked(status),
    }
}

fn line_of(verdict: Verdict) -> Kind {
    match verdict {
        Verdict::Right => Kind::PinRight,
        Verdict::Wrong => Kind::PinWrong,
        Verdict::Duplicate => Kind::PinRepeated,
        Verdict::None => Kind::PinNoVerdict,
    }
}

fn details_of(verdict: Verdict, lockout: &Lockout) -> Details {
    match verdict {
        Verdict::Right => Details::default(),
        _ => Details::of("failures", lockout.failures()),
    }
}
