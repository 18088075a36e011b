//! Codes that the provider sends: how often one may be asked for and typed. The provider checks them, and has limits of
//! its own; these keep somebody who holds the phone from annoying the owner, and from trying for ever.

use serde::{Deserialize, Serialize};

use crate::policy::RecoveryPolicy;
use crate::time::{Lease, Now, Wait};

const HOUR_MS: u64 = 3_600_000;
/// How long a person waits for the second, the third and every further code. Our own choice.
const RESEND_MS: [u64; 3] = [60_000, 120_000, 300_000];
/// The time in which the policy's `codes_a_day` count.
const DAY_MS: u64 = 24 * HOUR_MS;
/// So many wrong codes, over all channels, bring a wait; every further so many bring twice the wait before, up to the
/// longest. Our own choice. The provider counts too, and nothing here resets its count.
const WRONG_BEFORE_WAIT: u32 = 10;
const FIRST_WAIT_MS: u64 = 24 * HOUR_MS;
const LONGEST_WAIT_MS: u64 = 168 * HOUR_MS;

/// The codes that were sent over one channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SentCodes {
    /// How many were asked for within `day`.
    sent: u32,
    /// Runs from the first of them.
    day: Option<Wait>,
    /// Until the next one may be asked for.
    resend: Option<Wait>,
    /// When the last one was asked for.
    asked: Option<Now>,
    /// How often the last one was typed.
    typed: u32,
    /// Wrong codes since the last right one. A code counts as wrong until the provider says otherwise; asking for
    /// another one resets nothing.
    wrong: u32,
}

/// What is known about the last code of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SentCode {
    /// Milliseconds for which it is valid.
    pub valid_for_ms: u64,
    /// How often it may still be typed.
    pub tries_left: u32,
}

fn left_ms(wait: Option<Wait>, now: Now) -> u64 {
    wait.map_or(0, |wait| wait.left_ms(now))
}

impl SentCodes {
    /// Milliseconds until another code may be asked for; 0: now.
    pub(crate) fn resend_after_ms(&self, policy: &RecoveryPolicy, now: Now) -> u64 {
        let day = if self.sent_today(now) >= policy.codes_a_day { left_ms(self.day, now) } else { 0 };
        left_ms(self.resend, now).max(day)
    }

    fn sent_today(&self, now: Now) -> u32 {
        if left_ms(self.day, now) == 0 { 0 } else { self.sent }
    }

    /// Notes that a code was asked for. The one before is not valid any more.
    pub(crate) fn note_asked(&mut self, now: Now) {
        let sent = self.sent_today(now);
        if sent == 0 {
            self.day = Some(Wait::start(DAY_MS, now));
        }
        let place = RESEND_MS.len().min(usize::try_from(sent).unwrap_or(usize::MAX).saturating_add(1));
        let resend_ms = place.checked_sub(1).and_then(|place| RESEND_MS.get(place));
        self.resend = resend_ms.map(|ms| Wait::start(*ms, now));
        (self.sent, self.asked, self.typed) = (sent.saturating_add(1), Some(now), 0);
    }

    /// The last code, while it may be typed. `valid_s`: for how long a code of this channel is valid.
    pub(crate) fn last(&self, policy: &RecoveryPolicy, valid_s: u32, now: Now) -> Option<SentCode> {
        let valid_for_ms = Lease::start(u64::from(valid_s) * 1_000, self.asked?).left_ms(now);
        let tries_left = policy.tries_per_code.saturating_sub(self.typed);
        (valid_for_ms > 0 && tries_left > 0).then_some(SentCode { valid_for_ms, tries_left })
    }

    /// Counts that the last code was typed, before anybody knows whether it is right.
    pub(crate) fn charge(&mut self) {
        self.typed = self.typed.saturating_add(1);
        self.wrong = self.wrong.saturating_add(1);
    }

    /// Wrong codes since the last right one.
    pub(crate) fn wrong(&self) -> u32 {
        self.wrong
    }

