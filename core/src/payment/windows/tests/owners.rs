//! An honest owner notices nothing.

use std::collections::BTreeMap;

use super::*;

/// Noon on New Year 2026 UTC.
const NOON_MS: i64 = NEW_YEAR_MS + 12 * HOUR_MS;

fn local_hour_ms(phone: &Phone<'_, Windows>) -> u64 {
    let local_ms = phone.true_ms() + phone.zone.offset_ms(phone.true_ms());
    local_ms.rem_euclid(DAY_MS).unsigned_abs()
}

/// Time passes with the phone on, or off, until it is `hour` o'clock.
fn until_hour(phone: &mut Phone<'_, Windows>, hour: u64, is_on: bool, each_hour: impl Fn(&mut Phone<'_, Windows>)) {
    let mut off_ms = 0;
    loop {
        let mut there = *phone;
        there.real_ms += off_ms;
        if local_hour_ms(&there) / HOUR == hour {
            break;
        }
        let to_next_hour_ms = HOUR - local_hour_ms(&there) % HOUR;
        if is_on {
            phone.pass(to_next_hour_ms);
            each_hour(phone);
        } else {
            off_ms += to_next_hour_ms;
        }
    }
    if !is_on {
        phone.off(off_ms);
    }
}

/// When heartbeats come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    Never,
    EachHour,
    /// Before she switches the phone off, and never in the morning before she pays.
    InTheEvening,
}

#[test]
fn a_phone_that_is_off_each_night_has_a_new_window_when_it_is_switched_on() {
    let zones = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"].map(zones::Table::of);
    for table in &zones {
        // Not at two: that hour is skipped when summer time begins.
        for off_hour in [20, 21, 22, 23, 0, 1, 3] {
            for heard in [Heard::Never, Heard::EachHour, Heard::InTheEvening] {
                let mut phone = Phone::<Windows>::start(NOON_MS, Zone::Table(table));
                phone.real_ms = 12 * HOUR;
                until_hour(&mut phone, (off_hour + 9) % 24, true, |phone| _ = phone.read());
                let mut last = phone.read();
                for day in 0..365 {
                    until_hour(&mut phone, off_hour, true, |phone| {
                        phone.read();
                        if heard == Heard::EachHour {
                            phone.trust(phone.true_ms());
                        }
                    });
                    phone.pass(HOUR - 60_000);
                    if heard == Heard::InTheEvening {
                        phone.trust(phone.true_ms());
                    }
                    phone.pass(59_999);
                    phone.read();
                    until_hour(&mut phone, (off_hour + 9) % 24, false, |_| ());
                    let number = phone.read();
                    assert_eq!(number, last + 1, "off at {off_hour}:59, {heard:?}, day {day}: {:?}", phone.windows);
                    last = number;
                }
            }
        }
    }
}

/// The whole limit is spent once on each local calendar day, when it is the same local time for the first time on that
/// day. But not within two hours after landing, nor less than 23 hours after it was spent last, which happens after a
/// flight east: then on the next day.
#[derive(Clone, Copy, Default)]
struct Spender {
    /// The last local day on which it was that time.
    day: Option<i64>,
    /// When, and in which window the limit was spent last.
    last: Option<(u64, u64)>,
    spent: u64,
}

const QUARTER: u64 = HOUR / 4;

/// An owner who travels, with a spender for each quarter of an hour of the day or for only one of them. Then the wallet
/// reads the clocks at her payments only.
struct Traveller {
    phone: Phone<'static, Windows>,
    spenders: BTreeMap<u64, Spender>,
    /// When she landed last.
    landed_ms: u64,
}

impl Traveller {
    fn start(zone: Zone<'static>, quarters: std::ops::Range<u64>) -> Self {
        let spenders = quarters.map(|quarter| (quarter, Spender::default())).collect();
        Self { phone: Phone::start(NEW_YEAR_MS, zone), spenders, landed_ms: 0 }
    }

    fn land(&mut self, zone: Zone<'static>) {
        (self.phone.zone, self.landed_ms) = (zone, self.phone.real_ms);
    }

