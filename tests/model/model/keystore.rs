//! How the lock asks a keystore that may lie: by name, twice, and with a probe key in between.

use walletlock_core::platform::DeviceKeyFault;

use super::{Caller, Keys, Reading};
use crate::script::{Ask, Key, Scope};

/// The marks of this many wiped wallets are kept.
const MARKS_KEPT: usize = 32;

/// What the keystore lists for this place.
pub(super) struct KeysAtPlace {
    pub(super) has_seal_key: bool,
    pub(super) wallets: Vec<u64>,
    /// Biometric keys of wallets that have no PIN's key anywhere.
    pub(super) orphan_biometric_keys: Vec<Key>,
}

/// A key, and the wallet that its alias names.
type OfWallet = (Key, Option<u64>);

/// The biometric keys in `some` whose wallet has no PIN's key in `all`.
fn without_pin(some: &[OfWallet], all: &[OfWallet]) -> Vec<OfWallet> {
    let has_pin = |of: Option<u64>| all.iter().any(|(key, wallet)| matches!(key, Key::Pin(_)) && *wallet == of);
    some.iter().filter(|(key, wallet)| matches!(key, Key::Biometric(_)) && !has_pin(*wallet)).copied().collect()
}

impl Caller {
    pub(super) async fn exists(&self, key: Key) -> Result<bool, DeviceKeyFault> {
        Ok(self.script.ask(Ask::Exists(key)).await.map_err(busy_if_gone)?.says)
    }

