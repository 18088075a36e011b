//! Tests of the channels: tables, and random orders of codes asked for and typed against limits told by their log alone.

use super::*;
use crate::platform::testing::TestRng;
use ChannelKind::{BackupMail, Mail, Sms};

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;

fn at(since_boot_ms: u64) -> Now {
    Now { boot: Some(1), since_boot_ms, wall_ms: i64::try_from(since_boot_ms).expect("a short time") }
}

fn id(number: u8) -> ChannelId {
    ChannelId([number; 8])
}

fn policy() -> RecoveryPolicy {
    RecoveryPolicy::default()
}

fn ids(channels: &[&Channel]) -> Vec<ChannelId> {
    channels.iter().map(|channel| channel.id).collect()
}

/// A phone number and a mail address that count from the first day on.
fn two() -> Channels {
    let mut channels = Channels::default();
    for (number, kind) in [(1, Sms), (2, Mail)] {
        channels.propose(id(number), kind, format!("mask {number}"), at(0));
        assert_eq!(channels.confirm(id(number), CodeUse::Session, 0, at(0)), Some(0));
    }
    assert_eq!(channels.settle(at(0)), [(Sms, true), (Mail, true)]);
    channels
}

#[test]
fn a_channel_counts_only_after_a_code_came_back() {
    let mut channels = Channels::default();
    channels.propose(id(1), Sms, "m".to_owned(), at(0));
    assert!(channels.in_force(at(0)).is_empty());
    let state = |channels: &Channels| channels.find(id(1), at(0)).map(|one| one.state(&policy(), at(0)));
    assert_eq!(state(&channels), Some(ChannelState::NotConfirmed));
    assert_eq!(channels.confirm(id(1), CodeUse::Session, 0, at(0)), Some(0));
    assert_eq!(
        state(&channels),
        Some(ChannelState::InForce { confirmed_ms: at(0).wall_ms, is_stale: false, leaves_in_ms: None })
    );
    assert_eq!(channels.settle(at(0)), [(Sms, true)]);
    assert_eq!(channels.settle(at(0)), []);
}

#[test]
fn one_that_is_added_later_waits_and_the_earlier_one_counts_until_then() {
    let mut channels = two();
    channels.propose(id(3), Sms, "new".to_owned(), at(0));
    assert_eq!(channels.confirm(id(3), CodeUse::Session, DAY_MS, at(0)), Some(DAY_MS));
    assert_eq!(ids(&channels.in_force(at(DAY_MS - 1))), [id(1), id(2)]);
    let waiting = channels.find(id(3), at(1)).map(|one| one.state(&policy(), at(1)));
    assert_eq!(waiting, Some(ChannelState::Waiting { left_ms: DAY_MS - 1 }));
    assert_eq!(ids(&channels.in_force(at(DAY_MS))), [id(2), id(3)], "by itself, without anybody's doing");
    let mut cancelled = channels.clone();
    assert_eq!(cancelled.cancel(id(3), at(DAY_MS - 1)), Some(Sms));
    assert_eq!(cancelled.cancel(id(3), at(DAY_MS - 1)), None);
    assert_eq!(ids(&cancelled.in_force(at(2 * DAY_MS))), [id(1), id(2)]);
    assert_eq!(channels.settle(at(DAY_MS)), [(Sms, true)]);
    assert_eq!(channels.cancel(id(3), at(DAY_MS)), None, "it is in force");
}

#[test]
fn removing_waits_and_can_be_taken_back_until_then() {
    let mut channels = two();
    assert_eq!(channels.remove(id(1), DAY_MS, at(0)), Some(DAY_MS));
    assert_eq!(channels.remove(id(1), DAY_MS, at(5)), None, "it leaves already, and no later");
    assert_eq!(channels.remove(id(9), DAY_MS, at(5)), None);
    let leaving = ChannelState::InForce { confirmed_ms: at(0).wall_ms, is_stale: false, leaves_in_ms: Some(1) };
    let last = at(DAY_MS - 1);
    assert_eq!(channels.find(id(1), last).map(|one| one.state(&policy(), last)), Some(leaving));
    assert_eq!(ids(&channels.in_force(at(DAY_MS))), [id(2)]);
    let mut kept = channels.clone();
    assert_eq!(kept.cancel(id(1), at(5)), Some(Sms));
    assert_eq!(ids(&kept.in_force(at(DAY_MS))), [id(1), id(2)]);
    assert_eq!(channels.settle(at(DAY_MS)), [(Sms, false)]);
    channels.propose(id(4), BackupMail, "m".to_owned(), at(DAY_MS));
    assert_eq!(channels.remove(id(4), DAY_MS, at(DAY_MS)), Some(0), "it never counted");
}

