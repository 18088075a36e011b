//! Two wallets are on one phone, whose keystore gives false answers. Still, what the lock reports is true, no wallet is
//! lost and no try is free.
//!
//! This is no second model of the lock. The life of two wallets with one file name in two folders is drawn at random
//! (`life.rs`): PINs, items, biometrics, wipes, restarts, kills, clocks. At one of every few calls the keystore lies.
//! For each wallet the test keeps only what its owner was told, and what may follow from that (`owner.rs`). When the
//! lies are over, both owners get in, unless a wallet was wiped, removed, or locked by tries.
//!
//! `WALLETLOCK_LIES` sets how many lies are told, `WALLETLOCK_SEED` which ones: life `n` of seed `s` is the first life
//! of seed `s + n`.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::Write;

mod cheats;
mod files;
mod life;
mod owner;
mod stage;

use cheats::Cheat;
use life::{Account, live};

const SEED: u64 = 20_260_101;
const LIES: u64 = 20_000;
/// A cheat must be caught within this many lives.
const LIVES_OF_A_CHEAT: u64 = 400;

/// A number from the environment, or `default`.
fn from_environment(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Writes a line that libtest shows even if the test passes.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("written");
}

#[test]
fn whatever_the_keystore_says_the_lock_says_what_is_so() {
    let (seed, lies) = (from_environment("WALLETLOCK_SEED", SEED), from_environment("WALLETLOCK_LIES", LIES));
    let most_failures = from_environment("WALLETLOCK_FAILURES", 1);
    let (mut account, mut lives, mut failures) = (Account::default(), 0, Vec::new());
    while account.lies < lies {
        if let Err(violation) = live(seed + lives, None, &mut account) {
            failures.push(format!("life {lives} of seed {seed} (WALLETLOCK_SEED={}): {violation}", seed + lives));
            if failures.len() as u64 >= most_failures {
                break;
            }
        }
        lives += 1;
    }
    say(&format!(
        "lies: {} in {} calls, {} steps of {lives} lives, seed {seed}",
        account.lies, account.calls, account.steps
    ));
    say(&format!("lies told: {:?}", account.told));
    say(&format!("lies heard: {:?}", account.heard));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    if lies >= LIES {
        let missing: Vec<_> = life::HAPPENS.iter().filter(|what| !account.heard.contains_key(**what)).collect();
        assert!(missing.is_empty(), "these never happened: {missing:?}");
    }
}

/// The controls: lies that the lock cannot detect, and phones that break a promise, must be reported.
#[test]
fn a_broken_promise_is_noticed() {
    let seed = from_environment("WALLETLOCK_SEED", SEED);
    let mut caught = BTreeMap::new();
    for cheat in Cheat::ALL {
        let mut account = Account::default();
        let noticed = (0..LIVES_OF_A_CHEAT)
            .find_map(|life| live(seed + life, Some(cheat), &mut account).err().map(|violation| (life, violation)));
        let Some((life, violation)) = noticed else { panic!("{cheat:?} is not noticed") };
        say(&format!("lies: {cheat:?} is noticed in life {life} of seed {seed}: {violation}"));
        caught.insert(format!("{cheat:?}"), violation);
    }
    assert_eq!(caught.len(), Cheat::ALL.len());
}
