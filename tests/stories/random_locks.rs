//! Random histories of a wallet with a provider. No model is kept: after each event, invariants of the locks must hold.

use walletlock_core::platform::testing::TestRng;
use walletlock_core::{LockReason, LockStatus, OwnerLock, PinOutcome, Remedy, RemedyState, WordDone, WordOutcome};

use crate::backend::{Backend, wallet_of};
use crate::wallet::{PIN, Wallet};

const HOUR: u64 = 3_600_000;
const HISTORIES: u64 = 40;
const EVENTS: usize = 40;

/// The hardest to clear first: DESIGN 3.
const HARDEST_FIRST: [LockReason; 7] = [
    LockReason::LostOrStolen,
    LockReason::ProviderOrder,
    LockReason::TooManyAttempts,
    LockReason::LockedByOwner,
    LockReason::UnusualActivity,
    LockReason::HeartbeatExpired,
    LockReason::UntilRestart,
];

/// What happened, as far as it may clear a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clears {
    Nothing,
    RightPin,
    Grant,
    Heartbeat,
    Restart,
    /// An order that was missing came.
    MissingOrder,
}

/// Which event may clear which lock.
fn may_clear(event: Clears, reason: LockReason) -> bool {
    match reason {
        LockReason::UnusualActivity => matches!(event, Clears::RightPin | Clears::Grant),
        LockReason::ProviderOrder => matches!(event, Clears::Grant | Clears::MissingOrder),
        LockReason::LostOrStolen | LockReason::TooManyAttempts | LockReason::LockedByOwner => event == Clears::Grant,
        LockReason::HeartbeatExpired => event == Clears::Heartbeat,
        LockReason::UntilRestart => event == Clears::Restart,
        LockReason::DataDamaged => false,
    }
}

fn hardness(status: &LockStatus) -> Option<(usize, LockReason)> {
    let LockStatus::Locked { reason, .. } = status else { return None };
    HARDEST_FIRST.iter().position(|other| other == reason).map(|place| (place, *reason))
}

struct Life {
    backend: Backend,
    wallet: Wallet,
    rng: TestRng,
    guesses: u32,
    /// Orders that were sent and not delivered.
    withheld: Vec<String>,
    /// Every word that was ever delivered.
    delivered: Vec<String>,
}

impl Life {
    fn begin(seed: u64) -> Self {
        let backend = Backend::new();
        let mut policy = backend.policy();
        (policy.lockout.per_boot_limit, policy.lockout.lock_at) = (Some(3), Some(4));
        let wallet = Wallet::with_policy(policy);
        wallet.enrol(PIN).close();
        backend.register(&wallet);
        let rng = TestRng::new(seed);
        Self { backend, wallet, rng, guesses: 0, withheld: Vec::new(), delivered: Vec::new() }
    }

