//! The calls of a session. The session must be live when they begin, and its wallet must still be there when they
//! write.

use walletlock_core::LockError;
use walletlock_core::events::Kind;

use super::calls::{PLATFORM, SESSION_ENDED};
use super::{Caller, Model, Wallet};
use crate::outcome::Outcome;

impl Caller {
    pub(crate) async fn read(self, session: u64, item: String) -> Outcome {
        match self.look_into(session).await {
            Ok(_) => self.model().in_wallet(|wallet| Outcome::Item(wallet.items.get(&item).cloned())),
            Err(over) => over,
        }
    }

    pub(crate) async fn items(self, session: u64) -> Outcome {
        match self.look_into(session).await {
            Ok(_) => self.model().in_wallet(|wallet| Outcome::Items(wallet.items.keys().cloned().collect())),
            Err(over) => over,
        }
    }

    pub(crate) async fn history(self, session: u64, limit: usize) -> Outcome {
        match self.look_into(session).await {
            Ok(_) => self.model().in_wallet(|wallet| {
                let mut lines: Vec<_> = (1..).zip(wallet.journal.iter().copied()).collect();
                lines.reverse();
                lines.truncate(limit);
                Outcome::Lines(lines)
            }),
            Err(over) => over,
        }
    }

    pub(crate) async fn whether_live(self, session: u64) -> Outcome {
        let read = self.look_at_clock().await;
        Outcome::Is(read.is_some() && self.model().process.sessions.contains_key(&session))
    }

    /// Writes an item, or deletes it if `bytes` is `None`.
    pub(crate) async fn change_item(self, session: u64, item: String, bytes: Option<Vec<u8>>) -> Outcome {
        let changed = self.change(session, |wallet| match bytes {
            Some(bytes) => {
                wallet.items.insert(item, bytes);
                (Some(Outcome::Done), wallet.note(&[Kind::ItemWritten]))
            }
            None if wallet.items.remove(&item).is_some() => {
                (Some(Outcome::Is(true)), wallet.note(&[Kind::ItemDeleted]))
            }
            None => (Some(Outcome::Is(false)), vec![]),
        });
        changed.await.map_or_else(|error| error, |outcome| outcome.unwrap_or(SESSION_ENDED))
    }

    /// Changes the wallet of a session that a PIN opened.
    pub(super) async fn change<T: Default>(
        &self,
        session: u64,
        change: impl FnOnce(&mut Wallet) -> (T, Vec<(u64, Kind)>),
    ) -> Result<T, Outcome> {
        self.change_in(session, |model| model.wallet_mut().map(change).unwrap_or_default()).await
    }

    /// The same, for a change that may also touch what the process remembers.
    pub(super) async fn change_in<T>(
        &self,
        session: u64,
        change: impl FnOnce(&mut Model) -> (T, Vec<(u64, Kind)>),
    ) -> Result<T, Outcome> {
        let opened = self.look_into(session).await?;
        if !self.is_by_pin(session) {
            return Err(Outcome::Error(LockError::PinNeeded));
        }
        if !self.entropy().await {
            return Err(PLATFORM);
        }
        let changed = self.commit_irrevocably(|model| {
            if let Some(none) = model.without_wallet() {
                return Err(none);
            }
            let is_opened = |wallet: &Wallet| wallet.number == opened && wallet.slot.is_some();
            if model.wallet().is_some_and(is_opened) { Ok(change(model)) } else { Err(SESSION_ENDED) }
        });
        changed.await.map(|(changed, _)| changed)
    }

    /// Whether the PIN opened this session.
    pub(super) fn is_by_pin(&self, session: u64) -> bool {
        self.model().process.sessions.get(&session).is_some_and(|session| session.by_pin)
    }

    /// The wallet of a session that must be live.
    pub(super) async fn look_into(&self, session: u64) -> Result<u64, Outcome> {
        let reading = self.look_at_clock().await.ok_or(PLATFORM)?;
        let readings = self.readings();
        self.model().use_session(session, reading, readings).ok_or(SESSION_ENDED)
    }
}
