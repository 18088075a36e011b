//! No PIN, and no key that a PIN leads to, stays in memory once the session is closed.
//!
//! A child process opens a wallet and obeys commands. Its parent knows every secret, because it opens a copy of the
//! wallet itself (see [`crate::opener`]). The parent searches all of the child's readable memory for each secret, in
//! every form that it may have there.

mod child;
mod haystack;
mod needles;

use std::io::Write;

use child::{Digits, Wallet};
use needles::{Needle, of_key, of_pin};

use crate::opener::{Derived, Secret, subkeys};
use crate::seed::Dice;

/// A search that reads fewer bytes than this has not seen the process's whole memory, and proves nothing.
const LEAST_BYTES: usize = 1 << 20;

/// All values that a PIN leads to in a wallet, as needles.
fn of_everything(whose: &str, pin: &Digits, derived: &Derived) -> Vec<Needle> {
    let mut needles = of_pin(whose, pin);
    for (what, key) in [
        ("Argon2id output", &derived.kdf_output),
        ("device key's answer", &derived.device_output),
        ("key-encryption key", &derived.key_encryption_key),
    ] {
        needles.extend(of_key(&format!("{whose}'s {what}"), key));
    }
    if let Some(data_key) = &derived.data_key {
        needles.extend(of_key("data key", data_key));
        needles.extend(subkeys(data_key).flat_map(|(purpose, key)| of_key(purpose, &key)));
    }
    needles
}

fn search(wallet: &Wallet, needles: &[Needle], after: &str) -> Vec<String> {
    let found = wallet.search(needles);
    assert!(found.bytes > LEAST_BYTES, "only {} bytes can be read", found.bytes);
    let (kib, places) = (found.bytes / 1024, found.places.len());
    writeln!(std::io::stderr(), "memory, {after}: {} needles in {kib} KiB, {places} found", needles.len())
        .expect("standard error");
    found.places
}

fn assert_clean(wallet: &Wallet, needles: &[Needle], after: &str) {
    let places = search(wallet, needles, after);
    assert!(places.is_empty(), "{after}:\n{}", places.join("\n"));
}

/// Starts a wallet with a PIN set and no open session. Also returns the needles that must not be found in it.
fn enrolled(cost: &str, dice: &mut Dice) -> (Wallet, Digits, Vec<Needle>) {
    let mut wallet = Wallet::start(cost, dice.roll());
    let pin = dice.digits();
    assert_eq!(wallet.tell('e', &[&pin]), 'R');
    assert_eq!(wallet.tell('c', &[]), '.');
    let derived = wallet.follow(&pin);
    assert!(derived.data_key.is_some(), "the documentation leads to the data key");
    let needles = of_everything("PIN", &pin, &derived);
    (wallet, pin, needles)
}

/// Enters a wrong PIN, and adds to `needles` what must not be found afterwards.
fn guess(wallet: &mut Wallet, dice: &mut Dice, needles: &mut Vec<Needle>) {
    let wrong = dice.digits();
    assert_eq!(wallet.tell('v', &[&wrong]), 'W');
    let derived = wallet.follow(&wrong);
    assert!(derived.data_key.is_none());
    needles.extend(of_everything("wrong PIN", &wrong, &derived));
}

#[test]
fn a_closed_session_leaves_neither_pin_nor_key() {
    for cost in ["cheap", "floor"] {
        let mut dice = Dice::of("memory, closed session");
        let (mut wallet, pin, mut needles) = enrolled(cost, &mut dice);
        assert_clean(&wallet, &needles, "enrolled");
        guess(&mut wallet, &mut dice, &mut needles);
        assert_clean(&wallet, &needles, "a wrong PIN");
        assert_eq!(wallet.tell('v', &[&pin]), 'R');
        // The control: an open session holds the data key once, and no other secret.
        let open = search(&wallet, &needles, "a right PIN, open");
        assert_eq!(open.len(), 4, "the data key, found as four words: {open:?}");
        assert!(open.iter().all(|place| place.starts_with("data key, as it is")), "{open:?}");
        let item: Secret = std::array::from_fn(|_| dice.roll() as u8);
        wallet.use_vault(&item);
        needles.extend(of_key("item", &item));
        assert_eq!(wallet.tell('c', &[]), '.');
        assert_clean(&wallet, &needles, "used and closed");
    }
}

