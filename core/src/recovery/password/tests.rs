use proptest::prelude::*;

use super::PasswordFinding::{Common, NoDigit, NoLowerCase, NoSymbol, NoUpperCase, Repeated, TooShort, UsedBefore};
use super::*;

const SHORT: PasswordFinding = TooShort { least: 12 };

fn findings(text: &str) -> Vec<PasswordFinding> {
    judge(text, &PasswordPolicy::default(), None)
}

fn findings_without_classes(text: &str) -> Vec<PasswordFinding> {
    judge(text, &PasswordPolicy { require_classes: false, ..PasswordPolicy::default() }, None)
}

/// Only what says that the text is easy to guess, without length and classes.
fn is_easy(text: &str) -> Vec<PasswordFinding> {
    let mut found = findings_without_classes(text);
    found.retain(|finding| *finding != SHORT);
    found
}

#[test]
fn the_passwords_that_are_tried_first_are_refused() {
    let weak: [(&str, &[PasswordFinding]); 64] = [
        ("", &[SHORT, NoUpperCase, NoLowerCase, NoDigit, NoSymbol]),
        ("123456", &[SHORT, NoUpperCase, NoLowerCase, NoSymbol, Common]),
        ("password", &[SHORT, NoUpperCase, NoDigit, NoSymbol, Common]),
        ("Password1", &[SHORT, NoSymbol, Common]),
        ("a123456", &[SHORT, NoUpperCase, NoSymbol, Common]),
        ("5201314", &[SHORT, NoUpperCase, NoLowerCase, NoSymbol, Common]),
        ("woaini1314", &[SHORT, NoUpperCase, NoSymbol, Common]),
        ("Woaini1314!", &[SHORT, Common]),
        ("Qwerty123!", &[SHORT, Common]),
        ("1q2w3e4r", &[SHORT, NoUpperCase, NoSymbol, Common]),
        ("zxcvbnm", &[SHORT, NoUpperCase, NoDigit, NoSymbol, Common]),
        ("passwordpassword", &[NoUpperCase, NoDigit, NoSymbol, Repeated, Common]),
        ("PASSWORD1234!", &[NoLowerCase, Common]),
        ("Password1234", &[NoSymbol, Common]),
        ("password1234!", &[NoUpperCase, Common]),
        ("Password!!!!", &[NoDigit, Common]),
        ("Password1234!", &[Common]),
        ("Password12345678!", &[Common]),
        ("P@ssw0rd1234", &[Common]),
        ("P@$$w0rd2024!", &[Common]),
        ("pA55W0RD!2025", &[Common]),
        ("1234Password!", &[Common]),
        ("!!Password!!11", &[Common]),
        ("Password-Password-1", &[Common]),
        ("PasswordPassword1!", &[Common]),
        ("Passw0rdP@ssword99!", &[Common]),
        ("Qwerty123456!", &[Common]),
        ("Qwertyuiop1!", &[Common]),
        ("Qwerty_qwerty_1", &[Common]),
        ("Asdfghjkl123!", &[Common]),
        ("Zxcvbnm12345.", &[Common]),
        ("1Qaz@wsx3edc", &[Common]),
        ("!QAZ2wsx#EDC", &[Common]),
        ("1q2w3E4r5t6y!", &[Common]),
        ("Q1w2e3r4t5!!", &[Common]),
        ("Abcd1234!@#$", &[Common]),
        ("Abcdefgh1234!", &[Common]),
        ("Abc123!!!!!!", &[Common]),
        ("Aa123456789!", &[Common]),
        ("A5201314!!!!", &[NoLowerCase, Common]),
        ("Woaini1314520!", &[Common]),
        ("Woaini@5201314", &[Common]),
        ("Laopo1314520.", &[Common]),
        ("Zhangwei1990!", &[Common]),
        ("Wangfang_1988", &[Common]),
        ("Zhongguo2008!", &[Common]),
        ("Alipay123456#", &[Common]),
        ("Walletlock1!", &[Common]),
        ("Wallet123456!", &[Common]),
        ("MyWallet2024$", &[Common]),
        ("Payment2024!!", &[Common]),
        ("Welcome12345!", &[Common]),
        ("W3lc0me!2024", &[Common]),
        ("L3tm31n!!2024", &[Common]),
        ("Changeme123!", &[Common]),
        ("Adm1n1strat0r!", &[Common]),
        ("Iloveyou2024<3", &[Common]),
        ("Summer2024!!", &[Common]),
        ("December2025!", &[Common]),
        ("Liverpool1892!", &[Common]),
        ("Michael1985#!", &[Common]),
        ("Dragon🐉Dragon🐉2024", &[Common]),
        ("Abcd1!Abcd1!", &[Repeated, Common]),
        ("Zk4!Zk4!Zk4!", &[Repeated]),
    ];
    for (text, expected) in weak {
        assert_eq!(findings(text), expected, "{text}");
    }
}

#[test]
fn good_ones_pass() {
    for text in [
        "Vq7#mLp2!xRt",
        "Grüne Kröte 7 hüpft!",
        "correct Horse-battery 9 staple",
        "我的Cat喜欢吃7条小鱼",
        "Τρία μικρά Ψάρια 3",
        "Dragon fears 2 Monkeys!",
        "aB3🐸aB3🐍xyzw",
        "Xq7!mLp2#rTX",
    ] {
        assert_eq!(findings(text), [], "{text}");
    }
}

