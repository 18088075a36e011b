//! Codes of an authenticator app: HOTP (RFC 4226) and TOTP (RFC 6238), and the secret behind them, as the app reads it.
//!
//! SHA-1, 6 digits and 30 seconds are what every authenticator app supports. RFC 6238 names 30 seconds as the default
//! (section 4.1 and 5.2), and RFC 4226 requires 6 digits at least (section 5.3).
//!
//! Whoever calls these functions wipes the stack afterwards: SHA-1 leaves its state there.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::crypto::{Random, hmac_sha1};
use crate::hex;

/// How long a code is valid, in milliseconds (RFC 6238, section 5.2). Steps count from 1970-01-01 UTC.
pub(crate) const STEP_MS: u64 = 30_000;
/// Number of digits of a code.
pub(crate) const DIGITS: usize = 6;
/// A code as it was typed: values from 0 to 9, not ASCII.
pub(crate) type Code = [u8; DIGITS];

/// RFC 4226 recommends 160 bits (section 4, R6).
const SECRET_BYTES: usize = 20;
/// Number of letters of the secret as text: 5 bits each.
pub(crate) const SECRET_LETTERS: usize = SECRET_BYTES * 8 / 5;
/// The most bytes of an issuer, and of an account. Our own choice: the QR code stays small enough for any camera.
const MAX_NAME_BYTES: usize = 64;
/// A URI is never longer: of issuer (written twice) and account, each byte becomes three at most. The rest is fixed.
const MAX_URI_BYTES: usize = 3 * 3 * MAX_NAME_BYTES + SECRET_LETTERS + 80;

/// The secret that an authenticator app shares with the wallet. It is on the heap, so that moving it moves a pointer
/// and leaves no copy behind.
pub(crate) struct Secret(Box<Zeroizing<[u8; SECRET_BYTES]>>);

impl Secret {
    /// A secret of zeros, to be filled in.
    fn zero() -> Self {
        Self(Box::new(Zeroizing::new([0; SECRET_BYTES])))
    }

    fn from_bytes(bytes: &[u8; SECRET_BYTES]) -> Self {
        let mut secret = Self::zero();
        secret.0.copy_from_slice(bytes);
        secret
    }

    /// The secret of these bytes. For tests that play the authenticator app.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        Some(Self::from_bytes(bytes.try_into().ok()?))
    }

    /// Makes a new random secret.
    pub(crate) fn make(random: &mut Random) -> Self {
        Self::from_bytes(&random.bytes())
    }

    /// A letter of the secret as text, in base32 without padding (RFC 4648, section 6), by its place from 0 to 31.
    /// `None`: there is no such place. It comes letter by letter, to be drawn, so that no string of it exists.
    pub(crate) fn letter(&self, place: usize) -> Option<char> {
        self.base32_byte(place).map(char::from)
    }

    /// The URI that an authenticator app reads from a QR code, in ASCII (Google Authenticator's "Key Uri Format").
    ///
    /// `None`: issuer or account is empty, longer than 64 bytes, or contains a colon, which separates the two in the
    /// label, or a control character.
    pub(crate) fn uri(&self, issuer: &str, account: &str) -> Option<Zeroizing<Vec<u8>>> {
        let is_name = |name: &str| {
            (1..=MAX_NAME_BYTES).contains(&name.len()) && !name.contains(|c: char| c == ':' || c.is_control())
        };
        if !is_name(issuer) || !is_name(account) {
            return None;
        }
        // It has room for the longest URI from the start: a growing vector would leave unwiped copies behind.
        let mut uri = Zeroizing::new(Vec::with_capacity(MAX_URI_BYTES));
        uri.extend_from_slice(b"otpauth://totp/");
        uri.extend(percent_encoded(issuer));
        uri.push(b':');
        uri.extend(percent_encoded(account));
        uri.extend_from_slice(b"?secret=");
        uri.extend((0..SECRET_LETTERS).filter_map(|place| self.base32_byte(place)));
        uri.extend_from_slice(b"&issuer=");
        uri.extend(percent_encoded(issuer));
        uri.extend_from_slice(b"&algorithm=SHA1&digits=6&period=30");
        Some(uri)
    }

    /// Whether this is the code of the step. Compares in constant time.
    pub(crate) fn has_code(&self, step: u64, code: &Code) -> bool {
        let mut rest = Zeroizing::new(hotp(self.0.as_slice(), step, DIGITS as u32));
        let mut expected = Zeroizing::new([0; DIGITS]);
        for digit in expected.iter_mut().rev() {
            *digit = (*rest % 10) as u8;
            *rest /= 10;
        }
        expected.as_slice().ct_eq(code).into()
    }

    fn base32_byte(&self, place: usize) -> Option<u8> {
        // Five bytes make eight letters.
        let group = self.0.as_chunks::<5>().0.get(place / 8)?;
        let bits = group.iter().fold(0, |bits: u64, byte| bits << 8 | u64::from(*byte));
        let value = (bits >> (35 - 5 * (place % 8)) & 31) as u8;
        Some(if value < 26 { b'A' + value } else { b'2' + value - 26 })
    }
}

