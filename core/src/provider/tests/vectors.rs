//! Frozen words: what a provider signs today is read by every later version.

use super::*;

/// A word of the vectors, and how it is taken.
struct Vector {
    name: &'static str,
    call: Call,
    text: String,
}

/// The words that stand in `core/vectors/provider_words_v1.txt`, in its order.
fn words() -> Vec<Vector> {
    let vector = |name, call, text| Vector { name, call, text };
    let online_id = online().id();
    vec![
        vector(
            "lock",
            Call::Accept,
            online().sign(
                "order",
                &order(41, r#""act":"lock","reason":"lost","message":"Please call. Reward!","contact":0"#),
            ),
        ),
        vector("freeze", Call::Accept, online().sign("order", &order(42, r#""act":"freeze""#))),
        vector("wipe", Call::Accept, guarded().sign("order", &order(43, r#""act":"wipe""#))),
        vector(
            "keys",
            Call::Accept,
            keys(
                1,
                &format!(
                    r#""revoke":"{online_id}","add":"{}""#,
                    encode(&Signer::from_seed(&[4; 32]).key(KeyRole::Online).key)
                ),
            ),
        ),
        vector("unlock", Call::Redeem, grant("unlock", "u", 0)),
        vector("unfreeze", Call::Redeem, grant("unfreeze", "f", 0)),
        vector("heartbeat", Call::Heartbeat, heartbeat("h", 1_767_225_600, 0)),
    ]
}

fn asked() -> Provider {
    [("u", RequestKind::Unlock), ("f", RequestKind::Unfreeze), ("h", RequestKind::Heartbeat)]
        .iter()
        .fold(registered(), |provider, (text, kind)| with_request(&provider, text, *kind))
}

/// Ed25519 is deterministic (RFC 8032), so the same words have the same bytes for ever.
#[test]
fn the_words_are_frozen() {
    let frozen = include_str!("../../../vectors/provider_words_v1.txt");
    let frozen: Vec<_> = frozen.lines().filter(|line| !line.starts_with('#')).collect();
    let words = words();
    assert_eq!(frozen.len(), words.len());
    for (line, Vector { name, call, text }) in frozen.iter().zip(&words) {
        assert_eq!(*line, format!("{name} {text}"));
        assert!(take(&asked(), *call, text, NOW).is_ok(), "{name}");
    }
}

/// Every byte of every word is covered: changed in any one bit, the word is refused. That a refusal changes nothing
/// follows from the type: the state after a word exists only if the word was taken.
#[test]
fn a_word_with_any_bit_flipped_is_refused() {
    let asked = asked();
    for Vector { name, call, text } in words() {
        for at in 0..text.len() {
            for bit in 0..7 {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let flipped = String::from_utf8(bytes).expect("ASCII");
                assert!(take(&asked, call, &flipped, NOW).is_err(), "{name}: bit {bit} of byte {at}");
            }
        }
    }
}
