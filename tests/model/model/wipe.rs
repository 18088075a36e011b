//! A wipe: the mark in the keystore comes first.

use walletlock_core::events::Kind;
use walletlock_core::platform::DeviceKeyFault;

use super::calls::{PLATFORM, WRONG_STATE, key_fault};
use super::epochs::is_key_fault;
use super::{Caller, Disk, Model, Outcome, Wallet};
use crate::script::Key;

/// The keys that open a wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SlotKeys {
    wallet: u64,
    pub(super) keys: Vec<Key>,
}

impl SlotKeys {
    pub(super) fn of(wallet: &Wallet) -> Self {
        let pin = wallet.slot.map(|slot| Key::Pin(slot.number));
        let biometric = wallet.biometrics.slot.map(|slot| Key::Biometric(slot.number));
        Self { wallet: wallet.number, keys: pin.into_iter().chain(biometric).collect() }
    }
}

impl Caller {
    pub(crate) async fn wipe(self) -> Outcome {
        if self.model().process.is_damaged || self.model().process.fault.is_some() {
            return self.wipe_what_does_not_open().await;
        }
        let has_only_row = {
            let model = self.model();
            model.process.is_wiped && !model.process.is_busy
        };
        if has_only_row {
            return self.destroy_what_is_left_of_row().await;
        }
        let keys = {
            let model = self.model();
            let Some(wallet) = model.wallet() else { return WRONG_STATE };
            if wallet.slot.is_none() { Err(wallet.number) } else { Ok(SlotKeys::of(wallet)) }
        };
        let keys = match keys {
            Ok(keys) => keys,
            Err(_already) => return self.destroy_what_is_left().await,
        };
        self.model().end_sessions();
        let marked = self.make_mark(Key::Mark(keys.wallet)).await;
        let destroyed = self.destroy(&keys).await;
        if let Err(error) = self.write_wipe(&keys).await {
            let mut model = self.model();
            let is_it = model.wallet().is_some_and(|wallet| wallet.number == keys.wallet);
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

    /// Deletes the named keys, and then the listed ones.
    pub(super) async fn destroy(&self, keys: &SlotKeys) -> Result<(), DeviceKeyFault> {
        self.delete(&keys.keys).await?;
        let mut listed = self.list_wallet(keys.wallet).await?;
        listed.retain(|key| matches!(key, Key::Pin(_) | Key::Biometric(_)) && !keys.keys.contains(key));
        self.delete(&listed).await
    }

    /// Wipes again: does what the keystore did not do the first time.
    async fn destroy_what_is_left(&self) -> Outcome {
        let keys = {
            let mut model = self.model();
            if model.process.seal_keys_leased {
                return key_fault(DeviceKeyFault::Busy);
            }
            if let Some(none) = model.without_wallet() {
                return none;
            }
            let Some(keys) = model.wallet().filter(|wallet| wallet.slot.is_none()).map(SlotKeys::of) else {
                return Outcome::Done;
            };
            model.process.seal_keys_leased = true;
            keys
        };
        self.mark_and_destroy(&keys).await
    }

    /// The same, if only the row can be read.
    async fn destroy_what_is_left_of_row(&self) -> Outcome {
        let keys = {
            let mut model = self.model();
            if model.process.seal_keys_leased {
                return key_fault(DeviceKeyFault::Busy);
            }
            let Disk::Sealed(wallet) = &model.disk else { return Outcome::Done };
            let keys = SlotKeys { wallet: wallet.number, keys: vec![] };
            model.process.seal_keys_leased = true;
            keys
        };
        self.mark_and_destroy(&keys).await
    }

    async fn mark_and_destroy(&self, keys: &SlotKeys) -> Outcome {
        let marked = self.make_mark(Key::Mark(keys.wallet)).await;
        let destroyed = self.destroy(keys).await;
        self.model().process.seal_keys_leased = false;
        match destroyed.and(marked) {
            Ok(()) => Outcome::Done,
            Err(fault) => key_fault(fault),
        }
    }

    async fn write_wipe(&self, keys: &SlotKeys) -> Result<(), Outcome> {
        if self.clock().await.is_none() || !self.entropy().await {
            return Err(PLATFORM);
        }
        let others = match self.commit_irrevocably(|model| model.wipe(keys)).await {
            Err(fault) if is_key_fault(&fault) => {
                let written = self.model().commit(|model| model.wipe(keys));
                let (others, lines) = written?;
                self.tell(lines).await;
                others
            }
            written => written?.0,
        };
        if let Some(others) = others {
            self.delete(&others.keys).await.map_err(key_fault)?;
        }
        Ok(())
    }

    /// Wipes everything here, for a wallet whose record cannot be read.
    async fn wipe_what_does_not_open(&self) -> Outcome {
        let before = {
            let process = &mut self.model().process;
            if process.seal_keys_leased {
                return key_fault(DeviceKeyFault::Busy);
            }
            let before = (process.is_damaged, process.fault.take());
            (process.seal_keys_leased, process.is_busy, process.is_damaged) = (true, true, false);
            before
        };
        let outcome = match self.make_mark(Key::PlaceMark).await {
            Ok(()) => self.wipe_whole().await,
            fault => fault,
        };
        let mut model = self.model();
        model.forget_all_seals();
        (model.process.seal_keys_leased, model.process.is_busy) = (false, false);
        match outcome {
            Ok(()) => {
                model.process.is_wiped = true;
                model.remark("a damaged wallet wiped");
                Outcome::Done
            }
            Err(fault) => {
                (model.process.is_damaged, model.process.fault) = before;
                key_fault(fault)
            }
        }
    }

    /// Deletes all wallets that have keys here, and what is in the file. Only the marks are left.
    pub(super) async fn wipe_whole(&self) -> Result<(), DeviceKeyFault> {
        let mut wallets = self.wallets_here().await?.wallets;
        let disk = self.model().disk.clone();
        let mut named = vec![];
        match disk {
            Disk::Sealed(wallet) => wallets.push(wallet.number),
            Disk::Unfinished { wallet, aliases } => {
                wallets.push(wallet);
                named = aliases;
            }
            Disk::Wiped | Disk::Empty => {}
        }
        for wallet in wallets {
            let marked = self.make_mark(Key::Mark(wallet)).await;
            let left = self.list_wallet_twice(wallet).await?;
            self.delete(&left).await?;
            marked?;
        }
        self.delete(&named).await?;
        let mut model = self.model();
        model.disk = Disk::Wiped;
        model.remark("a wipe finished");
        Ok(())
    }
}

/// Journal lines: their numbers and kinds.
type Lines = Vec<(u64, Kind)>;

impl Model {
    /// Wipes the record. Returns its journal line, and the keys of a PIN or of biometrics that were set since `keys`
    /// were read: these must go too.
    fn wipe(&mut self, keys: &SlotKeys) -> Result<(Option<SlotKeys>, Lines), Outcome> {
        if let Some(none) = self.without_wallet() {
            return Err(none);
        }
        let Some(wallet) = self.wallet_mut().filter(|wallet| wallet.number == keys.wallet) else {
            return Ok((None, vec![]));
        };
        let others = Some(SlotKeys::of(wallet)).filter(|others| others != keys);
        let lines = wallet.wipe();
        // A session may have begun while the keystore was asked.
        self.end_sessions();
        Ok((others, lines))
    }
}