    /// The phone is on for `quarters` of an hour. The claim: nobody is ever refused.
    fn live(&mut self, quarters: u64, place: &str) {
        for _ in 0..quarters {
            self.phone.pass(QUARTER);
            let quarter = local_hour_ms(&self.phone) / QUARTER;
            let Some(spender) = self.spenders.get_mut(&quarter) else { continue };
            let (number, real_ms, zone) = (self.phone.read(), self.phone.real_ms, self.phone.zone);
            let day = local_day(self.phone.true_ms(), &mut |instant_ms| zone.offset_ms(instant_ms));
            let is_new_day = spender.day.is_none_or(|last| day > last);
            let passed_ms = spender.last.map_or(u64::MAX, |(last_ms, _)| real_ms - last_ms);
            spender.day = spender.day.max(Some(day));
            if !is_new_day || passed_ms < 23 * HOUR || real_ms - self.landed_ms < 2 * HOUR {
                continue;
            }
            let is_open = spender.last.is_none_or(|(_, last)| number > last);
            assert!(is_open, "{place}: refused {passed_ms} ms later: {:?}", self.phone.windows);
            spender.last = Some((real_ms, number));
            spender.spent += 1;
        }
    }

    fn least_spent(&self) -> u64 {
        self.spenders.values().map(|spender| spender.spent).min().unwrap_or(0)
    }
}

#[test]
fn whoever_flies_from_any_zone_to_any_other_is_not_refused() {
    let offsets: Vec<i64> = (-24..=28).map(|half| half * HOUR_MS / 2).chain([23 * HOUR_MS / 4]).collect();
    for from in &offsets {
        for to in &offsets {
            for lands_quarter in [50, 61, 80, 99, 118, 137] {
                let place = format!("{from} to {to}, lands after {lands_quarter}");
                let mut traveller = Traveller::start(Zone::Fixed(*from), 0..96);
                traveller.live(lands_quarter, &place);
                traveller.land(Zone::Fixed(*to));
                traveller.live(4 * 96, &place);
                assert!(traveller.least_spent() >= 3, "{place}");
            }
        }
    }
}

#[test]
fn whoever_flies_again_and_again_is_not_refused() {
    for history in 0..number_from("WALLETLOCK_HISTORIES").unwrap_or(48) {
        let mut rng = Rng::nth(seed() ^ 0xF1_1E5, history);
        let place = format!("seed {}, history {history}", seed());
        let (is_off, is_heard, only) = (history % 3 == 0, history % 3 != 1, rng.below(96));
        // What the phone was on since the last reading is lost when it is switched off: there it reads often.
        let quarters = if is_off || history % 2 == 0 { 0..96 } else { only..only + 1 };
        let mut traveller = Traveller::start(Zone::Fixed(0), quarters);
        if is_heard {
            traveller.phone.trust(traveller.phone.true_ms());
        }
        for _ in 0..60 {
            traveller.live(96 + rng.below(5 * 96), &place);
            // The phone is on during the flight, or off, and learns of the zone when it lands.
            let flight_quarters = 4 + rng.below(60);
            if is_off {
                traveller.phone.off(flight_quarters * QUARTER);
            } else {
                traveller.live(flight_quarters, &place);
            }
            traveller.land(Zone::Fixed(rng.below(105) as i64 * HOUR_MS / 4 - 12 * HOUR_MS));
            if is_heard {
                traveller.phone.trust(traveller.phone.true_ms());
            }
        }
        let days = traveller.phone.real_ms / DAY;
        assert!(traveller.least_spent() > days * 7 / 10, "{place}: {} of {days}", traveller.least_spent());
    }
}

