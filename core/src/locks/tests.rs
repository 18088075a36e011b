//! What clears what, over a table and over random histories.

use proptest::prelude::*;

use super::*;
use crate::policy::{ClearsUnusual, Contact, KeyId};
use crate::time::Now;

const KEYS: [KeyId; 2] = [KeyId([1; 8]), KeyId([2; 8])];

const REASONS: [LockReason; 4] =
    [LockReason::LostOrStolen, LockReason::ProviderOrder, LockReason::LockedByOwner, LockReason::UnusualActivity];

/// The table of DESIGN 3 as pairs: this clears that, and no other pair does.
const CLEARS: [(Way, LockReason); 13] = [
    (Way::Grant, LockReason::LostOrStolen),
    (Way::Grant, LockReason::ProviderOrder),
    (Way::Grant, LockReason::LockedByOwner),
    (Way::Grant, LockReason::UnusualActivity),
    (Way::Pin, LockReason::UnusualActivity),
    (Way::RecoveryCode, LockReason::LockedByOwner),
    (Way::Escrow, LockReason::LockedByOwner),
    (Way::RecoveryCode, LockReason::UnusualActivity),
    (Way::RecoveryCodeAndWait, LockReason::LostOrStolen),
    (Way::RecoveryCodeAndWait, LockReason::ProviderOrder),
    (Way::Heartbeat, LockReason::HeartbeatExpired),
    (Way::RecoveryCode, LockReason::HeartbeatExpired),
    (Way::Restart, LockReason::UntilRestart),
];

const WAYS: [Way; 8] = [
    Way::Recheck,
    Way::Restart,
    Way::Pin,
    Way::Grant,
    Way::Heartbeat,
    Way::RecoveryCode,
    Way::RecoveryCodeAndWait,
    Way::Escrow,
];

fn by_provider(key: usize, seq: u64) -> SetBy {
    SetBy::Provider { kid: KEYS[key], seq }
}

/// Something that happens to a wallet's locks.
#[derive(Clone, Copy, Debug)]
enum Happens {
    Set(SetLock),
    Cleared(Way),
    Revoked(usize),
}

fn happens() -> impl Strategy<Value = Happens> {
    let by = prop_oneof![Just(SetBy::Owner), (0..2_usize, 1..9_u64).prop_map(|(key, seq)| by_provider(key, seq))];
    prop_oneof![
        (prop::sample::select(&REASONS[..]), by).prop_map(|(reason, by)| Happens::Set(SetLock { reason, by })),
        prop::sample::select(&WAYS[..]).prop_map(Happens::Cleared),
        (0..2_usize).prop_map(Happens::Revoked),
    ]
}

proptest! {
    /// The locks are a list of what was set and not cleared since. Beside them a plain list is kept, from which only
    /// `CLEARS` removes.
    #[test]
    fn a_lock_stands_until_what_may_clear_it_does(history in prop::collection::vec(happens(), 0..40), by_pin: bool) {
        let unusual = if by_pin { ClearsUnusual::Pin } else { ClearsUnusual::Grant };
        let mut locks = Locks::default();
        let mut expected: Vec<SetLock> = Vec::new();
        for event in history {
            match event {
                Happens::Set(lock) => {
                    locks.set(lock);
                    let setter = |by: SetBy| by.order().map(|(kid, _)| kid);
                    expected.retain(|other| other.reason != lock.reason || setter(other.by) != setter(lock.by));
                    expected.push(lock);
                    prop_assert!(locks.all().contains(&lock), "setting a lock needs no proof");
                    let way_back = ways(lock.reason, unusual);
                    prop_assert!(way_back.contains(&Way::Grant), "the provider can always clear it");
                }
                Happens::Cleared(way) => {
                    let gone = locks.clear(way, unusual, |_| true);
                    let goes = |lock: &SetLock| {
                        CLEARS.contains(&(way, lock.reason)) && (way != Way::Pin || unusual == ClearsUnusual::Pin)
                    };
                    prop_assert!(gone.iter().all(goes));
                    expected.retain(|lock| !goes(lock));
                }
                Happens::Revoked(key) => {
                    locks.void(KEYS[key]);
                    expected.retain(|lock| lock.by.order().map(|(kid, _)| kid) != Some(KEYS[key]));
                }
            }
            prop_assert_eq!(locks.all(), &expected[..]);
            prop_assert!(locks.is_in_range());
        }
    }
}

#[test]
fn every_reason_has_a_way_and_the_ways_are_those_of_the_design() {
    for reason in [LockReason::HeartbeatExpired, LockReason::UntilRestart].into_iter().chain(REASONS) {
        for way in WAYS {
            assert_eq!(
                ways(reason, ClearsUnusual::Pin).contains(&way),
                CLEARS.contains(&(way, reason)),
                "{way:?} {reason:?}"
            );
        }
    }
    assert_eq!(ways(LockReason::TooManyAttempts, ClearsUnusual::Pin), [Way::Grant, Way::RecoveryCode, Way::Escrow]);
    assert_eq!(ways(LockReason::DataDamaged, ClearsUnusual::Pin), [Way::Recheck, Way::RecoveryCode, Way::Escrow]);
}