    /// A code was right, and is used up. How many may be asked for stays: otherwise whoever receives them could have
    /// them sent without end.
    pub(crate) fn note_right(&mut self) {
        (self.asked, self.typed, self.wrong) = (None, 0, 0);
    }

    /// The waits, to be saved anew.
    pub(crate) fn waits(&mut self) -> [&mut Option<Wait>; 2] {
        let Self { day, resend, .. } = self;
        [day, resend]
    }

    /// The waits as they were last saved.
    pub(crate) fn saved_waits(&self) -> [Option<Wait>; 2] {
        [self.day, self.resend]
    }
}

/// The wait that the last of so many wrong codes, over all channels, begins.
pub(crate) fn wait_after_wrong(wrong: u32) -> Option<u64> {
    if wrong == 0 || !wrong.is_multiple_of(WRONG_BEFORE_WAIT) {
        return None;
    }
    let doublings = wrong / WRONG_BEFORE_WAIT - 1;
    let ms = 1_u64.checked_shl(doublings).and_then(|times| FIRST_WAIT_MS.checked_mul(times));
    Some(ms.map_or(LONGEST_WAIT_MS, |ms| ms.min(LONGEST_WAIT_MS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(since_boot_ms: u64) -> Now {
        Now { boot: Some(1), since_boot_ms, wall_ms: i64::try_from(since_boot_ms).expect("a short time") }
    }

    fn policy() -> RecoveryPolicy {
        RecoveryPolicy::default()
    }

    #[test]
    fn codes_may_be_asked_for_ever_more_rarely_and_five_a_day() {
        let mut codes = SentCodes::default();
        let mut now = 0;
        for resend_ms in [60_000, 120_000, 300_000, 300_000] {
            assert_eq!(codes.resend_after_ms(&policy(), at(now)), 0);
            codes.note_asked(at(now));
            assert_eq!(codes.resend_after_ms(&policy(), at(now)), resend_ms);
            now += resend_ms;
        }
        codes.note_asked(at(now));
        assert_eq!(codes.resend_after_ms(&policy(), at(now)), DAY_MS - now, "until a day after the first");
        assert_eq!(codes.resend_after_ms(&policy(), at(DAY_MS - 1)), 1);
        assert_eq!(codes.resend_after_ms(&policy(), at(DAY_MS)), 0);
        codes.note_asked(at(DAY_MS));
        assert_eq!(codes.resend_after_ms(&policy(), at(DAY_MS)), 60_000, "a new day begins as the first");
    }

    #[test]
    fn a_code_may_be_typed_five_times_while_it_is_valid() {
        let mut codes = SentCodes::default();
        assert_eq!(codes.last(&policy(), 600, at(0)), None, "none was asked for");
        codes.note_asked(at(0));
        for tries_left in (1..=5).rev() {
            let last = codes.last(&policy(), 600, at(60_000));
            assert_eq!(last, Some(SentCode { valid_for_ms: 540_000, tries_left }));
            codes.charge();
        }
        assert_eq!(codes.last(&policy(), 600, at(60_000)), None);
        codes.note_asked(at(60_000));
        assert_eq!(codes.last(&policy(), 600, at(659_999)), Some(SentCode { valid_for_ms: 1, tries_left: 5 }));
        assert_eq!(codes.last(&policy(), 600, at(660_000)), None);
        assert_eq!(codes.wrong(), 5);
        codes.note_right();
        assert_eq!((codes.last(&policy(), 600, at(60_000)), codes.wrong()), (None, 0));
        assert_eq!(codes.resend_after_ms(&policy(), at(60_000)), 120_000, "a right code gives no others");
    }

    #[test]
    fn every_tenth_wrong_code_brings_a_wait_that_doubles_up_to_a_week() {
        for (wrong, hours) in [(10, 24), (20, 48), (30, 96), (40, 168), (50, 168), (700, 168), (4_294_967_290, 168)] {
            assert_eq!(wait_after_wrong(wrong), Some(hours * HOUR_MS), "{wrong}");
            assert_eq!(wait_after_wrong(wrong + 1), None);
        }
        assert_eq!(wait_after_wrong(0), None);
    }
}
