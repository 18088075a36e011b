//! What must not show in time: how near a guess is to the right PIN or to the recovery code, which PIN is right, how
//! long it is, and where a repeated guess stands among the remembered ones.
//!
//! Argon2id runs at a very low cost here, so that it hides little. It is part of the whole try and is not constant in
//! time itself: in its second half it looks up addresses that depend on PIN and salt (RFC 9106, section 3.4.1.3). The
//! salt is random and does not depend on a guess.

mod measure;
mod stopwatch;
mod welch;

use std::hint::black_box;
use std::time::Instant;

use measure::{Class, assert_alike, assert_differs, samples};
use stopwatch::{PARTS, Timed, entry};
use walletlock_core::{CodeOutcome, CodeRefusal, FactorOutcome, PinOutcome};

use crate::seed::Dice;

/// How many comparisons one sample times: a single one takes a few nanoseconds, less than reading the clock.
const COMPARISONS: u32 = 200;

/// A guess that differs from the PIN in every digit (class A), or in the last digit only (class B).
fn near_or_far(pin: &[u8], class: Class, dice: &mut Dice) -> Vec<u8> {
    let mut other = |digit: &u8| (digit + 1 + (dice.roll() % 9) as u8) % 10;
    match class {
        Class::A => pin.iter().map(other).collect(),
        Class::B => [&pin[..pin.len() - 1], &[other(&pin[pin.len() - 1])]].concat(),
    }
}

#[test]
fn how_near_a_guess_is() {
    assert_alike("0 or 5 of 6 digits right", PARTS, samples(1000), |dice| {
        let mut wallet = Timed::random(dice, 6, 0);
        Box::new(move |class, dice| {
            let guess = near_or_far(&wallet.pin, class, dice);
            wallet.guess(&guess)
        })
    });
}

/// The recovery code with another number in one of its eight groups.
fn other_group(code: &str, group: usize, dice: &mut Dice) -> String {
    let place = (group - 1) * 6..group * 6;
    let number: u64 = code[place.clone()].parse().expect("digits");
    let other = 11 * ((number / 11 + 1 + dice.roll() % 65_535) % 65_536) + group as u64;
    format!("{}{other:06}{}", &code[..place.start], &code[place.end..])
}

#[test]
fn how_near_a_recovery_code_is() {
    assert_alike("a code that differs in its first group or its last", ["whole code"], samples(1000), |dice| {
        let (wallet, code) = Timed::with_code(dice);
        Box::new(move |class, dice| {
            let wrong = other_group(&code, if class == Class::A { 1 } else { 8 }, dice);
            let (time, outcome) = wallet.enter_code(&wrong);
            assert!(matches!(outcome, CodeOutcome::Refused(CodeRefusal::Wrong)), "{outcome:?}");
            [time]
        })
    });
}

/// The control: a code with a mistyped digit is refused before it is tried on its slot. So this test would see a check
/// that ends early. Right and wrong codes take about the same time: no control can rest on them.
#[test]
fn a_recovery_code_that_is_refused_early_is_seen_to_differ() {
    let mut dice = Dice::of("timing, mistyped or wrong code");
    let (wallet, code) = Timed::with_code(&mut dice);
    let last = if code.ends_with('0') { '1' } else { '0' };
    let mistyped = format!("{}{last}", &code[..code.len() - 1]);
    let sample = move |class, dice: &mut Dice| match class {
        Class::A => {
            let (time, outcome) = wallet.enter_code(&mistyped);
            assert!(matches!(outcome, CodeOutcome::Refused(CodeRefusal::NotACode { group: 8 })), "{outcome:?}");
            [time]
        }
        Class::B => [wallet.enter_code(&other_group(&code, 8, dice)).0],
    };
    assert_differs("mistyped or wrong code", ["whole code"], samples(1000), Box::new(sample));
}