#[test]
fn only_what_was_selected_is_cleared() {
    let mut locks = Locks::default();
    let (early, late) = (by_provider(0, 1), by_provider(1, 2));
    locks.set(SetLock { reason: LockReason::UnusualActivity, by: early });
    locks.set(SetLock { reason: LockReason::UnusualActivity, by: late });
    let gone = locks.clear(Way::Pin, ClearsUnusual::Pin, |lock| lock.by == early);
    assert_eq!(gone, [SetLock { reason: LockReason::UnusualActivity, by: early }]);
    assert_eq!(locks.all(), [SetLock { reason: LockReason::UnusualActivity, by: late }]);
}

#[test]
fn a_lock_for_a_missing_order_ends_when_the_order_comes() {
    let lock = |by| SetLock { reason: LockReason::ProviderOrder, by };
    let (ordered, missing) = (lock(by_provider(0, 5)), lock(SetBy::Missing { kid: KEYS[0], seq: 9 }));
    let mut locks = Locks::default();
    locks.set(ordered);
    locks.set(missing);
    assert_eq!(locks.all(), [ordered, missing], "neither replaces the other");
    locks.note_last_order(8);
    assert_eq!(locks.all(), [ordered, missing]);
    locks.note_last_order(9);
    assert_eq!(locks.all(), [ordered], "what was ordered stands");
    locks.set(missing);
    locks.void(KEYS[0]);
    assert_eq!(locks.all(), []);
}

/// The table, with time in it.
#[test]
fn the_code_clears_a_lock_of_the_provider_only_after_its_wait_and_any_other_at_once() {
    const WAIT_MS: u64 = 72 * 3_600_000;
    let at = |since_boot_ms| Now { boot: Some(1), since_boot_ms, wall_ms: 0 };
    let (lost, own) = (
        SetLock { reason: LockReason::LostOrStolen, by: by_provider(0, 1) },
        SetLock { reason: LockReason::LockedByOwner, by: SetBy::Owner },
    );
    let mut locks = Locks::default();
    assert_eq!(locks.clear_by_code(ClearsUnusual::Pin, WAIT_MS, at(0)), []);
    assert_eq!(locks.opening_left_ms(at(0)), None, "nothing stands, so nothing waits");
    locks.set(own);
    locks.set(lost);
    assert_eq!(locks.clear_by_code(ClearsUnusual::Pin, WAIT_MS, at(0)), [own]);
    assert_eq!((locks.all(), locks.opening_left_ms(at(0))), (&[lost][..], Some(WAIT_MS)));
    assert_eq!(locks.clear_by_code(ClearsUnusual::Pin, WAIT_MS, at(WAIT_MS - 1)), []);
    assert_eq!(locks.opening_left_ms(at(WAIT_MS - 1)), Some(1), "entering it again does not prolong the wait");
    let mut ordered_again = locks.clone();
    ordered_again.set(SetLock { reason: LockReason::LostOrStolen, by: by_provider(0, 2) });
    assert_eq!(ordered_again.opening_left_ms(at(WAIT_MS)), None, "a new order begins it anew");
    let mut granted = locks.clone();
    granted.clear(Way::Grant, ClearsUnusual::Pin, |_| true);
    assert_eq!(granted.opening_left_ms(at(1)), None, "what the grant cleared waits for nothing");
    assert_eq!(locks.clear_by_code(ClearsUnusual::Pin, WAIT_MS, at(WAIT_MS)), [lost]);
    assert_eq!((locks.all(), locks.opening_left_ms(at(WAIT_MS))), (&[][..], None));
}

#[test]
fn a_wait_that_was_begun_is_saved_now_and_then() {
    let at = |boot, since_boot_ms| Now { boot: Some(boot), since_boot_ms, wall_ms: 0 };
    let mut locks = Locks::default();
    assert!(!locks.save_wait(at(1, 0), 10), "nothing waits");
    assert_eq!(locks.saved_wait(), None);
    locks.set(SetLock { reason: LockReason::LostOrStolen, by: by_provider(0, 1) });
    locks.clear_by_code(ClearsUnusual::Pin, 100, at(1, 0));
    let begun = locks.saved_wait();
    assert!(begun.is_some() && !locks.save_wait(at(1, 9), 10), "it was saved within the time");
    assert_eq!(locks.saved_wait(), begun);
    assert!(locks.save_wait(at(1, 60), 10));
    assert_ne!(locks.saved_wait(), begun);
    assert_eq!(locks.opening_left_ms(at(2, 0)), Some(40), "the time before the restart counts");
}

