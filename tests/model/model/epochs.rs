//! Irrevocable changes: each is sealed with the next seal key, and the seal key before it is deleted.

use walletlock_core::LockError;
use walletlock_core::events::Kind;
use walletlock_core::platform::DeviceKeyFault;

use super::calls::key_fault;
use super::{Caller, Model, Outcome, Wallet};
use crate::script::Ask;

/// Whether older copies are worthless now. The error says why the previous seal key could not be deleted.
pub(super) type Irrevocable = Result<(), DeviceKeyFault>;

impl Caller {
    /// Changes the wallet. The change is irrevocable if the previous seal key can be deleted.
    pub(super) async fn commit_irrevocably<T>(
        &self,
        change: impl FnOnce(&mut Model) -> Result<(T, Vec<(u64, Kind)>), Outcome>,
    ) -> Result<(T, Irrevocable), Outcome> {
        self.with_lease(change, false).await
    }

    /// The same, for a change that adds no journal line.
    pub(super) async fn commit_irrevocably_without_a_line<T>(
        &self,
        change: impl FnOnce(&mut Model) -> Result<(T, Vec<(u64, Kind)>), Outcome>,
    ) -> Result<(T, Irrevocable), Outcome> {
        self.with_lease(change, true).await
    }

    async fn with_lease<T>(
        &self,
        change: impl FnOnce(&mut Model) -> Result<(T, Vec<(u64, Kind)>), Outcome>,
        changes_without_a_line: bool,
    ) -> Result<(T, Irrevocable), Outcome> {
        {
            let mut model = self.model();
            if model.process.seal_keys_leased {
                return Err(key_fault(DeviceKeyFault::Busy));
            }
            model.process.seal_keys_leased = true;
        }
        let changed = self.in_lease(change, changes_without_a_line).await;
        self.model().process.seal_keys_leased = false;
        let (changed, lines, irrevocable) = changed?;
        self.tell(lines).await;
        Ok((changed, irrevocable))
    }

    async fn in_lease<T>(
        &self,
        change: impl FnOnce(&mut Model) -> Result<(T, Vec<(u64, Kind)>), Outcome>,
        changes_without_a_line: bool,
    ) -> Result<(T, Vec<(u64, Kind)>, Irrevocable), Outcome> {
        self.delete_left().await.map_err(key_fault)?;
        let protected = {
            let model = self.model();
            if let Some(none) = model.without_wallet() {
                return Err(none);
            }
            model.wallet().is_some_and(|wallet| wallet.slot.is_some())
        };
        if protected {
            self.make_next().await.map_err(key_fault)?;
        }
        let before = self.model().wallet().cloned();
        let changed = change(&mut self.model());
        let (changed, lines) = changed?;
        // A change that only forgets why biometrics are off adds no line.
        let changes = changes_without_a_line || !lines.is_empty() || before.as_ref() != self.model().wallet();
        let was_alive = before.is_some_and(|wallet| wallet.slot.is_some());
        let irrevocable = if protected && was_alive && changes {
            self.rotate().await
        } else {
            let mut model = self.model();
            let previous_key = model.process.previous_key;
            if changes && let Some(wallet) = model.sealed_mut() {
                wallet.copy = previous_key;
            }
            Ok(())
        };
        Ok((changed, lines, irrevocable))
    }

    /// Makes the next seal key, unless this process has made it. A key of that alias from an earlier process is deleted
    /// first.
    pub(super) async fn make_next(&self) -> Result<(), DeviceKeyFault> {
        let (next, number, is_made, is_used) = {
            let mut model = self.model();
            let Some(next) = model.sealed().map(Wallet::next_seal) else { return Ok(()) };
            let number = model.next_number();
            let process = &mut model.process;
            let listed = process.left.len();
            if !process.made {
                process.left.retain(|left| *left != next);
            }
            let is_used = std::mem::replace(&mut process.is_used, true) || process.left.len() < listed;
            (next, number, process.made, is_used)
        };
        if is_made {
            return Ok(());
        }
        if is_used {
            self.script.ask(Ask::Delete(next)).await?;
        }
        if self.script.ask(Ask::Create(next, number)).await.is_err() {
            // A key of that alias may have been left behind, unknown to this process.
            self.script.ask(Ask::Delete(next)).await?;
            self.script.ask(Ask::Create(next, number)).await?;
        }
        self.mac_twice(next).await?;
        let process = &mut self.model().process;
        (process.made, process.last_made) = (true, number);
        Ok(())
    }

    /// Seals the wallet with the next seal key, and deletes the key before it.
    pub(super) async fn rotate(&self) -> Irrevocable {
        {
            let mut model = self.model();
            let made = model.process.last_made;
            let Some(wallet) = model.sealed_mut() else { return Ok(()) };
            let before = wallet.seal();
            let previous_key = Some(wallet.seal_key);
            wallet.copy = previous_key;
            (wallet.epoch, wallet.seal_key) = (wallet.epoch + 1, made);
            model.process.previous_key = previous_key;
            (model.process.made, model.process.is_used) = (false, false);
            model.process.left.push(before);
        }
        let deleted = self.delete_left().await;
        if deleted.is_ok() {
            self.model().process.previous_key = None;
        }
        deleted
    }

    /// Deletes the keys that should be gone, until a call fails.
    pub(super) async fn delete_left(&self) -> Irrevocable {
        loop {
            let Some(key) = self.model().process.left.first().copied() else { return Ok(()) };
            self.script.ask(Ask::Delete(key)).await?;
            self.model().process.left.remove(0);
        }
    }

    /// The PIN pad opens: makes the next seal key ahead. It is no fault yet if that fails.
    pub(crate) async fn prepare(self) -> Outcome {
        {
            let mut model = self.model();
            let wallet = model.wallet().filter(|wallet| wallet.slot.is_some());
            let (protected, measures) = (wallet.is_some(), wallet.is_some_and(|wallet| wallet.is_measured_again));
            if protected {
                model.process.kdf_cost_measured = measures;
            }
            if !protected || model.process.seal_keys_leased {
                return Outcome::Done;
            }
            model.process.seal_keys_leased = true;
        }
        let _when_it_is_needed = self.make_next().await;
        self.model().process.seal_keys_leased = false;
        Outcome::Done
    }
}

impl Model {
    /// Forgets the seal keys, because every key was deleted.
    pub(super) fn forget_all_seals(&mut self) {
        (self.process.made, self.process.is_used, self.process.previous_key) = (false, false, None);
        self.process.left.clear();
    }
}

/// Whether a fault of the keystore ended the call.
pub(super) fn is_key_fault(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Error(LockError::DeviceKey(_)))
}