    /// 'No' is believed only if the keystore then answers for a probe key, and says 'no' once more.
    pub(super) async fn is_there(&self, key: Key) -> Result<bool, DeviceKeyFault> {
        if self.exists(key).await? {
            return Ok(true);
        }
        self.begin_probe().await?;
        let answer = match self.two_macs_of_probe().await {
            Ok(()) => match self.exists(Key::Probe).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(DeviceKeyFault::Busy),
                Err(fault) => Err(fault),
            },
            fault => fault,
        };
        self.end_probe(answer).await?;
        self.exists(key).await
    }

    async fn begin_probe(&self) -> Result<(), DeviceKeyFault> {
        self.script.ask(Ask::Delete(Key::Probe)).await.map_err(busy_if_gone)?;
        let number = self.model().next_number();
        self.script.ask(Ask::Create(Key::Probe, number)).await.map(|_| ()).map_err(busy_if_gone)
    }

    async fn two_macs_of_probe(&self) -> Result<(), DeviceKeyFault> {
        let first = self.script.ask(Ask::Hmac(Key::Probe)).await?;
        let second = self.script.ask(Ask::Hmac(Key::Probe)).await?;
        if first.mac == second.mac { Ok(()) } else { Err(DeviceKeyFault::Busy) }
    }

    async fn end_probe<T>(&self, answer: Result<T, DeviceKeyFault>) -> Result<T, DeviceKeyFault> {
        self.script.ask(Ask::Delete(Key::Probe)).await.map_err(busy_if_gone)?;
        answer.map_err(busy_if_gone)
    }

    /// After `Gone`, asks whether the key exists. If it does, asks for the MAC once more, and that answer counts.
    pub(super) async fn mac(&self, key: Key) -> Result<Reading, DeviceKeyFault> {
        match self.script.ask(Ask::Hmac(key)).await {
            Err(DeviceKeyFault::Gone) if self.is_there(key).await? => self.script.ask(Ask::Hmac(key)).await,
            answer => answer,
        }
    }

    pub(super) async fn ready(&self, key: Key) -> Result<(), DeviceKeyFault> {
        let answer = match self.script.ask(Ask::Ready(key)).await {
            Err(DeviceKeyFault::Gone) if self.is_there(key).await? => self.script.ask(Ask::Ready(key)).await,
            answer => answer,
        };
        answer.map(|_| ())
    }

    /// An answer that a commit depends on is asked for twice.
    pub(super) async fn mac_twice(&self, key: Key) -> Result<(), DeviceKeyFault> {
        let (first, second) = (self.mac(key).await?, self.mac(key).await?);
        if first.mac == second.mac { Ok(()) } else { Err(DeviceKeyFault::Busy) }
    }

    /// A list that fails with `Gone` says nothing about any key.
    async fn list(&self, scope: Scope) -> Result<(), DeviceKeyFault> {
        self.script.ask(Ask::Aliases(scope)).await.map(|_| ()).map_err(busy_if_gone)
    }

    async fn list_here(&self) -> Result<Vec<String>, DeviceKeyFault> {
        self.list(Scope::Here).await?;
        let here = self.model().keys.listed(Scope::Here);
        self.list(Scope::File).await?;
        Ok(here)
    }

    pub(super) async fn list_wallet(&self, wallet: u64) -> Result<Vec<Key>, DeviceKeyFault> {
        self.list(Scope::Wallet(wallet)).await?;
        let model = self.model();
        Ok(model.keys.keys_of(&model.keys.listed(Scope::Wallet(wallet))))
    }

    /// Before leftovers are deleted, the list is asked for twice.
    pub(super) async fn list_wallet_twice(&self, wallet: u64) -> Result<Vec<Key>, DeviceKeyFault> {
        let mut keys = self.list_wallet(wallet).await?;
        let more = self.list_wallet(wallet).await?;
        keys.extend(more.into_iter().filter(|key| !keys.contains(key)).collect::<Vec<_>>());
        Ok(keys)
    }

    /// That there is no seal key is believed only if the keystore lists a probe key that was made for this question.
    pub(super) async fn wallets_here(&self) -> Result<KeysAtPlace, DeviceKeyFault> {
        let mut aliases = self.list_here().await?;
        let has_seal_key = |aliases: &[String]| {
            let keys = self.model().keys.keys_of(aliases);
            keys.iter().any(|key| matches!(key, Key::Seal { .. }))
        };
        if !has_seal_key(&aliases) {
            self.begin_probe().await?;
            let answer = match self.two_macs_of_probe().await {
                Ok(()) => self.list_here().await,
                Err(fault) => Err(fault),
            };
            let answer = answer.and_then(|aliases| {
                let sees_it = self.model().keys.keys_of(&aliases).contains(&Key::Probe);
                if sees_it { Ok(aliases) } else { Err(DeviceKeyFault::Busy) }
            });
            aliases = self.end_probe(answer).await?;
        }
        let listed = self.model().keys.with_wallets(&aliases);
        let mut wallets: Vec<_> = listed
            .iter()
            .filter_map(|(key, wallet)| if matches!(key, Key::Seal { .. }) { *wallet } else { None })
            .collect();
        wallets.dedup();
        let mut orphan_biometric_keys = without_pin(&listed, &listed);
        if !orphan_biometric_keys.is_empty() {
            self.list(Scope::Everywhere).await?;
            let model = self.model();
            orphan_biometric_keys =
                without_pin(&orphan_biometric_keys, &model.keys.with_wallets(&model.keys.listed(Scope::Everywhere)));
        }
        let orphan_biometric_keys = orphan_biometric_keys.into_iter().map(|(key, _)| key).collect();
        Ok(KeysAtPlace {
            has_seal_key: listed.iter().any(|(key, _)| matches!(key, Key::Seal { .. })),
            wallets,
            orphan_biometric_keys,
        })
    }

    /// Whether a mark says that one of these wallets, or a wallet at this place, was wiped.
    pub(super) async fn is_marked(&self, wallets: &[u64]) -> Result<bool, DeviceKeyFault> {
        for mark in wallets.iter().map(|wallet| Key::Mark(*wallet)).chain([Key::PlaceMark]) {
            if self.exists(mark).await? && self.answers(mark).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// No wallet is destroyed on a single answer: the mark's key must also give two equal MACs.
    pub(super) async fn answers(&self, mark: Key) -> Result<bool, DeviceKeyFault> {
        match self.mac_twice(mark).await {
            Ok(()) => Ok(true),
            Err(DeviceKeyFault::Gone) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// Deletes the mark of this place, and checks that it is gone.
    pub(super) async fn delete_mark_of_place(&self) -> Result<(), DeviceKeyFault> {
        self.script.ask(Ask::Delete(Key::PlaceMark)).await?;
        if self.exists(Key::PlaceMark).await? { Err(DeviceKeyFault::Busy) } else { Ok(()) }
    }

    /// Deletes these keys one after the other, until a call fails.
    pub(super) async fn delete(&self, keys: &[Key]) -> Result<(), DeviceKeyFault> {
        for key in keys {
            self.script.ask(Ask::Delete(*key)).await?;
        }
        Ok(())
    }

    /// Marks something as wiped in the keystore, and asks for the mark. The mark may exist already.
    pub(super) async fn make_mark(&self, mark: Key) -> Result<(), DeviceKeyFault> {
        let number = self.model().next_number();
        if let Err(fault) = self.script.ask(Ask::Create(mark, number)).await {
            self.ready(mark).await.map_err(|_| fault)?;
        }
        self.ready(mark).await.map_err(busy_if_gone)
    }

    pub(super) async fn drop_old_marks(&self) {
        if self.script.ask(Ask::Aliases(Scope::Marks)).await.is_err() {
            return;
        }
        let marks = {
            let model = self.model();
            model.keys.keys_of(&model.keys.listed(Scope::Marks))
        };
        let _with_the_next_enrolment = self.delete(marks.get(MARKS_KEPT..).unwrap_or_default()).await;
    }
}

/// Turns `Gone` into `Busy`: this fault says nothing about the key that was asked for.
fn busy_if_gone(fault: DeviceKeyFault) -> DeviceKeyFault {
    if fault == DeviceKeyFault::Gone { DeviceKeyFault::Busy } else { fault }
}

impl Keys {
    /// Whether this alias or prefix is the one that the model expects. An alias that is new to the model is taken for
    /// the expected one.
    pub(crate) fn meets(&mut self, alias: &str, expected: Ask) -> bool {
        if let Ask::Aliases(scope) = expected {
            return self.meets_scope(alias, scope);
        }
        let Some(expected) = expected.key() else { return false };
        if let Some(known) = self.key_of(alias) {
            return known == expected;
        }
        let parts: Vec<_> = alias.split('/').collect();
        match (parts.as_slice(), expected) {
            ([_, _, "pin", _], Key::Pin(_)) | ([_, _, "biometric", _], Key::Biometric(_)) => {
                let is_new = !self.names.values().any(|known| *known == expected);
                if is_new {
                    self.names.insert(alias.to_owned(), expected);
                }
                is_new
            }
            ([_, id, "seal", number], Key::Seal { wallet, epoch }) => {
                number.parse() == Ok(epoch) && self.learn(id, wallet)
            }
            (["walletlock", "wiped", id], Key::Mark(wallet)) => self.learn(id, wallet),
            _ => false,
        }
    }

    fn meets_scope(&mut self, prefix: &str, scope: Scope) -> bool {
        match (prefix.split('/').collect::<Vec<_>>().as_slice(), scope) {
            (["wallet.db", ""], Scope::File) | (["walletlock", "wiped", ""], Scope::Marks) => true,
            ([place, ""], Scope::Here) => *place != "wallet.db",
            // A wallet's keys are searched for at all places where they may have been made.
            ([""], Scope::Wallet(_) | Scope::Everywhere) => true,
            _ => false,
        }
    }

    /// An id that is new to the model belongs to the wallet that has no id yet.
    fn learn(&mut self, id: &str, wallet: u64) -> bool {
        let is_new = !self.ids.values().any(|known| *known == wallet);
        if is_new {
            self.ids.insert(id.to_owned(), wallet);
        }
        is_new
    }

    pub(super) fn key_of(&self, alias: &str) -> Option<Key> {
        match alias.split('/').collect::<Vec<_>>().as_slice() {
            ["walletlock", "wiped", id] => self.ids.get(*id).copied().map(Key::Mark),
            [_, "wiped", "0"] => Some(Key::PlaceMark),
            [_, "probe", "0"] => Some(Key::Probe),
            [_, id, "seal", epoch] => Some(Key::Seal { wallet: *self.ids.get(*id)?, epoch: epoch.parse().ok()? }),
            _ => self.names.get(alias).copied(),
        }
    }

    fn wallet_of(&self, alias: &str) -> Option<u64> {
        self.ids.get(alias.split('/').nth(1)?).copied()
    }

    /// Each key with its wallet.
    fn with_wallets(&self, aliases: &[String]) -> Vec<OfWallet> {
        aliases.iter().filter_map(|alias| Some((self.key_of(alias)?, self.wallet_of(alias)))).collect()
    }

    fn keys_of(&self, aliases: &[String]) -> Vec<Key> {
        aliases.iter().filter_map(|alias| self.key_of(alias)).collect()
    }

    /// Records what the phone's keystore holds now, after this question.
    pub(crate) fn see(&mut self, aliases: Vec<String>, asked: Option<Ask>) {
        if let Some(Ask::Create(_, number)) = asked {
            for made in aliases.iter().filter(|alias| !self.aliases.contains(alias)) {
                self.made.insert(made.clone(), number);
            }
        }
        self.made.retain(|alias, _| aliases.contains(alias));
        self.aliases = aliases;
        let left: Vec<_> = self.keys_of(&self.aliases);
        self.invalidated.retain(|number| left.contains(&Key::Biometric(*number)));
    }

    pub(super) fn holds(&self, key: Key) -> bool {
        self.keys_of(&self.aliases).contains(&key)
    }

    /// Whether the key with this number exists, and not a later one of the same alias.
    pub(super) fn holds_made(&self, key: Key, number: u64) -> bool {
        self.made.iter().any(|(alias, made)| *made == number && self.key_of(alias) == Some(key))
    }

    /// The seal key that was made last, if the seal key before it still exists.
    pub(crate) fn last_seal(&self) -> Option<String> {
        let has_one_before = |alias: &str| match self.key_of(alias) {
            Some(Key::Seal { wallet, epoch }) => {
                epoch.checked_sub(1).is_some_and(|epoch| self.holds(Key::Seal { wallet, epoch }))
            }
            _ => false,
        };
        let seals = self.made.iter().filter(|(alias, _)| has_one_before(alias));
        seals.max_by_key(|(_, number)| **number).map(|(alias, _)| alias.clone())
    }

    /// Enrolling another finger invalidates all biometric keys.
    pub(crate) fn enrol_another_finger(&mut self) {
        let of_biometrics = |key: Key| if let Key::Biometric(number) = key { Some(number) } else { None };
        self.invalidated = self.keys_of(&self.aliases).into_iter().filter_map(of_biometrics).collect();
    }

    pub(super) fn is_invalidated(&self, number: u64) -> bool {
        self.invalidated.contains(&number)
    }

    /// Records the list that the current call was given.
    pub(crate) fn list(&mut self, aliases: Vec<String>) {
        self.listed = aliases;
    }

    /// The aliases of this scope in the list that the current call was given.
    fn listed(&self, scope: Scope) -> Vec<String> {
        let is_meant = |alias: &&String| match scope {
            Scope::Here => !alias.starts_with("walletlock/"),
            Scope::File => false,
            Scope::Everywhere => true,
            Scope::Wallet(wallet) => self.wallet_of(alias) == Some(wallet) && !alias.starts_with("walletlock/"),
            Scope::Marks => alias.starts_with("walletlock/wiped/"),
        };
        self.listed.iter().filter(is_meant).cloned().collect()
    }
}
