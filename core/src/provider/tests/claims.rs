//! Which texts are words: the shape, the header, the claims, and which error each fault gives.

use super::*;
use crate::provider::claims::Settle;

fn refused(text: &str) -> WordError {
    refusal(&registered(), Call::Accept, text)
}

#[test]
fn the_shape_and_the_header_are_exact() {
    let good = lock(1);
    assert!(take(&registered(), Call::Accept, &good, NOW).is_ok(), "the control");
    let parts: Vec<_> = good.split('.').collect();
    for text in [
        String::new(),
        "..".to_owned(),
        parts[..2].join("."),
        format!("{good}."),
        format!("{good}.{}", parts[2]),
        format!("{good}="),
        format!(" {good}"),
        format!("{good}\n"),
        [parts[0], parts[1], &parts[2][..84]].join("."),
    ] {
        assert_eq!(refused(&text), WordError::Malformed, "{text}");
    }
    let kid = online().id();
    let typ = r#""typ":"walletlock-order+jwt""#;
    let payload = order(1, r#""act":"lock","reason":"lost""#);
    for header in [
        format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"EdDSA",{typ}}}"#),
        format!(r#"{{"kid":"{kid}",{typ}}}"#),
        format!(r#"{{"alg":"none","kid":"{kid}",{typ}}}"#),
        format!(r#"{{"alg":"HS256","kid":"{kid}",{typ}}}"#),
        format!(r#"{{"alg":"Ed25519","kid":"{kid}",{typ}}}"#),
        format!(r#"{{"alg":null,"kid":"{kid}",{typ}}}"#),
        format!(r#"{{"alg":"EdDSA","alg":"EdDSA","kid":"{kid}",{typ}}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{kid}",{typ},"crit":["exp"]}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{kid}",{typ},"jwk":{{}}}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{}",{typ}}}"#, kid.to_uppercase()),
        format!(r#"{{"alg":"EdDSA","kid":"{}",{typ}}}"#, &kid[1..]),
        "[]".to_owned(),
        "{".to_owned(),
    ] {
        assert_eq!(refused(&online().sign_raw(&header, &payload)), WordError::Malformed, "{header}");
    }
    let other = format!(r#"{{"alg":"EdDSA","kid":"{kid}","typ":"JWT"}}"#);
    assert_eq!(refused(&online().sign_raw(&other, &payload)), WordError::WrongType);
}

#[test]
fn a_word_has_a_longest_length() {
    let with = |message: &str, spaces: usize| {
        let act = format!(r#""act":"lock","reason":"lost","message":"{message}"{}"#, " ".repeat(spaces));
        online().sign("order", &order(1, &act))
    };
    // Four letters for three bytes, so a length may not be met exactly.
    let spaces = (0..4096).take_while(|spaces| with("x", *spaces).len() <= MAX_WORD_BYTES).last().expect("some");
    assert!(with("x", spaces).len() > MAX_WORD_BYTES - 2);
    assert!(take(&registered(), Call::Accept, &with("x", spaces), NOW).is_ok());
    assert_eq!(refused(&with("x", spaces + 1)), WordError::TooLong);
    assert_eq!(refused(&"x".repeat(MAX_WORD_BYTES + 1)), WordError::TooLong, "before anything else");
}

#[test]
fn another_key_and_another_signature_are_told_apart() {
    let stranger = Signer::from_seed(&[9; 32]);
    let payload = order(1, r#""act":"lock","reason":"lost""#);
    assert_eq!(refused(&stranger.sign("order", &payload)), WordError::UnknownKey);
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"walletlock-order+jwt"}}"#, online().id());
    assert_eq!(refused(&stranger.sign_raw(&header, &payload)), WordError::BadSignature, "under our key's name");
    let (mine, other) = (lock(1), lock(2));
    let ((signed, _), (_, signature)) = (mine.rsplit_once('.').expect("parts"), other.rsplit_once('.').expect("parts"));
    assert_eq!(refused(&format!("{signed}.{signature}")), WordError::BadSignature, "of another word");
}

/// A settlement of the payment `order-7`, with what became of it.
fn settle_claims(state: &str) -> String {
    let (aud, sub) = (encode(&WALLET), encode(&INSTALLATION));
    format!(r#"{{"v":1,"aud":"{aud}","sub":"{sub}","jti":"{aud}","payment":"order-7",{state}}}"#)
}

fn settle(state: &str) -> String {
    online().sign("settle", &settle_claims(state))
}

#[test]
fn a_settlement_says_what_was_charged_or_that_nothing_was() {
    let registered = registered();
    for (state, captured_minor) in [
        (r#""state":"declined""#, None),
        (r#""state":"captured","captured_minor":0"#, Some(0)),
        (r#""state":"captured","captured_minor":1000000000000"#, Some(1_000_000_000_000)),
    ] {
        let (_, effect) = take(&registered, Call::Accept, &settle(state), NOW).expect("taken");
        let expected =
            Settle { installation: INSTALLATION, jti: WALLET, payment: "order-7".to_owned(), captured_minor };
        assert_eq!(effect, Some(Effect::Settled(expected)), "{state}");
    }
    for state in [
        r#""state":"captured""#,
        r#""state":"declined","captured_minor":0"#,
        r#""state":"captured","captured_minor":-1"#,
        r#""state":"captured","captured_minor":1000000000001"#,
        r#""state":"reserved""#,
        r#""state":"declined","seq":1"#,
    ] {
        assert_eq!(refusal(&registered, Call::Accept, &settle(state)), WordError::Malformed, "{state}");
    }
    let other = settle_claims(r#""state":"declined""#).replace(&encode(&INSTALLATION), &encode(&[1; 16]));
    assert_eq!(refusal(&registered, Call::Accept, &online().sign("settle", &other)), WordError::WrongInstallation);
}

#[test]
fn each_call_takes_its_kinds_and_each_key_its_words() {
    let registered = registered();
    let asked = with_request(&with_request(&registered, "u", Asked::Unlock), "h", Asked::Heartbeat);
    let words = [
        (lock(1), Call::Accept),
        (settle(r#""state":"declined""#), Call::Accept),
        (grant("unlock", "u", 0), Call::Redeem),
        (heartbeat("h", 5, 0), Call::Heartbeat),
    ];
    for (word, its_call) in &words {
        for call in [Call::Accept, Call::Redeem, Call::Heartbeat] {
            let taken = take(&asked, call, word, NOW);
            if call == *its_call {
                assert!(taken.is_ok(), "{call:?}");
            } else {
                assert_eq!(taken, Err(WordError::WrongType), "{call:?}");
            }
        }
    }
    for (word, call) in [
        (guarded().sign("order", &order(1, r#""act":"lock","reason":"lost""#)), Call::Accept),
        (guarded().sign("order", &order(1, r#""act":"freeze""#)), Call::Accept),
        (online().sign("order", &order(1, r#""act":"wipe""#)), Call::Accept),
        (guarded().sign("settle", &settle_claims(r#""state":"declined""#)), Call::Accept),
        (online().sign("grant", &grant_claims("unlock", "u", 0)), Call::Redeem),
        (guarded().sign("heartbeat", &heartbeat_claims("h", 5, 0)), Call::Heartbeat),
        (
            online().sign(
                "keys",
                &format!(r#"{{"v":1,"aud":"{}","seq":1,"revoke":"{}"}}"#, encode(&WALLET), online().id()),
            ),
            Call::Accept,
        ),
    ] {
        assert_eq!(refusal(&asked, call, &word), WordError::WrongRole, "{word}");
    }
}

#[test]
fn claims_that_are_unknown_doubled_null_or_missing_are_refused() {
    let aud = encode(&WALLET);
    let add = encode(&[8; 32]);
    let revoke = online().id();
    let grant_of = |rest: &str| grant_claims("unlock", "u", 0).replacen('{', &format!("{{{rest}"), 1);
    let (online, guarded) = (online(), guarded());
    let of_order = |act: &str| online.sign("order", &order(1, act));
    let lost = r#""act":"lock","reason":"lost""#;
    let long = "x".repeat(161);
    for act in [
        format!(r#"{lost},"exp":1"#),
        format!(r#"{lost},"sub":"{aud}""#),
        format!(r#"{lost},"seq":2"#),
        format!(r#"{lost},"message":null"#),
        format!(r#"{lost},"contact":null"#),
        format!(r#"{lost},"contact":0"#),
        format!(r#"{lost},"message":"m","contact":-1"#),
        format!(r#"{lost},"message":"m","contact":"0""#),
        format!(r#"{lost},"message":"""#),
        format!(r#"{lost},"message":"  ""#),
        format!(r#"{lost},"message":"{long}""#),
        format!(r#"{lost},"message":"a\nb""#),
        format!(r#"{lost},"message":"moc\u202elive""#),
        r#""act":"lock""#.to_owned(),
        r#""act":"lock","reason":null"#.to_owned(),
        r#""act":"lock","reason":"Lost""#.to_owned(),
        r#""act":"lock","reason":{"lost":null}"#.to_owned(),
        r#""act":"freeze","reason":"lost""#.to_owned(),
        r#""act":"freeze","message":"m""#.to_owned(),
        r#""act":"unlock""#.to_owned(),
        r#""act":{"freeze":null}"#.to_owned(),
        r#""reason":"lost""#.to_owned(),
    ] {
        assert_eq!(refused(&of_order(&act)), WordError::Malformed, "{act}");
    }
    assert_eq!(refused(&guarded.sign("order", &order(1, r#""act":"wipe","message":"m""#))), WordError::Malformed);
    for payload in [
        order(0, lost),
        order(1 << 53, lost),
        order(1, lost).replacen("1,\"aud", "1.0,\"aud", 1),
        order(1, lost).replacen(r#""seq":1"#, r#""seq":1.0"#, 1),
        order(1, lost).replacen(r#""seq":1"#, r#""seq":-1"#, 1),
        order(1, lost).replacen(r#""seq":1"#, r#""seq":"1""#, 1),
        order(1, lost).replacen(r#""v":1,"#, r#""v":1,"v":1,"#, 1),
        order(1, lost).replacen(r#""v":1,"#, "", 1),
        order(1, lost).replacen(&aud, &format!("{aud}=="), 1),
        order(1, lost).replacen(&aud, &encode(&[0x11; 15]), 1),
        format!("{}x", order(1, lost)),
        format!("[{}]", order(1, lost)),
        String::new(),
    ] {
        assert_eq!(refused(&online.sign("order", &payload)), WordError::Malformed, "{payload}");
    }
    let asked = with_request(&registered(), "u", Asked::Unlock);
    let good = proofs();
    for payload in [
        grant_of(r#""seq":1,"#),
        grant_of(r#""sealed":null,"#),
        grant_of(&format!(r#""sealed":"{}","#, encode(&[0; 80]))),
        grant_claims("escrow", "u", 0),
        grant_claims("lock", "u", 0),
        grant_claims("unlock", "u", 0).replacen(&good, "[]", 1),
        grant_claims("unlock", "u", 0).replacen(&good, "null", 1),
        grant_claims("unlock", "u", 0).replacen("sms", "fax", 1),
        grant_claims("unlock", "u", 0).replacen(r#""phone""#, r#""here""#, 1),
        grant_claims("unlock", "u", 0).replacen(r#"{"method""#, r#"{"more":1,"method""#, 1),
        grant_claims("unlock", "u", 0).replacen(
            &good,
            &format!("[{}]", vec![good[1..good.len() - 1].to_owned(); 9].join(",")),
            1,
        ),
        grant_claims("unlock", "u", 1 << 53),
    ] {
        assert_eq!(refusal(&asked, Call::Redeem, &guarded.sign("grant", &payload)), WordError::Malformed, "{payload}");
    }
    let asked = with_request(&registered(), "h", Asked::Heartbeat);
    for payload in [
        heartbeat_claims("h", 1 << 53, 0),
        heartbeat_claims("h", 5, 1 << 53),
        heartbeat_claims("h", 5, 0).replacen('{', r#"{"after":0,"#, 1),
    ] {
        let word = online.sign("heartbeat", &payload);
        assert_eq!(refusal(&asked, Call::Heartbeat, &word), WordError::Malformed, "{payload}");
    }
    for rest in [
        format!(r#""revoke":"{revoke}","add":null"#),
        format!(r#""revoke":"{revoke}","add":"{}""#, &add[1..]),
        format!(r#""add":"{add}""#),
        format!(r#""revoke":"{revoke}","act":"lock""#),
        format!(r#""revoke":"{}""#, revoke.to_uppercase()),
    ] {
        assert_eq!(refused(&keys(1, &rest)), WordError::Malformed, "{rest}");
    }
}

#[test]
fn version_wallet_and_installation_have_errors_of_their_own() {
    let lost = r#""act":"lock","reason":"lost""#;
    let other_version = order(1, lost).replacen(r#""v":1"#, r#""v":2"#, 1).replacen("seq", "number", 1);
    assert_eq!(refused(&online().sign("order", &other_version)), WordError::WrongVersion, "whatever else is in it");
    let other_wallet = order(1, lost).replacen(&encode(&WALLET), &encode(&[0x12; 16]), 1);
    assert_eq!(refused(&online().sign("order", &other_wallet)), WordError::WrongWallet);
    let asked = with_request(&registered(), "u", Asked::Unlock);
    let other = grant_claims("unlock", "u", 0).replacen(&encode(&INSTALLATION), &encode(&[0x23; 16]), 1);
    assert_eq!(refusal(&asked, Call::Redeem, &guarded().sign("grant", &other)), WordError::WrongInstallation);
    let never = with_request(&Provider::default(), "u", Asked::Unlock);
    assert_eq!(refusal(&never, Call::Redeem, &grant("unlock", "u", 0)), WordError::WrongInstallation);
    assert_eq!(refusal(&never, Call::Heartbeat, &heartbeat("u", 5, 0)), WordError::WrongInstallation);
}

#[test]
fn a_message_may_be_160_characters_of_any_script() {
    for message in ["机".repeat(160), "Please call. Reward!".to_owned()] {
        let act = format!(r#""act":"lock","reason":"lost","message":"{message}","contact":1"#);
        let text = online().sign("order", &order(1, &act));
        assert!(text.len() <= MAX_WORD_BYTES);
        let word = match registered().read(
            Call::Accept,
            &Scene { policy: &policy(), wallet_id: &WALLET, order_is_missing: false, has_code: false, now: NOW },
            &text,
        ) {
            Ok(Reading::New(word, _)) => word,
            other => panic!("{other:?}"),
        };
        let Claims::Order(Order { act: OrderAct::Lock { message: Some(finder), .. }, .. }) = word.claims else {
            panic!("no message")
        };
        assert_eq!((finder.message, finder.contact), (message, Some(1)));
    }
}
