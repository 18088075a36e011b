//! Opening: what a killed process left is cleared, counted or finished, and an older copy is detected. If an answer is
//! missing, nothing is called damaged and nothing new is begun.

use walletlock_core::Now;
use walletlock_core::platform::DeviceKeyFault;

use super::calls::{PLATFORM, key_fault};
use super::{Caller, Disk, Model, Outcome, Wallet, at_least_as_strict};
use crate::script::Key;

/// The result of opening.
enum OpeningResult {
    InOrder,
    Damaged,
    Wiped,
}

/// What a seal key did with the record.
enum Opened {
    Alive,
    Wiped,
    Refused,
    NoKey,
    Unsure(DeviceKeyFault),
}

impl Caller {
    pub(crate) async fn open(self) -> Outcome {
        if !self.entropy().await {
            return PLATFORM;
        }
        let Some(reading) = self.clock().await else { return PLATFORM };
        self.look(reading.now).await;
        Outcome::Done
    }

    /// Opens again, if the result may be different now.
    pub(crate) async fn recheck(self) -> Outcome {
        if !self.entropy().await {
            return PLATFORM;
        }
        let Some(reading) = self.clock().await else { return PLATFORM };
        let looks = {
            let mut model = self.model();
            if model.process.seal_keys_leased {
                return key_fault(DeviceKeyFault::Busy);
            }
            let process = &mut model.process;
            let looks = !process.is_busy && (process.is_damaged || process.fault.is_some());
            if looks {
                (process.seal_keys_leased, process.is_busy, process.is_damaged, process.fault) =
                    (true, true, false, None);
                model.end_sessions();
                model.forget_all_seals();
            }
            looks
        };
        if looks {
            self.look(reading.now).await;
            let mut model = self.model();
            (model.process.seal_keys_leased, model.process.is_busy) = (false, false);
            model.remark("looked at again");
        }
        self.status().await
    }

    async fn look(&self, now: Now) {
        let result = self.examine(now).await;
        let mut model = self.model();
        match result {
            Ok(OpeningResult::InOrder) => {}
            Ok(OpeningResult::Damaged) => model.process.is_damaged = true,
            Ok(OpeningResult::Wiped) => model.process.is_wiped = true,
            Err(fault) => model.process.fault = Some(fault),
        }
    }

    async fn examine(&self, now: Now) -> Result<OpeningResult, DeviceKeyFault> {
        let disk = self.model().disk.clone();
        match disk {
            Disk::Wiped => Ok(OpeningResult::Wiped),
            Disk::Unfinished { wallet, aliases } => {
                let mark = Key::Mark(wallet);
                if self.is_there(mark).await? && self.answers(mark).await? {
                    return self.finish_wipe().await;
                }
                self.finish_unfinished(wallet, &aliases).await?;
                if !self.wallets_here().await?.has_seal_key {
                    self.delete_mark_of_place().await?;
                }
                self.model().disk = Disk::Empty;
                self.examine_nothing().await
            }
            Disk::Empty => self.examine_nothing().await,
            Disk::Sealed(wallet) => self.examine_record(&wallet, now).await,
        }
    }

    async fn examine_nothing(&self) -> Result<OpeningResult, DeviceKeyFault> {
        let here = self.wallets_here().await;
        let wallets = here.as_ref().map(|here| here.wallets.clone()).unwrap_or_default();
        let marked = match self.is_marked(&wallets).await {
            Ok(false) => self.is_marked(&wallets).await,
            marked => marked,
        };
        if marked? {
            return self.finish_wipe().await;
        }
        let here = here?;
        if here.has_seal_key {
            return Ok(OpeningResult::Damaged);
        }
        if !here.orphan_biometric_keys.is_empty() {
            self.model().remark("only a finger's key was left");
        }
        let _opens_nothing = self.delete(&here.orphan_biometric_keys).await;
        Ok(OpeningResult::InOrder)
    }

