use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;
use std::thread;

use proptest::prelude::*;
use proptest::sample::Index;

use super::Finding::{Common, Date, KeypadLine, OneDigit, Palindrome, RepeatedBlock, Run};
use super::*;

fn pin(digits: &str) -> Pin {
    Pin::parse(digits.as_bytes()).expect("a test's PIN is well formed")
}

fn findings(digits: &str) -> Vec<Finding> {
    judge(&pin(digits), &[])
}

fn birthday(year: u16, month: u8, day: u8) -> Personal {
    Personal::Birthday { year, month, day }
}

fn number(text: &str) -> Personal {
    Personal::Number(text.to_owned().into())
}

/// Checks that a rule matches all of the first PINs (parted by spaces) and none of the others.
#[track_caller]
fn check(rule: Finding, matching: &str, other: &str) {
    matching.split_whitespace().for_each(|digits| assert!(findings(digits).contains(&rule), "{digits} is {rule:?}"));
    other.split_whitespace().for_each(|digits| assert!(!findings(digits).contains(&rule), "{digits} is not {rule:?}"));
}

#[track_caller]
fn check_personal(known: &Personal, matching: &str, other: &str) {
    let is_found = |digits| judge(&pin(digits), std::slice::from_ref(known)).contains(&Finding::Personal);
    matching.split_whitespace().for_each(|digits| assert!(is_found(digits), "{digits} is personal"));
    other.split_whitespace().for_each(|digits| assert!(!is_found(digits), "{digits} is not personal"));
}

#[test]
fn one_digit() {
    check(OneDigit, "0000 99999 111111 777777777777", "0001 1000 1101 111112");
    assert_eq!(findings("0000"), [OneDigit], "neither a repeated block nor a palindrome as well");
}

#[test]
fn runs_also_past_the_ends_and_with_every_digit_doubled() {
    check(Run, "1234 4321 0123 7890 8901 2109 890123 321098 12345 012345678901 987654321098", "");
    check(Run, "1122 9900 0099 112233 332211 111222 222111 11223 1112223 11223344", "");
    check(Run, "", "1235 2345677 1243 1357 112234 1222 1112 122233 123321 123123 1111");
}

#[test]
fn repeated_blocks() {
    check(RepeatedBlock, "1212 123123 121212 112112 12121 1231231 12341234 123412341 121312131213", "");
    check(RepeatedBlock, "", "1111 1221 1213 123124 12312 123412 1234512346");
}

#[test]
fn keypad_lines() {
    check(KeypadLine, "2580 0852 147258 159753 159357 357951 123654 321456 123456 789456 147852 258456", "");
    check(KeypadLine, "14725 1472583 1472583690 147258369 14725836 2580852 25800852 1597532580 123654789369", "");
    check(KeypadLine, "1236 1254 1478 3698 0896 7896 12369 123698 478963 963214580", "12583 2583 14720");
    check(KeypadLine, "", "1592 5802 1245 1212 1470 147259 159752 1231 14726 123655 0987 7890 124578");
}

#[test]
fn common_ones() {
    check(Common, "1004 0007 1314 1688 2468 0520 0911 1225 3141 4711", "1005 0006 2467 7305 9182");
    check(Common, "1940 1984 1998 2001 2029", "1938 2030 2130 19850 01984");
    check(Common, "520131 5201314 110119 142536 31415 8675309 1357924680 112345", "520132 5201315 142537 31417");
    check(Common, "5683 45683968 7277 72779673", "5684 45683969");
    // Known to everybody as common, and left to the rules that see them.
    for digits in ["112233", "789456", "159357", "110110", "123123", "696969", "2580", "1111", "1122", "1212"] {
        assert!(findings(digits).iter().any(|finding| finding.severity() == Severity::Forbidden), "{digits}");
    }
}

#[test]
fn the_table_is_sorted_and_repeats_nothing_that_is_forbidden_anyway() {
    let spelled =
        common::WORDS.iter().map(|word| word.bytes().map(|letter| char::from(common::key_of(letter))).collect());
    let mut entries: Vec<String> = spelled.collect();
    for table in common::TABLES {
        assert!(table.is_sorted());
        entries.extend(table.iter().map(|entry| (*entry).to_owned()));
    }
    let mut needless = Vec::new();
    let mut seen = BTreeSet::new();
    for entry in &entries {
        let others =
            findings(entry).into_iter().filter(|found| *found != Common && found.severity() == Severity::Forbidden);
        if others.count() > 0 || common::is_recent_year(entry.as_bytes()) || !seen.insert(entry) {
            needless.push(entry.as_str());
        }
    }
    assert!(needless.is_empty(), "needless: {}", needless.join(" "));
    assert!(common::WORDS.is_sorted() && entries.iter().all(|entry| common::is_common(entry.as_bytes())));
}

