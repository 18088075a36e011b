//! Dates, as people write them with digits.

use std::ops::RangeInclusive;

/// The ways in which people write a date with digits only.
const FORMATS: [&str; 17] = [
    "DDMM", "MMDD", "MMYY", "YYYY", //
    "DMMYY", "MDDYY", "MYYYY", //
    "DDMMYY", "MMDDYY", "YYMMDD", "YYYYMM", "MMYYYY", //
    "DMMYYYY", "MDDYYYY", //
    "DDMMYYYY", "MMDDYYYY", "YYYYMMDD",
];

/// Years that somebody alive may remember, or may live to see.
const YEARS: RangeInclusive<u16> = 1900..=2099;

/// Whether the PIN is a date, in one of [`FORMATS`], that exists in the calendar.
pub(super) fn is_date(pin: &[u8]) -> bool {
    FORMATS.iter().any(|format| format.len() == pin.len() && is_date_written(pin, format))
}

fn is_date_written(pin: &[u8], format: &str) -> bool {
    let (mut day, mut month, mut year) = (None, None, None);
    for (letter, digit) in format.bytes().zip(pin) {
        let number = match letter {
            b'D' => &mut day,
            b'M' => &mut month,
            _ => &mut year,
        };
        *number = Some(number.unwrap_or(0) * 10 + u16::from(digit - b'0'));
    }
    let (day, month) = (day.unwrap_or(1), month.unwrap_or(1));
    match year {
        Some(year) if format.contains("YYYY") => YEARS.contains(&year) && is_day(day, month, year),
        // The century is unknown. Every leap year from 1900 to 1999 is also one a hundred years later, so 20YY is
        // enough.
        Some(year) => is_day(day, month, 2000 + year),
        // The year is unknown. 2000 was a leap year, so 29 February is a date too.
        None => is_day(day, month, 2000),
    }
}

fn is_day(day: u16, month: u16, year: u16) -> bool {
    let is_leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}