/// A code that differs from the one that is shown as [`near_or_far`] says. The codes beside that count too.
fn wrong_code(timed: &Timed, letters: &str, class: Class, dice: &mut Dice) -> Vec<u8> {
    let [before, shown, after] = [-1, 0, 1].map(|steps| timed.shown(letters, steps));
    loop {
        let guess = near_or_far(&shown, class, dice);
        if guess != before && guess != after {
            return guess;
        }
    }
}

/// Wrong codes of the authenticator, and codes that are right but too old. A right one is used up in a second write,
/// and the caller is told anyway.
#[test]
fn how_near_a_code_of_the_authenticator_is() {
    let wrong = |timed: &Timed, code: &[u8]| {
        let (time, outcome) = timed.try_code(code);
        assert!(matches!(outcome, FactorOutcome::Wrong { .. }), "{outcome:?}");
        // The waits after wrong codes are a week at most.
        timed.pass_minutes(7 * 24 * 60);
        [time]
    };
    assert_alike("a code with 0 or 5 of 6 digits right", ["whole try"], samples(1000), |dice| {
        let (timed, letters) = Timed::with_app(dice);
        Box::new(move |class, dice| {
            let guess = wrong_code(&timed, &letters, class, dice);
            wrong(&timed, &guess)
        })
    });
    // The phone's date is before the day on which the authenticator was set up, so its codes are too old.
    assert_alike("a code that is wrong or too old", ["whole try"], samples(1000), |dice| {
        let (timed, letters) = Timed::with_app(dice);
        timed.pass_minutes(60);
        timed.set_back_minutes(120);
        Box::new(move |class, dice| {
            let guess = wrong_code(&timed, &letters, Class::A, dice);
            let shown = timed.shown(&letters, 0);
            let times = wrong(&timed, if class == Class::A { &guess } else { &shown });
            timed.set_back_minutes(7 * 24 * 60);
            times
        })
    });
}

/// The control: the second write of a right code takes time.
#[test]
fn the_right_code_of_the_authenticator_is_seen_to_differ() {
    let mut dice = Dice::of("timing, right or wrong code of the authenticator");
    let (timed, letters) = Timed::with_app(&mut dice);
    let sample = move |class, dice: &mut Dice| {
        // The waits after wrong codes are a week at most, and the app shows another code.
        timed.pass_minutes(7 * 24 * 60);
        let code = match class {
            Class::A => timed.shown(&letters, 0),
            Class::B => wrong_code(&timed, &letters, class, dice),
        };
        let (time, outcome) = timed.try_code(&code);
        assert_eq!(outcome == FactorOutcome::Right, class == Class::A, "{outcome:?}");
        [time]
    };
    assert_differs("right or wrong code of the authenticator", ["whole try"], samples(1000), Box::new(sample));
}

#[test]
fn how_long_the_right_pin_is() {
    assert_alike("guess as long as the PIN or not", PARTS, samples(1000), |dice| {
        let mut wallets = [Timed::random(dice, 6, 0), Timed::random(dice, 12, 0)];
        Box::new(move |class, dice| {
            // The class must not depend on which wallet is used.
            let wallet = &mut wallets[(dice.roll() % 2) as usize];
            let length = if class == Class::A { wallet.pin.len() } else { 18 - wallet.pin.len() };
            let mut guess = dice.pin(length);
            if guess == wallet.pin {
                guess[0] = (guess[0] + 1) % 10;
            }
            wallet.guess(&guess)
        })
    });
}

/// Each class uses several wallets and renews them now and then. Where a wallet lies in memory shows in time too, and
/// so does the address pattern that Argon2id has with its PIN and salt.
#[test]
fn which_the_right_pin_is() {
    const WALLETS: usize = 8;
    assert_alike("right PINs of low or of high digits", PARTS, samples(1000), |_| {
        let mut wallets: [Vec<Timed>; 2] = Default::default();
        let mut since = 0;
        Box::new(move |class, dice| {
            if since % 250 == 0 {
                wallets = [0, 5].map(|lowest| {
                    let mut some = Vec::new();
                    while some.len() < WALLETS {
                        let pin: Vec<_> = (0..6).map(|_| lowest + dice.digit() % 5).collect();
                        some.extend(Timed::enrol(dice, &pin, 0));
                    }
                    some
                });
            }
            since += 1;
            wallets[class as usize][dice.roll() as usize % WALLETS].unlock()
        })
    });
}

