//! Bytes as lower-case hexadecimal text, for JSON and for key aliases. A binary form has the bytes themselves.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

use crate::text_field;

pub(crate) fn encode(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let mut text = String::with_capacity(bytes.len() * 2);
    text.extend(digits.filter_map(|digit| char::from_digit(digit.into(), 16)));
    text
}

fn decode(text: &str) -> Option<Vec<u8>> {
    pairs(text)?.iter().map(byte_of).collect()
}

/// Decodes exactly `N` bytes, or returns `None`. It uses no heap, so no copy stays there.
pub(crate) fn decode_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    let pairs: &[[u8; 2]; N] = pairs(text)?.try_into().ok()?;
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        *byte = byte_of(pair)?;
    }
    Some(bytes)
}

fn pairs(text: &str) -> Option<&[[u8; 2]]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    rest.is_empty().then_some(pairs)
}

fn byte_of([high, low]: &[u8; 2]) -> Option<u8> {
    let digit =
        |byte: u8| char::from(byte).to_digit(16).filter(|_| !byte.is_ascii_uppercase()).map(|digit| digit as u8);
    Some(digit(*high)? << 4 | digit(*low)?)
}

/// `#[serde(with)]` for byte vectors.
pub(crate) mod vec {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() { to.serialize_str(&encode(bytes)) } else { to.serialize_bytes(bytes) }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        if from.is_human_readable() {
            text_field::parsed(from, "hexadecimal", decode)
        } else {
            <&[u8]>::deserialize(from).map(<[u8]>::to_vec)
        }
    }
}

/// `#[serde(with)]` for byte arrays.
pub(crate) mod array {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        vec::serialize(bytes, to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(from: D) -> Result<[u8; N], D::Error> {
        if from.is_human_readable() {
            text_field::parsed(from, "hexadecimal of the right length", decode_array)
        } else {
            <&[u8]>::deserialize(from)?.try_into().map_err(|_| D::Error::custom("not bytes of the right length"))
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn bytes_survive_and_everything_else_is_refused() {
        assert_eq!(super::encode(&[0x00, 0x9f, 0xff]), "009fff");
        assert_eq!(super::decode("009fff"), Some(vec![0x00, 0x9f, 0xff]));
        assert_eq!(super::decode_array("009fff"), Some([0x00, 0x9f, 0xff]));
        assert_eq!((super::decode_array::<2>("009fff"), super::decode_array::<4>("009fff")), (None, None));
        for bad in ["0", "0g", "AB", "é0", " 1"] {
            assert_eq!(super::decode(bad), None, "{bad}");
            assert_eq!(super::decode_array::<1>(bad), None, "{bad}");
        }
    }
}
