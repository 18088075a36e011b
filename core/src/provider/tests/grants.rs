//! Grants and heartbeats: they answer a request of this phone, in time, and in knowledge of every order.

use super::*;
use crate::proof::{Proof, ProofMethod};

fn asked() -> Provider {
    with_request(&registered(), "u", Asked::Unlock)
}

#[test]
fn a_grant_answers_a_request_once() {
    let word = grant("unlock", "u", 0);
    assert_eq!(refusal(&registered(), Call::Redeem, &word), WordError::NotAsked);
    let (used, effect) = take(&asked(), Call::Redeem, &word, NOW).expect("taken");
    assert!(matches!(effect, Some(Effect::Unlock(_))));
    assert_eq!(take(&used, Call::Redeem, &word, NOW), Ok((used.clone(), None)), "the same text");
    let other_text = offline().sign("grant", &grant_claims("unlock", "u", 0));
    assert_eq!(refusal(&used, Call::Redeem, &other_text), WordError::NotAsked, "the request is answered");
}

#[test]
fn a_grant_lives_as_long_as_the_phones_own_lease() {
    let word = grant("unlock", "u", 0);
    let at = |now| take(&asked(), Call::Redeem, &word, now).map(|_| ());
    assert_eq!(at(later(599_999)), Ok(()));
    assert_eq!(at(later(600_000)), Err(WordError::Late));
    assert_eq!(at(Now { boot: Some(3), ..later(1) }), Err(WordError::Late), "a restart");
    assert_eq!(at(Now { wall_ms: NOW.wall_ms - 60_000, ..later(1) }), Err(WordError::Late), "a clock set back");
}