#[test]
fn where_a_repeated_guess_stands() {
    const REMEMBERED: u32 = 16;
    assert_alike("oldest or newest of 16 remembered", PARTS, samples(1000), |dice| {
        let mut wallet = Timed::random(dice, 6, REMEMBERED);
        let mut guesses: Vec<Vec<u8>> = Vec::new();
        let mut since = 0;
        Box::new(move |class, dice| {
            // The guesses are renewed now and then: each has its own address pattern in Argon2id.
            if since % 32 == 0 {
                wallet.unlock();
                guesses.clear();
                while guesses.len() < REMEMBERED as usize {
                    let guess = dice.pin(6);
                    if guess != wallet.pin && !guesses.contains(&guess) {
                        wallet.guess(&guess);
                        guesses.push(guess);
                    }
                }
            }
            since += 1;
            let guess = if class == Class::A { guesses.first() } else { guesses.last() };
            let (times, outcome) = wallet.verify(guess.expect("sixteen"));
            assert!(matches!(outcome, PinOutcome::Wrong(wrong) if wrong.repeated), "{outcome:?}");
            times
        })
    });
}

#[test]
fn where_two_entries_differ() {
    assert_alike("entries differ in the first digit or the last", ["comparison"], samples(3000), |dice| {
        let digits: [u8; 12] = dice.digits();
        let typed = entry(&digits);
        Box::new(move |class, _| {
            let mut again = digits;
            let place = if class == Class::A { 0 } else { 11 };
            again[place] = (again[place] + 5) % 10;
            // A new entry each time: two entries that were kept would differ by their addresses.
            let other = entry(&again);
            [time(|| assert!(!black_box(&typed).matches(black_box(&other))))]
        })
    });
}

/// The control: the test catches a comparison that stops at the first difference, although this is the shortest
/// operation that is timed here.
#[test]
fn an_early_exit_is_seen() {
    let stored: [u8; 12] = Dice::of("timing, early exit").digits();
    let guesses = [0, 11].map(|place| {
        let mut guess = stored;
        guess[place] = (guess[place] + 5) % 10;
        guess
    });
    let leaky = |stored: &[u8; 12], guess: &[u8; 12]| stored.iter().zip(guess).all(|(one, other)| one == other);
    let sample = move |class: Class, _: &mut Dice| {
        let guess = &guesses[class as usize];
        [time(|| assert!(!leaky(black_box(&stored), black_box(guess))))]
    };
    assert_differs("leaky comparison", ["comparison"], samples(3000), Box::new(sample));
}

/// The control within a whole try: right and wrong take different times once the verdict is known. A wrong try seals a
/// count into its journal line; a right one starts a session. Both happen after the charge is on the disk, and the
/// caller is told the verdict anyway.
#[test]
fn the_settling_of_right_and_wrong_is_seen_to_differ() {
    let mut dice = Dice::of("timing, right or wrong");
    let mut wallet = Timed::random(&mut dice, 6, 0);
    let sample = move |class, dice: &mut Dice| match class {
        Class::A => wallet.unlock(),
        Class::B => {
            let guess = near_or_far(&wallet.pin, Class::A, dice);
            wallet.guess(&guess)
        }
    };
    assert_differs("right or wrong", PARTS, samples(1000), Box::new(sample));
}

fn time(mut compare: impl FnMut()) -> f64 {
    let begin = Instant::now();
    (0..COMPARISONS).for_each(|_| compare());
    begin.elapsed().as_nanos() as f64
}
