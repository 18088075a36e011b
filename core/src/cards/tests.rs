use super::card::CardKey;
use super::*;
use crate::error::LockError;
use crate::platform::testing;
use crate::time::Now;

const DAY_MS: u64 = 86_400_000;
const YEAR_MS: i64 = 365 * 86_400_000;
const WALLET: [u8; 16] = [0x11; 16];

fn at(days: u64) -> Now {
    Now { boot: Some(1), since_boot_ms: days * DAY_MS, wall_ms: 0 }
}

fn new(id: &str) -> NewCard {
    let [id, label, network, last4] = [id, "Blue", "Visa", "1111"].map(str::to_owned);
    NewCard { id, label, network, last4 }
}

fn with(ids: &[&str]) -> Cards {
    let mut cards = Cards::default();
    for id in ids {
        cards.add(&mut testing::random(7), &new(id), true, 0);
    }
    cards
}

#[test]
fn what_is_said_of_a_card_is_checked_and_holds_no_full_number() {
    assert_eq!(new("c-1").validate(), Ok(()));
    type Edit = fn(&mut NewCard);
    let edits: [(Edit, &str); 9] = [
        (|card| card.id = String::new(), "card id"),
        (|card| card.id = "c 1".to_owned(), "card id"),
        (|card| card.id = "4111111111111111".to_owned(), "card id"),
        (|card| card.label = "4111 1111 1111 1111".to_owned(), "card label"),
        (|card| card.label = " ".to_owned(), "card label"),
        (|card| card.label = "x".repeat(37), "card label"),
        (|card| card.network = "a\u{202e}b".to_owned(), "card network"),
        (|card| card.last4 = "111".to_owned(), "card digits"),
        (|card| card.last4 = "11a1".to_owned(), "card digits"),
    ];
    for (edit, what) in edits {
        let mut card = new("c-1");
        edit(&mut card);
        assert_eq!(card.validate(), Err(LockError::Invalid(what)), "{card:?}");
    }
}

#[test]
fn a_removed_card_can_be_brought_back_until_its_time_is_over() {
    let mut cards = with(&["a", "b"]);
    assert!(cards.remove("a", 7 * DAY_MS, at(0)));
    assert!(!cards.remove("a", 90 * DAY_MS, at(1)), "its time does not begin anew");
    assert_eq!(cards.state_of("a", at(6)), Some(CardState::Removed { left_ms: DAY_MS }));
    let mut back = cards.clone();
    assert!(back.restore("a", at(6)));
    assert_eq!((back.state_of("a", at(6)), back.restore("a", at(6))), (Some(CardState::Active), false));

    assert!(!cards.has_due(at(6)) && cards.has_due(at(7)));
    assert!(!cards.restore("a", at(7)), "it is too late, whether or not its key is gone yet");
    assert_eq!(cards.settle(at(6)), Vec::<String>::new());
    assert_eq!(cards.settle(at(7)), ["a"]);
    assert_eq!(cards.state_of("a", at(7)), Some(CardState::Destroyed));
    assert_eq!(cards.state_of("b", at(7)), Some(CardState::Active));
    assert_eq!(cards.state_of("c", at(7)), None, "a card that was never here");
    cards.add(&mut testing::random(8), &new("a"), false, 0);
    assert_eq!(cards.state_of("a", at(7)), Some(CardState::Active), "added anew");
}

#[test]
fn a_wait_goes_on_over_a_restart() {
    let mut cards = with(&["a"]);
    cards.remove("a", 7 * DAY_MS, at(0));
    assert!(cards.save_waits(at(5), 60_000));
    assert!(!cards.save_waits(at(5), 60_000), "it was just saved");
    let restarted = Now { boot: Some(2), ..at(1) };
    assert_eq!(cards.state_of("a", restarted), Some(CardState::Removed { left_ms: DAY_MS }));
    assert_eq!(cards.saved_waits().flatten().count(), 1);
}