/// Another number takes the place of the first one, after a wait.
fn replaced() -> Channels {
    let mut channels = two();
    channels.propose(id(3), Sms, "new".to_owned(), at(0));
    channels.confirm(id(3), CodeUse::Session, DAY_MS, at(0));
    channels
}

#[test]
fn a_former_number_pauses_the_change_that_replaced_it_once() {
    for is_settled in [false, true] {
        let mut channels = replaced();
        assert_eq!(ids(&channels.pausable(at(DAY_MS - 1))), [], "it counts still");
        if is_settled {
            assert_eq!(channels.settle(at(DAY_MS)), [(Sms, true)]);
        }
        assert_eq!(ids(&channels.pausable(at(DAY_MS))), [id(1)]);
        assert_eq!(ids(&channels.for_recovery(at(DAY_MS))), [id(2), id(3)]);
        assert_eq!(channels.pause(id(3), DAY_MS, at(DAY_MS)), None, "only a former one pauses");
        channels.settle(at(DAY_MS));
        assert_eq!(channels.pause(id(1), DAY_MS, at(DAY_MS)), Some(Sms));
        let last = at(2 * DAY_MS - 1);
        assert_eq!(ids(&channels.for_recovery(last)), [id(2), id(1)]);
        assert_eq!(ids(&channels.in_force(last)), [id(2), id(3)], "sessions and the second factor are not concerned");
        assert_eq!(
            (ids(&channels.pausable(last)), channels.settle(last)),
            (vec![], vec![]),
            "a second time it does not"
        );
        assert_eq!(ids(&channels.for_recovery(at(2 * DAY_MS))), [id(2), id(3)]);
        assert_eq!(channels.pause(id(1), DAY_MS, at(2 * DAY_MS)), None);
        channels.settle(at(2 * DAY_MS));
        assert_eq!(channels.list.len(), 2, "it is forgotten");
    }
}

#[test]
fn a_former_channel_that_was_removed_counts_again_for_a_while() {
    let mut channels = two();
    channels.remove(id(2), DAY_MS, at(0));
    assert_eq!(channels.settle(at(DAY_MS)), [(Mail, false)]);
    assert_eq!(channels.pause(id(2), DAY_MS, at(DAY_MS)), Some(Mail));
    assert_eq!(ids(&channels.for_recovery(at(2 * DAY_MS - 1))), [id(1), id(2)]);
    assert_eq!(channels.find(id(2), at(DAY_MS)), None, "for the session it is gone");
    assert_eq!(ids(&channels.for_recovery(at(2 * DAY_MS))), [id(1)]);
}

#[test]
fn a_former_channel_is_one_for_seven_days() {
    let mut channels = replaced();
    channels.settle(at(DAY_MS));
    let last = at(DAY_MS + PAUSABLE_MS - 1);
    assert_eq!(ids(&channels.pausable(last)), [id(1)]);
    let after = at(DAY_MS + PAUSABLE_MS);
    assert_eq!(channels.clone().pause(id(1), DAY_MS, after), None);
    assert_eq!((ids(&channels.pausable(after)), channels.settle(after)), (vec![], vec![]));
    assert_eq!(channels.list.len(), 2, "it is forgotten");
    let mut late = replaced();
    late.settle(at(DAY_MS));
    assert_eq!(late.pause(id(1), DAY_MS, last), Some(Sms));
    assert_eq!(ids(&late.for_recovery(after)), [id(2), id(1)], "a pause that began in time runs to its end");
}

