//! Secrets to plant, and the forms in which careless code would print or store them.

/// A secret, and the forms that it may have in text or in a file.
pub(super) struct Secret {
    what: &'static str,
    forms: Vec<Vec<u8>>,
}

impl Secret {
    /// Digits: as text, as the numbers that `Debug` prints for their values or their ASCII bytes, in hexadecimal, and
    /// as raw values.
    pub(super) fn pin(what: &'static str, digits: &str) -> Self {
        let values: Vec<u8> = digits.bytes().map(|digit| digit - b'0').collect();
        let mut secret = Self::bytes(what, digits.as_bytes());
        secret.forms.extend([listed(&values, ", "), listed(&values, ",\n    "), hexadecimal(&values), values]);
        secret
    }

    /// Any other secret: as it is, as `Debug` prints its bytes (on one line or several), and in hexadecimal.
    pub(super) fn bytes(what: &'static str, bytes: &[u8]) -> Self {
        let forms = vec![bytes.to_vec(), listed(bytes, ", "), listed(bytes, ",\n    "), hexadecimal(bytes)];
        Self { what, forms }
    }
}

/// The names of the secrets that stand in these bytes.
pub(super) fn found(secrets: &[Secret], haystack: &[u8]) -> Vec<&'static str> {
    let has = |form: &Vec<u8>| haystack.windows(form.len()).any(|window| window == form);
    secrets.iter().filter(|secret| secret.forms.iter().any(has)).map(|secret| secret.what).collect()
}

fn listed(bytes: &[u8], between: &str) -> Vec<u8> {
    bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(between).into_bytes()
}

fn hexadecimal(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()
}

/// The control: a type that prints its secret in any of the usual forms is caught.
#[test]
fn a_type_that_prints_its_secret_is_caught() {
    #[derive(Debug)]
    struct Careless<T>(T);
    let secrets = [Secret::pin("PIN", "835179"), Secret::bytes("item", b"4111 1111")];
    let prints = |careless: &dyn std::fmt::Debug, what: &str| {
        for text in [format!("{careless:?}"), format!("{careless:#?}").replace("        ", "    ")] {
            assert_eq!(found(&secrets, text.as_bytes()), [what], "{text}");
        }
    };
    prints(&Careless("835179"), "PIN");
    prints(&Careless([8, 3, 5, 1, 7, 9]), "PIN");
    prints(&Careless(b"835179"), "PIN");
    prints(&Careless(835_179), "PIN");
    prints(&Careless("4111 1111"), "item");
    prints(&Careless(b"4111 1111".to_vec()), "item");
    assert_eq!(found(&secrets, b"\0\0\x08\x03\x05\x01\x07\x09\0"), ["PIN"]);
    assert_eq!(found(&secrets, b"pin=383335313739"), ["PIN"]);
    assert!(found(&secrets, b"835178 4111-1111").is_empty());
}