#[test]
fn dates() {
    check(Date, "3112 1231 2902 0229 1299 0230 0100 1900 2099 1984", "3204 3113 3104 0000 0010 1300 1899 2100 3002");
    check(Date, "311299 123199 991231 290204 290200 960229 199812 121998", "310499 290231 130098 199813 009912 003112");
    check(Date, "31121999 12311999 19991231 29022000 29022096", "31121899 29021900 29022100 31041999 20991301");
    check(Date, "50890 81590 5081990 8151990", "00890 05890 05089 43281 50891990 9319999 123456789");
}

#[test]
fn palindromes() {
    check(Palindrome, "1221 12321 472274 123454321 135797531", "1111 1222 123322 472275");
}

#[test]
fn a_birthday_in_any_order() {
    let known = birthday(1990, 8, 5);
    check_personal(&known, "0508 0805 1990 9005 0890 9008 5890 199008 900805 050890 080590 19905 581990", "");
    check_personal(&known, "05081990 19900805 90508 1990508", "4711 1991 8001 0608 5085 5058 9019 060890 05081991");
    check_personal(
        &birthday(2004, 12, 31),
        "3112 1231 2004 0412 0431 041231 311204 20041231",
        "4123 0331 2005 1231200 3105",
    );
    // Backwards, and with trivial digits around it.
    check_personal(&known, "0991 098050 199000 019901 111990 199012 050811 10508 05087 199088", "199047 419907 050871");
    check_personal(&known, "199008111111 05081990 050819901234 888819900508", "1990123456 199011111");
}

#[test]
fn parts_of_a_birthday_that_are_unknown_or_odd() {
    check_personal(&birthday(0, 8, 5), "0508 0805 050812", "0000 1990 0005 8500");
    check_personal(&birthday(0, 0, 0), "", "0000 1234 000000");
    check_personal(&birthday(2533, 13, 99), "2533 1399 139933", "1990 9914");
    check_personal(&birthday(u16::MAX, u8::MAX, u8::MAX), "65535 5535", "1990");
}

#[test]
fn any_part_of_a_number() {
    let known = number("+44 (7700) 900-417");
    check_personal(&known, "4477 0417 7009 900417 770090 447700900417 0090", "0418 4700 900518 4171");
    // Backwards, and with nothing but padding around it.
    check_personal(&known, "7140 714009 041700 104171 041712 70417", "041747 304175");
    check_personal(&number("11010119900307123X"), "9003 003070 307123 3217", "1992307 9913");
    check_personal(&number("417"), "", "0417 4170 4174");
    check_personal(&number("no digits"), "", "0000 1234");
    check_personal(&number(""), "", "0000 1234");
}

#[test]
fn numbers_in_other_digits() {
    for text in ["٠٤١٧", "۰۴۱۷", "०४१७", "০৪১৭", "๐๔๑๗", "０４１７"] {
        check_personal(&number(text), "0417 7140", "0418");
    }
}

#[test]
fn length_is_the_policys() {
    assert_eq!(judge_length(&pin("12345"), 6, 12), Some(Finding::TooShort { min: 6 }));
    assert_eq!(judge_length(&pin("123456"), 6, 6), None);
    assert_eq!(judge_length(&pin("1234567"), 4, 6), Some(Finding::TooLong { max: 6 }));
}

#[test]
fn every_reason_is_given_in_order() {
    let known = [number("121212"), birthday(2012, 12, 12)];
    assert_eq!(judge(&pin("121212"), &known), [RepeatedBlock, Finding::Personal, Date]);
    assert_eq!(findings("123456"), [Run, KeypadLine]);
    assert_eq!(findings("2001"), [Common, Date]);
    assert_eq!(findings("738516"), []);
    let weak = [Date, Palindrome];
    assert!(weak.iter().all(|finding| finding.severity() == Severity::Weak));
}

