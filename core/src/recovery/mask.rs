//! The address of a telephone or mailbox that a code can be sent to, and its mask: the short form that a screen shows,
//! so that the owner recognises the address and a bystander does not learn it.
//!
//! What a mask reveals:
//!
//! - Of a telephone number (`138****5678`): whether it was written with a plus, the first three digits, which name the
//!   country or the network, and the last four. It always shows four asterisks, so not how many digits are hidden. At
//!   least four are hidden. A number of fewer than eleven digits shows fewer: first the leading digits go, then the
//!   trailing ones.
//! - Of a mail address (`z***@mi.com`): its domain, and the first letter or digit of the local part (the part before
//!   the @). It always shows three asterisks. A local part of one or two characters, or one with other characters than
//!   ASCII in it, or one that begins with a symbol, shows nothing (`***@mi.com`).
//!
//! Not guaranteed: that nobody guesses the address. Four hidden digits are 10,000 numbers. A person's own domain names
//! the person. Whoever knows the address recognises it.

use std::fmt;

use zeroize::Zeroizing;

use crate::request::shows_what_it_says;

/// The digits of a telephone number: ITU-T E.164 allows at most 15. Fewer than seven are not a subscriber's number.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// What people write between the digits of a telephone number.
const SEPARATORS: [char; 7] = [' ', '-', '.', '(', ')', '[', ']'];
/// Most digits that a mask shows of a telephone number, at its beginning and at its end.
const SHOWN: (usize, usize) = (3, 4);
/// Fewest digits that a mask hides.
const HIDDEN: usize = 4;

/// The longest mail address in bytes: RFC 5321, 4.5.3.1.3, as erratum 1690 corrects it.
const MAX_MAIL_BYTES: usize = 254;
/// The longest local part in bytes: RFC 5321, 4.5.3.1.1.
const MAX_LOCAL_BYTES: usize = 64;
/// What an address holds only in its quoted and bracketed forms, or between several addresses (`specials` in RFC 5322,
/// without the dot and the @). Hardly anyone has such an address, and programs disagree about how to read one.
const SPECIALS: &[char] = &['(', ')', '<', '>', '[', ']', ':', ';', '\\', ',', '"'];
/// Most characters of a domain in a mask, so that the whole mask has at most 80 with what stands before the domain.
const MAX_SHOWN_DOMAIN: usize = 74;

/// Where a code can be sent. It is personal data: it wipes itself, and `Debug` does not show it.
pub(crate) struct Address {
    text: Zeroizing<String>,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Sms,
    Mail,
}

impl Address {
    /// The number of a telephone: perhaps a plus, then 7 to 15 digits. Spaces, hyphens, dots and brackets are dropped.
    pub(crate) fn sms(number: &str) -> Option<Self> {
        // The longest number that is allowed; a text that needs more is refused before it is added.
        let mut text = Zeroizing::new(String::with_capacity(*PHONE_DIGITS.end() + 1));
        for letter in number.chars().filter(|letter| !SEPARATORS.contains(letter)) {
            let fits = letter == '+' && text.is_empty() || letter.is_ascii_digit();
            if !fits || text.len() > *PHONE_DIGITS.end() {
                return None;
            }
            text.push(letter);
        }
        PHONE_DIGITS.contains(&digits_of(&text).len()).then_some(Self { text, kind: Kind::Sms })
    }

    /// A mail address: a local part, one @, and a domain of two labels or more. Only what could be displayed on one
    /// line is taken. Quoted local parts (`"a b"@mi.com`) and domains in brackets are refused.
    pub(crate) fn mail(address: &str) -> Option<Self> {
        let (local, domain) = address.split_once('@')?;
        let is_odd = |letter: char| letter.is_whitespace() || letter == '@' || SPECIALS.contains(&letter);
        let is_address = address.len() <= MAX_MAIL_BYTES
            && (1..=MAX_LOCAL_BYTES).contains(&local.len())
            && domain.contains('.')
            && domain.split('.').all(|label| !label.is_empty())
            && !local.contains(is_odd)
            && !domain.contains(is_odd)
            && shows_what_it_says(address);
        is_address.then(|| Self { text: Zeroizing::new(address.to_owned()), kind: Kind::Mail })
    }

    /// The address itself, to send something to it. A telephone number is without separators.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The address as a screen shows it: one line of at most 80 characters. The module's documentation says what it
    /// reveals.
    pub(crate) fn mask(&self) -> String {
        match self.kind {
            Kind::Sms => mask_phone(&self.text),
            Kind::Mail => mask_mail(&self.text),
        }
    }
}

fn digits_of(number: &str) -> &str {
    number.strip_prefix('+').unwrap_or(number)
}

