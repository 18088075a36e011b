//! Random histories of a wallet with a provider and a recovery code, with kills, restarts, changed clocks and older
//! files; every second one also with escrow, channels and an authenticator, and with somebody who proves things. No
//! model is kept: after each event, invariants of the locks and of what was proven must hold.
//!
//! `WALLETLOCK_SEED` sets the seed, and `WALLETLOCK_HISTORIES` how many histories are played.

use std::collections::BTreeSet;

use walletlock_core::platform::testing::TestRng;
use walletlock_core::{LockReason, LockStatus, Remedy, RemedyState};

use crate::random_life::{Clears, Life};
use crate::random_proofs::Met;

/// Always the same seed unless one is given, so that a failure means a change and not bad luck.
const SEED: u64 = 20_260_101;
const HISTORIES: u64 = 32;
const EVENTS: usize = 50;

/// The hardest to clear first: DESIGN 3.
const HARDEST_FIRST: [LockReason; 8] = [
    LockReason::DataDamaged,
    LockReason::LostOrStolen,
    LockReason::ProviderOrder,
    LockReason::TooManyAttempts,
    LockReason::LockedByOwner,
    LockReason::UnusualActivity,
    LockReason::HeartbeatExpired,
    LockReason::UntilRestart,
];

/// Which event may clear which lock.
fn may_clear(event: Clears, reason: LockReason) -> bool {
    let by_code = matches!(event, Clears::Code { .. });
    let by_row = by_code || event == Clears::Escrow;
    match reason {
        LockReason::DataDamaged => by_row || event == Clears::RightFiles,
        LockReason::LostOrStolen => matches!(event, Clears::Grant | Clears::Code { waited: true }),
        LockReason::ProviderOrder => {
            matches!(event, Clears::Grant | Clears::MissingOrder | Clears::Code { waited: true })
        }
        LockReason::TooManyAttempts | LockReason::LockedByOwner => by_row || event == Clears::Grant,
        LockReason::UnusualActivity => by_code || matches!(event, Clears::RightPin | Clears::Grant),
        LockReason::HeartbeatExpired => by_code || event == Clears::Heartbeat,
        LockReason::UntilRestart => event == Clears::Restart,
    }
}

fn hardness(status: &LockStatus) -> Option<(usize, LockReason)> {
    let LockStatus::Locked { reason, .. } = status else { return None };
    HARDEST_FIRST.iter().position(|other| other == reason).map(|place| (place, *reason))
}

fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.trim().parse().ok()
}

#[test]
fn no_lock_is_cleared_by_what_may_not_and_each_has_a_way_back() {
    let seed = number_from("WALLETLOCK_SEED").unwrap_or(SEED);
    let histories = number_from("WALLETLOCK_HISTORIES").unwrap_or(HISTORIES);
    let (mut cleared, mut met) = (Vec::new(), BTreeSet::new());
    for history in 0..histories {
        let mut life = Life::begin(TestRng::nth(seed, history));
        for nth in 0..EVENTS {
            let place = format!("seed {seed}, history {history}, event {nth}");
            let before = life.wallet().status();
            let event = life.happen();
            if life.rng.one_in(6) {
                life.restart();
            }
            let after = life.wallet().status();
            if let Some((was, reason)) = hardness(&before)
                && hardness(&after).is_none_or(|(is, _)| is > was)
            {
                assert!(may_clear(event, reason), "{place}: {event:?} cleared {reason:?}");
                cleared.push(reason);
            }
            assert!(!life.order_stands || life.is_locked_by_order(), "{place}: {event:?} lost an order: {after:?}");
            if let LockStatus::Locked { reason, remedies, .. } = &after {
                let is_way = |remedy: &Remedy| match remedy {
                    Remedy::Contact(_) => false,
                    // The phone can be registered in every state.
                    Remedy::AskProvider(RemedyState::NotSetUp) => true,
                    other => matches!(other.state(), RemedyState::Available | RemedyState::Waiting { .. }),
                };
                assert!(remedies.iter().any(is_way), "{place}: nothing clears {reason:?}: {remedies:?}");
            }
        }
        life.find_the_way_back();
        met.append(&mut life.met);
    }
    for what in Met::ALL {
        assert!(met.contains(&what), "no history met {what:?}");
    }
    for reason in HARDEST_FIRST {
        assert!(cleared.contains(&reason), "no history cleared {reason:?}");
    }
}
