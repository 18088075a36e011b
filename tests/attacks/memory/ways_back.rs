//! The authenticator's secret, the codes that a person types, and the password of the owner's account.
//!
//! What is not promised: while the lock is open, its record is in memory, and the secret of the authenticator in force
//! stands in it once. To keep it sealed there would protect nothing: the key that opens the record is in memory too,
//! because the next commit seals with it.

use walletlock_core::platform::testing::authenticator_code;

use super::child::{Digits, Wallet};
use super::needles::{Needle, of_authenticator, of_digits, of_text};
use super::{assert_clean, guess, of_everything, of_typed_code, search};
use crate::desk::{sign_registration, sign_sms_proof};
use crate::seed::Dice;

/// What the wall clock of the child shows at first.
const BEGIN_MS: i64 = 1_767_225_600_000;
/// The secret's bytes are found as three words.
const ONCE: usize = 3;

/// The owner's authenticator app.
struct App {
    letters: String,
    wall_ms: i64,
}

impl App {
    /// The app reads the secret that the wallet shows.
    fn reads(wallet: &mut Wallet) -> Self {
        Self { letters: wallet.read_letters(), wall_ms: BEGIN_MS }
    }

    fn code(&self) -> Vec<u8> {
        authenticator_code(&self.letters, self.wall_ms).bytes().map(|digit| digit - b'0').collect()
    }

    /// A code that differs from the right one in each digit.
    fn wrong_code(&self, dice: &mut Dice) -> Vec<u8> {
        self.code().iter().map(|digit| (digit + 1 + (dice.roll() % 9) as u8) % 10).collect()
    }

    /// Another code is shown afterwards.
    fn wait(&mut self, wallet: &mut Wallet) {
        assert_eq!(wallet.wait(1), '.');
        self.wall_ms += 60_000;
    }

    fn needles(&self) -> Vec<Needle> {
        // RFC 4648: eight letters are five bytes.
        let value = |letter: u8| u64::from(if letter >= b'A' { letter - b'A' } else { letter - b'2' + 26 });
        let groups = self.letters.as_bytes().chunks(8);
        let bits = groups.map(|group| group.iter().fold(0, |bits, letter| bits << 5 | value(*letter)));
        let secret: Vec<u8> = bits.flat_map(|bits: u64| bits.to_be_bytes()[3..].to_vec()).collect();
        of_authenticator("authenticator's secret", &self.letters, &secret)
    }
}

/// A wallet with a PIN, and its first session.
fn begun(mode: &str, dice: &mut Dice) -> (Wallet, Digits, Vec<Needle>) {
    let mut wallet = Wallet::start(mode, dice.roll());
    let pin = dice.digits();
    assert_eq!(wallet.tell('e', &[&pin]), 'R');
    let needles = of_everything("PIN", &pin, &wallet.follow(&pin));
    (wallet, pin, needles)
}

/// The secret stands in the record, and nowhere else and in no other form.
fn assert_in_record(wallet: &Wallet, needles: &[Needle], after: &str) {
    let places = search(wallet, needles, after);
    assert!(places.iter().all(|place| place.starts_with("authenticator's secret, as it is")), "{after}: {places:?}");
    assert_eq!(places.len(), ONCE, "{after}: {places:?}");
}

#[test]
fn an_authenticator_is_in_memory_once_and_its_codes_are_not() {
    let mut dice = Dice::of("memory, authenticator");
    let (mut wallet, pin, mut needles) = begun("cheap", &mut dice);
    assert_eq!(wallet.tell('M', &[]), '.');
    let mut app = App::reads(&mut wallet);
    let of_secret = app.needles();
    assert_in_record(&wallet, &of_secret, "a secret that is shown");
    assert_eq!(wallet.tell('8', &[]), '.');
    assert_in_record(&wallet, &of_secret, "its URI, which the app wiped");
    assert_eq!(wallet.tell('0', &[]), '.');
    assert_clean(&wallet, &of_secret, "a secret that was shown and not set");

    assert_eq!(wallet.tell('M', &[]), '.');
    let mut codes = Vec::new();
    app = App::reads(&mut wallet);
    let of_secret = app.needles();
    for (code, answer) in [(app.wrong_code(&mut dice), 'W'), (app.code(), 'C')] {
        assert_eq!(wallet.tell('1', &[&code]), answer);
        codes.extend(of_digits("confirming code", &code));
        assert_clean(&wallet, &codes, "a code that confirms");
        assert_in_record(&wallet, &of_secret, "a code that confirms");
    }
    assert_eq!(wallet.tell('2', &[]), 'C');
    assert_eq!(wallet.tell('0', &[]), '.');
    assert_in_record(&wallet, &of_secret, "in force");
    assert_eq!(wallet.tell('c', &[]), '.');
    needles.extend(of_secret.clone());
    needles.extend(codes);
    assert_in_record(&wallet, &needles, "in force, and the session is closed");
    // Each commit seals the record anew, whatever it is about.
    guess(&mut wallet, &mut dice, &mut needles);
    assert_eq!(wallet.tell('v', &[&pin]), 'R');
    wallet.use_vault(&std::array::from_fn(|_| dice.roll() as u8));
    assert_eq!(wallet.tell('c', &[]), '.');
    assert_in_record(&wallet, &needles, "other calls");

    for (command, what) in [('5', "the second factor"), ('6', "getting back in"), ('7', "cancelling that")] {
        let is_in_session = command == '5';
        if is_in_session {
            assert_eq!(wallet.tell('v', &[&pin]), 'R');
        }
        app.wait(&mut wallet);
        for (code, answer) in [(app.wrong_code(&mut dice), 'W'), (app.code(), 'R')] {
            needles.extend(of_digits("typed code", &code));
            assert_eq!(wallet.tell(command, &[&code]), answer, "{what}");
            if !is_in_session {
                assert_in_record(&wallet, &needles, what);
            }
        }
        if is_in_session {
            assert_eq!(wallet.tell('c', &[]), '.');
            assert_in_record(&wallet, &needles, what);
        }
    }

    assert_eq!(wallet.tell('L', &[]), '.');
    assert_clean(&wallet, &needles, "the lock is closed");
    assert_eq!(wallet.tell('O', &[]), '.');
    assert_in_record(&wallet, &needles, "opened again");
    app.wait(&mut wallet);
    let code = app.code();
    needles.extend(of_digits("typed code", &code));
    assert_eq!(wallet.tell('6', &[&code]), 'R');
    assert_in_record(&wallet, &needles, "opened again, and a right code");
    assert_eq!(wallet.tell('r', &[&pin]), 'C');
    assert_clean(&wallet, &needles, "the wallet is removed");
}