    fn order(&mut self) -> String {
        match self.rng.below(4) {
            0 => self.backend.lock(&self.wallet, "lost"),
            1 => self.backend.lock(&self.wallet, "unusual"),
            2 => self.backend.lock(&self.wallet, "order"),
            _ => self.backend.order(&self.wallet, r#""act":"freeze""#),
        }
    }

    /// Something happens. Returns what it may clear.
    fn happen(&mut self) -> Clears {
        let before = self.wallet.status();
        match self.rng.below(16) {
            0 => {
                let order = self.order();
                assert!(matches!(Backend::accept(&self.wallet, &order), WordOutcome::Done(_)), "it needs no proof");
                self.delivered.push(order);
                // A later order raises the last number over the one that is missing.
                self.withheld.clear();
                Clears::MissingOrder
            }
            1 => {
                let order = self.order();
                self.withheld.push(order);
                Clears::Nothing
            }
            2 if !self.withheld.is_empty() => {
                for order in std::mem::take(&mut self.withheld) {
                    Backend::accept(&self.wallet, &order);
                    self.delivered.push(order);
                }
                Clears::MissingOrder
            }
            3 => match self.wallet.verify(PIN) {
                PinOutcome::Right(session) => {
                    let enters = |remedy: &Remedy| *remedy == Remedy::EnterPin;
                    let admits = match &before {
                        LockStatus::Ready { .. } => true,
                        LockStatus::Locked { reason, remedies, .. } => {
                            *reason == LockReason::UnusualActivity && remedies.iter().any(enters)
                        }
                        _ => false,
                    };
                    assert!(admits, "the PIN opened {before:?}");
                    assert!(session.vault().names().is_ok());
                    Clears::RightPin
                }
                _ => Clears::Nothing,
            },
            5 | 6 | 12..=14 => {
                self.guesses += 1;
                assert!(!matches!(self.wallet.guess(self.guesses), PinOutcome::Right(_)));
                Clears::Nothing
            }
            7 | 15 => {
                self.wallet.phone.clock.advance_ms(HOUR * (1 + self.rng.below(150) as u64));
                Clears::Nothing
            }
            8 => {
                self.wallet.phone.clock.reboot();
                Clears::Restart
            }
            4 | 9 => match self.backend.unlock(&self.wallet) {
                WordOutcome::Done(WordDone::Unlocked) => Clears::Grant,
                _ => Clears::Nothing,
            },
            10 => match self.backend.beat(&self.wallet, &[]) {
                WordOutcome::Done(WordDone::HeartbeatTaken) => Clears::Heartbeat,
                _ => Clears::Nothing,
            },
            _ => {
                if let Some(word) = self.delivered.get(self.rng.below(self.delivered.len().max(1))).cloned() {
                    // Nothing is done twice.
                    Backend::accept(&self.wallet, &word);
                }
                if self.rng.one_in(8) {
                    assert_eq!(self.wallet.lock.lock_as_owner(), Ok(OwnerLock::Locked));
                }
                Clears::Nothing
            }
        }
    }

    /// The way back that never fails: everything is delivered, a heartbeat, a grant, a restart of the phone.
    fn find_the_way_back(&mut self) {
        let orders = std::mem::take(&mut self.withheld);
        let orders: Vec<_> = orders.iter().map(String::as_str).collect();
        assert_eq!(self.backend.beat(&self.wallet, &orders), WordOutcome::Done(WordDone::HeartbeatTaken));
        assert_eq!(self.backend.unlock(&self.wallet), WordOutcome::Done(WordDone::Unlocked));
        self.wallet.phone.clock.reboot();
        self.wallet.wait();
        assert!(self.wallet.status().is_ready(), "{:?}", self.wallet.status());
        drop(self.wallet.unlock());
    }
}

#[test]
fn no_lock_is_cleared_by_what_may_not_and_each_has_a_way_back() {
    let mut seen = Vec::new();
    for seed in 0..HISTORIES {
        let mut life = Life::begin(seed);
        let wallet = wallet_of(&life.wallet);
        for nth in 0..EVENTS {
            let before = life.wallet.status();
            let event = life.happen();
            if life.rng.one_in(6) {
                life.wallet = life.wallet.restart();
            }
            let after = life.wallet.status();
            if let Some((was, reason)) = hardness(&before) {
                let is_cleared = hardness(&after).is_none_or(|(is, _)| is > was);
                assert!(!is_cleared || may_clear(event, reason), "{seed}, {nth}: {event:?} cleared {reason:?}");
                if is_cleared {
                    seen.push(reason);
                }
            }
            if let LockStatus::Locked { reason, remedies, .. } = &after {
                let has_way = remedies
                    .iter()
                    .any(|remedy| !matches!(remedy, Remedy::Contact(_)) && remedy.state() == RemedyState::Available);
                assert!(has_way, "{seed}, {nth}: nothing clears {reason:?}");
            }
        }
        life.find_the_way_back();
        assert_eq!(wallet_of(&life.wallet), wallet);
    }
    for reason in HARDEST_FIRST {
        assert!(seen.contains(&reason), "no history cleared {reason:?}");
    }
}
