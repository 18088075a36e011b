//! Opening: what a killed process left is cleared, counted or finished, and an older copy is found out.

use walletlock_core::platform::DeviceKeyFault;

use super::calls::{PLATFORM, key_fault};
use super::{Caller, Disk, Model, Outcome, at_least_as_strict};
use crate::script::{Ask, Key};

/// What opening comes to.
enum Opened {
    Sound,
    Damaged,
}

impl Caller {
    pub(crate) async fn open(self) -> Outcome {
        if !self.entropy().await {
            return PLATFORM;
        }
        let Some(reading) = self.clock().await else { return PLATFORM };
        if let Err(fault) = self.script.ask(Ask::Aliases).await {
            return key_fault(fault);
        }
        let is_wiped = self.model().is_marked_as_wiped();
        let opened = match self.take_in(reading.now).await {
            Ok(opened) => opened,
            Err(fault) => return key_fault(fault),
        };
        let has_slot = matches!(&self.model().disk, Disk::Sealed(wallet) if wallet.slot.is_some());
        match opened {
            Opened::Sound if !is_wiped || !has_slot => Outcome::Done,
            Opened::Damaged if !is_wiped => {
                self.model().process.is_damaged = true;
                Outcome::Done
            }
            _ => self.finish_wipe().await,
        }
    }

    async fn take_in(&self, now: walletlock_core::Now) -> Result<Opened, DeviceKeyFault> {
        let (wallet, all) = {
            let model = self.model();
            let wallet = match &model.disk {
                // Keys without a wallet are damage, but for those that someone made for a finger while it was removed.
                Disk::Empty if !model.keys.all(|key| key != Key::Biometric).is_empty() => return Ok(Opened::Damaged),
                Disk::Empty | Disk::Unfinished => None,
                Disk::Sealed(wallet) => Some((**wallet).clone()),
            };
            (wallet, model.keys.aliases.clone())
        };
        let Some(wallet) = wallet else {
            let is_empty = matches!(self.model().disk, Disk::Empty);
            let deleted = self.delete(&all).await;
            if !is_empty {
                deleted?;
            } else if !all.is_empty() {
                self.model().remark("only a finger's key was left");
            }
            self.model().disk = Disk::Empty;
            return Ok(Opened::Sound);
        };
        match self.script.ask(Ask::Hmac(Key::Seal(wallet.epoch))).await {
            Err(DeviceKeyFault::Gone) => return Ok(Opened::Damaged),
            answer => answer.map(|_| ())?,
        }
        // An older record: its key is gone, or is another wallet's.
        let (seal, pin) = {
            let keys = &self.model().keys;
            let pin = wallet.slot.map(|slot| (Key::Pin, slot.number));
            (keys.has(Key::Seal(wallet.epoch), wallet.seal_key), pin.is_none_or(|(key, number)| keys.has(key, number)))
        };
        if !(seal && pin) {
            self.model().remark("an older copy found out");
            return Ok(Opened::Damaged);
        }
        let next = Key::Seal(wallet.epoch + 1);
        let mut kept = vec![(Key::Seal(wallet.epoch), wallet.seal_key), (Key::Mark, wallet.number)];
        kept.extend(wallet.slot.map(|slot| (Key::Pin, slot.number)));
        kept.extend(wallet.biometrics.slot.map(|slot| (Key::Biometric, slot.number)));
        let mut strays = {
            let mut model = self.model();
            let mut strays = model.keys.all_but(&kept);
            if wallet.slot.is_some() {
                strays.retain(|alias| Key::of(alias) != Some(next));
                model.process.is_used = !model.keys.all(|key| key == next).is_empty();
            }
            strays
        };
        let tightens = self.model().tightens(now);
        let rotates = tightens && wallet.slot.is_some() && self.make_next().await.is_ok();
        self.model().take_over(now);
        if rotates {
            self.model().remark("rotated at opening");
            let _before_the_next_try = self.rotate().await;
        }
        if wallet.slot.is_none() && !self.model().keys.has(Key::Mark, wallet.number) {
            let _opens_nothing_either_way = self.mark_as_wiped(wallet.number).await;
        }
        if !strays.is_empty() {
            let strays: Vec<_> = strays.drain(..).filter_map(|alias| Key::of(&alias)).collect();
            self.model().process.left.extend(strays);
            let _before_the_next_try = self.delete_left().await;
        }
        Ok(Opened::Sound)
    }
}

impl Model {
    /// Whether opening counts tries or puts a stricter policy in force.
    fn tightens(&self, now: walletlock_core::Now) -> bool {
        let Some(wallet) = self.wallet() else { return false };
        let stops = wallet.tries.is_stopped_only_by(&self.offered.lockout, &wallet.policy.lockout, now);
        let adopts = at_least_as_strict(&self.offered, &wallet.policy) && wallet.policy != self.offered && !stops;
        wallet.tries.open() > 0 || adopts
    }
}
