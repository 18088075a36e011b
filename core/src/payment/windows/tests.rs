//! Plays the rule: thieves in `attacks.rs`, every zone in `zones.rs`, honest owners in `owners.rs`. Here are the phone
//! that they hold and the account of how many windows may have opened at most.
//!
//! `WALLETLOCK_SEED` sets the seed, and `WALLETLOCK_HISTORIES` how many random histories are played.

mod attacks;
mod owners;
mod zones;

use super::*;

const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;
/// 2026-01-01 00:00 UTC.
const NEW_YEAR_MS: i64 = 1_767_225_600_000;
/// Always the same seed unless one is given, so that a failure means a change and not bad luck.
const SEED: u64 = 20_260_101;

fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.trim().parse().ok()
}

fn seed() -> u64 {
    number_from("WALLETLOCK_SEED").unwrap_or(SEED)
}

/// SplitMix64.
struct Rng(u64);

impl Rng {
    fn nth(seed: u64, history: u64) -> Self {
        Self(seed ^ history.wrapping_mul(0xD134_2543_DE82_EF95))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }
}

/// What the phone's zone says.
#[derive(Clone, Copy, Debug)]
enum Zone<'a> {
    Fixed(i64),
    /// Another offset, from -12 h to 14 h, in each quarter of an hour.
    Torn(u64),
    Table(&'a zones::Table),
}

impl Zone<'_> {
    fn offset_ms(&self, instant_ms: i64) -> i64 {
        match self {
            Zone::Fixed(offset_ms) => *offset_ms,
            Zone::Torn(seed) => {
                let quarter = instant_ms.div_euclid(HOUR_MS / 4) as u64;
                (Rng::nth(*seed, quarter).below(26 * HOUR + 1)) as i64 - 12 * HOUR_MS
            }
            Zone::Table(table) => table.offset_ms(instant_ms),
        }
    }
}

