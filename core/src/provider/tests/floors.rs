//! Numbers that only go forward, keys that are revoked, and texts that come again.

use super::*;
use crate::policy::KeyId;

fn id_of(signer: &Signer) -> KeyId {
    KeyId::of(&signer.key(KeyRole::Online).key)
}

fn accept(provider: &Provider, text: &str) -> Provider {
    take(provider, Call::Accept, text, NOW).expect(text).0
}

#[test]
fn an_order_counts_once_and_no_earlier_one_after_it() {
    let first = accept(&registered(), &lock(5));
    assert_eq!(first.last_order(), 5);
    assert_eq!(take(&first, Call::Accept, &lock(5), NOW), Ok((first.clone(), None)), "the same text");
    assert_eq!(refusal(&first, Call::Accept, &lock(4)), WordError::Old);
    let same_number = online().sign("order", &order(5, r#""act":"freeze""#));
    assert_eq!(refusal(&first, Call::Accept, &same_number), WordError::Old);
    let last = accept(&first, &lock((1 << 53) - 1));
    assert_eq!(refusal(&last, Call::Accept, &lock((1 << 53) - 2)), WordError::Old);
}

#[test]
fn before_the_phone_is_registered_an_order_does_nothing_because_nothing_could_clear_it() {
    for order in [lock(1), online().sign("order", &order(1, r#""act":"freeze""#))] {
        assert_eq!(refusal(&Provider::default(), Call::Accept, &order), WordError::NotAllowed);
    }
    let word = keys(1, &format!(r#""revoke":"{}""#, online().id()));
    assert!(take(&Provider::default(), Call::Accept, &word, NOW).is_ok(), "a key can be revoked at any time");
}

#[test]
fn the_numbers_of_one_key_are_not_those_of_another() {
    let wipe = |signer: &Signer, seq| signer.sign("order", &order(seq, r#""act":"wipe""#));
    let first = accept(&accept(&registered(), &lock(7)), &wipe(&guarded(), 2));
    assert_eq!(refusal(&first, Call::Accept, &wipe(&guarded(), 1)), WordError::Old);
    accept(&first, &wipe(&offline(), 1));
    assert_eq!(first.last_orders().map(|(_, seq)| seq).collect::<Vec<_>>(), [7, 2]);
}

#[test]
fn only_the_last_texts_get_their_answer_again_and_older_ones_are_old() {
    let mut provider = registered();
    for seq in 1..=9 {
        provider = accept(&provider, &lock(seq));
    }
    assert_eq!(refusal(&provider, Call::Accept, &lock(1)), WordError::Old);
    assert_eq!(take(&provider, Call::Accept, &lock(2), NOW), Ok((provider.clone(), None)));
}

#[test]
fn a_revoked_key_signs_nothing_more_and_its_numbers_are_void() {
    let next = Signer::from_seed(&[4; 32]);
    let stolen = accept(&registered(), &lock((1 << 53) - 1));
    let add = encode(&next.key(KeyRole::Online).key);
    let word = keys(1, &format!(r#""revoke":"{}","add":"{add}""#, online().id()));
    let (replaced, effect) = take(&stolen, Call::Accept, &word, NOW).expect("taken");
    assert_eq!(effect, Some(Effect::KeyRevoked { revoked: id_of(&online()), added: Some(id_of(&next)) }));
    assert_eq!(replaced.last_order(), 0);
    assert_eq!(refusal(&replaced, Call::Accept, &lock((1 << 53) - 1)), WordError::UnknownKey);
    let by_next = next.sign("order", &order(1, r#""act":"lock","reason":"order""#));
    let locked = accept(&replaced, &by_next);
    assert_eq!(locked.last_order(), 1);
    assert_eq!(refusal(&stolen, Call::Accept, &by_next), WordError::UnknownKey, "the control");
    // An added key can be stolen too.
    let again = accept(&locked, &keys(2, &format!(r#""revoke":"{}""#, next.id())));
    assert_eq!(refusal(&again, Call::Accept, &by_next), WordError::UnknownKey);
    assert_eq!(take(&again, Call::Accept, &word, NOW), Ok((again.clone(), None)), "the word that added it comes again");
    let back = keys(3, &format!(r#""revoke":"{}","add":"{add}""#, online().id()));
    assert_eq!(refusal(&again, Call::Accept, &back), WordError::NotAllowed);
}

#[test]
fn what_a_word_about_keys_may_not_do() {
    let (own, other) = (encode(&online().key(KeyRole::Online).key), encode(&[8; 32]));
    let provider = registered();
    for rest in [
        format!(r#""revoke":"{}""#, guarded().id()),
        format!(r#""revoke":"{}""#, Signer::from_seed(&[9; 32]).id()),
        format!(r#""revoke":"{}","add":"{own}""#, online().id()),
        format!(r#""revoke":"{}","add":"{}""#, online().id(), encode(&guarded().key(KeyRole::Guarded).key)),
    ] {
        assert_eq!(refusal(&provider, Call::Accept, &keys(1, &rest)), WordError::NotAllowed, "{rest}");
    }
    let once = accept(&provider, &keys(3, &format!(r#""revoke":"{}","add":"{other}""#, online().id())));
    let earlier = keys(2, &format!(r#""revoke":"{}""#, KeyId::of(&[8; 32])));
    assert_eq!(refusal(&once, Call::Accept, &earlier), WordError::Old);
    let twice = keys(4, &format!(r#""revoke":"{}""#, online().id()));
    assert_eq!(refusal(&once, Call::Accept, &twice), WordError::NotAllowed, "it is revoked already");
}

#[test]
fn the_lists_stay_short_whatever_comes() {
    let mut provider = registered();
    let mut current = online();
    for round in 0..40_u64 {
        let next = Signer::from_seed(&[100 + round as u8; 32]);
        let add = encode(&next.key(KeyRole::Online).key);
        provider = accept(&provider, &keys(round + 1, &format!(r#""revoke":"{}","add":"{add}""#, current.id())));
        provider = accept(&provider, &next.sign("order", &order(1, r#""act":"freeze""#)));
        provider.note_request(&format!("request {round}"), Asked::Unlock, NOW, provider.changes());
        current = next;
    }
    assert!(provider.is_in_range());
    assert_eq!(refusal(&provider, Call::Accept, &lock(1)), WordError::UnknownKey, "the policy's key stays revoked");
    assert!(serde_json::to_vec(&provider).expect("JSON").len() < 6_000);
}

#[test]
fn every_number_and_list_out_of_range_is_noticed() {
    let written = serde_json::to_value(registered()).expect("JSON");
    let with = |field: &str, value: serde_json::Value| {
        let mut json = written.clone();
        json[field] = value;
        serde_json::from_value::<Provider>(json).expect(field).is_in_range()
    };
    let many = |one: serde_json::Value, count: usize| serde_json::Value::Array(vec![one; count]);
    let floor = |seq: u64| serde_json::json!({ "kid": online().id(), "seq": seq });
    for (field, most, one) in [
        ("revoked", 16, serde_json::json!(online().id())),
        ("added", 4, serde_json::json!("00".repeat(32))),
        ("orders", 16, floor(1)),
        ("key_words", 16, floor(1)),
        ("answered", 8, serde_json::json!({ "hash": "00".repeat(32), "done": "locked" })),
    ] {
        assert!(with(field, many(one.clone(), most)), "{field}");
        assert!(!with(field, many(one, most + 1)), "{field}");
    }
    assert!(!with("orders", many(floor(1 << 53), 1)));
    assert!(!with("trusted_s", serde_json::json!(1_u64 << 53)));
    assert!(!with("changes", serde_json::json!(1_u64 << 62)));
}