/// The code of this step. For tests that play the authenticator app.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn code_at(secret: &Secret, step: u64) -> u32 {
    hotp(secret.0.as_slice(), step, DIGITS as u32)
}

/// HOTP (RFC 4226, section 5.3): the code of a counter, as a number of so many digits at most.
fn hotp(secret: &[u8], counter: u64, digits: u32) -> u32 {
    let mac = hmac_sha1(secret, &[&counter.to_be_bytes()]);
    let offset = usize::from(mac[19] & 0x0f);
    let chosen = mac.get(offset..).and_then(|rest| rest.first_chunk::<4>());
    let Some(chosen) = chosen else { unreachable!("15 + 4 bytes are less than 20") };
    (u32::from_be_bytes(*chosen) & 0x7fff_ffff) % 10_u32.pow(digits)
}

/// The bytes of a text, with all but the unreserved characters percent-encoded (RFC 3986, sections 2.1 and 2.3).
fn percent_encoded(text: &str) -> impl Iterator<Item = u8> {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    text.bytes().flat_map(|byte| {
        let is_unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let [high, low] = [byte >> 4, byte & 15].map(|digit| HEX[usize::from(digit)]);
        let (bytes, length) = if is_unreserved { ([byte, 0, 0], 1) } else { ([b'%', high, low], 3) };
        bytes.into_iter().take(length)
    })
}