/// After a week off she has a new window at once when a heartbeat comes, and another one at midnight, or twelve hours
/// after the heartbeat if that is later.
#[test]
fn after_a_week_switched_off_a_heartbeat_opens_a_window() {
    let table = zones::Table::of("Europe/Berlin");
    for is_off_each_night in [false, true] {
        for off_hour in if is_off_each_night { 8..23 } else { 0..24 } {
            for on_hour in 0..24 {
                let mut phone = Phone::<Windows>::start(NOON_MS, Zone::Table(&table));
                phone.real_ms = 12 * HOUR;
                phone.trust(phone.true_ms());
                for _ in 0..5 {
                    until_hour(&mut phone, 23, true, |phone| _ = phone.read());
                    until_hour(&mut phone, 7, !is_off_each_night, |phone| _ = phone.read());
                    phone.read();
                }
                until_hour(&mut phone, off_hour, true, |phone| _ = phone.read());
                let before = phone.read();
                phone.off(6 * DAY);
                until_hour(&mut phone, on_hour, false, |_| ());
                phone.read();
                let after = phone.trust(phone.true_ms());
                let place = format!("off at {off_hour}, on at {on_hour}, {is_off_each_night}: {:?}", phone.windows);
                assert!(after > before, "{place}");
                let has_jumped = after > before + 1;
                assert!(!has_jumped || phone.windows.jumped_ms < DAY, "{place}: the week does not count again");
                assert!(phone.windows.opens_in_ms() <= (DAY - local_hour_ms(&phone)).max(12 * HOUR), "{place}");
            }
        }
    }
}

/// The first heartbeat opens no window, and the open one does not get longer than a day because of it.
#[test]
fn a_wrong_clock_at_the_start_is_put_right() {
    for wall_ms in [0, 9 * HOUR_MS + 17, 2_051_222_400_000, i64::MIN, i64::MAX] {
        for hours in [0, 1, 5, 22] {
            let mut phone = Phone::<Windows>::start(wall_ms, Zone::Fixed(HOUR_MS));
            phone.pass(hours * HOUR);
            let before = phone.read();
            let place = format!("{wall_ms}, {hours} h: {:?}", phone.windows);
            assert_eq!(phone.trust(phone.true_ms()), before, "{place}");
            assert_eq!(phone.windows.estimate_ms(), phone.true_ms(), "{place}");
            for days in 1..40 {
                assert!(phone.windows.opens_in_ms() <= 25 * HOUR, "{place}");
                phone.pass(25 * HOUR);
                phone.trust(phone.true_ms());
                assert!(phone.windows.number() >= before + days, "{place}, {days} days later");
            }
            let to_midnight_ms = DAY - local_hour_ms(&phone);
            assert_eq!(phone.windows.opens_in_ms(), to_midnight_ms, "{place}: at midnight again, after a month");
        }
    }
}

#[test]
fn a_window_opens_after_the_first_night_too() {
    let mut phone = Phone::<Windows>::start(NEW_YEAR_MS + 22 * HOUR_MS, Zone::Fixed(0));
    phone.pass(HOUR);
    assert_eq!(phone.read(), 1);
    phone.off(8 * HOUR);
    assert_eq!(phone.read(), 2);
}

/// The clocks of phone and provider drift, and networks are slow.
#[test]
fn heartbeats_that_are_a_few_seconds_off_move_no_midnight() {
    let table = zones::Table::of("Europe/Berlin");
    let mut phone = Phone::<Windows>::start(NEW_YEAR_MS, Zone::Table(&table));
    let mut last = phone.read();
    for day in 0..200 {
        until_hour(&mut phone, 23, true, |phone| {
            phone.trust(phone.true_ms() + drift_ms(phone.real_ms));
            phone.pass(drift_ms(phone.real_ms).unsigned_abs());
        });
        phone.pass(HOUR - local_hour_ms(&phone) % HOUR - 3_000);
        assert_eq!(phone.read(), last, "day {day}: {:?}", phone.windows);
        phone.pass(6_000);
        last += 1;
        assert_eq!(phone.read(), last, "day {day}: {:?}", phone.windows);
        phone.trust(phone.true_ms() - 2_000);
        assert_eq!(phone.trust(phone.true_ms() + 2_000), last, "day {day}: {:?}", phone.windows);
    }
}

/// Up to two seconds either side.
fn drift_ms(seed: u64) -> i64 {
    Rng::nth(seed, 1).below(4_001) as i64 - 2_000
}
