//! A wipe: the keystore says so first.

use walletlock_core::events::Kind;
use walletlock_core::platform::DeviceKeyFault;

use super::calls::{PLATFORM, WRONG_STATE, key_fault};
use super::epochs::is_key_fault;
use super::{Caller, Disk, Model, Outcome};
use crate::script::{Ask, Key};

/// Whose mark it is where nobody can tell any more.
const NOBODY: u64 = 0;

impl Caller {
    pub(crate) async fn wipe(self) -> Outcome {
        if self.model().process.is_damaged {
            return self.wipe_what_is_damaged().await;
        }
        let (number, slot) = {
            let model = self.model();
            if model.process.is_wiped {
                return Outcome::Done;
            }
            let Some(wallet) = model.wallet() else { return WRONG_STATE };
            (wallet.number, wallet.slot)
        };
        let Some(slot) = slot else { return self.destroy_what_is_left(number).await };
        self.model().end_sessions();
        let marked = self.mark_as_wiped(number).await;
        let destroyed = self.script.ask(Ask::Delete(Key::Pin)).await.map(|_| ());
        let destroyed = destroyed.and(self.delete_biometric_keys().await);
        if let Err(error) = self.write_wipe(number, slot.number).await {
            let mut model = self.model();
            let is_it = model.wallet().is_some_and(|wallet| wallet.number == number);
            if is_it && (destroyed.is_ok() || marked.is_ok()) {
                model.process.is_wiped = true;
                model.remark("a wipe that could not be written");
            }
            return error;
        }
        match destroyed.and(marked) {
            Ok(()) => Outcome::Done,
            Err(fault) => key_fault(fault),
        }
    }

    /// Once more: what the keystore did not do the first time.
    async fn destroy_what_is_left(&self, number: u64) -> Outcome {
        {
            let process = &mut self.model().process;
            if process.turn {
                return key_fault(DeviceKeyFault::Busy);
            }
            process.turn = true;
        }
        let marked = self.mark_as_wiped(number).await;
        let destroyed = self.destroy_every_slot_key().await;
        self.model().process.turn = false;
        match destroyed.and(marked) {
            Ok(()) => Outcome::Done,
            Err(fault) => key_fault(fault),
        }
    }

    async fn destroy_every_slot_key(&self) -> Result<(), DeviceKeyFault> {
        self.script.ask(Ask::Aliases).await?;
        let left = self.model().keys.listed(|key| matches!(key, Key::Pin | Key::Biometric));
        self.delete(&left).await
    }

    async fn write_wipe(&self, number: u64, slot: u64) -> Result<(), Outcome> {
        if self.clock().await.is_none() || !self.entropy().await {
            return Err(PLATFORM);
        }
        let written = match self.for_good(|model| model.wipe(number, slot)).await {
            Err(fault) if is_key_fault(&fault) => {
                let written = self.model().wipe(number, slot);
                let (of_new_pin, lines) = written?;
                self.tell(lines).await;
                of_new_pin
            }
            written => written?.0,
        };
        if written {
            self.script.ask(Ask::Delete(Key::Pin)).await.map_err(key_fault)?;
        }
        Ok(())
    }

    /// Whose record cannot be read is wiped whole.
    async fn wipe_what_is_damaged(&self) -> Outcome {
        {
            let process = &mut self.model().process;
            if process.turn {
                return key_fault(DeviceKeyFault::Busy);
            }
            (process.turn, process.is_busy, process.is_damaged) = (true, true, false);
        }
        let outcome = match self.mark_as_wiped(NOBODY).await {
            Ok(()) => self.finish_wipe().await,
            Err(fault) => key_fault(fault),
        };
        let mut model = self.model();
        model.forget_all_seals();
        let process = &mut model.process;
        (process.turn, process.is_busy, process.is_damaged) = (false, false, outcome != Outcome::Done);
        if process.is_damaged {
            process.is_wiped = false;
        } else {
            model.remark("a damaged wallet wiped");
        }
        outcome
    }

    /// Says in the keystore that this wallet was wiped. It may stand there already.
    pub(super) async fn mark_as_wiped(&self, number: u64) -> Result<(), DeviceKeyFault> {
        match self.script.ask(Ask::Create(Key::Mark, number)).await {
            Ok(_) => Ok(()),
            Err(fault) => self.script.ask(Ask::Ready(Key::Mark)).await.map(|_| ()).map_err(|_| fault),
        }
    }

    /// All of them, up to the first that fails.
    pub(super) async fn delete_biometric_keys(&self) -> Result<(), DeviceKeyFault> {
        self.script.ask(Ask::Aliases).await?;
        let of_biometrics = self.model().keys.listed(|key| key == Key::Biometric);
        self.delete(&of_biometrics).await
    }

    /// Nothing is left but the mark.
    pub(super) async fn finish_wipe(&self) -> Outcome {
        if let Err(fault) = self.script.ask(Ask::Aliases).await {
            return key_fault(fault);
        }
        let left = self.model().keys.listed(|key| key != Key::Mark);
        if let Err(fault) = self.delete(&left).await {
            return key_fault(fault);
        }
        let mut model = self.model();
        model.disk = Disk::Empty;
        model.process.is_wiped = true;
        model.remark("a wipe finished");
        Outcome::Done
    }
}

impl Model {
    /// Whether a PIN was set meanwhile whose key must go too, and the line.
    fn wipe(&mut self, number: u64, slot: u64) -> Result<(bool, Vec<(u64, Kind)>), Outcome> {
        if let Some(none) = self.without_wallet() {
            return Err(none);
        }
        let Some(wallet) = self.wallet_mut().filter(|wallet| wallet.number == number) else {
            return Ok((false, vec![]));
        };
        let of_new_pin = wallet.slot.is_some_and(|there| there.number != slot);
        let lines = wallet.wipe();
        // One may have begun while the keystore was asked.
        self.end_sessions();
        Ok((of_new_pin, lines))
    }

    /// Whether the keystore says that what is on the disk was wiped.
    pub(super) fn is_marked_as_wiped(&self) -> bool {
        match &self.disk {
            Disk::Empty => !self.keys.all(|key| key == Key::Mark).is_empty(),
            Disk::Unfinished => false,
            Disk::Sealed(wallet) => self.keys.has(Key::Mark, wallet.number) || self.keys.has(Key::Mark, NOBODY),
        }
    }
}
