//! Days, months and years of the Gregorian calendar, for times that a person reads. It has no time zones: a caller adds
//! the zone's offset first.

const DAY_MS: i64 = 86_400_000;
/// Days in 400 years, after which the calendar repeats.
const DAYS_IN_400_YEARS: i64 = 146_097;
/// Days from 1 March of year 0 to 1 January 1970. Years that begin in March have their leap day at the end.
const DAYS_TO_1970: i64 = 719_468;

/// A month of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    /// The year.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
}

impl Month {
    /// The month at this local time, in milliseconds since 1970-01-01 00:00 local time. A time that is farther from 1970
    /// than any clock goes counts as the farthest.
    pub fn at(local_ms: i64) -> Self {
        let (year, month, _) = date(local_ms);
        Self { year: i32::try_from(year).unwrap_or(i32::MAX), month }
    }
}

/// The same time of day so many months later. If that month has no such day, its last day.
pub(crate) fn months_later(local_ms: i64, months: i64) -> i64 {
    let (year, month, day) = date(local_ms);
    let index = year * 12 + i64::from(month) - 1 + months;
    let (year, month) = (index.div_euclid(12), index.rem_euclid(12) + 1);
    let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    let last = days_since_1970(next.0, next.1, 1) - days_since_1970(year, month, 1);
    let days = days_since_1970(year, month, i64::from(day).min(last));
    days.saturating_mul(DAY_MS).saturating_add(local_ms.rem_euclid(DAY_MS))
}

fn date(local_ms: i64) -> (i64, u8, u8) {
    let days = local_ms.div_euclid(DAY_MS) + DAYS_TO_1970;
    let (cycle, in_cycle) = (days.div_euclid(DAYS_IN_400_YEARS), days.rem_euclid(DAYS_IN_400_YEARS));
    let year = (in_cycle - in_cycle / 1_460 + in_cycle / 36_524 - in_cycle / 146_096) / 365;
    let in_year = in_cycle - (365 * year + year / 4 - year / 100);
    // Five months have 153 days, counted from March.
    let from_march = (5 * in_year + 2) / 153;
    let day = in_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = cycle * 400 + year + i64::from(month <= 2);
    (year, u8::try_from(month).unwrap_or(1), u8::try_from(day).unwrap_or(1))
}

fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (cycle, in_cycle) = (year.div_euclid(400), year.rem_euclid(400));
    let from_march = if month > 2 { month - 3 } else { month + 9 };
    let in_year = (153 * from_march + 2) / 5 + day - 1;
    cycle * DAYS_IN_400_YEARS + in_cycle * 365 + in_cycle / 4 - in_cycle / 100 + in_year - DAYS_TO_1970
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Date;
    use jiff::{Span, ToSpan};
    use proptest::prelude::*;

    fn ms(date: Date) -> i64 {
        let since: Span = Date::constant(1970, 1, 1).until((jiff::Unit::Day, date)).expect("days");
        i64::from(since.get_days()) * DAY_MS
    }

    proptest! {
        /// A calendar that others wrote says the same.
        #[test]
        fn a_month_is_the_calendars(days in -700_000_i64..2_900_000, time_ms in 0..DAY_MS, months in 0_i64..400) {
            let date = Date::constant(1970, 1, 1).checked_add(days.days());
            prop_assume!(date.is_ok());
            let date = date.expect("assumed");
            let month = Month { year: date.year().into(), month: date.month().unsigned_abs() };
            prop_assert_eq!(Month::at(days * DAY_MS + time_ms), month);
            if let Ok(later) = date.checked_add(months.months()) {
                prop_assert_eq!(months_later(days * DAY_MS + time_ms, months), ms(later) + time_ms);
            }
        }
    }

    #[test]
    fn a_month_without_the_day_gives_its_last() {
        let on = |year, month, day| ms(Date::constant(year, month, day));
        assert_eq!(months_later(on(2025, 1, 31), 13), on(2026, 2, 28));
        assert_eq!(months_later(on(2023, 1, 31), 13), on(2024, 2, 29));
        assert_eq!(months_later(on(2025, 12, 5), 13), on(2027, 1, 5));
    }

    #[test]
    fn no_clock_overflows_it() {
        for wall_ms in [i64::MIN, i64::MIN / 2, 0, i64::MAX / 2, i64::MAX] {
            assert!((1..=12).contains(&Month::at(wall_ms).month), "{wall_ms}");
            months_later(wall_ms, 13);
        }
    }
}
