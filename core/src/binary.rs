//! The bytes that a sealed row holds, in postcard's wire format 1: a struct is its fields one after the other, and a
//! variant is its number.
//!
//! There are no names, so the order of fields and variants is part of the format. A new field makes a new format of
//! what was released; a new variant goes to the end. The tests of `record/` and `payment/` freeze the order.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

/// Writes a value. `None`: it takes more than `most` bytes.
///
/// The authenticator's secret may be in it. So the buffer does not grow: one that grows moves, and leaves a copy behind
/// that nobody wipes. What was written of it is wiped, and not the rest, which would take ten times as long as writing.
pub(crate) fn to_bytes(value: &impl Serialize, most: usize) -> Option<Zeroizing<Vec<u8>>> {
    let mut buffer = vec![0; most];
    let written = postcard::to_slice(value, &mut buffer).map(|written| {
        let bytes = Zeroizing::new(written.to_vec());
        written.zeroize();
        bytes
    });
    written.inspect_err(|_| buffer.zeroize()).ok()
}

/// Reads a value that takes up all bytes. `None`: something else stands there.
pub(crate) fn from_bytes<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Option<T> {
    let (value, rest) = postcard::take_from_bytes(bytes).ok()?;
    rest.is_empty().then_some(value)
}

/// `#[serde(with)]` for a value that apps write as JSON, such as the policy: the bytes hold its JSON text. So a field
/// that is added to the value does not change the format of the row.
pub(crate) mod as_json {
    use serde::de::DeserializeOwned;
    use serde::ser::Error;
    use serde::{Deserializer, Serialize, Serializer};

    use crate::{json, text_field};

    pub(crate) fn serialize<T: Serialize, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            return value.serialize(to);
        }
        to.serialize_str(&serde_json::to_string(value).map_err(S::Error::custom)?)
    }

    pub(crate) fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        if from.is_human_readable() {
            return T::deserialize(from);
        }
        text_field::parsed(from, "JSON of it", |text| json::from_slice(text.as_bytes()).ok())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Checks that the variants of a stored type have the numbers 0, 1, 2 and so on.
    pub(crate) fn are_numbered_from_0<T: Serialize>(variants: &[T]) {
        for (number, variant) in (0_u8..).zip(variants) {
            let bytes = to_bytes(variant, 100).expect("short");
            assert_eq!(bytes.first(), Some(&number), "{}", std::any::type_name::<T>());
        }
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Inside {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        maybe: Option<u8>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Outside {
        number: u64,
        #[serde(with = "as_json")]
        inside: Inside,
        #[serde(with = "crate::hex::array")]
        bytes: [u8; 2],
    }

    /// As the wire format says: numbers have seven bits in a byte, and text and bytes stand behind their length.
    /// <https://postcard.jamesmunns.com/wire-format>
    #[test]
    fn fields_stand_one_after_the_other_without_names() {
        let value = Outside { number: 300, inside: Inside { maybe: None }, bytes: [1, 2] };
        let expected = [&[0xac, 0x02, 2], b"{}".as_slice(), &[2, 1, 2]].concat();
        assert_eq!(to_bytes(&value, 100).expect("short").as_slice(), expected);
        assert_eq!(from_bytes::<Outside>(&expected), Some(value));
        for length in 0..expected.len() {
            assert_eq!(from_bytes::<Outside>(&expected[..length]), None, "cut to {length}");
        }
        assert_eq!(from_bytes::<Outside>(&[expected.as_slice(), &[0]].concat()), None, "something follows");
        for wrong in
            [[&[0xac, 0x02, 2], b"[]".as_slice(), &[2, 1, 2]], [&[0xac, 0x02, 2], b"{}".as_slice(), &[1, 1, 2]]]
        {
            assert_eq!(from_bytes::<Outside>(&wrong.concat()), None, "{wrong:?}");
        }
    }

    #[test]
    fn json_has_it_in_its_own_form() {
        let value = Outside { number: 1, inside: Inside { maybe: Some(3) }, bytes: [1, 255] };
        let json = serde_json::json!({ "number": 1, "inside": { "maybe": 3 }, "bytes": "01ff" });
        assert_eq!(serde_json::to_value(&value).expect("JSON"), json);
        assert_eq!(serde_json::from_value::<Outside>(json).expect("read"), value);
    }

    #[test]
    fn what_is_too_long_is_not_written() {
        let text = "x".repeat(9);
        assert_eq!(to_bytes(&text, 10).map(|bytes| bytes.len()), Some(10), "a byte is its length");
        assert_eq!(to_bytes(&text, 9), None);
    }
}