/// More locks than the keys of a policy can set. What comes last stands, and no other reason is shed by it.
#[test]
fn where_no_lock_has_room_one_of_the_same_reason_goes() {
    let (owner, lost) = (SetLock { reason: LockReason::LockedByOwner, by: SetBy::Owner }, |key| SetLock {
        reason: LockReason::LostOrStolen,
        by: SetBy::Provider { kid: KeyId([key; 8]), seq: 1 },
    });
    let mut locks = Locks::default();
    locks.set(owner);
    (0..39).for_each(|key| locks.set(lost(key)));
    assert_eq!(locks.all().len(), 40);
    locks.set(lost(39));
    assert_eq!(locks.all().len(), 40);
    assert!(locks.all().contains(&owner) && locks.all().contains(&lost(39)) && !locks.all().contains(&lost(0)));
    assert!(locks.is_in_range());
}

/// The journals of wallets hold these.
#[test]
fn the_names_in_the_journal_are_frozen() {
    let names = [
        (LockReason::DataDamaged, "data damaged"),
        (LockReason::LostOrStolen, "lost or stolen"),
        (LockReason::ProviderOrder, "provider's order"),
        (LockReason::TooManyAttempts, "too many attempts"),
        (LockReason::LockedByOwner, "locked by the owner"),
        (LockReason::UnusualActivity, "unusual activity"),
        (LockReason::HeartbeatExpired, "no heartbeat"),
        (LockReason::UntilRestart, "until restart"),
    ];
    for (reason, name) in names {
        assert_eq!(reason.name(), name);
    }
}

#[test]
fn a_freeze_is_no_lock_and_ends_by_its_setter() {
    let mut locks = Locks::default();
    locks.freeze(SetBy::Owner);
    locks.freeze(by_provider(0, 1));
    locks.freeze(by_provider(0, 2));
    assert!(locks.is_frozen() && locks.all().is_empty());
    assert!(locks.clear(Way::Grant, ClearsUnusual::Pin, |_| true).is_empty() && locks.is_frozen());
    assert!(locks.unfreeze(false) && locks.is_frozen(), "the owner's stays");
    assert!(!locks.unfreeze(false));
    assert!(locks.unfreeze(true) && !locks.is_frozen());
    locks.freeze(by_provider(0, 3));
    locks.void(KEYS[1]);
    assert!(locks.is_frozen());
    locks.void(KEYS[0]);
    assert!(!locks.is_frozen());
}

#[test]
fn the_message_stands_as_long_as_a_lock_of_the_provider() {
    let finder = |key: usize| Finder {
        kid: KEYS[key],
        message: "Please call".to_owned(),
        contact: Some(Contact::Phone("+31 20 555 0100".to_owned())),
    };
    let with_two = || {
        let mut locks = Locks::default();
        locks.set(SetLock { reason: LockReason::LostOrStolen, by: by_provider(0, 1) });
        locks.set(SetLock { reason: LockReason::UnusualActivity, by: by_provider(1, 1) });
        locks.set(SetLock { reason: LockReason::LockedByOwner, by: SetBy::Owner });
        locks.set_finder(finder(0));
        locks
    };
    let mut locks = with_two();
    locks.void(KEYS[1]);
    assert_eq!(locks.finder(), Some(&finder(0)));
    locks.void(KEYS[0]);
    assert_eq!((locks.finder(), locks.all().len()), (None, 1));
    let mut locks = with_two();
    locks.clear(Way::Pin, ClearsUnusual::Pin, |_| true);
    assert_eq!(locks.finder(), Some(&finder(0)));
    locks.clear(Way::Grant, ClearsUnusual::Pin, |_| true);
    assert_eq!(locks.finder(), None);
}

/// Records of wallets hold this.
#[test]
fn the_form_in_the_record_is_frozen() {
    let mut locks = Locks::default();
    locks.set(SetLock { reason: LockReason::LostOrStolen, by: by_provider(0, 7) });
    locks.set(SetLock { reason: LockReason::ProviderOrder, by: SetBy::Missing { kid: KEYS[0], seq: 9 } });
    locks.freeze(SetBy::Owner);
    locks.set_finder(Finder { kid: KEYS[0], message: "m".to_owned(), contact: None });
    locks.clear_by_code(ClearsUnusual::Pin, 72, Now { boot: Some(1), since_boot_ms: 5, wall_ms: 0 });
    let json = serde_json::json!({
        "set": [
            { "reason": "lost_or_stolen", "by": { "provider": { "kid": "0101010101010101", "seq": 7 } } },
            { "reason": "provider_order", "by": { "missing": { "kid": "0101010101010101", "seq": 9 } } },
        ],
        "freezes": ["owner"],
        "finder": { "kid": "0101010101010101", "message": "m", "contact": null },
        "opening": { "left_ms": 72, "boot": 1, "since_boot_ms": 5 },
    });
    assert_eq!(serde_json::to_value(&locks).expect("JSON"), json);
    assert_eq!(serde_json::from_value::<Locks>(json).expect("read"), locks);
    let derived = serde_json::json!({ "set": [{ "reason": "data_damaged", "by": "owner" }] });
    assert!(!serde_json::from_value::<Locks>(derived).expect("read").is_in_range(), "nobody sets damage");
}