/// Kotlin reaches the wallet through the bindings: they must leave no more in memory than the core does.
#[test]
fn an_item_read_through_the_bindings_leaves_nothing_and_over_uniffi_it_does() {
    let mut dice = Dice::of("memory, bindings");
    let (mut wallet, pin, mut needles) = enrolled("bound", &mut dice);
    assert_eq!(wallet.tell('v', &[&pin]), 'R');
    let item: Secret = std::array::from_fn(|_| dice.roll() as u8);
    wallet.use_vault(&item);
    let of_item = of_key("item", &item);
    assert_clean(&wallet, &of_item, "an item written and read through the bindings");
    needles.extend(of_item.clone());
    assert_eq!(wallet.tell('c', &[]), '.');
    assert_clean(&wallet, &needles, "used through the bindings and closed");
    // The control, and the reason why items are not read over uniffi: uniffi leaves the item in memory.
    assert_eq!(wallet.tell('v', &[&pin]), 'R');
    assert_eq!(wallet.tell('w', &[]), '.');
    let left = search(&wallet, &of_item, "read as uniffi hands it over");
    assert!(!left.is_empty() && left.iter().all(|place| place.starts_with("item, as it is")), "{left:?}");
}

#[test]
fn a_change_leaves_neither_the_old_pin_nor_the_new_one() {
    let mut dice = Dice::of("memory, changed PIN");
    let (mut wallet, pin, mut needles) = enrolled("cheap", &mut dice);
    let new: Digits = dice.digits();
    assert_eq!(wallet.tell('v', &[&pin]), 'R');
    assert_eq!(wallet.tell('p', &[&pin, &new]), 'C');
    assert_eq!(wallet.tell('c', &[]), '.');
    let derived = wallet.follow(&new);
    assert!(derived.data_key.is_some());
    needles.extend(of_everything("new PIN", &new, &derived));
    assert_clean(&wallet, &needles, "a changed PIN");
    assert_eq!(wallet.tell('r', &[&new]), 'C');
    assert_clean(&wallet, &needles, "a removal");
}

/// With the seal key of an ended epoch, an attacker could seal an older record again. Only the deleted device key of
/// that record would then be missing.
#[test]
fn the_key_of_a_seal_is_gone_with_its_epoch() {
    let mut dice = Dice::of("memory, seals");
    let (mut wallet, pin, mut needles) = enrolled("cheap", &mut dice);
    let mut over = Vec::new();
    for _ in 0..3 {
        let key = wallet.seal_key();
        // The control: the seal key in force is in memory, because the next commit seals with it.
        let places = search(&wallet, &of_key("seal key in force", &key), "between two tries");
        assert!(places.iter().any(|place| place.starts_with("seal key in force, as it is")), "{places:?}");
        over.extend(of_key("seal key of an epoch that is over", &key));
        guess(&mut wallet, &mut dice, &mut needles);
        assert_clean(&wallet, &over, "the next epoch");
    }
    assert_eq!(wallet.tell('v', &[&pin]), 'R');
    assert_clean(&wallet, &over, "a right PIN");
}

/// The secrets are: the slot key, which the prompt wraps at setup and unwraps later, and the keys derived from it.
#[test]
fn a_finger_leaves_neither_the_key_of_its_slot_nor_what_hangs_on_it() {
    let mut dice = Dice::of("memory, finger");
    let (mut wallet, pin, mut needles) = enrolled("cheap", &mut dice);
    assert_eq!(wallet.tell('v', &[&pin]), 'R');
    assert_eq!(wallet.tell('b', &[]), 'C');
    let [slot_key, key_encryption_key, data_key] = wallet.follow_finger();
    assert_eq!(wallet.follow(&pin).data_key, Some(data_key), "the documentation leads to the data key");
    let of_finger = [of_key("slot key", &slot_key), of_key("slot's key-encryption key", &key_encryption_key)].concat();
    assert_clean(&wallet, &of_finger, "biometrics set up");
    needles.extend(of_finger.clone());
    assert_eq!(wallet.tell('c', &[]), '.');
    assert_clean(&wallet, &needles, "set up and closed");
    for (next, after) in [('s', "someone else's finger"), ('h', "a forged answer")] {
        assert_eq!(wallet.tell(next, &[]), '.');
        assert_eq!(wallet.tell('k', &[]), 'W');
        assert_clean(&wallet, &needles, after);
    }
    assert_eq!(wallet.tell('o', &[]), '.');
    assert_eq!(wallet.tell('k', &[]), 'R');
    let open = search(&wallet, &needles, "the owner's finger, open");
    assert_eq!(open.len(), 4, "the data key, found as four words: {open:?}");
    assert!(open.iter().all(|place| place.starts_with("data key, as it is")), "{open:?}");
    assert_eq!(wallet.tell('c', &[]), '.');
    assert_clean(&wallet, &needles, "closed");
    // The control: an app that keeps the bytes that the prompt gave it.
    assert_eq!(wallet.tell('q', &[]), '.');
    assert_eq!(wallet.tell('k', &[]), 'R');
    let leaked = search(&wallet, &of_finger, "a leak on purpose");
    assert!(!leaked.is_empty() && leaked.iter().all(|place| place.starts_with("slot key, as it is")), "{leaked:?}");
}

