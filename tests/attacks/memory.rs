//! No PIN, and no key that a PIN leads to, stays in memory once the session is closed. Neither does what else opens the
//! wallet: the key of a finger's slot, the recovery code, and the key of a request for escrow. Nor do the codes and the
//! password that a person typed.
//!
//! A child process opens a wallet and obeys commands. Its parent knows every secret, because it opens a copy of the
//! wallet itself (see [`crate::opener`]). The parent searches all of the child's readable memory for each secret, in
//! every form that it may have there.

mod child;
mod haystack;
mod needles;
mod provider;
mod ways_back;

use std::io::Write;

use child::{Digits, Wallet};
use needles::{Needle, of_encoded_code, of_key, of_pin, of_text};
use provider::{Request, RequestSecrets};

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

/// A search opens the details of every line. Of those that are not shown, nothing stays.
#[test]
fn a_page_of_the_history_leaves_nothing_of_the_lines_that_it_does_not_show() {
    let mut dice = Dice::of("memory, history");
    let (mut wallet, pin, _) = enrolled("cheap", &mut dice);
    assert_eq!(wallet.tell('v', &[&pin]), 'R');
    let names: [String; 2] = std::array::from_fn(|_| format!("item{:016x}", dice.roll()));
    names.iter().for_each(|name| assert_eq!(wallet.tell_text('i', name), '.'));
    // Whoever writes a line has its details in memory, so another process searches.
    let mut wallet = wallet.restart("cheap");
    assert_eq!(wallet.tell('v', &[&pin]), 'R');
    assert_eq!(wallet.tell_text('a', &names[1]), '1');
    assert_clean(&wallet, &of_text("a line that was not found", &names[0]), "a page of the history");
    // The control: the page holds the line that it shows.
    let shown = search(&wallet, &of_text("the line that is shown", &names[1]), "the line that is shown");
    assert!(shown.iter().any(|place| place.contains("as it is")), "{shown:?}");
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
    // The data key is opened, and nobody sets a PIN.
    assert_eq!(wallet.tell('n', &[&new_code]), 'R');
    assert_clean(&wallet, &needles, "a right code, and no new PIN");
}

/// A wallet with escrow, a PIN and no open session. Also returns the needles that must not be found in it.
fn with_escrow(dice: &mut Dice) -> (Wallet, Vec<Needle>) {
    let mut wallet = Wallet::start("escrow", dice.roll());
    let pin = dice.digits();
    assert_eq!(wallet.tell('e', &[&pin]), 'R');
    assert_eq!(wallet.tell('E', &[]), 'C');
    assert_eq!(wallet.tell('c', &[]), '.');
    let derived = wallet.follow(&pin);
    assert!(derived.data_key.is_some());
    let needles = of_everything("PIN", &pin, &derived);
    (wallet, needles)
}

/// The forms of a one-time code that the person typed: as it was typed, and as it stands in a request.
fn of_typed_code(whose: &str, digits: &Digits) -> Vec<Needle> {
    [of_pin(whose, digits), of_encoded_code(whose, digits)].concat()
}

/// Asks for escrow, with a one-time code. Returns the request, and adds to `needles` what must not be found once it is
/// over.
fn ask(wallet: &mut Wallet, dice: &mut Dice, needles: &mut Vec<Needle>) -> Request {
    let typed = dice.digits();
    assert_eq!(wallet.tell('A', &[&typed]), 'R');
    let request = wallet.read_request();
    needles.extend(request.secrets.needles("request"));
    needles.extend(of_typed_code("typed code", &typed));
    request
}

/// The control: a request that waits holds its key once, the typed code in its text, and no other secret.
fn assert_waits(wallet: &Wallet, needles: &[Needle], after: &str) {
    let places = search(wallet, needles, after);
    let count = |what: &str| places.iter().filter(|place| place.starts_with(what)).count();
    assert_eq!(count("request's key, as it is"), 4, "{after}: the key, found as four words: {places:?}");
    assert_eq!(count("typed code, base64url"), 2, "{after}: the code's two pieces: {places:?}");
    assert_eq!(places.len(), 6, "{after}: {places:?}");
}

#[test]
fn a_request_for_escrow_keeps_its_key_and_the_typed_code_only_while_it_waits() {
    let mut dice = Dice::of("memory, request for escrow");
    let (mut wallet, mut needles) = with_escrow(&mut dice);
    let withdrawn = ask(&mut wallet, &mut dice, &mut needles);
    assert_waits(&wallet, &needles, "asked");
    assert_eq!(wallet.tell('X', &[]), '.');
    assert_clean(&wallet, &needles, "withdrawn");

    let mut of_next = Vec::new();
    ask(&mut wallet, &mut dice, &mut of_next);
    assert_eq!(wallet.redeem(&withdrawn), 'W', "the grant for another request");
    of_next.extend(needles.clone());
    assert_waits(&wallet, &of_next, "a grant that opens nothing");
    assert_eq!(wallet.tell('L', &[]), '.');
    assert_waits(&wallet, &of_next, "the lock is closed, and the request is not");
    assert_eq!(wallet.tell('X', &[]), '.');
    of_next.extend(of_key("seal key", &wallet.seal_key()));
    assert_clean(&wallet, &of_next, "the lock and its last request are closed");
}

