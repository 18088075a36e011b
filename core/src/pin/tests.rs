use super::*;

fn entry(digits: &[u32]) -> PinEntry {
    let entry = PinEntry::new();
    digits.iter().for_each(|digit| assert_eq!(entry.push(*digit), Ok(true)));
    entry
}

#[test]
fn a_pin_has_four_to_twelve_decimal_digits() {
    for digits in ["4937", "493716", "493716205813"] {
        let pin = Pin::parse(digits.as_bytes()).expect("well formed");
        assert_eq!(pin.ascii(), digits.as_bytes());
    }
    for other in ["", "493", "4937162058134", "49a7", "a937", "493 ", "٤٩٣٧"] {
        assert!(Pin::parse(other.as_bytes()).is_none(), "{other}");
    }
}

#[test]
fn an_entry_takes_digits_up_to_its_room_and_nothing_else() {
    let full = entry(&[4, 9, 3, 7, 1, 6, 2, 0, 5, 8, 1, 3]);
    assert_eq!((full.push(9), full.length()), (Ok(false), MAX_DIGITS));
    assert_eq!(full.peek().expect("well formed").ascii(), b"493716205813", "the thirteenth changed nothing");
    let empty = PinEntry::new();
    for no_digit in [10, 48, 256, u32::MAX] {
        assert_eq!((empty.push(no_digit), empty.length()), (Err(NotADigit), 0), "{no_digit}");
    }
}

#[test]
fn the_last_digit_can_be_taken_back() {
    let typed = entry(&[4, 9, 3, 7, 1]);
    assert!(typed.pop());
    assert_eq!(typed.peek().expect("well formed").ascii(), b"4937");
    assert_eq!(typed.push(6), Ok(true));
    assert_eq!(typed.peek().expect("well formed").ascii(), b"49376");
    typed.clear();
    assert_eq!((typed.length(), typed.pop()), (0, false));
}

#[test]
fn looking_leaves_the_digits_and_taking_wipes_them() {
    let typed = entry(&[4, 9, 3, 7]);
    assert!(typed.peek().is_some() && typed.peek().is_some());
    assert_eq!(typed.take().expect("well formed").ascii(), b"4937");
    assert_eq!(typed.0.lock().ascii, [0; MAX_DIGITS]);
    assert!(typed.take().is_none());
    let short = entry(&[4, 9, 3]);
    assert!(short.peek().is_none() && short.take().is_none());
    assert_eq!((short.length(), short.0.lock().ascii), (0, [0; MAX_DIGITS]), "what was no PIN is wiped too");
}

#[test]
fn two_entries_are_the_same_when_all_digits_are() {
    let one = entry(&[4, 9, 3, 7]);
    assert!(one.matches(&entry(&[4, 9, 3, 7])) && one.matches(&one));
    for other in [&[4, 9, 3, 8][..], &[9, 4, 3, 7], &[4, 9, 3], &[4, 9, 3, 7, 1], &[]] {
        assert!(!one.matches(&entry(other)), "{other:?}");
    }
    let nulls = [&[][..], &[0], &[0, 0]];
    for (place, digits) in nulls.iter().enumerate() {
        for (other_place, other) in nulls.iter().enumerate() {
            assert_eq!(
                entry(digits).matches(&entry(other)),
                place == other_place,
                "a 0 is a digit, not an empty place"
            );
        }
    }
}

#[test]
fn a_duplicate_keeps_the_digits_whatever_becomes_of_the_first() {
    let first = entry(&[4, 9, 3, 7]);
    let duplicate = first.duplicate();
    assert!(duplicate.matches(&first) && first.length() == 4);
    assert!(first.take().is_some());
    assert_eq!(duplicate.take().expect("well formed").ascii(), b"4937");
    assert_eq!(PinEntry::new().duplicate().length(), 0);
}

#[test]
fn neither_prints_its_digits() {
    let typed = entry(&[4, 9, 3, 7]);
    assert_eq!(format!("{typed:?}"), "PinEntry(redacted)");
    assert_eq!(format!("{:?}", typed.take().expect("well formed")), "Pin(redacted)");
}

#[test]
fn a_slip_is_one_digit_or_two_neighbours() {
    let pin = |digits: &str| Pin::parse(digits.as_bytes()).expect("well formed");
    let near = |other: &str| pin("4937").is_near(&pin(other)) && pin(other).is_near(&pin("4937"));
    let all = || (0..10_000).map(|number| format!("{number:04}"));
    let found: Vec<_> = all().filter(|other| near(other)).collect();
    assert_eq!(found.len(), 1 + 4 * 9 + 3, "itself, each digit changed, each pair of neighbours swapped");
    for slip in ["4937", "0937", "4930", "9437", "4397", "4973"] {
        assert!(near(slip), "{slip}");
    }
    for other in ["3947", "7934", "4739", "9473", "4394", "5047"] {
        assert!(!near(other), "{other}");
    }
    assert!(!pin("1122").is_near(&pin("2211")) && pin("1122").is_near(&pin("1212")));
}