#[test]
fn a_grant_does_what_was_asked_for_and_nothing_else() {
    let asked = with_request(&asked(), "f", Asked::Unfreeze);
    assert_eq!(
        take(&asked, Call::Redeem, &grant("unfreeze", "f", 0), NOW).map(|(_, effect)| effect),
        Ok(Some(Effect::Unfreeze))
    );
    let asked = with_request(&asked, "p", asked_proof());
    let proven = take(&asked, Call::Redeem, &grant("proof", "p", 0), NOW).map(|(_, effect)| effect);
    let Ok(Some(Effect::Proven { purpose: ProofPurpose::Recovery, channel: Some(_), proofs, .. })) = proven else {
        panic!("{proven:?}")
    };
    assert_eq!(proofs, [Proof::new(ProofMethod::Sms, false, [7; 16])]);
    for (act, request) in [
        ("unlock", "f"),
        ("unfreeze", "u"),
        ("register", "u"),
        ("reset_pin", "u"),
        ("appeal", "u"),
        ("devices", "u"),
        ("proof", "u"),
        ("unlock", "p"),
    ] {
        assert_eq!(
            refusal(&asked, Call::Redeem, &grant(act, request, 0)),
            WordError::NotAllowed,
            "{act} for {request}"
        );
    }
    let sealed = format!(r#""sealed":"{}","proofs""#, encode(&[5; 80]));
    let escrow = grant_claims("escrow", "u", 0).replacen(r#""proofs""#, &sealed, 1);
    assert_eq!(refusal(&asked, Call::Redeem, &guarded().sign("grant", &escrow)), WordError::NotAllowed);
}

#[test]
fn a_grant_in_ignorance_of_an_order_does_not_count() {
    let (locked, _) = take(&asked(), Call::Accept, &lock(5), NOW).expect("taken");
    assert_eq!(refusal(&locked, Call::Redeem, &grant("unlock", "u", 0)), WordError::Superseded);
    assert_eq!(refusal(&locked, Call::Redeem, &grant("unlock", "u", 5)), WordError::Superseded, "it was asked before");
    let again = with_request(&locked, "again", Asked::Unlock);
    assert_eq!(refusal(&again, Call::Redeem, &grant("unlock", "again", 4)), WordError::Superseded);
    assert_eq!(refusal(&again, Call::Redeem, &grant("unlock", "again", 6)), WordError::OrderMissing);
    assert!(take(&again, Call::Redeem, &grant("unlock", "again", 5), NOW).is_ok());
    let policy = policy();
    let scene = Scene { policy: &policy, wallet_id: &WALLET, order_is_missing: true, has_code: false, now: NOW };
    let Ok(Reading::New(word, _)) = again.read(Call::Redeem, &scene, &grant("unlock", "again", 5)) else {
        panic!("not read")
    };
    assert_eq!(again.take(&word, &scene), Err(WordError::OrderMissing), "a lock stands for an order not seen");
}

#[test]
fn a_lower_number_of_another_key_supersedes_too() {
    let (first, _) = take(&registered(), Call::Accept, &lock(9), NOW).expect("taken");
    let asked = with_request(&first, "u", Asked::Unlock);
    let wipe = guarded().sign("order", &order(2, r#""act":"wipe""#));
    let (second, _) = take(&asked, Call::Accept, &wipe, NOW).expect("taken");
    assert_eq!(refusal(&second, Call::Redeem, &grant("unlock", "u", 9)), WordError::Superseded);
}

#[test]
fn registering_sets_the_installation_and_the_floor_of_every_key() {
    let mut pending = with_request(&Provider::default(), "r", Asked::Register);
    let installation = Installation { id: INSTALLATION, alias: "a".to_owned(), owner_key: None };
    assert_eq!(refusal(&pending, Call::Redeem, &grant("register", "r", 7)), WordError::WrongInstallation);
    assert_eq!(pending.note_pending(installation.clone()), None);
    let (registered, effect) = take(&pending, Call::Redeem, &grant("register", "r", 7), NOW).expect("taken");
    assert_eq!(effect, Some(Effect::Registered));
    assert_eq!(registered.installation(), Some(&installation));
    assert_eq!(refusal(&registered, Call::Accept, &lock(7)), WordError::Old);
    assert!(take(&registered, Call::Accept, &lock(8), NOW).is_ok());
    assert_eq!(registered.last_order(), 7);
    let mut twice = registered.clone();
    assert_eq!(twice.note_pending(Installation { id: [1; 16], alias: "b".to_owned(), owner_key: None }), None);
    let third = Installation { id: [2; 16], alias: "c".to_owned(), owner_key: None };
    assert_eq!(twice.note_pending(third), Some("b".to_owned()), "a key that was never registered");
    assert_eq!(twice.aliases().collect::<Vec<_>>(), ["a", "c"]);
}

#[test]
fn a_heartbeat_answers_within_a_minute_and_its_time_goes_forward() {
    let asked = with_request(&registered(), "h", Asked::Heartbeat);
    let at = |provider: &Provider, word: &str, now| take(provider, Call::Heartbeat, word, now).map(|(next, _)| next);
    let word = heartbeat("h", 1_000, 0);
    assert_eq!(at(&asked, &word, later(60_000)), Err(WordError::Late));
    assert_eq!(at(&registered(), &word, NOW), Err(WordError::NotAsked));
    let for_grant = with_request(&registered(), "h", Asked::Unlock);
    assert_eq!(at(&for_grant, &word, NOW), Err(WordError::NotAsked), "another kind of request");
    let taken = at(&asked, &word, later(59_999)).expect("taken");
    let again = with_request(&taken, "h2", Asked::Heartbeat);
    assert_eq!(at(&again, &heartbeat("h2", 999, 0), NOW), Err(WordError::Old));
    assert!(at(&again, &heartbeat("h2", 1_000, 0), NOW).is_ok());
}

#[test]
fn a_heartbeat_begins_a_new_allowance_unless_an_order_was_withheld() {
    let policy = policy();
    let left = |provider: &Provider, now| provider.allowance(Some(&policy), now);
    let week = 168 * 3_600_000;
    let late = later(week);
    assert_eq!(left(&registered(), late), Some(AllowanceState::Expired));
    let mut asked = registered();
    asked.note_request("h", Asked::Heartbeat, late, asked.changes());
    let (fresh, effect) = take(&asked, Call::Heartbeat, &heartbeat("h", 5, 0), late).expect("taken");
    assert_eq!(effect, Some(Effect::Heartbeat { withheld: None }));
    assert_eq!(left(&fresh, late), Some(AllowanceState::Fine { left_ms: week }));
    let (withheld, effect) = take(&asked, Call::Heartbeat, &heartbeat("h", 5, 3), late).expect("taken");
    assert_eq!(effect, Some(Effect::Heartbeat { withheld: Some(3) }));
    assert_eq!(left(&withheld, late), Some(AllowanceState::Expired));
    assert_eq!(left(&Provider::default(), late), None, "without registration no heartbeat could be asked for");
    assert_eq!(registered().allowance(None, late), None);
}