fn mask_phone(number: &str) -> String {
    let digits = digits_of(number);
    let plus = if digits.len() < number.len() { "+" } else { "" };
    let may_show = digits.len().saturating_sub(HIDDEN);
    let end = may_show.min(SHOWN.1);
    let begin = (may_show - end).min(SHOWN.0);
    let leading = digits.get(..begin).unwrap_or_default();
    let trailing = digits.get(digits.len() - end..).unwrap_or_default();
    format!("{plus}{leading}****{trailing}")
}

fn mask_mail(address: &str) -> String {
    let (local, domain) = address.split_once('@').unwrap_or_default();
    // Outside ASCII, what a person sees as one character can be several: only tables could count them.
    let is_long_enough = local.is_ascii() && local.len() > 2;
    let first = local.chars().next().filter(|first| is_long_enough && first.is_ascii_alphanumeric());
    let first = first.map(String::from).unwrap_or_default();
    format!("{first}***@{}", shown_domain(domain))
}

/// The domain. If it is long, an ellipsis stands for its first labels. An asterisk stands for what is neither a letter
/// nor a digit: it could be invisible.
fn shown_domain(domain: &str) -> String {
    let fits = |part: &str| part.chars().count() <= MAX_SHOWN_DOMAIN;
    let (begin, shown) = if fits(domain) {
        ("", domain)
    } else {
        let ends = domain.match_indices('.').filter_map(|(place, _)| domain.get(place..));
        ("…", ends.into_iter().find(|end| fits(end)).unwrap_or_default())
    };
    let clear = |letter: char| if letter.is_alphanumeric() || ".-".contains(letter) { letter } else { '*' };
    begin.chars().chain(shown.chars().map(clear)).collect()
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mask_of(address: Option<Address>) -> Option<String> {
        address.map(|address| address.mask())
    }

    #[test]
    fn a_number_shows_its_ends() {
        for (number, kept, mask) in [
            ("13812345678", "13812345678", "138****5678"),
            ("+8613812345678", "+8613812345678", "+861****5678"),
            ("+86 138-1234-5678", "+8613812345678", "+861****5678"),
            ("(+44) 20.7946 [0958]", "+442079460958", "+442****0958"),
            ("123456789012345", "123456789012345", "123****2345"),
            ("+123456789012345", "+123456789012345", "+123****2345"),
            ("1234567890", "1234567890", "12****7890"),
            ("123456789", "123456789", "1****6789"),
            ("12345678", "12345678", "****5678"),
            ("1234567", "1234567", "****567"),
            ("+1234567", "+1234567", "+****567"),
        ] {
            let address = Address::sms(number).expect(number);
            assert_eq!((address.as_str(), address.mask().as_str()), (kept, mask));
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for number in [
            "",
            "+",
            "()",
            "123456",
            "+123456",
            "1234567890123456",
            "++1234567",
            "1+234567",
            "1234567+",
            "1234567x1",
            "1234567\n",
            "1234\u{0}567",
            "\u{202e}1234567",
            "１２３４５６７",
            "٠١٢٣٤٥٦٧",
            "me@mi.com",
            &"1".repeat(10_000),
            &"+".repeat(300),
        ] {
            assert!(Address::sms(number).is_none(), "{number:?}");
        }
    }

    #[test]
    fn a_mail_address_shows_its_first_letter_and_its_domain() {
        let long_label = "d".repeat(63);
        for (address, mask) in [
            ("zhang@mi.com", "z***@mi.com"),
            ("Z.san+wallet@mi.com", "Z***@mi.com"),
            ("abc@mi.com", "a***@mi.com"),
            ("ab@mi.com", "***@mi.com"),
            ("a@mi.com", "***@mi.com"),
            ("12345@qq.com", "1***@qq.com"),
            ("_me_@mi.com", "***@mi.com"),
            ("...@mi.com", "***@mi.com"),
            ("o'hara@a.b.example", "o***@a.b.example"),
            ("张三丰@mi.com", "***@mi.com"),
            ("e\u{301}mile@mi.com", "***@mi.com"),
            ("\u{301}abc@mi.com", "***@mi.com"),
            ("abc\u{200b}d@mi.com", "***@mi.com"),
            ("wang@例子.公司", "w***@例子.公司"),
            ("wang@mi\u{200b}.com", "w***@mi*.com"),
            ("wang@\u{301}mi.com", "w***@*mi.com"),
            ("wang@mi_x.com", "w***@mi*x.com"),
            (&format!("wang@{long_label}.com"), &format!("w***@{long_label}.com")),
            (&format!("wang@{long_label}.{long_label}.co.uk"), &format!("w***@….{long_label}.co.uk")),
            (&format!("wang@a.{}", "d".repeat(200)), "w***@…"),
            (&format!("{}@mi.com", "w".repeat(64)), "w***@mi.com"),
        ] {
            let parsed = Address::mail(address).expect(address);
            assert_eq!((parsed.as_str(), parsed.mask().as_str()), (address, mask));
        }
    }

    #[test]
    fn what_is_no_mail_address_is_refused() {
        let ends = |bytes: usize| format!("abc@{}.com", "d".repeat(bytes - "abc@.com".len()));
        assert!(Address::mail(&ends(254)).is_some());
        for address in [
            "",
            " ",
            "@",
            ".",
            "abc",
            "abc.com",
            "@mi.com",
            "abc@",
            "abc@mi",
            "abc@.com",
            "abc@mi.",
            "abc@mi..com",
            "abc@.",
            "a@b@mi.com",
            "abc@@mi.com",
            "abc@mi.com@",
            "\"abc\"@mi.com",
            "\"a@b\"@mi.com",
            "\"a b\"@mi.com",
            "\"\"@mi.com",
            "a\\@b@mi.com",
            "abc(comment)@mi.com",
            "abc@(comment)mi.com",
            "abc@[127.0.0.1]",
            "abc@[IPv6:::1]",
            "<abc@mi.com>",
            "Abc <abc@mi.com>",
            "mailto:abc@mi.com",
            "abc@mi.com,def@mi.com",
            "abc@mi.com;",
            " abc@mi.com",
            "abc@mi.com\n",
            "abc@mi.com\r\nBcc: x@mi.com",
            "a bc@mi.com",
            "abc@m\ti.com",
            "abc\u{a0}@mi.com",
            "abc\u{3000}@mi.com",
            "abc\u{2028}@mi.com",
            "abc\u{0}@mi.com",
            "abc@mi\u{7f}.com",
            "abc\u{85}@mi.com",
            "moc.im\u{202e}@cba.com",
            "abc@\u{2067}mi.com",
            "abc@mi\u{200f}.com",
            "13812345678",
            &ends(255),
            &format!("{}@mi.com", "w".repeat(65)),
            &format!("{}@mi.com", "王".repeat(22)),
            &"@".repeat(254),
        ] {
            assert!(Address::mail(address).is_none(), "{address:?}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Address::sms("13812345678")), "Some(Address(redacted))");
        assert_eq!(format!("{:?}", Address::mail("zhang@mi.com")), "Some(Address(redacted))");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

        #[test]
        fn any_text_is_refused_or_has_a_mask_of_one_line(
            text in prop_oneof![
                any::<String>(),
                r#"[\PC\p{M}\p{Cf}@."]{0,300}"#,
                r"[^@\s]{1,40}@[^@\s]{1,120}\.[^@\s]{1,120}",
                r"[+0-9 ()\[\].-]{0,30}",
            ],
        ) {
            for address in [Address::sms(&text), Address::mail(&text)].into_iter().flatten() {
                let mask = address.mask();
                prop_assert!(shows_what_it_says(&mask) && mask.chars().count() <= 80, "{mask:?}");
                prop_assert!(!mask.contains(char::is_whitespace) && mask.contains("***"), "{mask:?}");
                prop_assert_ne!(mask.as_str(), address.as_str());
            }
        }

        /// So a mask says nothing about what it hides, not even how long it is.
        #[test]
        fn addresses_that_differ_only_in_what_is_hidden_have_the_same_mask(
            (begin, end) in ("[0-9]{3}", "[0-9]{4}"),
            middles in ["[0-9]{4,8}", "[0-9]{4,8}"],
            (first, domain) in ("[a-z0-9]", r"[a-z]{1,99}(\.[a-z]{1,50}){1,2}"),
            rests in [r"[!-'*+./0-9?A-Za-z~-]{2,30}", r"[!-'*+./0-9?A-Za-z~-]{2,30}"],
        ) {
            let [one, other] = middles.map(|middle| mask_of(Address::sms(&format!("{begin}{middle}{end}"))));
            prop_assert!(one.is_some() && one == other);
            let rests = rests.map(|rest| rest.replace('"', ""));
            prop_assume!(rests.iter().all(|rest| rest.len() >= 2));
            let [one, other] = rests.map(|rest| mask_of(Address::mail(&format!("{first}{rest}@{domain}"))));
            prop_assert!(one.is_some() && one == other);
        }

        #[test]
        fn four_digits_or_more_are_hidden(number in r"\+?[0-9]{7,15}") {
            let mask = mask_of(Address::sms(&number)).expect("a number");
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
            prop_assert!(digits(&mask) + 4 <= digits(&number), "{number} {mask}");
            prop_assert!(!mask.contains(digits_of(&number)));
        }
    }
}
