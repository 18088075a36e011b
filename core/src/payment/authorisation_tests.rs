//! The authorisation's frozen form.

use serde_json::Value;

use super::authorisation::{Claims, OwnerKey, signing_input};
use super::lines::{Language, payment_lines};
use crate::base64url;
use crate::crypto::DataKey;
use crate::money::{Currency, Money};
use crate::request::{AmountKind, CardRef, Channel, Payee, Payment, ProofLevel};

/// Two authorisations, as `tests/provider_words.py` checks them: for each a line with a name, and the text signed by the
/// owner's key, and the text signed by a phone's key. The keys are in the first lines.
const VECTORS: &str = include_str!("../../vectors/authorisations_v1.txt");

fn money(minor: u64, code: &str) -> Money {
    Money::new(minor, Currency::new(code).expect("a currency")).expect("an amount")
}

fn plain() -> Payment {
    Payment::new("order-7", money(1_250, "EUR"), Payee { name: "Café 烘焙".to_owned(), id: "m-1".to_owned() })
}

/// A payment with every field.
fn full() -> Payment {
    Payment {
        kind: AmountKind::UpTo,
        fee_max_minor: 30,
        card: Some(CardRef { id: "c-1".to_owned(), label: "Visa".to_owned(), last4: "1111".to_owned() }),
        channel: Channel::CodeShown,
        mcc: Some(742),
        billing: Some(money(1_400, "USD")),
        nonce: Some("n-9".to_owned()),
        ..plain()
    }
}

fn payload(payment: &Payment, language: Language, level: ProofLevel, risk: &[String]) -> Vec<u8> {
    let lines = payment_lines(payment, language);
    let claims = Claims {
        payment,
        wallet_id: &[0x11; 16],
        installation: Some(&[0x22; 16]),
        jti: &[0x33; 16],
        seq: 7,
        issued_s: 1_767_225_600,
        expires_s: 1_767_225_660,
        level,
        lines: &lines,
        language,
        risk,
    };
    claims.to_json().expect("JSON")
}

fn payloads() -> [(&'static str, Vec<u8>); 2] {
    [
        ("plain", payload(&plain(), Language::English, ProofLevel::Nothing, &[])),
        ("full", payload(&full(), Language::SimplifiedChinese, ProofLevel::PinAndCode, &["night".to_owned()])),
    ]
}

fn owner() -> OwnerKey {
    OwnerKey::derive(&DataKey::from_bytes(&[0x44; 32]).expect("32 bytes")).expect("a key")
}

#[test]
fn the_form_is_frozen() {
    for (name, payload) in payloads() {
        let line = VECTORS.lines().find(|line| line.starts_with(name)).expect("a line");
        let [_, by_owner, by_phone] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let text = signing_input("EdDSA", "owner", &payload).expect("JSON");
        let signed = format!("{text}.{}", base64url::encode(&owner().sign(text.as_bytes())));
        assert_eq!(signed, by_owner, "{name}");
        let of_phone = by_phone.split('.').nth(1).expect("a payload");
        assert_eq!(base64url::decode(of_phone).as_deref(), Some(payload.as_slice()), "one payload in both");
    }
}

#[test]
fn amounts_are_text_and_what_is_not_there_is_left_out() {
    let read = |payload: &[u8]| serde_json::from_slice::<Value>(payload).expect("JSON");
    let [(_, plain), (_, full)] = payloads();
    let (plain, full) = (read(&plain), read(&full));
    assert_eq!(plain["amount_minor"], "1250");
    for claim in ["card", "mcc", "billing", "nonce"] {
        assert!(plain.get(claim).is_none() && full.get(claim).is_some(), "{claim}");
    }
    assert_eq!((&plain["exemption"], full.get("exemption")), (&"low_value".into(), None));
    assert_eq!(full["mcc"], "0742");
    assert_eq!(full["shown"][0], "最多 12.50 EUR");
}

#[test]
fn the_owners_key_is_another_for_each_data_key() {
    let key =
        |byte| OwnerKey::derive(&DataKey::from_bytes(&[byte; 32]).expect("32 bytes")).expect("a key").public_key();
    assert_eq!(key(0x44), key(0x44));
    assert_ne!(key(0x44), key(0x45));
}