/// A thief who changes the number twice has a former number, too. It does not undo the owner's pause.
#[test]
fn of_two_pauses_that_of_the_channel_that_went_first_holds() {
    let mut channels = replaced();
    channels.settle(at(DAY_MS));
    channels.propose(id(4), Sms, "newer".to_owned(), at(DAY_MS));
    channels.confirm(id(4), CodeUse::Session, DAY_MS, at(DAY_MS));
    let now = at(2 * DAY_MS);
    channels.settle(now);
    assert_eq!(ids(&channels.pausable(now)), [id(1), id(3)]);
    for (order, second) in [([1, 3], None), ([3, 1], Some(Sms))] {
        let mut channels = channels.clone();
        let paused = order.map(|number| channels.pause(id(number), DAY_MS, now));
        assert_eq!(paused, [Some(Sms), second], "one that would change nothing is not used up");
        assert_eq!(ids(&channels.for_recovery(now)), [id(2), id(1)]);
    }
}

/// What drops a change that waits leaves a pause, and what is paused, alone.
#[test]
fn a_lock_and_a_cancelled_change_leave_a_pause_alone() {
    let mut channels = replaced();
    channels.settle(at(DAY_MS));
    channels.pause(id(1), DAY_MS, at(DAY_MS)).expect("a former one");
    assert_eq!(channels.drop_pending(), []);
    assert_eq!((channels.cancel(id(1), at(DAY_MS)), channels.cancel(id(3), at(DAY_MS))), (None, None));
    channels.propose(id(4), Sms, "newer".to_owned(), at(DAY_MS));
    assert_eq!(ids(&channels.for_recovery(at(DAY_MS))), [id(2), id(1)]);
    assert_eq!(ids(&channels.for_recovery(at(2 * DAY_MS))), [id(2), id(3)]);
    channels.forget_former();
    assert_eq!(ids(&channels.for_recovery(at(DAY_MS))), [id(2), id(3)], "who recovers chooses anew");
}

/// Random orders of a number that is set up, confirmed, removed, cancelled, of locks, and of changes that are paused.
#[test]
fn no_order_of_changes_keeps_the_first_number_from_its_pause() {
    let (mut pauses, mut checked) = (0, 0);
    for nth in 0..400 {
        let mut rng = TestRng::nth(20_261_201, nth);
        let mut channels = two();
        let mut now = at(1);
        let mut paused: Vec<ChannelId> = Vec::new();
        let (mut went, mut first_pause) = (None, None);
        for step in 0..60 {
            let mut any: Vec<ChannelId> = channels.list.iter().map(|channel| channel.id).collect();
            any.push(id(0));
            let any = rng.pick(&any);
            match rng.below(8) {
                0 => {
                    channels.propose(id(3 + step), Sms, "m".to_owned(), now);
                    channels.confirm(id(3 + step), CodeUse::Session, DAY_MS, now);
                }
                1 if channels.find(any, now).is_some() => {
                    channels.remove(any, DAY_MS, now);
                }
                2 => {
                    channels.cancel(any, now);
                }
                3 if rng.one_in(4) => {
                    channels.drop_pending();
                }
                4 if any != id(1) && channels.pause(any, DAY_MS, now).is_some() => {
                    assert!(!paused.contains(&any), "history {nth}: {any} paused twice");
                    paused.push(any);
                    pauses += 1;
                }
                5 if rng.one_in(3) && channels.pause(id(1), DAY_MS, now).is_some() => {
                    assert_eq!(first_pause.replace(now.since_boot_ms), None, "history {nth}: paused twice");
                }
                _ => now.since_boot_ms += u64::from(rng.one_in(2)) * DAY_MS + rng.below(48) as u64 * HOUR_MS / 2,
            }
            channels.settle(now);
            assert!(channels.is_in_range(), "history {nth}");
            for kind in [Sms, Mail] {
                let count = |list: Vec<&Channel>| list.iter().filter(|channel| channel.kind == kind).count();
                assert!(count(channels.in_force(now)) <= 1 && count(channels.for_recovery(now)) <= 1);
                assert!(count(channels.former(now)) <= MAX_FORMER);
            }
            let is_there = channels.find(id(1), now).is_some();
            went = if is_there { None } else { went.or(Some(now.since_boot_ms)) };
            let Some(since) = went else { continue };
            let (is_former, counts) = (channels.pausable(now), channels.for_recovery(now));
            let (is_former, counts) = (ids(&is_former).contains(&id(1)), ids(&counts).contains(&id(1)));
            let is_early = now.since_boot_ms - since < PAUSABLE_MS;
            assert_eq!(is_former, first_pause.is_none() && is_early, "history {nth}");
            let is_paused = first_pause.is_some_and(|began| now.since_boot_ms - began < DAY_MS);
            assert_eq!(counts, is_paused, "history {nth}");
            checked += 1;
        }
    }
    assert!(pauses > 200 && checked > 2_000, "{pauses} {checked}");
}

