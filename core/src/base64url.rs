//! Bytes as base64url text without padding (RFC 4648, section 5; RFC 7515, section 2). Reading is strict: every text
//! stands for some bytes in exactly one way, so that a signed word has exactly one spelling.

use serde::{Deserializer, Serializer};

use crate::text_field;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits: usize, at| bits << 8 | usize::from(group.get(at).copied().unwrap_or(0)));
        // A group of n bytes needs n + 1 letters.
        let letters = [18, 12, 6, 0].into_iter().take(group.len() + 1);
        text.extend(letters.filter_map(|shift| ALPHABET.get(bits >> shift & 63)).map(|letter| char::from(*letter)));
    }
    text
}

/// Decodes a text, or returns `None`: a letter outside the alphabet, padding, a length that no bytes have, or bits set
/// beyond the last byte.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    for group in text.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for at in 0..4 {
            bits = bits << 6 | group.get(at).map_or(Some(0), |letter| value_of(*letter))?;
        }
        let [_, first, second, third] = bits.to_be_bytes();
        match group.len() {
            4 => bytes.extend([first, second, third]),
            3 if third == 0 => bytes.extend([first, second]),
            2 if second == 0 && third == 0 => bytes.push(first),
            _ => return None,
        }
    }
    Some(bytes)
}

/// Decodes exactly `N` bytes, or returns `None`.
pub(crate) fn decode_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    decode(text)?.try_into().ok()
}

fn value_of(letter: u8) -> Option<u32> {
    Some(match letter {
        b'A'..=b'Z' => u32::from(letter - b'A'),
        b'a'..=b'z' => u32::from(letter - b'a') + 26,
        b'0'..=b'9' => u32::from(letter - b'0') + 52,
        b'-' => 62,
        b'_' => 63,
        _ => return None,
    })
}

/// `#[serde(with)]` for byte arrays.
pub(crate) mod array {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(from: D) -> Result<[u8; N], D::Error> {
        text_field::parsed(from, "base64url of the right length", decode_array)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_rfc_4648_without_their_padding() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(encode(&[0xfb, 0xff, 0xbf]), "-_-_", "the two letters that differ from base64");
        assert_eq!(decode("-_-_"), Some(vec![0xfb, 0xff, 0xbf]));
    }

    #[test]
    fn every_length_and_every_byte_survives() {
        for length in 0..=70 {
            let bytes: Vec<u8> = (0..=255).cycle().skip(length * 7).take(length).collect();
            assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
    }

    #[test]
    fn bytes_have_no_second_spelling() {
        for text in
            ["Zg==", "Zm8=", "Zh", "Zm9", "Zm9vZ", "Z", "Zm+v", "Zm/v", "Zm v", " Zm9v", "Zm9v\n", "Zé9v", "Zm9v."]
        {
            assert_eq!(decode(text), None, "{text:?}");
        }
        for last in 0_u8..64 {
            let text = format!("Z{}", char::from(ALPHABET[usize::from(last)]));
            assert_eq!(decode(&text).is_some(), last % 16 == 0, "{text}: four bits are left over");
        }
        assert_eq!(decode_array::<2>("Zm9v"), None, "three bytes are not two");
        assert_eq!(decode_array::<3>("Zm9v"), Some(*b"foo"));
    }
}
