//! Shapes that the finger draws on the keypad. The layout is that of telephones, cash machines and our own PIN pad.

use super::shape::{Half, halves, has_few_digits, is_trivial};

/// Every straight line of three keys or more, in both directions.
const LINES: [&[u8]; 20] = [
    b"123", b"456", b"789", b"147", b"258", b"369", b"159", b"357", b"580", b"2580", //
    b"321", b"654", b"987", b"741", b"852", b"963", b"951", b"753", b"085", b"0852",
];

/// Whether the PIN consists of lines, one after the other or interleaved, or of one path over neighbouring keys.
pub(super) fn is_line(pin: &[u8]) -> bool {
    // `is_lines` would match three keys in a line and any fourth key, which is no pattern yet. 2580 is found as a path.
    pin.len() > 4 && is_lines(pin) || is_path(pin) || halves(pin).any(is_line_with_line_or_trivial)
}

/// 1472, 0369, 125580, 126895: not a line, but a path on which the finger hardly leaves the keys.
pub(super) fn is_walk(pin: &[u8]) -> bool {
    !is_line(pin)
        && !has_few_digits(pin)
        && match pin {
            [one, two, three, four] => {
                is_straight([one, two, three].into_iter()) || is_straight([two, three, four].into_iter())
            }
            // A path either repeats keys or moves diagonally. Paths that do both do not count: they are 20,000 PINs of
            // six digits, and people choose them as rarely as other PINs.
            _ => {
                is_key_path(pin, |apart| matches!(apart, (0, 0 | 1) | (1, 0)))
                    || is_key_path(pin, |apart| matches!(apart, (0, 1) | (1, 0 | 1)))
            }
        }
}

/// 147258: whole lines, perhaps followed by the beginning of another.
fn is_lines(keys: &[u8]) -> bool {
    keys.len() < 3 && LINES.iter().any(|line| line.starts_with(keys))
        || LINES.iter().filter_map(|line| keys.strip_prefix(*line)).any(is_lines)
}

/// 147 and 369 in 134679: a line, and another line or a trivial half. Two trivial halves are left to
/// [`is_run`](super::shape::is_run). A line that is also a run, such as 123, is a trivial half.
fn is_line_with_line_or_trivial([one, other]: [Half<'_>; 2]) -> bool {
    let is_known = |half: &Half<'_>| is_trivial(half.clone()) || is_straight(half.clone());
    is_known(&one) && is_known(&other) && !(is_trivial(one) && is_trivial(other))
}

fn is_straight<'a>(keys: impl Iterator<Item = &'a u8> + Clone) -> bool {
    LINES.iter().any(|line| line.iter().eq(keys.clone()))
}

/// 1236: each key is beside, above or below the one before, and none is used twice.
fn is_path(keys: &[u8]) -> bool {
    is_key_path(keys, |apart| matches!(apart, (0, 1) | (1, 0)))
}

/// Whether `is_wanted` accepts the distance (rows, columns) of each key from the one before, and no key is pressed
/// again after the finger left it.
fn is_key_path(keys: &[u8], is_wanted: impl Fn((u8, u8)) -> bool) -> bool {
    let mut steps = keys.iter().zip(keys.iter().skip(1));
    steps.all(|(from, to)| is_wanted(distances(*from, *to)))
        && keys.iter().enumerate().all(|(at, key)| {
            let mut earlier = keys.iter().take(at);
            earlier.next_back() == Some(key) || !earlier.any(|other| other == key)
        })
}

/// How far apart two keys are, in rows and in columns.
fn distances(one: u8, other: u8) -> (u8, u8) {
    let ((row, column), (other_row, other_column)) = (place(one), place(other));
    (row.abs_diff(other_row), column.abs_diff(other_column))
}

/// Row and column of a key. The 0 is alone in its row, under the 8.
fn place(key: u8) -> (u8, u8) {
    match key.wrapping_sub(b'1') {
        key @ 0..=8 => (key / 3, key % 3),
        _ => (3, 1),
    }
}
