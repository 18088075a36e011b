//! What a finger draws on the keypad. The layout is the telephone's, which is also that of cash machines and of our PIN
//! pad.

/// Every straight line of three keys or more, in both directions.
const LINES: [&[u8]; 20] = [
    b"123", b"456", b"789", b"147", b"258", b"369", b"159", b"357", b"580", b"2580", //
    b"321", b"654", b"987", b"741", b"852", b"963", b"951", b"753", b"085", b"0852",
];

/// Lines one after the other, or one path over neighbouring keys.
pub(super) fn is_line(pin: &[u8]) -> bool {
    // Three keys in a line and a fourth anywhere are no pattern yet, and 2580 is a path.
    pin.len() > 4 && is_lines(pin) || is_path(pin)
}

/// 147258: whole lines, then perhaps the beginning of one.
fn is_lines(keys: &[u8]) -> bool {
    keys.len() < 3 && LINES.iter().any(|line| line.starts_with(keys))
        || LINES.iter().filter_map(|line| keys.strip_prefix(*line)).any(is_lines)
}

/// 1236: from each key to one beside, above or below it, none twice.
fn is_path(keys: &[u8]) -> bool {
    let neighbours = keys.iter().zip(keys.iter().skip(1)).all(|(from, to)| are_neighbours(*from, *to));
    neighbours && keys.iter().enumerate().all(|(before, key)| !keys.iter().take(before).any(|earlier| earlier == key))
}

fn are_neighbours(one: u8, other: u8) -> bool {
    let ((row, column), (other_row, other_column)) = (place(one), place(other));
    row.abs_diff(other_row) + column.abs_diff(other_column) == 1
}

/// Row and column of a key; 0 stands alone under the 8.
fn place(key: u8) -> (u8, u8) {
    match key.wrapping_sub(b'1') {
        key @ 0..=8 => (key / 3, key % 3),
        _ => (3, 1),
    }
}