#[test]
fn each_class_is_missed_alone_and_only_if_the_policy_asks() {
    for (text, missing) in [
        ("vq7#mlp2!xrt", NoUpperCase),
        ("VQ7#MLP2!XRT", NoLowerCase),
        ("Vqx#mLpy!xRt", NoDigit),
        ("Vq7xmLp2yxRt", NoSymbol),
    ] {
        assert_eq!((findings(text), findings_without_classes(text)), (vec![missing], vec![]), "{text}");
    }
    for text in ["Éq7#ÉÉÉ2!ÉÉt", "vq7#mlp2!xrÉ", "Vqx#mLpy!x٣t", "Vq7xmLp2yxR密", "Vq7xmLp2 yxR"] {
        assert_eq!(findings(text), [], "classes of every script: {text}");
    }
    assert_eq!(findings_without_classes("grüner Frosch hüpft"), []);
    assert_eq!(findings_without_classes("password2024"), [Common], "the list holds in any case");
}

#[test]
fn length_is_counted_in_characters() {
    assert_eq!(findings("Vq7#mLp2!xR"), [SHORT]);
    assert_eq!(findings("密密七#mL2!xR嗯").first(), Some(&SHORT));
    let twenty = PasswordPolicy { min_length: 20, ..PasswordPolicy::default() };
    assert_eq!(judge("Vq7#mLp2!xRtVb8%nKo", &twenty, None), [TooShort { least: 20 }]);
    assert_eq!(judge("Vq7#mLp2!xRtVb8%nKo3", &twenty, None), []);
    let long = "Vq7#mLp2!xRt5yG&".repeat(7) + "Vq7#mLp2!xRt5yG/";
    assert_eq!((long.chars().count(), findings(&long)), (MAX_PASSWORD_CHARS, vec![]));
}

#[test]
fn a_piece_is_repeated_if_it_is_too_short_alone() {
    for (text, repeated) in [
        ("aaaaaaaaaaaa", true),
        ("aAaAaAaAaAaA", true),
        ("xyxyxyxyxyxyx", true),
        ("密码七密码七密码七密码七", true),
        ("kT4!zkT4!zkT4!z", true),
        ("kT4!zwkt4!zw", true),
        ("kT4!zwkT4!zwk", true),
        ("Vq7#mLp2!xRVq7#mLp2!xR", true),
        ("Vq7#mLp2!xRtVq7#mLp2!xRt", false),
        ("kT4!zwkT4!zv", false),
        ("kT4!zwxkT4!z", false),
    ] {
        assert_eq!(is_easy(text).contains(&Repeated), repeated, "{text}");
    }
}

#[test]
fn a_word_among_other_letters_is_not_common() {
    for text in ["xpassword1234", "passwordx1234", "my dragon and i", "dragonmonkey", "pa-ssword1234", "drag0n7monk3y"]
    {
        assert_eq!(is_easy(text), [], "{text}");
    }
    for text in ["dragon", "$dragon", "0dr4g0n0", "dragon dragon", "1dragon2DRAGON3", "…dragon…", "「dragon」"] {
        assert!(is_easy(text).contains(&Common), "{text}");
    }
}

#[test]
fn the_last_ones_are_not_set_again() {
    let key = [0x11; 32];
    let mut history = PasswordHistory::default();
    ["Vq7#mLp2!xRt", "Wq7#mLp2!xRt"].iter().for_each(|text| history.push(&key, text));
    let with =
        |text, remember| judge(text, &PasswordPolicy { remember, ..PasswordPolicy::default() }, Some((&history, &key)));
    assert_eq!(with("Vq7#mLp2!xRt", 5), [UsedBefore]);
    assert_eq!((with("Vq7#mLp2!xRt", 1), with("Wq7#mLp2!xRt", 1)), (vec![], vec![UsedBefore]));
    assert_eq!((with("Wq7#mLp2!xRt", 0), with("vq7#mLp2!xRt", 5)), (vec![], vec![]));
}

/// The longest way through the list: decoration everywhere, and a letter at the end.
#[test]
fn long_texts_of_symbols_are_judged_too() {
    let text = "@$1!0".repeat(25) + "zzz";
    assert_eq!(findings(&text), [NoUpperCase]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn any_text_is_judged(text in prop_oneof![any::<String>(), r"\PC{0,128}", "[a0@$! 密]{0,128}"]) {
        let found = findings(&text);
        prop_assert_eq!(found.contains(&SHORT), text.chars().count() < 12);
        let entry = PasswordEntry::new();
        if entry.set(text.as_bytes()).is_ok() {
            prop_assert!(*entry.peek() == text);
        }
    }

    /// Whatever digits and symbols are put around it.
    #[test]
    fn decoration_hides_no_word(
        before in "[0-9!@#$%^&*._ -]{0,12}",
        between in "[0-9!@#$%^&*._ -]{0,3}",
        after in "[0-9!@#$%^&*._ -]{0,12}",
        times in 1_usize..4,
    ) {
        for word in ["sunshine", "zhangwei", "qazwsx", "CHELSEA"] {
            let text = format!("{before}{}{after}", vec![word; times].join(&between));
            prop_assert!(is_easy(&text).contains(&Common), "{}", text);
        }
    }
}