#[test]
fn a_lock_takes_back_everything_that_waits() {
    let mut channels = two();
    channels.propose(id(3), Sms, "new".to_owned(), at(0));
    channels.confirm(id(3), CodeUse::Session, DAY_MS, at(0));
    channels.remove(id(2), DAY_MS, at(0));
    channels.propose(id(4), BackupMail, "m".to_owned(), at(0));
    assert_eq!(channels.drop_pending(), [Mail, Sms, BackupMail]);
    assert_eq!(ids(&channels.now(at(9 * DAY_MS))), [id(1), id(2)]);
    assert_eq!(channels.drop_pending(), []);
}

#[test]
fn the_owner_orders_them_and_a_confirmation_makes_one_fresh() {
    let mut channels = two();
    channels.order(&[id(2)]);
    assert_eq!(ids(&channels.in_force(at(0))), [id(2), id(1)]);
    let days = |days: i64| Now { wall_ms: days * 86_400_000, ..at(1) };
    let state = |channels: &Channels, now| channels.find(id(1), now).map(|one| one.state(&policy(), now));
    let in_force = |confirmed: Now, is_stale| {
        Some(ChannelState::InForce { confirmed_ms: confirmed.wall_ms, is_stale, leaves_in_ms: None })
    };
    assert_eq!(state(&channels, days(180)), in_force(at(0), false));
    assert_eq!(state(&channels, days(181)), in_force(at(0), true));
    assert_eq!(channels.confirm(id(1), CodeUse::Session, DAY_MS, days(181)), None);
    assert_eq!(state(&channels, days(181)), in_force(days(181), false));
}

#[test]
fn codes_of_all_channels_are_counted_together() {
    let mut channels = two();
    channels.note_asked(id(1), CodeUse::Recovery, at(0));
    channels.note_asked(id(2), CodeUse::Recovery, at(0));
    for number in [1, 2, 1, 2, 1, 2, 1, 2, 1, 2] {
        assert_eq!(channels.wait_left_ms(CodeUse::Recovery, at(0)), 0);
        channels.charge(id(number), CodeUse::Recovery, at(0));
    }
    assert_eq!(channels.wait_left_ms(CodeUse::Recovery, at(0)), DAY_MS);
    assert_eq!(
        channels.find(id(1), at(0)).and_then(|one| one.sent(CodeUse::Recovery, &policy(), at(0))),
        None,
        "typed five times"
    );
    channels.note_asked(id(1), CodeUse::Recovery, at(DAY_MS));
    let sent = channels.find(id(1), at(DAY_MS)).and_then(|one| one.sent(CodeUse::Recovery, &policy(), at(DAY_MS)));
    assert_eq!(sent, Some(SentCode { valid_for_ms: 600_000, tries_left: 5 }));
    channels.note_asked(id(2), CodeUse::Recovery, at(DAY_MS));
    let sent = channels.find(id(2), at(DAY_MS)).and_then(|one| one.sent(CodeUse::Recovery, &policy(), at(DAY_MS)));
    assert_eq!(sent, Some(SentCode { valid_for_ms: 1_800_000, tries_left: 5 }), "mail is slower");
}

#[test]
fn a_record_could_hold_every_state_and_nothing_longer() {
    let mut channels = two();
    let mut next = 2;
    for kind in [Sms, Mail, BackupMail] {
        for _ in 0..4 {
            next += 1;
            channels.propose(id(next), kind, "m".to_owned(), at(0));
            channels.confirm(id(next), CodeUse::Session, 0, at(0));
            channels.settle(at(0));
        }
        next += 1;
        channels.propose(id(next), kind, "m".to_owned(), at(0));
    }
    assert!(channels.is_in_range() && channels.list.len() == MAX_CHANNELS);
    let json = serde_json::to_string(&channels).expect("JSON");
    assert_eq!(serde_json::from_str::<Channels>(&json).expect("a state"), channels);
    channels.list.extend(channels.list.clone());
    assert!(!channels.is_in_range());
}