/// All forms of a recovery code, and the key that is derived from it.
fn of_code(whose: &str, digits: &[u8], wallet: &Wallet) -> Vec<Needle> {
    let (code, private_key) = wallet.follow_code(digits);
    let mut needles = of_key(&format!("{whose}'s bytes"), &code);
    needles.extend(of_key(&format!("{whose}'s private key"), &private_key));
    for piece in digits.as_chunks::<12>().0 {
        needles.extend(of_pin(whose, piece));
    }
    needles
}

#[test]
fn a_recovery_leaves_neither_the_code_nor_what_hangs_on_it() {
    let mut dice = Dice::of("memory, recovery code");
    let mut wallet = Wallet::start("cheap", dice.roll());
    let (pin, new_pin): (Digits, Digits) = (dice.digits(), dice.digits());
    assert_eq!(wallet.tell('e', &[&pin]), 'R');
    assert_eq!(wallet.tell('g', &[]), '.');
    let code = wallet.read_code();
    assert_eq!(wallet.tell('j', &[]), 'C');
    let of_first = of_code("code", &code, &wallet);
    // The control: a code that is shown is in memory, once.
    let shown = search(&wallet, &of_first, "a code that is shown");
    assert_eq!(shown.len(), 2, "its bytes, found as two words: {shown:?}");
    assert_eq!(wallet.tell('z', &[]), '.');
    assert_eq!(wallet.tell('c', &[]), '.');
    let mut needles = of_everything("PIN", &pin, &wallet.follow(&pin));
    needles.extend(of_first);
    assert_clean(&wallet, &needles, "a code in force");

    assert_eq!(wallet.tell('m', &[&code, &new_pin]), 'R');
    let new_code = wallet.read_code();
    let of_second = of_code("new code", &new_code, &wallet);
    assert_clean(&wallet, &needles, "recovered: of the code and the data key from before");
    assert_eq!(wallet.tell('z', &[]), '.');
    assert_eq!(wallet.tell('c', &[]), '.');
    let derived = wallet.follow(&new_pin);
    assert!(derived.data_key.is_some());
    needles.extend(of_everything("new PIN", &new_pin, &derived));
    needles.extend(of_second);
    assert_clean(&wallet, &needles, "recovered and closed");
    assert_eq!(wallet.tell('m', &[&code, &pin]), 'W', "the code from before");
    assert_clean(&wallet, &needles, "a wrong code");
}

#[test]
fn a_try_without_a_verdict_or_while_cooling_down_leaves_nothing() {
    let mut dice = Dice::of("memory, refused");
    let (mut wallet, pin, mut needles) = enrolled("cheap", &mut dice);
    assert_eq!(wallet.tell('f', &[]), '.');
    assert_eq!(wallet.tell('v', &[&pin]), 'N');
    assert_clean(&wallet, &needles, "no verdict");
    assert_eq!(wallet.tell('x', &[]), '.');
    assert_eq!(wallet.tell('v', &[&pin]), 'P');
    assert_clean(&wallet, &needles, "a panic while the PIN is checked");
    // The try that panicked stays charged: with four wrong ones it makes five.
    for _ in 0..4 {
        guess(&mut wallet, &mut dice, &mut needles);
    }
    assert_eq!(wallet.tell('v', &[&pin]), 'L');
    assert_clean(&wallet, &needles, "cooling down");
}

#[test]
fn a_pin_that_was_typed_and_not_set_leaves_nothing() {
    let mut dice = Dice::of("memory, not set");
    let mut wallet = Wallet::start("cheap", dice.roll());
    let half: [u8; 6] = dice.digits();
    // The same six digits typed twice in a row: the rules refuse such a PIN as weak.
    let weak: Digits = std::array::from_fn(|place| half[place % 6]);
    assert_eq!(wallet.tell('e', &[&weak]), 'F');
    assert_clean(&wallet, &of_pin("weak PIN", &weak), "a weak PIN");
    let (typed, other): (Digits, Digits) = (dice.digits(), dice.digits());
    assert_eq!(wallet.tell('t', &[&typed, &typed]), 'S');
    assert_eq!(wallet.tell('t', &[&typed, &other]), 'D');
    let mut needles = of_pin("typed", &typed);
    needles.extend(of_pin("other", &other));
    assert_clean(&wallet, &needles, "typed twice and cleared");
    assert_eq!(wallet.tell('v', &[&typed[..3]]), 'N');
    assert_clean(&wallet, &needles, "no PIN at all");
}

#[test]
fn a_pin_that_was_leaked_is_found() {
    let mut dice = Dice::of("memory, control");
    let (mut wallet, pin, needles) = enrolled("cheap", &mut dice);
    assert_clean(&wallet, &needles, "before the leak");
    assert_eq!(wallet.tell('l', &[&pin]), '.');
    let places = search(&wallet, &needles, "a leak on purpose");
    assert_eq!(places.len(), 2, "its two pieces: {places:?}");
    assert!(places.iter().all(|place| place.starts_with("PIN, ASCII forwards")), "{places:?}");
}