#[test]
fn a_grant_of_escrow_leaves_nothing_once_it_is_taken() {
    let mut dice = Dice::of("memory, grant of escrow");
    let (mut wallet, mut needles) = with_escrow(&mut dice);
    let mut of_request = Vec::new();
    let request = ask(&mut wallet, &mut dice, &mut of_request);
    let granted = request.follow_grant();
    of_request.extend(granted.needles());
    needles.extend(of_request.clone());
    assert_waits(&wallet, &needles, "asked");
    assert_eq!(wallet.redeem(&request), 'R');
    // The control: a wallet that the grant opened holds the data key, and the key of the PIN history.
    let open = search(&wallet, &needles, "opened by a grant");
    let is_expected = |place: &&String| {
        ["data key, as it is", "pin history, as it is", "typed code, base64url"]
            .iter()
            .any(|what| place.starts_with(what))
    };
    assert_eq!(open.len(), 10, "two keys, found as four words each, and the code's two pieces: {open:?}");
    assert!(open.iter().all(|place| is_expected(&place)), "{open:?}");
    assert_eq!(wallet.redeem(&request), 'W', "the key of the request is gone, so its grant opens nothing more");
    assert_eq!(wallet.tell('X', &[]), '.');
    assert_clean(&wallet, &of_request, "the request is dropped, and the wallet waits for the new PIN");
    assert_eq!(wallet.tell('Y', &[]), '.');
    assert_clean(&wallet, &needles, "opened by a grant, and no new PIN");

    let request = ask(&mut wallet, &mut dice, &mut needles);
    needles.extend(request.follow_grant().needles());
    assert_eq!(request.follow_grant().data_key, granted.data_key, "nothing was changed");
    assert_eq!(wallet.redeem(&request), 'R');
    assert_eq!(wallet.tell('X', &[]), '.');
    let new_pin: Digits = dice.digits();
    assert_eq!(wallet.tell('F', &[&new_pin]), 'R');
    let code = wallet.read_code();
    assert_clean(&wallet, &needles, "recovered: of the request and the data key from before");
    needles.extend(of_code("new code", &code, &wallet));
    assert_eq!(wallet.tell('z', &[]), '.');
    assert_eq!(wallet.tell('c', &[]), '.');
    let derived = wallet.follow(&new_pin);
    assert!(derived.data_key.is_some_and(|data_key| data_key != granted.data_key));
    needles.extend(of_everything("new PIN", &new_pin, &derived));
    assert_clean(&wallet, &needles, "recovered and closed");
}

/// The code that the person typed goes into every kind of request.
#[test]
fn a_request_that_fails_or_was_sent_leaves_neither_its_key_nor_the_typed_code() {
    let mut dice = Dice::of("memory, failed request");
    let (mut wallet, mut needles) = with_escrow(&mut dice);
    let [first, second] = [(); 2].map(|()| {
        let mut of_request = Vec::new();
        let request = ask(&mut wallet, &mut dice, &mut of_request);
        assert_waits(&wallet, &of_request, "asked");
        assert_eq!(wallet.tell('X', &[]), '.');
        needles.extend(of_request);
        request.draw
    });
    assert_eq!(wallet.tell('S', &[]), '.');
    let typed = dice.digits();
    assert_eq!(wallet.tell('A', &[&typed]), 'W');
    needles.extend(of_typed_code("typed code that was not sent", &typed));
    // Each request draws equally often, so the draw of the failed one is known.
    let failed = second + (second - first);
    needles.extend(RequestSecrets::of_draw(wallet.seed, failed).needles("failed request"));
    assert_clean(&wallet, &needles, "a request that was not signed");
    assert_eq!(ask(&mut wallet, &mut dice, &mut needles).draw, failed + (second - first), "the control");
    assert_eq!(wallet.tell('X', &[]), '.');

    let typed = dice.digits();
    assert_eq!(wallet.tell('I', &[&typed]), '.');
    needles.extend(of_typed_code("code typed for a registration", &typed));
    let unsent = search(&wallet, &needles, "a request to register");
    assert_eq!(unsent.len(), 2, "the code's two pieces in the text: {unsent:?}");
    assert!(unsent.iter().all(|place| place.starts_with("code typed for a registration, base64url")), "{unsent:?}");
    assert_eq!(wallet.tell('J', &[]), '.');
    assert_clean(&wallet, &needles, "a request to register, which the app wiped");
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
