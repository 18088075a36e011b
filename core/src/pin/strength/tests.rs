use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;
use std::thread;

use proptest::prelude::*;
use proptest::sample::Index;

use super::Finding::{
    Common, Date, Doubled, FewDigits, KeypadLine, KeypadWalk, MostlyOneDigit, Palindrome, RepeatedBlock, Run,
};
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

/// Checks that a rule matches all PINs in `matching` and none in `other`. Both are separated by spaces.
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
fn few_digits() {
    check(FewDigits, "0000 99999 111111 777777777777", "0001 1000 1101 1212");
    check(FewDigits, "11112 000001 101111 110010 121212", "111123 001122");
    for digits in ["0000", "00000", "000000"] {
        assert_eq!(findings(digits)[0], FewDigits);
        assert!(
            !findings(digits)
                .iter()
                .any(|found| matches!(found, RepeatedBlock | Palindrome | MostlyOneDigit | KeypadWalk))
        );
    }
}

#[test]
fn mostly_one_digit() {
    check(MostlyOneDigit, "1333 0004 1011 7747 212224 111231 00010020", "1133 1111 111112 112234 111232 11123");
}

#[test]
fn runs_also_past_the_ends_and_with_every_digit_doubled() {
    check(Run, "1234 4321 0123 7890 8901 2109 890123 321098 12345 012345678901 987654321098", "");
    check(Run, "1122 9900 0099 112233 332211 111222 222111 11223 1112223 11223344", "");
    check(Run, "", "1235 1243 112234 1222 1112 2345377 0033");
}

#[test]
fn runs_by_two() {
    check(Run, "2468 024680 135791 802468 97531", "0369 036925 1470 2580");
}

#[test]
fn runs_in_two_pieces() {
    check(Run, "123000 321987 123321 111123 1230000 12340987 999321", "123111222 000111333 123135 1230");
    check(Run, "142536 121314 102030 415263 192837 212223 10203 11213141", "1425 135246 112141 000555 121212");
}

#[test]
fn repeated_blocks() {
    check(RepeatedBlock, "1212 123123 121212 112112 12121 1231231 12341234 123412341 121312131213", "");
    check(RepeatedBlock, "121213 373739 1212123", "12123 112112112113 111112");
    check(RepeatedBlock, "", "1111 1221 1213 123124 12312 123412 1234512346");
}

#[test]
fn doubled() {
    check(Doubled, "0022 1122 112299 112211 000999 11229 1122334 111222333", "1111 1221 112223 11233");
}

#[test]
fn keypad_lines() {
    check(KeypadLine, "2580 0852 147258 159753 159357 357951 123654 321456 123456 789456 147852 258456", "");
    check(KeypadLine, "14725 1472583 1472583690 147258369 14725836 2580852 25800852 1597532580 123654789369", "");
    check(KeypadLine, "1236 1254 1478 3698 0896 7896 12369 123698 478963 963214580", "12583 2583 14720");
    check(KeypadLine, "134679 124578 316497 147000 000147 147123 159258 174879", "143679 147001 1470");
    check(KeypadLine, "", "1592 5802 1245 1212 1470 147259 159752 1231 14726 123655 0987 7890 125580");
}

#[test]
fn keypad_walks() {
    check(KeypadWalk, "1472 0369 1590 7894 8520 9321", "2580 1236 1245 1379 1346");
    check(KeypadWalk, "126895 125580 122369 15986", "147258 125658 134679 1225");
}

#[test]
fn common_ones() {
    check(Common, "1004 0007 1314 1688 2486 0520 0911 1225 3141 4711", "1005 0006 2467 7305 9182");
    check(Common, "1940 1984 1998 2001 2029", "1938 2030 2130 19850 01984");
    check(Common, "520131 5201314 110119 137955 31416 8675309 1357924680 112345", "520132 5201315 137956 31418");
    check(Common, "5683 45683968 7277 72779673", "5684 45683969");
    // Common PINs that another rule already forbids.
    for digits in ["112233", "789456", "159357", "110110", "123123", "696969", "2580", "1111", "1122", "1212"] {
        assert!(findings(digits).iter().any(|finding| finding.severity() == Severity::Forbidden), "{digits}");
    }
}

