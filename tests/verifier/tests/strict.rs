//! The frozen export, changed at every place: whatever is not byte for byte of the format is refused, even if it means
//! the same in JSON.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use walletlock_verifier::{Broken, verify};

const FROZEN: &str = include_str!("../../../core/vectors/export_v1.jsonl");

/// Fails and lists every change that the verifier did not notice.
#[track_caller]
fn assert_all_refused(changes: impl Iterator<Item = (String, Vec<u8>)>) {
    let mut tried = 0;
    let accepted: Vec<_> = changes
        .inspect(|_| tried += 1)
        .filter(|(_, changed)| changed != FROZEN.as_bytes() && verify(changed.as_slice(), None).is_ok())
        .map(|(what, _)| what)
        .collect();
    assert!(tried > 0);
    assert!(accepted.is_empty(), "{} of {tried} were not noticed: {accepted:?}", accepted.len());
}

fn splice(at: usize, removed: usize, inserted: &[u8]) -> Vec<u8> {
    let (before, after) = FROZEN.as_bytes().split_at(at);
    [before, inserted, after.get(removed..).unwrap_or_default()].concat()
}

#[test]
fn the_frozen_export_itself_is_accepted() {
    assert_eq!(verify(FROZEN.as_bytes(), None).map(|report| report.lines), Ok(6));
}

#[test]
fn a_byte_added_anywhere_is_noticed() {
    let added = [0xff, 0, b' ', b'\t', b'\r', b'\n', b'0', b'A', b',', b'"'];
    let places = (0..=FROZEN.len()).flat_map(|at| added.map(|byte| (at, byte)));
    assert_all_refused(places.map(|(at, byte)| (format!("{byte:#04x} before byte {at}"), splice(at, 0, &[byte]))));
}

#[test]
fn a_byte_taken_away_or_changed_anywhere_is_noticed() {
    let bytes = || FROZEN.bytes().enumerate();
    assert_all_refused(bytes().map(|(at, _)| (format!("byte {at} gone"), splice(at, 1, b""))));
    assert_all_refused(bytes().flat_map(|(at, byte)| {
        (0..8).map(move |bit| (format!("bit {bit} of byte {at}"), splice(at, 1, &[byte ^ (1 << bit)])))
    }));
}

#[test]
fn the_other_case_of_a_letter_is_noticed() {
    let letters = FROZEN.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_alphabetic());
    assert_all_refused(letters.map(|(at, byte)| (format!("byte {at}"), splice(at, 1, &[byte ^ b' ']))));
    // All letters of a value at once: in hexadecimal these are still the same bytes.
    for line in FROZEN.lines() {
        for value in line.split('"').filter(|text| text.len() > 30 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
        {
            let upper = value.to_ascii_uppercase();
            assert_all_refused([(value.to_owned(), FROZEN.replacen(value, &upper, 1).into_bytes())].into_iter());
        }
    }
}

#[test]
fn a_letter_written_as_an_escape_is_noticed() {
    let letters = FROZEN.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_alphanumeric());
    assert_all_refused(
        letters.map(|(at, byte)| (format!("byte {at}"), splice(at, 1, format!("\\u{byte:04x}").as_bytes()))),
    );
}

#[test]
fn a_name_given_twice_is_noticed() {
    let mut fields = 0;
    for (at, _) in FROZEN.match_indices('"') {
        let begins_a_name = matches!(FROZEN.as_bytes().get(at.wrapping_sub(1)), Some(b'{' | b','));
        let Some((name, value)) = FROZEN[at..].split_once(':').filter(|_| begins_a_name) else { continue };
        let mut values = serde_json::Deserializer::from_str(value).into_iter::<serde_json::Value>();
        values.next().expect("a value").expect("a value");
        let length = name.len() + 1 + values.byte_offset();
        let field = &FROZEN[at..at + length];
        let other = ["null", "\"\"", "0", "{}", "\"2\""].map(|value| format!("{name}:{value}"));
        for twin in std::iter::once(field.to_owned()).chain(other) {
            let before = splice(at, 0, format!("{twin},").as_bytes());
            let after = splice(at + length, 0, format!(",{twin}").as_bytes());
            assert_all_refused(
                [(format!("{twin} before {at}"), before), (format!("{twin} after {at}"), after)].into_iter(),
            );
        }
        fields += 1;
    }
    // Four fields in the first line, ten in each of six lines and one detail in every second of these, three in the
    // last line.
    assert_eq!(fields, 4 + 6 * 10 + 3 + 3);
}

#[test]
fn names_in_another_order_are_noticed() {
    let swapped = [
        (r#""details":{},"salted_details":"""#, r#""salted_details":"","details":{}"#),
        (r#""number":1,"boot":3"#, r#""boot":3,"number":1"#),
        (r#"{"lines":6,"head""#, r#"{"head""#),
    ];
    assert_all_refused(swapped.iter().map(|(from, to)| ((*to).to_owned(), FROZEN.replacen(from, to, 1).into_bytes())));
}

#[test]
fn what_follows_the_signature_is_noticed() {
    let seventh = FROZEN.lines().nth(1).expect("a line");
    for tail in [b"\xff\n".to_vec(), [b"\xff\n", seventh.as_bytes(), b"\n"].concat(), b"\n".to_vec(), b"{}".to_vec()] {
        let longer = [FROZEN.as_bytes(), &tail].concat();
        assert_eq!(verify(longer.as_slice(), None), Err(Broken::Format { line: 9 }), "{tail:?}");
    }
}

#[test]
fn every_line_ends_with_a_line_feed_the_last_one_too() {
    let without = FROZEN.trim_end();
    assert_eq!(verify(without.as_bytes(), None), Err(Broken::Format { line: 8 }));
    let windows = FROZEN.replace('\n', "\r\n");
    assert_eq!(verify(windows.as_bytes(), None), Err(Broken::Format { line: 1 }));
}
