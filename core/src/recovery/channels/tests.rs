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
    for (number, kind) in [(3, Sms), (4, Mail), (5, BackupMail), (6, BackupMail)] {
        channels.propose(id(number), kind, "m".to_owned(), at(0));
    }
    channels.confirm(id(6), CodeUse::Session, 0, at(0));
    channels.propose(id(7), BackupMail, "m".to_owned(), at(0));
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
