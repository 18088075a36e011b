//! The members of a JSON object in a word, taken out one by one by name. What is left over at the end was not expected.
//!
//! One reader for all kinds of words: a type for each kind, with code that serde derives, took 12 kB of the library.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// The members of an object, in their order. A name may stand there twice; then the second one is left over.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, Value)>);

/// The value of a member.
#[derive(Debug)]
enum Value {
    Text(String),
    Number(u64),
    List(Vec<Value>),
    Object(Fields),
    /// What no claim has: null, a truth value, a number below zero or with a point.
    Other,
}

impl Fields {
    /// Takes a text. `None`: there is no member of this name, or it is no text.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Takes a whole number.
    pub(super) fn number(&mut self, name: &str) -> Option<u64> {
        match self.take(name)? {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Takes a list of objects.
    pub(super) fn list(&mut self, name: &str) -> Option<Vec<Self>> {
        let Value::List(list) = self.take(name)? else { return None };
        let object = |value| if let Value::Object(fields) = value { Some(fields) } else { None };
        list.into_iter().map(object).collect()
    }

    /// Whether there is a member of this name: one that may be left out and may not be null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }

    /// Whether every member was taken.
    pub(super) fn is_used_up(&self) -> bool {
        self.0.is_empty()
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        let place = self.0.iter().position(|(other, _)| other == name)?;
        Some(self.0.remove(place).1)
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(ReadFields)
    }
}

struct ReadFields;

impl<'de> Visitor<'de> for ReadFields {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ReadValue)
    }
}

struct ReadValue;

impl<'de> Visitor<'de> for ReadValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element()? {
            list.push(value);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        ReadFields.visit_map(map).map(Value::Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Fields {
        serde_json::from_str(json).expect("an object")
    }

    #[test]
    fn members_are_taken_by_name_and_type_and_the_rest_is_left() {
        let mut fields = read(r#"{"a":"x","n":9007199254740991,"l":[{"b":"y"},{}],"a":"z"}"#);
        assert_eq!((fields.text("a").as_deref(), fields.number("n")), (Some("x"), Some((1 << 53) - 1)));
        let mut list = fields.list("l").expect("a list");
        assert_eq!((list.len(), list[0].text("b").as_deref()), (2, Some("y")));
        assert!(list[0].is_used_up() && list[1].is_used_up());
        assert!(!fields.is_used_up() && fields.has("a"), "the second one of that name");
        assert_eq!((fields.text("a").as_deref(), fields.text("a")), (Some("z"), None));
        assert!(fields.is_used_up() && !fields.has("n"));
    }

    #[test]
    fn what_no_claim_has_is_no_text_no_number_and_no_list() {
        for value in ["null", "true", "-1", "1.0", "1e3", "18446744073709551616", "{}", "[1]", r#"["x"]"#, "[[]]"] {
            let fields = || read(&format!(r#"{{"a":{value}}}"#));
            assert_eq!((fields().text("a"), fields().number("a")), (None, None), "{value}");
            assert!(fields().list("a").is_none(), "{value}");
        }
        assert!(read(r#"{"a":[]}"#).list("a").is_some_and(|list| list.is_empty()));
        for json in ["[]", "1", r#""x""#, "null", ""] {
            assert!(serde_json::from_str::<Fields>(json).is_err(), "{json}");
        }
    }
}
