//! What the mutated inputs of several parsers share: how many there are, their seed, and the mutation of bytes. Each
//! parser's test stands beside the parser or its tests, in a module `fuzz`.
//!
//! `WALLETLOCK_INPUTS` sets how many inputs each parser reads, and `WALLETLOCK_SEED` the seed.

use crate::platform::testing::TestRng;

/// Always the same seed unless one is given, so that a failure means a change and not bad luck.
const SEED: u64 = 20_260_101;
const INPUTS: u64 = 20_000;
/// Bytes that mean something to one of the parsers.
const TELLING: &[u8] = b"\0.\"{}[],:=-_0123456789eEnlu\\/ \x7f\xff";

/// Gives the mutated inputs of a test their randomness, one after the other. Each has a stream of its own, named after
/// its number.
pub(crate) fn inputs() -> impl Iterator<Item = (String, TestRng)> {
    let seed = number_from("WALLETLOCK_SEED").unwrap_or(SEED);
    let inputs = number_from("WALLETLOCK_INPUTS").unwrap_or(INPUTS);
    (0..inputs).map(move |nth| (format!("WALLETLOCK_SEED={seed}, input {nth}"), TestRng::nth(seed, nth)))
}

/// Changes bytes: one to four times, each anywhere.
pub(crate) fn mutate(bytes: &mut Vec<u8>, rng: &mut TestRng) {
    for _ in 0..=rng.below(4) {
        let place = rng.below(bytes.len());
        let byte = if rng.one_in(2) { rng.pick(TELLING) } else { rng.draw() as u8 };
        match rng.below(7) {
            0 if !bytes.is_empty() => bytes[place] ^= 1 << rng.below(8),
            1 if !bytes.is_empty() => bytes[place] = byte,
            2 if !bytes.is_empty() => drop(bytes.remove(place)),
            3 => bytes.insert(place, byte),
            4 => bytes.truncate(place),
            5 => {
                let end = (place + rng.below(24)).min(bytes.len());
                let piece = bytes[place..end].to_vec();
                let at = rng.below(bytes.len() + 1);
                bytes.splice(at..at, piece);
            }
            _ => {
                let end = (place + rng.below(24)).min(bytes.len());
                bytes.drain(place..end);
            }
        }
    }
}

fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.trim().parse().ok()
}

#[test]
fn a_mutation_changes_most_inputs_and_stays_small() {
    let before = b"eyJhbGciOiJFZERTQSJ9.e30.AAAA".to_vec();
    let mutated = inputs().take(1000).map(|(_, mut rng)| {
        let mut after = before.clone();
        mutate(&mut after, &mut rng);
        after
    });
    let mutated: Vec<_> = mutated.collect();
    assert!(mutated.iter().filter(|after| **after != before).count() > 900);
    assert!(mutated.iter().all(|after| after.len() <= before.len() + 4 * 24));
}