#[test]
fn nothing_personal_is_shown() {
    let shown = format!("{:?}{:?}", birthday(1990, 8, 5), number("0417"));
    assert!(!shown.contains(|letter: char| letter.is_ascii_digit()), "{shown}");
}

#[test]
fn what_is_personal_prints_nothing() {
    for known in [birthday(1990, 8, 5), number("07700900417")] {
        assert_eq!(format!("{known:?}"), "Personal(redacted)");
    }
}

/// The table in the module's docs is what this prints.
#[test]
fn the_docs_tell_the_share_that_each_rule_removes() {
    let mut table = String::new();
    for ((name, of_four), of_six) in ROWS.iter().zip(counts(4)).zip(counts(6)) {
        let (share_of_four, share_of_six) = (f64::from(of_four) / 1e4 * 100.0, f64::from(of_six) / 1e6 * 100.0);
        writeln!(
            table,
            "//! | {name:<24} | {of_four:>11} | {share_of_four:>7.3} % | {of_six:>11} | {share_of_six:>7.3} % |"
        )
        .expect("a string takes all");
    }
    assert!(include_str!("../strength.rs").contains(&table), "the table should be:\n{table}");
}

const ROWS: [&str; 12] = [
    "`OneDigit`",
    "`Run`",
    "`RepeatedBlock`",
    "`KeypadLine`",
    "`Common`",
    "`Personal`, a birthday",
    "`Personal`, a number",
    "`Date`",
    "`Palindrome`",
    "all that are forbidden",
    "all that are only weak",
    "both together",
];

/// How many PINs of this length belong to each row.
fn counts(length: usize) -> [u32; ROWS.len()] {
    let all = 10_u32.pow(u32::try_from(length).expect("small"));
    // The space is large for a build without optimisation: half of it for each of two threads.
    let halves = thread::scope(|scope| {
        [0..all / 2, all / 2..all]
            .map(|half| scope.spawn(move || counts_in(half, length)))
            .map(|thread| thread.join().expect("counted"))
    });
    std::array::from_fn(|row| halves.iter().map(|half| half[row]).sum())
}

fn counts_in(values: Range<u32>, length: usize) -> [u32; ROWS.len()] {
    let (date_of_birth, telephone) = ([birthday(1990, 8, 5)], [number("07700900417")]);
    let mut counts = [0; ROWS.len()];
    for value in values {
        let digits = format!("{value:0length$}");
        let found = findings(&digits);
        let forbidden = found.iter().any(|finding| finding.severity() == Severity::Forbidden);
        let matches = [
            found.contains(&OneDigit),
            found.contains(&Run),
            found.contains(&RepeatedBlock),
            found.contains(&KeypadLine),
            found.contains(&Common),
            personal::is_personal(digits.as_bytes(), &date_of_birth),
            personal::is_personal(digits.as_bytes(), &telephone),
            found.contains(&Date),
            found.contains(&Palindrome),
            forbidden,
            !forbidden && !found.is_empty(),
            !found.is_empty(),
        ];
        counts.iter_mut().zip(matches).for_each(|(count, matches)| *count += u32::from(matches));
    }
    counts
}

fn any_personal() -> impl Strategy<Value = Personal> {
    prop_oneof![
        any::<(u16, u8, u8)>().prop_map(|(year, month, day)| birthday(year, month, day)),
        (1900..2030_u16, 1..=12_u8, 1..=31_u8).prop_map(|(year, month, day)| birthday(year, month, day)),
        any::<String>().prop_map(|text| number(&text)),
        "[0-9 +-]{0,24}".prop_map(|text| number(&text)),
    ]
}

proptest! {
    #[test]
    fn any_pin_can_be_judged(digits in "[0-9]{4,12}", known in prop::collection::vec(any_personal(), 0..4)) {
        let found = judge(&pin(&digits), &known);
        prop_assert!(found.is_sorted() && found.windows(2).all(|pair| pair[0] != pair[1]));
        // What is personal adds one reason and changes no other.
        let impersonal: Vec<_> = found.into_iter().filter(|finding| *finding != Finding::Personal).collect();
        prop_assert_eq!(impersonal, findings(&digits));
    }

    #[test]
    fn every_part_of_a_number_is_found(text in "[0-9]{12,20}", start: Index, length in 4..=12_usize) {
        let part = &text[start.index(text.len() - length + 1)..][..length];
        let backwards: String = part.chars().rev().collect();
        check_personal(&number(&text), &format!("{part} {backwards}"), "");
    }
}