impl Clone for Secret {
    fn clone(&self) -> Self {
        Self::from_bytes(&self.0)
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl Eq for Secret {}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// Its bytes, as the record has them. Only tests write it as JSON, which makes copies that nobody wipes.
impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        hex::array::serialize(self.0.as_slice(), to)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        hex::array::deserialize(from).map(Zeroizing::new).map(|bytes| Self::from_bytes(&bytes))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::platform::testing;

    /// The secret of the tables in RFC 4226 and RFC 6238.
    pub(crate) fn rfc_secret() -> Secret {
        Secret::from_bytes(b"12345678901234567890")
    }

    /// The code of a step.
    pub(crate) fn code_of(secret: &Secret, step: u64) -> Code {
        let text = format!("{:06}", hotp(secret.0.as_slice(), step, 6));
        std::array::from_fn(|at| text.as_bytes()[at] - b'0')
    }

    fn letters(secret: &Secret) -> String {
        (0..SECRET_LETTERS).map(|place| secret.letter(place).expect("a letter")).collect()
    }

    fn uri(issuer: &str, account: &str) -> Option<String> {
        let uri = rfc_secret().uri(issuer, account)?;
        assert_eq!(uri.capacity(), MAX_URI_BYTES, "it never grew");
        Some(String::from_utf8(uri.to_vec()).expect("ASCII"))
    }

    #[test]
    fn codes_of_rfc_6238_appendix_b() {
        for (seconds, code) in [
            (59, 94287082),
            (1111111109, 7081804),
            (1111111111, 14050471),
            (1234567890, 89005924),
            (2000000000, 69279037),
            (20000000000, 65353130),
        ] {
            let step = seconds * 1_000 / STEP_MS;
            assert_eq!(hotp(rfc_secret().0.as_slice(), step, 8), code, "{seconds} s");
            assert_eq!(hotp(rfc_secret().0.as_slice(), step, 6), code % 1_000_000, "{seconds} s");
        }
    }

    #[test]
    fn codes_of_rfc_4226_appendix_d() {
        let codes =
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        for (step, text) in (0..).zip(codes) {
            let code: Code = std::array::from_fn(|at| text.as_bytes()[at] - b'0');
            assert!(rfc_secret().has_code(step, &code), "{text}");
            assert!(!rfc_secret().has_code(step + 1, &code), "{text} is of the step before");
            for at in 0..DIGITS {
                let mut wrong = code;
                wrong[at] = (wrong[at] + 1) % 10;
                assert!(!rfc_secret().has_code(step, &wrong), "{text}, wrong at {at}");
            }
            let ascii: Code = std::array::from_fn(|at| text.as_bytes()[at]);
            assert!(!rfc_secret().has_code(step, &ascii), "ASCII is no code");
        }
    }

    /// The texts were computed independently of this code, with Python's `base64.b32encode`.
    #[test]
    fn the_secret_as_text_is_base32() {
        assert_eq!(letters(&rfc_secret()), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(letters(&Secret::zero()), "A".repeat(32));
        assert_eq!(letters(&Secret::from_bytes(&[0xff; 20])), "7".repeat(32));
        let counting = Secret::from_bytes(&std::array::from_fn(|i| (13 * i) as u8));
        assert_eq!(letters(&counting), "AAGRUJZUIFHFW2DVQKHZZKNWYPIN32XX");
        assert_eq!((rfc_secret().letter(32), rfc_secret().letter(usize::MAX)), (None, None));
    }

    #[test]
    fn the_uri_names_everything_that_an_app_needs() {
        let rest = "&algorithm=SHA1&digits=6&period=30";
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for (issuer, account, label, encoded) in [
            ("Wallet", "li", "Wallet:li", "Wallet"),
            ("A b&c=d", "li@mi.com", "A%20b%26c%3Dd:li%40mi.com", "A%20b%26c%3Dd"),
            ("-._~aZ09", "a/b?#%+", "-._~aZ09:a%2Fb%3F%23%25%2B", "-._~aZ09"),
            ("钱包", "é", "%E9%92%B1%E5%8C%85:%C3%A9", "%E9%92%B1%E5%8C%85"),
        ] {
            let expected = format!("otpauth://totp/{label}?secret={secret}&issuer={encoded}{rest}");
            assert_eq!(uri(issuer, account), Some(expected));
        }
    }

    #[test]
    fn names_of_a_uri_are_bounded() {
        let (longest, longer) = (" ".repeat(MAX_NAME_BYTES), "包".repeat(22));
        assert!(uri(&longest, &longest).is_some());
        for bad in ["", &longer, "a:b", "a\nb", "\u{7f}"] {
            assert_eq!((uri(bad, "li"), uri("Wallet", bad)), (None, None), "{bad:?}");
        }
    }

    #[test]
    fn a_secret_is_random_and_survives_the_record_and_prints_nothing() {
        let mut random = testing::random(5);
        let (secret, other) = (Secret::make(&mut random), Secret::make(&mut random));
        assert!(secret != other && secret == secret.clone());
        let json = serde_json::to_string(&rfc_secret()).expect("JSON");
        assert_eq!(json, "\"3132333435363738393031323334353637383930\"");
        assert!(serde_json::from_str::<Secret>(&json).expect("a secret") == rfc_secret());
        for bad in [json.replace("31323", "3132"), json.replace("30\"", "3g\""), "7".into(), "\"\"".into()] {
            assert!(serde_json::from_str::<Secret>(&bad).is_err(), "{bad}");
        }
        assert_eq!(format!("{secret:?}"), "Secret(redacted)");
    }
}