#[test]
fn an_authenticator_that_is_replaced_or_removed_is_gone() {
    let mut dice = Dice::of("memory, other authenticator");
    let (mut wallet, _, _) = begun("cheap", &mut dice);
    let mut before: Vec<Needle> = Vec::new();
    for _ in 0..2 {
        assert_eq!(wallet.tell('M', &[]), '.');
        let app = App::reads(&mut wallet);
        assert_eq!(wallet.tell('1', &[&app.code()]), 'C');
        assert_eq!(wallet.tell('2', &[]), 'C');
        assert_eq!(wallet.tell('0', &[]), '.');
        assert_in_record(&wallet, &app.needles(), "in force");
        assert_clean(&wallet, &before, "replaced");
        before.extend(app.needles());
    }
    assert_eq!(wallet.tell('4', &[]), 'C');
    assert_clean(&wallet, &before, "removed");
}

/// The code that the provider sent is in the request that the app carries, and nowhere once the app wiped that.
#[test]
fn a_sent_code_stays_only_in_the_request_that_the_app_carries() {
    let mut dice = Dice::of("memory, sent code");
    let (mut wallet, _, mut needles) = begun("escrow", &mut dice);
    assert_eq!(wallet.tell('I', &[&dice.digits::<12>()]), '.');
    let (grant, public_key) = sign_registration(&wallet.read_text());
    assert_eq!(wallet.tell_text('V', &grant), 'R');
    assert_eq!(wallet.tell('N', &[]), 'R');
    for (command, what, answer) in [('H', "confirming", 'C'), ('Q', "getting back in", 'P'), ('R', "cancelling", 'X')] {
        if command != 'H' {
            assert_eq!(wallet.wait(10), '.');
            assert_eq!(wallet.tell('D', &[]), 'R');
        }
        for is_right in [false, true] {
            let typed: Digits = dice.digits();
            assert_eq!(wallet.tell(command, &[&typed]), 'R');
            let of_code = of_typed_code("typed code", &typed);
            let waits = search(&wallet, &of_code, &format!("{what}: the request waits"));
            assert!(waits.iter().all(|place| place.starts_with("typed code, base64url")), "{waits:?}");
            assert_eq!(waits.len(), 2, "the code's two pieces, once: {waits:?}");
            let (grant, said) = sign_sms_proof(&wallet.read_text(), &public_key);
            assert_eq!(said, Some(typed.map(|digit| char::from(b'0' + digit)).iter().collect()), "the control");
            assert_eq!(wallet.tell('J', &[]), '.');
            needles.extend(of_code);
            if is_right {
                assert_eq!(wallet.tell_text('V', &grant), answer, "{what}");
            }
            let of_codes: Vec<_> = needles.iter().filter(|one| one.what.starts_with("typed")).cloned().collect();
            assert_clean(&wallet, &of_codes, what);
        }
        if command == 'H' {
            assert_eq!(wallet.tell('c', &[]), '.');
            assert_clean(&wallet, &needles, "confirmed and closed");
        }
    }
    assert_clean(&wallet, &needles, "cancelled");
}

#[test]
fn a_password_that_was_typed_leaves_nothing() {
    let mut dice = Dice::of("memory, password");
    let (mut wallet, pin, mut needles) = begun("cheap", &mut dice);
    let password = |dice: &mut Dice, end: &str| {
        let letters = (0..22).map(|_| char::from(b'a' + (dice.roll() % 26) as u8));
        let mixed = letters.enumerate().map(|(at, one)| if at % 3 == 0 { one.to_ascii_uppercase() } else { one });
        mixed.collect::<String>() + end
    };
    let mut tell = |wallet: &mut Wallet, text: &str, answer: char, after: &str| {
        needles.extend(of_text("password", text));
        assert_eq!(wallet.tell('U', &[text.as_bytes()]), answer, "{after}");
        let of_passwords: Vec<_> = needles.iter().filter(|one| one.what.starts_with("password")).cloned().collect();
        assert_clean(wallet, &of_passwords, after);
    };
    let first = password(&mut dice, "7!");
    tell(&mut wallet, &first, 'C', "a password that was set");
    tell(&mut wallet, &first, 'F', "the same again");
    tell(&mut wallet, &password(&mut dice, "x!"), 'F', "one without a digit");
    tell(&mut wallet, &password(&mut dice, "8?"), 'C', "another one");
    assert_eq!(wallet.tell('c', &[]), '.');
    tell(&mut wallet, &password(&mut dice, "9#"), 'C', "one that is only judged");
    assert_clean(&wallet, &needles, "set and closed");
    assert_eq!(wallet.tell('v', &[&pin]), 'R');
    assert_eq!(wallet.tell('c', &[]), '.');
    assert_clean(&wallet, &needles, "opened once more");
}
