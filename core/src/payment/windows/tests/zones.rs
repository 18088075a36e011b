//! Every zone that jiff knows, around each of its transitions from 1970 to 2037, with a phone that is always on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::*;

/// The offsets of one zone, for `OffsetAt`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Table {
    first_ms: i64,
    /// From when on which offset holds.
    transitions: Vec<(i64, i64)>,
}

impl Table {
    pub(super) fn of(name: &str) -> Self {
        Self::new(&TimeZoneDatabase::bundled().get(name).expect("a zone"))
    }

    fn new(zone: &TimeZone) -> Self {
        let from = Timestamp::from_millisecond(-90 * DAY_MS).expect("an instant");
        let until = Timestamp::from_second(2_145_916_800).expect("2038");
        let offset_ms = |offset: jiff::tz::Offset| i64::from(offset.seconds()) * 1_000;
        let transitions = zone.following(from).take_while(|transition| transition.timestamp() < until);
        Self {
            first_ms: offset_ms(zone.to_offset(from)),
            transitions: transitions.map(|t| (t.timestamp().as_millisecond(), offset_ms(t.offset()))).collect(),
        }
    }

    pub(super) fn offset_ms(&self, instant_ms: i64) -> i64 {
        let later = self.transitions.partition_point(|(from_ms, _)| *from_ms <= instant_ms);
        later.checked_sub(1).map_or(self.first_ms, |nth| self.transitions[nth].1)
    }
}

/// When the local days from `first` on begin, as jiff says.
fn midnights(zone: &TimeZone, first: Date, days: usize) -> Vec<i64> {
    let dates = first.series(jiff::Span::new().days(1)).take(days);
    let starts = dates.map(|date| date.to_zoned(zone.clone()).expect("a day").start_of_day().expect("its start"));
    let mut starts: Vec<_> = starts.map(|start| start.timestamp().as_millisecond()).collect();
    // A day that a zone skipped begins when the next one does.
    starts.dedup();
    starts
}

/// When windows open, from the rule: at the next local midnight if it comes after 23 to 25 hours, otherwise after 23.
fn openings(midnights: &[i64]) -> Vec<i64> {
    let mut openings = vec![midnights[0]];
    let last = *midnights.last().expect("days");
    loop {
        let opened = *openings.last().expect("the first");
        let Some(midnight) = midnights.iter().find(|midnight| **midnight > opened) else { return openings };
        let hours_23 = opened + 23 * HOUR_MS;
        let next = if (hours_23..=opened + 25 * HOUR_MS).contains(midnight) { *midnight } else { hours_23 };
        if next >= last {
            return openings;
        }
        openings.push(next);
    }
}

/// Plays the days around a transition. Gives whether each local day had 23 to 25 hours.
fn play(zone: &TimeZone, table: &Table, transition_ms: i64, place: &str) -> bool {
    let at = Timestamp::from_millisecond(transition_ms).expect("an instant");
    let first = zone.to_datetime(at).date().saturating_sub(jiff::Span::new().days(3));
    let mut days = midnights(zone, first, 7);
    let is_ordinary = days.windows(2).all(|day| (23 * HOUR_MS..=25 * HOUR_MS).contains(&(day[1] - day[0])));
    if !is_ordinary {
        days = midnights(zone, first, 32);
    }
    let openings = openings(&days);
    assert!(openings.windows(2).all(|both| (23 * HOUR_MS..=25 * HOUR_MS).contains(&(both[1] - both[0]))), "{place}");
    if is_ordinary {
        assert_eq!(openings, days[..days.len() - 1], "{place}");
    }
    let is_aligned = days.contains(openings.last().expect("the first"));
    assert!(is_aligned, "{place}: not aligned after a month");
    let around = |instant_ms: &i64| [instant_ms - 1_000, *instant_ms, instant_ms + 1_000];
    let mut readings: Vec<_> = days.iter().chain(&openings).chain([&transition_ms]).flat_map(around).collect();
    readings.sort_unstable();
    let end_ms = *days.last().expect("days");
    let reading =
        |instant_ms: i64| Now { boot: Some(1), since_boot_ms: instant_ms.abs_diff(days[0]), wall_ms: instant_ms };
    let mut offset_at = |instant_ms| table.offset_ms(instant_ms);
    let mut windows = Windows::start(reading(days[0]), &mut offset_at);
    for instant_ms in readings.into_iter().filter(|instant_ms| (days[0]..end_ms).contains(instant_ms)) {
        windows = windows.at(reading(instant_ms), &mut offset_at);
        let opened = openings.partition_point(|opening| *opening <= instant_ms) as u64;
        assert_eq!(windows.number(), opened, "{place}, read at {instant_ms}: {windows:?}, {days:?}, {openings:?}");
    }
    is_ordinary
}

