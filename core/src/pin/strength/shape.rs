//! Rules about how the digits follow one another, without the keypad and without the calendar.

/// 0000.
pub(super) fn is_one_digit(pin: &[u8]) -> bool {
    step(pin.iter()) == Some(0)
}

/// 0000; in more than four digits also 000001, 110010.
pub(super) fn has_few_digits(pin: &[u8]) -> bool {
    let different = counts(pin).filter(|count| *count > 0).count();
    // 630 PINs of four digits consist of two different digits: too many for a thief to try, and too many to refuse.
    different == 1 || different == 2 && pin.len() > 4
}

/// 1333, 212224: one digit makes up two thirds or more.
pub(super) fn is_mostly_one_digit(pin: &[u8]) -> bool {
    !has_few_digits(pin) && counts(pin).any(|count| count * 3 >= pin.len() * 2)
}

/// How often each of the ten digits occurs.
fn counts(pin: &[u8]) -> impl Iterator<Item = usize> {
    (b'0'..=b'9').map(|digit| pin.iter().filter(|other| **other == digit).count())
}

/// 1234, 890123, 3210, 024680; also with every digit typed equally often (1122, 332211), and in two pieces (123000,
/// 142536).
pub(super) fn is_run(pin: &[u8]) -> bool {
    let in_groups = |times| is_run_by_one(pin.iter().step_by(times)) && pin.chunks(times).all(is_one_digit);
    matches!(step(pin.iter()), Some(TWO_UP | TWO_DOWN))
        || (1..=pin.len() / 2).any(in_groups)
        || halves(pin).any(|[one, other]| {
            is_trivial(one.clone()) && is_trivial(other.clone()) && (is_run_by_one(one) || is_run_by_one(other))
        })
}

fn is_run_by_one<'a>(digits: impl Iterator<Item = &'a u8>) -> bool {
    matches!(step(digits), Some(STEP_UP | STEP_DOWN))
}

/// 1212, 123123; the last block may be cut short (12121), and any digit may follow after 12121.
pub(super) fn is_repeated_block(pin: &[u8]) -> bool {
    let repeats = |pin: &[u8], block| pin.iter().zip(pin.iter().skip(block)).all(|(a, b)| a == b);
    let but_the_last = pin.split_last().map(|(_, rest)| rest).filter(|rest| rest.len() >= 5);
    !is_one_digit(pin)
        && ((2..=pin.len() / 2).any(|block| repeats(pin, block))
            || but_the_last.is_some_and(|rest| !is_one_digit(rest) && repeats(rest, 2)))
}

/// 0022, 112299, 000999; the last group may be cut short (11229).
pub(super) fn is_doubled(pin: &[u8]) -> bool {
    !is_one_digit(pin) && (2..=pin.len() / 2).any(|times| pin.chunks(times).all(is_one_digit))
}

/// 1221.
pub(super) fn is_palindrome(pin: &[u8]) -> bool {
    !is_one_digit(pin) && pin.iter().eq(pin.iter().rev())
}

/// Whether these digits add nothing to guess once the rest of a PIN is known: no digit, a single digit, one digit
/// repeated, or a run in steps of one.
pub(super) fn is_trivial<'a>(digits: impl Iterator<Item = &'a u8>) -> bool {
    matches!(step(digits), Some(0 | STEP_UP | STEP_DOWN))
}

/// One of the two pieces into which [`halves`] splits a PIN.
pub(super) type Half<'a> = std::iter::StepBy<std::slice::Iter<'a, u8>>;

/// Every way to split a PIN into two pieces that can form a pattern: one piece after the other, each of three digits or
/// more; and, in five digits or more, every second digit.
pub(super) fn halves(pin: &[u8]) -> impl Iterator<Item = [Half<'_>; 2]> {
    let cuts = (3..=pin.len().saturating_sub(3)).filter_map(|cut| pin.split_at_checked(cut));
    let in_turn = pin.split_first().filter(|_| pin.len() > 4);
    cuts.map(|(one, other)| [one.iter().step_by(1), other.iter().step_by(1)])
        .chain(in_turn.map(|(_, other)| [pin.iter().step_by(2), other.iter().step_by(2)]))
}

// Steps are counted modulo ten, so that 0 follows 9, and one step down equals nine steps up.
const STEP_UP: u8 = 1;
const STEP_DOWN: u8 = 9;
const TWO_UP: u8 = 2;
const TWO_DOWN: u8 = 8;

/// The step from each digit to the next, if it is always the same. For fewer than two digits it is 0.
fn step<'a>(mut digits: impl Iterator<Item = &'a u8>) -> Option<u8> {
    let mut before = *digits.next().unwrap_or(&b'0');
    let mut steps = digits.map(|digit| (10 + digit - std::mem::replace(&mut before, *digit)) % 10);
    let first = steps.next().unwrap_or(0);
    steps.all(|step| step == first).then_some(first)
}
