//! Rules that see only how the digits follow one another.

/// 0000.
pub(super) fn is_one_digit(pin: &[u8]) -> bool {
    step(pin.iter()) == Some(0)
}

/// 1234, 890123, 3210, and with every digit typed equally often: 1122, 332211.
pub(super) fn is_run(pin: &[u8]) -> bool {
    (1..=pin.len() / 2).any(|times| {
        matches!(step(pin.iter().step_by(times)), Some(STEP_UP | STEP_DOWN)) && pin.chunks(times).all(is_one_digit)
    })
}

/// 1212, 123123; the last block may be cut short (12121).
pub(super) fn is_repeated_block(pin: &[u8]) -> bool {
    !is_one_digit(pin) && (2..=pin.len() / 2).any(|block| pin.iter().zip(pin.iter().skip(block)).all(|(a, b)| a == b))
}

/// 1221.
pub(super) fn is_palindrome(pin: &[u8]) -> bool {
    !is_one_digit(pin) && pin.iter().eq(pin.iter().rev())
}

/// Whether these digits hide nothing once the rest of a PIN is known: none, a single one, one repeated, or a run.
pub(super) fn is_trivial<'a>(digits: impl Iterator<Item = &'a u8>) -> bool {
    matches!(step(digits), Some(0 | STEP_UP | STEP_DOWN))
}

// Steps are counted around the circle of ten digits, so that 0 follows 9 and one step down is nine up.
const STEP_UP: u8 = 1;
const STEP_DOWN: u8 = 9;

/// The one step by which every digit follows the one before, if it is always the same. Fewer than two digits stand
/// still.
fn step<'a>(mut digits: impl Iterator<Item = &'a u8>) -> Option<u8> {
    let mut before = *digits.next().unwrap_or(&b'0');
    let mut steps = digits.map(|digit| (10 + digit - std::mem::replace(&mut before, *digit)) % 10);
    let first = steps.next().unwrap_or(0);
    steps.all(|step| step == first).then_some(first)
}