#[test]
fn a_frozen_card_stays_frozen_when_it_is_removed_and_brought_back() {
    let mut cards = with(&["a"]);
    assert!(cards.freeze("a") && !cards.freeze("a"));
    assert!(!cards.freeze("b"), "there is none");
    assert_eq!(cards.frozen().collect::<Vec<_>>(), ["a"]);
    assert!(cards.remove("a", DAY_MS, at(0)) && cards.restore("a", at(0)));
    assert_eq!(cards.state_of("a", at(0)), Some(CardState::Frozen));
    assert!(cards.unfreeze("a") && !cards.unfreeze("a"));
}

#[test]
fn only_a_usable_card_gives_its_token_away() {
    let mut cards = with(&["a"]);
    let mut random = testing::random(9);
    let key = cards.key_of_usable("a", at(0)).expect("a key").clone();
    let sealed = key.seal(&mut random, &WALLET, "a", b"4895").expect("sealed");
    assert_eq!(key.open(&WALLET, "a", &sealed).as_deref().map(Vec::as_slice), Some(b"4895".as_slice()));
    assert!(key.open(&WALLET, "b", &sealed).is_none(), "another card's");
    assert!(CardKey::make(&mut random).open(&WALLET, "a", &sealed).is_none(), "another key");
    assert_eq!(format!("{key:?}"), "CardKey");
    cards.freeze("a");
    assert!(cards.key_of_usable("a", at(0)).is_none());
    cards.unfreeze("a");
    cards.remove("a", DAY_MS, at(0));
    assert!(cards.key_of_usable("a", at(0)).is_none());
}

#[test]
fn a_card_is_unused_after_a_year_without_a_payment() {
    let mut cards = with(&["a", "b", "c"]);
    cards.remove("c", DAY_MS, at(0));
    cards.note_used("b", 1);
    let unused = |cards: &Cards, estimate_ms| cards.unused(estimate_ms).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(unused(&cards, YEAR_MS - 1), Vec::<String>::new());
    assert_eq!(unused(&cards, YEAR_MS), ["a"], "one that was removed is none");
    assert_eq!(unused(&cards, YEAR_MS + 1), ["a", "b"]);
    assert!(cards.all(at(0), YEAR_MS)[0].is_unused);
}

/// A wallet that is locked destroys the card in its record, and cannot write the survivors.
#[test]
fn a_card_that_was_removed_does_not_survive_damage() {
    let mut cards = with(&["a", "b"]);
    cards.remove("a", DAY_MS, at(0));
    let surviving = cards.surviving();
    assert_eq!(surviving.state_of("a", at(0)), Some(CardState::Destroyed));
    assert!(surviving.key_of_usable("b", at(0)).is_some());
    assert!(cards.restore("a", at(0)), "in the record it can be brought back");
}

#[test]
fn there_is_an_end_to_cards_and_to_what_is_remembered_of_them() {
    let ids: Vec<_> = (0..MAX_CARDS).map(|number| format!("c-{number}")).collect();
    let ids: Vec<_> = ids.iter().map(String::as_str).collect();
    let mut cards = with(&ids);
    assert!(!cards.has_room() && cards.is_in_range());
    for round in 0..3 {
        ids.iter().for_each(|id| assert!(cards.remove(id, DAY_MS, at(0)), "round {round}"));
        assert_eq!(cards.settle(at(1)).len(), MAX_CARDS);
        for number in 0..MAX_CARDS {
            cards.add(&mut testing::random(7), &new(&format!("r{round}-{number}")), true, 0);
        }
        assert!(cards.is_in_range());
        let rest: Vec<_> = cards.all(at(1), 0).into_iter().map(|info| info.card.id).collect();
        rest.iter().for_each(|id| assert!(cards.remove(id, DAY_MS, at(1))));
        cards.settle(at(2));
        for id in &ids {
            cards.add(&mut testing::random(7), &new(id), true, 0);
        }
    }
    assert!(cards.is_in_range());
}