/// What happened to the codes for one use, told by the times at which it happened.
#[derive(Default)]
struct Log {
    /// For each channel, when a code was asked for.
    asked: [Vec<u64>; 2],
    /// For each channel, how often its last code was typed.
    typed: [u32; 2],
    /// For each channel, its wrong codes since its last right one.
    wrong: [u32; 2],
    /// When so many codes were wrong that a wait has to follow.
    shut: Option<u64>,
}

/// Random orders of codes that are asked for, typed, right and wrong, for both uses, with restarts and wrong clocks.
/// Whatever the phone allows stays within the limits, and every limit ends.
#[test]
fn no_order_of_codes_exceeds_a_limit_or_shuts_for_good() {
    let uses = [CodeUse::Recovery, CodeUse::Session];
    let (mut asked, mut typed, mut shut) = (0, 0, 0);
    for nth in 0..400 {
        let mut rng = TestRng::nth(20_261_131, nth);
        let mut channels = two();
        let mut logs = [Log::default(), Log::default()];
        let (mut now, mut on_ms) = (at(1), 0);
        for _ in 0..300 {
            let (place, number) = (usize::from(rng.one_in(2)), usize::from(rng.one_in(2)));
            let (Some(used_for), Some(log)) = (uses.get(place).copied(), logs.get_mut(place)) else { continue };
            let channel = id(if number == 0 { 1 } else { 2 });
            let found = channels.find(channel, now).expect("it stays");
            let (is_shut, is_sent) =
                (channels.wait_left_ms(used_for, now) > 0, found.sent(used_for, &policy(), now).is_some());
            match rng.below(8) {
                0..2 if !is_shut && found.resend_after_ms(used_for, &policy(), now) == 0 => {
                    channels.note_asked(channel, used_for, now);
                    log.asked[number].push(on_ms);
                    log.typed[number] = 0;
                    asked += 1;
                }
                2..6 if !is_shut && is_sent => {
                    channels.charge(channel, used_for, now);
                    log.typed[number] += 1;
                    log.wrong[number] += 1;
                    assert!(log.typed[number] <= 5, "history {nth}: a code was typed {} times", log.typed[number]);
                    let since = log.shut.map(|since| on_ms - since);
                    assert!(since.is_none_or(|since| since >= DAY_MS), "history {nth}: typed {since:?} ms after ten");
                    typed += 1;
                    if log.wrong.iter().sum::<u32>() % 10 == 0 {
                        log.shut = Some(on_ms);
                        shut += 1;
                    } else if rng.one_in(8) {
                        channels.confirm(channel, used_for, DAY_MS, now);
                        log.wrong[number] = 0;
                    }
                }
                6 if rng.one_in(2) => {
                    now = Now { boot: now.boot.map(|boot| boot + 1), since_boot_ms: 0, ..now };
                    channels.save_waits(now, 60_000);
                }
                6 => now.wall_ms = i64::from(rng.draw() as i32),
                7 => {
                    let ms = rng.draw() % (6 * HOUR_MS);
                    now.since_boot_ms += ms;
                    on_ms += ms;
                    channels.save_waits(now, 60_000);
                }
                _ => {
                    now.since_boot_ms += 61_000;
                    on_ms += 61_000;
                }
            }
        }
        for times in logs.iter().flat_map(|log| &log.asked) {
            // Five a day, counted from the first of them: within any 24 hours that is at most twice five.
            assert!(
                times.windows(11).all(|of| of[10] - of[0] >= DAY_MS),
                "history {nth}: too many were sent: {times:?}"
            );
            assert!(times.windows(2).all(|of| of[1] - of[0] >= 60_000), "history {nth}: sent too soon: {times:?}");
        }
        // The longest wait of all is a week.
        now.since_boot_ms += 7 * DAY_MS;
        for used_for in uses {
            assert_eq!(channels.wait_left_ms(used_for, now), 0, "history {nth}: shut for longer than a week");
            for channel in channels.in_force(now) {
                assert_eq!(channel.resend_after_ms(used_for, &policy(), now), 0, "history {nth}: no code for a week");
            }
        }
    }
    assert!(
        asked > 1_000 && typed > 1_000 && shut > 50,
        "the histories reach what they are about: {asked}, {typed}, {shut}"
    );
}
