//! Tests of what the record keeps of the ways back in.

use super::*;
use crate::platform::testing;

const DAY_MS: u64 = 86_400_000;

fn at(boot: u32, since_boot_ms: u64) -> Now {
    Now { boot: Some(boot), since_boot_ms, wall_ms: 0 }
}

fn key(seed: u64) -> CodeKey {
    let mut random = testing::random(seed);
    let mut code = CodeBytes::default();
    code.copy_from_slice(random.bytes::<16>().as_slice());
    CodeKey::make(&mut random, &code).expect("a key")
}

fn ways(code: Option<u64>, escrow: bool) -> WaysBack {
    WaysBack { code: code.map(key), escrow: Some(PROVIDER).filter(|_| escrow) }
}

const PROVIDER: EscrowKey = EscrowKey([9; 32]);

fn due(recovery: &Recovery, now: Now) -> Option<WaysBack> {
    recovery.due(Some(&PROVIDER), now)
}

fn row() -> Option<SlotBytes> {
    Some(SlotBytes::new(&[7]))
}

#[test]
fn a_change_is_due_when_its_wait_is_over_and_not_before() {
    let mut recovery = Recovery::default();
    recovery.plan(Change::SetCode(key(1)), DAY_MS, at(1, 0));
    assert_eq!(due(&recovery, at(1, DAY_MS - 1)), None);
    assert_eq!(due(&recovery, at(1, DAY_MS)), Some(ways(Some(1), false)));
    assert!(!recovery.cancel(WayBack::Escrow));
    assert!(recovery.cancel(WayBack::Code));
    assert!(!recovery.cancel(WayBack::Code));
    assert_eq!(due(&recovery, at(1, DAY_MS)), None);
}

#[test]
fn waits_that_were_saved_go_on_after_a_restart() {
    let mut recovery = Recovery::default();
    assert!(!recovery.save_waits(at(1, 0), 60_000), "nothing waits");
    recovery.plan(Change::WithdrawCode, DAY_MS, at(1, 0));
    recovery.plan(Change::EscrowOn, 2 * DAY_MS, at(1, 0));
    assert!(!recovery.save_waits(at(1, 59_999), 60_000));
    assert!(recovery.save_waits(at(1, DAY_MS / 2), 60_000));
    let left = |way, now| recovery.pending(way).expect("it waits").left_ms(now);
    assert_eq!((left(WayBack::Code, at(2, 0)), left(WayBack::Code, at(2, DAY_MS))), (DAY_MS / 2, 0));
    assert_eq!(left(WayBack::Escrow, at(2, 0)), DAY_MS * 3 / 2);
}

#[test]
fn a_later_change_takes_the_place_of_the_one_about_the_same_way() {
    let mut recovery = Recovery::default();
    recovery.plan(Change::SetCode(key(1)), DAY_MS, at(1, 0));
    recovery.plan(Change::EscrowOn, DAY_MS, at(1, 0));
    recovery.plan(Change::WithdrawCode, DAY_MS, at(1, DAY_MS));
    let pending = recovery.pending(WayBack::Code).expect("it waits");
    assert_eq!((&pending.change, pending.left_ms(at(1, DAY_MS))), (&Change::WithdrawCode, DAY_MS));
    assert_eq!(due(&recovery, at(1, DAY_MS)), Some(ways(None, true)), "the other one is due");
    recovery.replace(1, row(), ways(None, true), at(1, DAY_MS));
    assert_eq!((recovery.version(), recovery.row(), recovery.ways()), (1, row().as_ref(), &ways(None, true)));
    assert!(recovery.pending(WayBack::Code).is_some() && recovery.pending(WayBack::Escrow).is_none());
}

#[test]
fn a_way_that_goes_or_changes_is_lost_and_one_that_comes_is_not() {
    for (before, after, loses) in [
        (ways(None, false), ways(Some(1), true), false),
        (ways(Some(1), false), ways(Some(1), true), false),
        (ways(None, true), ways(Some(1), true), false),
        (ways(Some(1), true), ways(Some(1), true), false),
        (ways(Some(1), false), ways(None, true), true),
        (ways(Some(1), false), ways(Some(2), false), true),
        (ways(Some(1), true), ways(Some(1), false), true),
        (ways(None, true), WaysBack { escrow: Some(EscrowKey([8; 32])), ..ways(None, true) }, true),
    ] {
        assert_eq!(before.loses_one(&after), loses, "{before:?} to {after:?}");
    }
}

#[test]
fn escrow_follows_the_key_that_the_policy_names() {
    let mut recovery = Recovery::default();
    recovery.replace(1, row(), ways(Some(1), true), at(1, 0));
    let due = |key: Option<EscrowKey>| recovery.due(key.as_ref(), at(1, 0));
    assert_eq!(due(Some(PROVIDER)), None);
    let other = EscrowKey([8; 32]);
    assert_eq!(due(Some(other)), Some(WaysBack { escrow: Some(other), ..ways(Some(1), true) }));
    assert_eq!(due(None), Some(ways(Some(1), false)));
    recovery.replace(2, row(), ways(Some(1), false), at(1, 0));
    assert_eq!(recovery.due(Some(&other), at(1, 0)), None, "it is off");
}

#[test]
fn a_row_without_a_way_and_a_way_without_a_row_are_out_of_range() {
    let mut recovery = Recovery::default();
    assert!(recovery.is_in_range());
    for (row, ways, is_in_range) in [
        (row(), ways(Some(1), false), true),
        (row(), ways(None, true), true),
        (None, ways(None, true), false),
        (row(), ways(None, false), false),
    ] {
        recovery.replace(1, row, ways, at(1, 0));
        assert_eq!(recovery.is_in_range(), is_in_range, "{recovery:?}");
    }
}