/// Some transitions beside which a local day has less than 23 or more than 25 hours.
const OUT_OF_THE_ORDINARY: [(&str, &str, &str); 8] = [
    ("Antarctica/Troll", "2026-03-29T01:00:00Z", "summer time is two hours ahead: a day of 22 hours"),
    ("Antarctica/Troll", "2026-10-25T01:00:00Z", "and one of 26"),
    ("Antarctica/Casey", "2018-03-10T17:00:00Z", "three hours back"),
    ("Antarctica/Davis", "2009-10-17T19:00:00Z", "two hours back"),
    ("Antarctica/Vostok", "2023-12-17T19:00:00Z", "two hours back"),
    ("Asia/Magadan", "2014-10-25T14:00:00Z", "two hours back"),
    ("Europe/Simferopol", "2014-03-30T00:00:00Z", "two hours ahead"),
    ("America/Bahia_Banderas", "2010-04-04T09:00:00Z", "two hours ahead"),
];

/// A whole local day is missing, and the day before lasts as long as any.
const SKIPPED: [(&str, [i16; 3]); 4] = [
    ("Pacific/Apia", [2011, 12, 30]),
    ("Pacific/Kwajalein", [1993, 8, 21]),
    ("Pacific/Kanton", [1994, 12, 31]),
    ("Pacific/Kiritimati", [1994, 12, 31]),
];

#[test]
fn a_phone_that_is_always_on_gets_its_window_at_midnight_in_every_zone() {
    let database = TimeZoneDatabase::bundled();
    let mut zones = BTreeMap::new();
    for name in database.available() {
        let zone = database.get(name.as_str()).expect("a zone");
        // Many names mean the same zone.
        zones.entry(Table::new(&zone)).or_insert((name.to_string(), zone));
    }
    let (mut played, mut extraordinary) = (0, BTreeSet::new());
    for (table, (name, zone)) in &zones {
        for (transition_ms, _) in &table.transitions {
            let at = Timestamp::from_millisecond(*transition_ms).expect("an instant");
            played += 1;
            if !play(zone, table, *transition_ms, &format!("{name} at {at}")) {
                extraordinary.insert((name.clone(), at.to_string()));
            }
        }
    }
    assert!(zones.len() > 250 && played > 15_000, "{} zones, {played} transitions", zones.len());
    for (name, at, why) in OUT_OF_THE_ORDINARY {
        assert!(extraordinary.remove(&(name.to_owned(), at.to_owned())), "{name} {at}: {why}");
    }
    let others = extraordinary.iter().filter(|(name, _)| !OUT_OF_THE_ORDINARY.iter().any(|(known, ..)| known == name));
    let others: Vec<_> = others.collect();
    assert!(others.len() < played / 200, "{others:?}");
}

#[test]
fn a_zone_that_skips_a_day_opens_one_window_less() {
    for (name, [year, month, day]) in SKIPPED {
        let zone = TimeZoneDatabase::bundled().get(name).expect("a zone");
        let date = Date::new(year, month as i8, day as i8).expect("a date");
        let skipped = date.to_zoned(zone.clone()).expect("a day");
        assert_ne!(skipped.date(), date, "{name}");
        let begins_ms = skipped.timestamp().as_millisecond();
        let around = midnights(&zone, date.yesterday().expect("a date"), 3);
        assert!(around.contains(&begins_ms) && around.len() == 2, "{name}: {around:?}");
        assert!(play(&zone, &Table::new(&zone), begins_ms, name), "{name}");
    }
}
