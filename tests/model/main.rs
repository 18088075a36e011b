//! The whole lock against a small model of it: whatever happens to a wallet, in whatever order, both say the same.
//!
//! `model/` says what the design promises. A life of a wallet is drawn at random (`steps.rs`) and played on the real
//! lock and on the model at once (`play.rs`): PINs, sessions, clocks, restarts. At each question that the lock asks the
//! phone (`stage.rs`) there may be a fault, a kill, or a whole other call that comes first. After every step both must
//! have asked the phone the same, told the listener the same and ended the same.
//!
//! `WALLETLOCK_STEPS` sets how many steps are played, `WALLETLOCK_SEED` which ones: life `n` of seed `s` is the first
//! life of seed `s + n`.

mod audit;
mod cheats;
mod clocks;
mod model;
mod outcome;
mod play;
mod script;
mod stage;
mod steps;
mod tally;
mod touches;

use std::io::Write;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use cheats::Cheat;
use steps::Life;
use tally::Tally;

const SEED: u64 = 20_261_128;
const STEPS: u64 = 24_000;
/// Time for shrinking a life that fails.
const SHRINKING_MS: u32 = 30_000;
/// A cheat must be caught within this many lives.
const LIVES_OF_A_CHEAT: u64 = 200;

/// A number from the environment, or `default`.
fn from_environment(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Plays the first life of this seed. A life that fails is shrunk, in at most `shrinks` rounds.
fn play_life(seed: u64, cheat: Option<Cheat>, shrinks: u32, tally: &mut Tally) -> Result<(), TestError<Life>> {
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: shrinks,
        max_shrink_time: SHRINKING_MS,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(seed.to_be_bytes()).for_each(|(to, from)| *to = from);
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let life = steps::lives().new_tree(&mut runner).map_err(TestError::Abort)?;
    let tally = std::cell::RefCell::new(tally);
    runner.run_one(life, |life| play::live(&life, cheat, &mut tally.borrow_mut())).map(|_| ())
}

#[test]
fn whatever_happens_the_lock_does_what_the_design_says() {
    let (seed, steps) = (from_environment("WALLETLOCK_SEED", SEED), from_environment("WALLETLOCK_STEPS", STEPS));
    let mut tally = Tally::default();
    while tally.steps < steps {
        let life = tally.lives;
        if let Err(failure) = play_life(seed + life, None, 5_000, &mut tally) {
            panic!("life {life} of seed {seed} (WALLETLOCK_SEED={}): {failure}", seed + life);
        }
    }
    let (played, lives) = (tally.steps, tally.lives);
    writeln!(std::io::stderr(), "model: {played} steps in {lives} runs, seed {seed}: {tally}").expect("written");
    if steps >= STEPS {
        assert_eq!(tally.missing(), Vec::<&str>::new(), "these never happened");
    }
}

#[test]
fn a_broken_promise_is_noticed() {
    let seed = from_environment("WALLETLOCK_SEED", SEED);
    for cheat in Cheat::ALL {
        let mut tally = Tally::default();
        let mut play = |life| play_life(seed + life, Some(cheat), 0, &mut tally).err().map(|failure| (life, failure));
        let caught = (0..LIVES_OF_A_CHEAT).find_map(&mut play);
        let Some((life, TestError::Fail(why, _))) = caught else { panic!("{cheat:?} is not noticed: {caught:?}") };
        writeln!(std::io::stderr(), "model: {cheat:?} is noticed in run {life} of seed {seed}: {why}")
            .expect("written");
    }
}