#[test]
fn the_table_is_sorted_and_repeats_nothing_that_is_forbidden_anyway() {
    let spelled = |word: &str| word.bytes().map(|letter| char::from(common::key_of(letter))).collect();
    let mut entries: Vec<String> = common::entries(common::WORDS).map(spelled).collect();
    for table in common::TABLES {
        assert!(common::entries(table).is_sorted(), "{table}");
        entries.extend(common::entries(table).map(str::to_owned));
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
    assert!(
        common::entries(common::WORDS).is_sorted() && entries.iter().all(|entry| common::is_common(entry.as_bytes()))
    );
}

/// Of each public count: all of the first 200 PINs get a finding, and all of the first 100 are refused.
#[test]
fn what_people_choose_most_is_found_and_the_first_hundred_are_refused() {
    for (count, source) in
        [(most_used::AMITAY_4, "Amitay"), (most_used::SECLISTS_4, "SecLists"), (most_used::ROCKYOU_6, "RockYou")]
    {
        let pins: Vec<_> = count.split_ascii_whitespace().collect();
        assert_eq!(pins.len(), 200, "{source}");
        let found = |pin: &&&str| !findings(pin).is_empty();
        assert_eq!(
            pins.iter().filter(|pin| !found(pin)).collect::<Vec<_>>(),
            Vec::<&&str>::new(),
            "{source}: not found"
        );
        assert_eq!(
            pins[..100].iter().filter(|pin| !is_refused(pin)).collect::<Vec<_>>(),
            Vec::<&&str>::new(),
            "{source}: not refused"
        );
    }
}

fn is_refused(digits: &str) -> bool {
    findings(digits).iter().any(|finding| finding.severity() == Severity::Forbidden)
}

#[test]
fn what_ios_warns_of_is_found() {
    let listed =
        [most_used::IOS_4, most_used::IOS_6].into_iter().flat_map(str::split_ascii_whitespace).map(str::to_owned);
    let years = (1956..=2015).map(|year| year.to_string());
    let pairs = (0..100).flat_map(|n| {
        let (a, b) = (n / 10, n % 10);
        [format!("{a}{b}{a}{b}"), format!("{a}{a}{b}{b}")]
    });
    let triples = (0..1000).flat_map(|n| {
        let (a, b, c) = (n / 100, n / 10 % 10, n % 10);
        [format!("{a}{b}{c}{a}{b}{c}"), format!("{a}{b}{c}{c}{b}{a}"), format!("{a}{b}{a}{b}{a}{c}")]
    });
    let missed: Vec<_> =
        listed.chain(years).chain(pairs).chain(triples).filter(|pin| findings(pin).is_empty()).collect();
    assert!(missed.is_empty(), "{missed:?}");
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
    // Read backwards, and with trivial digits around the date.
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
    // Read backwards, and with trivial digits around the part.
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
    assert_eq!(judge(&pin("121212"), &known), [FewDigits, RepeatedBlock, Finding::Personal, Date]);
    assert_eq!(findings("123456"), [Run, KeypadLine]);
    assert_eq!(findings("2001"), [Common, Date]);
    assert_eq!(findings("738516"), []);
    assert_eq!(findings("1333"), [MostlyOneDigit]);
    let weak = [Date, Palindrome, MostlyOneDigit, KeypadWalk];
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

/// The table in the module's docs must be the text that this test writes.
#[test]
fn the_docs_tell_the_share_that_each_rule_removes() {
    let mut table = String::new();
    let (of_four, of_six) = (counts(4), counts(6));
    let forbidden = ROWS.iter().position(|row| *row == "all that are forbidden").expect("a row");
    assert!(of_four[forbidden] <= 800, "at most 8 % of four digits are refused: {}", of_four[forbidden]);
    assert!(of_six[forbidden] <= 10_000, "at most 1 % of six digits are refused: {}", of_six[forbidden]);
    for ((name, of_four), of_six) in ROWS.iter().zip(of_four).zip(of_six) {
        let (share_of_four, share_of_six) = (f64::from(of_four) / 1e4 * 100.0, f64::from(of_six) / 1e6 * 100.0);
        writeln!(
            table,
            "//! | {name:<24} | {of_four:>11} | {share_of_four:>7.3} % | {of_six:>11} | {share_of_six:>7.3} % |"
        )
        .expect("a string takes all");
    }
    assert!(include_str!("../strength.rs").contains(&table), "the table should be:\n{table}");
}

const ROWS: [&str; 15] = [
    "`FewDigits`",
    "`Run`",
    "`RepeatedBlock`",
    "`Doubled`",
    "`KeypadLine`",
    "`Common`",
    "`Personal`, a birthday",
    "`Personal`, a number",
    "`Date`",
    "`Palindrome`",
    "`MostlyOneDigit`",
    "`KeypadWalk`",
    "all that are forbidden",
    "all that are only weak",
    "both together",
];

/// How many PINs of this length belong to each row.
fn counts(length: usize) -> [u32; ROWS.len()] {
    let all = 10_u32.pow(u32::try_from(length).expect("small"));
    // A million PINs take long in a build without optimisation, so two threads count one half each.
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
            found.contains(&FewDigits),
            found.contains(&Run),
            found.contains(&RepeatedBlock),
            found.contains(&Doubled),
            found.contains(&KeypadLine),
            found.contains(&Common),
            personal::is_personal(digits.as_bytes(), &date_of_birth),
            personal::is_personal(digits.as_bytes(), &telephone),
            found.contains(&Date),
            found.contains(&Palindrome),
            found.contains(&MostlyOneDigit),
            found.contains(&KeypadWalk),
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
        // Personal data adds one finding and changes no other.
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