    async fn examine_record(&self, wallet: &Wallet, now: Now) -> Result<OpeningResult, DeviceKeyFault> {
        let marked = self.is_marked(&[wallet.number]).await;
        let (mut opened, mut by_copy) = (self.try_seal_key(wallet, wallet.epoch, wallet.seal_key).await, false);
        if let (Opened::NoKey, Some(before)) = (&opened, wallet.copy) {
            (opened, by_copy) = (self.try_seal_key(wallet, wallet.epoch - 1, before).await, true);
        }
        if let Opened::Wiped = opened {
            if by_copy {
                self.model().fall_back_to_copy();
            }
            return self.open_sealed(false, now).await;
        }
        if marked == Ok(true) {
            return self.finish_wipe().await;
        }
        if let Opened::Unsure(fault) = opened {
            return Err(fault);
        }
        marked?;
        let pin_key = match (&opened, wallet.slot) {
            (Opened::Alive, Some(slot)) => self.is_there(Key::Pin(slot.number)).await,
            _ => Ok(false),
        };
        if self.is_marked(&[wallet.number]).await? {
            return self.finish_wipe().await;
        }
        if !pin_key? {
            self.model().remark("an older copy found out");
            return Ok(OpeningResult::Damaged);
        }
        if by_copy {
            self.model().remark("opened by the copy");
        }
        self.open_sealed(by_copy, now).await
    }

    async fn try_seal_key(&self, wallet: &Wallet, epoch: u64, made: u64) -> Opened {
        let key = Key::Seal { wallet: wallet.number, epoch };
        match self.mac_twice(key).await {
            Err(DeviceKeyFault::Gone) => Opened::NoKey,
            Err(fault) => Opened::Unsure(fault),
            Ok(()) if !self.model().keys.holds_made(key, made) => Opened::Refused,
            Ok(()) if wallet.slot.is_none() => Opened::Wiped,
            Ok(()) => Opened::Alive,
        }
    }

    /// Takes the wallet into use, whatever fails from here on.
    async fn open_sealed(&self, by_copy: bool, now: Now) -> Result<OpeningResult, DeviceKeyFault> {
        let (before, is_alive) = {
            let mut model = self.model();
            let Some(wallet) = model.sealed().cloned() else { return Ok(OpeningResult::InOrder) };
            let is_alive = wallet.slot.is_some();
            model.process.is_used |= is_alive;
            if by_copy {
                model.fall_back_to_copy();
            }
            (wallet, is_alive)
        };
        let tightens = self.model().tightens(now);
        let rotates = tightens && is_alive && self.make_next().await.is_ok();
        self.model().commit(|model| model.apply_pending_changes(now));
        if rotates {
            self.model().remark("rotated at opening");
            let _before_the_next_try = self.rotate().await;
        }
        self.model().process.is_used |= is_alive;
        if !is_alive && !self.exists(Key::Mark(before.number)).await? {
            let _opens_nothing_either_way = self.make_mark(Key::Mark(before.number)).await;
        }
        let mut left = self.list_wallet(before.number).await?;
        {
            let mut model = self.model();
            let Some(wallet) = model.sealed() else { return Ok(OpeningResult::InOrder) };
            let seal = |epoch| Key::Seal { wallet: wallet.number, epoch };
            let mut kept = vec![seal(wallet.epoch)];
            kept.extend(wallet.slot.iter().flat_map(|slot| [seal(wallet.epoch + 1), Key::Pin(slot.number)]));
            kept.extend(wallet.biometrics.slot.map(|slot| Key::Biometric(slot.number)));
            left.retain(|key| !kept.contains(key));
            model.process.left.extend(left.iter().copied());
        }
        if !left.is_empty() {
            let _before_the_next_try = self.delete_left().await;
        }
        Ok(OpeningResult::InOrder)
    }

    /// Deletes what is left of a wiped wallet.
    async fn finish_wipe(&self) -> Result<OpeningResult, DeviceKeyFault> {
        self.wipe_whole().await?;
        Ok(OpeningResult::Wiped)
    }
}

impl Model {
    /// The keystore lost the seal key that it had just made: the record's copy under the key before becomes the record.
    fn fall_back_to_copy(&mut self) {
        let Some(wallet) = self.sealed_mut() else { return };
        if let Some(before) = wallet.copy.take() {
            (wallet.epoch, wallet.seal_key) = (wallet.epoch - 1, before);
        }
    }

    /// Whether opening counts open tries or puts a stricter policy in force.
    fn tightens(&self, now: Now) -> bool {
        let Some(wallet) = self.sealed() else { return false };
        let stops = wallet.tries.is_stopped_only_by(&self.requested_policy.lockout, &wallet.policy.lockout, now);
        let adopts = at_least_as_strict(&self.requested_policy, &wallet.policy)
            && wallet.policy != self.requested_policy
            && !stops;
        wallet.tries.open() > 0 || adopts
    }
}