/// The rule, or one of the controls.
trait Rule: Copy {
    fn start(now: Now, offset_at: OffsetAt<'_>) -> Self;
    fn at(self, now: Now, offset_at: OffsetAt<'_>) -> Self;
    fn trust(self, time_ms: i64, now: Now, offset_at: OffsetAt<'_>) -> Self;
    fn number(&self) -> u64;
}

impl Rule for Windows {
    fn start(now: Now, offset_at: OffsetAt<'_>) -> Self {
        Windows::start(now, offset_at)
    }

    fn at(self, now: Now, offset_at: OffsetAt<'_>) -> Self {
        Windows::at(self, now, offset_at)
    }

    fn trust(self, time_ms: i64, now: Now, offset_at: OffsetAt<'_>) -> Self {
        Windows::trust(self, time_ms, now, offset_at)
    }

    fn number(&self) -> u64 {
        Windows::number(self)
    }
}

/// A phone, with what it cannot know: how much time really passed, and for how much of it the phone was on.
#[derive(Clone, Copy, Debug)]
struct Phone<'a, R> {
    now: Now,
    zone: Zone<'a>,
    real_ms: u64,
    on_ms: u64,
    windows: R,
}

impl<'a, R: Rule> Phone<'a, R> {
    /// A phone on which the first window opens on New Year 2026, with its wall clock set to `wall_ms`.
    fn start(wall_ms: i64, zone: Zone<'a>) -> Self {
        let now = Now { boot: Some(7), since_boot_ms: 90 * HOUR, wall_ms };
        let windows = R::start(now, &mut |instant_ms| zone.offset_ms(instant_ms));
        Self { now, zone, real_ms: 0, on_ms: 0, windows }
    }

    fn true_ms(&self) -> i64 {
        NEW_YEAR_MS + self.real_ms as i64
    }

    /// Time passes, with the phone on.
    fn pass(&mut self, ms: u64) {
        self.real_ms += ms;
        self.on_ms += ms;
        self.now.since_boot_ms += ms;
        self.now.wall_ms = self.now.wall_ms.saturating_add_unsigned(ms);
    }

    /// Off for `ms`, and on again. The wall clock goes on.
    fn off(&mut self, ms: u64) {
        self.real_ms += ms;
        self.now.boot = self.now.boot.map(|boot| boot.saturating_add(1));
        self.now.since_boot_ms = 0;
        self.now.wall_ms = self.now.wall_ms.saturating_add_unsigned(ms);
    }

    /// The wallet reads the clocks. Gives the number of the open window.
    fn read(&mut self) -> u64 {
        self.read_late(self.now)
    }

    /// The wallet uses a reading that it took before.
    fn read_late(&mut self, reading: Now) -> u64 {
        let zone = self.zone;
        self.windows = self.windows.at(reading, &mut |instant_ms| zone.offset_ms(instant_ms));
        self.windows.number()
    }

    /// A heartbeat says that it is `time_ms`.
    fn trust(&mut self, time_ms: i64) -> u64 {
        let zone = self.zone;
        self.windows = self.windows.trust(time_ms, self.now, &mut |instant_ms| zone.offset_ms(instant_ms));
        self.windows.number()
    }

    fn opened(&self) -> u64 {
        self.windows.number() - 1
    }
}

/// The local day at an instant, in days since 1970.
fn local_day(instant_ms: i64, offset_at: OffsetAt<'_>) -> i64 {
    instant_ms.saturating_add(offset_at(instant_ms)).div_euclid(DAY_MS)
}

/// How many windows may have opened since the first one. An account of time, which knows no window, zone or clock:
/// the first window may have been open for a day; a credit of 12 hours was there at the start; each millisecond counts
/// once, and half of one more if the phone was on. Each window uses up 23 hours. A heartbeat that somebody holds back
/// for `held_ms` and another that is not give so much more, once a window.
fn most_opened(real_ms: u64, on_ms: u64, held_ms: u64) -> u64 {
    (24 * HOUR + 12 * HOUR + real_ms + on_ms / 2) / (23 * HOUR - held_ms)
}

/// What is promised: 1.6 times the days that really passed, and two. It has to follow from the account.
fn most_promised(real_ms: u64) -> u64 {
    (real_ms * 16 / 10 + 2 * DAY) / DAY
}

/// What is promised about a stolen online key, which says any time, however much time passes with the phone off.
fn most_with_stolen_key(on_ms: u64) -> u64 {
    on_ms / (12 * HOUR) + 2
}

#[test]
fn after_opens_in_ms_a_window_opens_and_a_millisecond_before_it_does_not() {
    let mut checked = 0;
    for history in 0..number_from("WALLETLOCK_HISTORIES").unwrap_or(64) {
        let mut rng = Rng::nth(seed() ^ 0x0931_7E5D, history);
        let mut thief = attacks::Thief::start(&mut rng, attacks::Heartbeats::Any);
        for event in 0..100 {
            thief.act(&mut rng);
            let mut phone = thief.phone;
            let number = phone.read();
            let opens_in_ms = phone.windows.opens_in_ms();
            if phone.windows.saved != phone.now {
                // The boot began less than a second earlier or later than the last one ended: taken as a late reading.
                continue;
            }
            let place = format!("seed {}, history {history}, event {event}: {:?}", seed(), phone.windows);
            assert!(opens_in_ms > 0, "{place}");
            phone.pass(opens_in_ms - 1);
            assert_eq!(phone.read(), number, "{place}");
            phone.pass(1);
            assert_eq!(phone.read(), number + 1, "{place}");
            checked += 1;
        }
    }
    assert!(checked > 1_000, "{checked}");
}

#[test]
fn the_promise_follows_from_the_account() {
    for hours in 0..10_000 {
        let real_ms = hours * HOUR;
        assert!(most_opened(real_ms, real_ms, 0) <= most_promised(real_ms), "{hours} h");
        assert!(most_opened(real_ms, real_ms, attacks::HELD_MS) <= most_promised(real_ms), "{hours} h, held back");
    }
}

#[test]
fn a_clock_that_says_nonsense_neither_panics_nor_hangs() {
    for wall_ms in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX] {
        for offset_ms in [-12 * HOUR_MS, 0, 14 * HOUR_MS, i64::MIN, i64::MAX] {
            let mut phone = Phone::<Windows>::start(wall_ms, Zone::Fixed(offset_ms));
            for time_ms in [wall_ms, i64::MAX, i64::MIN, NEW_YEAR_MS] {
                phone.pass(DAY);
                phone.trust(time_ms);
                phone.off(DAY);
                phone.read();
                phone.windows.is_night(20, 6, phone.now, &mut |_| offset_ms);
                assert!(phone.windows.is_in_range());
            }
            phone.zone = Zone::Fixed(0);
            phone.now.since_boot_ms = u64::MAX;
            phone.read();
            assert!(phone.windows.is_in_range() && phone.windows.number() < 200);
        }
    }
}

#[test]
fn it_is_night_if_either_clock_says_so() {
    let windows = Windows::start(Now { boot: Some(1), since_boot_ms: 0, wall_ms: NEW_YEAR_MS }, &mut |_| 0);
    for (from_h, to_h, zone_h, wall_h, is_night) in [
        (20, 6, 0, 0, true),
        (20, 6, 5, 0, true),
        (20, 6, 6, 0, false),
        (20, 6, 6, 14, true),
        (20, 6, 12, 0, false),
        (20, 6, -5, 0, false),
        (20, 6, -4, 0, true),
        (1, 5, 0, 0, false),
        (1, 5, 0, 1, true),
        (1, 5, 0, 5, false),
        (1, 5, 4, 12, true),
    ] {
        let now = Now { boot: Some(1), since_boot_ms: 0, wall_ms: NEW_YEAR_MS + wall_h * HOUR_MS };
        let found = windows.is_night(from_h, to_h, now, &mut |_| zone_h * HOUR_MS);
        assert_eq!(found, is_night, "{from_h} to {to_h}, zone {zone_h}, wall clock {wall_h} h ahead");
        assert_eq!(windows.behind_ms(now), wall_h.unsigned_abs() * HOUR);
        assert_eq!(windows.is_morning(&mut |_| zone_h * HOUR_MS), (0..12).contains(&zone_h));
    }
}
