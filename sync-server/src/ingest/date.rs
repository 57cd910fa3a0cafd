//! Dates and times as sources write them, to milliseconds since 1970 UTC. No clock is read here: whether a
//! time is too far in the future is the server's to judge, which knows the time.
//!
//! Local times that a zone has twice (the end of summer time) are the earlier one, those that it skips move
//! on by the gap.

use jiff::{
    civil,
    tz::{TimeZone, TimeZoneDatabase},
};

use super::refused::Code;

/// Years that a retailer's file can mean.
const YEARS: std::ops::Range<i32> = 2000..2100;
const DAY_MS: i64 = 86_400_000;

/// One way of writing a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateFormat {
    /// `2026-11-23`, `2026-11-23T06:41`, `2026-11-23 06:41:07.120+01:00`, … `Z`.
    Iso,
    /// Seconds since 1970 UTC.
    EpochSeconds,
    /// Milliseconds since 1970 UTC.
    EpochMilliseconds,
    /// `%d.%m.%Y %H:%M` and the like.
    Pattern(Vec<Part>),
}

/// A piece of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `%Y`: four digits. `%y`: two digits of this century.
    Year {
        /// How many.
        digits: usize,
    },
    /// `%m`.
    Month,
    /// `%d`.
    Day,
    /// `%H`.
    Hour,
    /// `%M`.
    Minute,
    /// `%S`.
    Second,
    /// Itself.
    Letter(char),
}

/// Where local times are local.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Zone {
    /// Always so many milliseconds ahead of UTC.
    Fixed(i64),
    /// With summer times and their history.
    Named(TimeZone),
}

impl Zone {
    /// `UTC`, `+01:00`, or an IANA name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "UTC" | "Z" => Some(Self::Fixed(0)),
            _ if name.starts_with(['+', '-']) => offset_ms(name.as_bytes()).map(Self::Fixed),
            _ => TimeZoneDatabase::bundled().get(name).ok().map(Self::Named),
        }
    }

    fn instant(&self, local: Local) -> Option<i64> {
        match self {
            Self::Fixed(ahead) => Some(local.as_utc_ms() - ahead),
            Self::Named(zone) => {
                let zoned = local.civil()?.to_zoned(zone.clone()).ok()?;
                Some(zoned.timestamp().as_millisecond())
            }
        }
    }
}

impl DateFormat {
    /// By its name (`iso`, `epoch_s`, `epoch_ms`) or as a pattern with at least `%d`, `%m` and a year.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "iso" => Some(Self::Iso),
            "epoch_s" => Some(Self::EpochSeconds),
            "epoch_ms" => Some(Self::EpochMilliseconds),
            _ => pattern(name).map(Self::Pattern),
        }
    }

    /// Reads a time.
    ///
    /// # Errors
    /// [`Code::InvalidDate`] or [`Code::AbsurdDate`].
    pub fn parse(&self, text: &str, zone: &Zone) -> Result<i64, Code> {
        let instant = match self {
            Self::Iso => iso(text.as_bytes(), zone),
            Self::EpochSeconds => text.parse::<i64>().ok().and_then(|s| s.checked_mul(1_000)),
            Self::EpochMilliseconds => text.parse().ok(),
            Self::Pattern(parts) => local(text, parts).and_then(|local| zone.instant(local)),
        };
        sensible(instant.ok_or(Code::InvalidDate)?)
    }
}

/// Writes a time as [`DateFormat::Iso`] reads it, in UTC with milliseconds.
///
/// # Panics
/// Outside of the years that are read.
#[cfg(test)]
#[must_use]
pub fn to_iso(ms: i64) -> String {
    let instant = jiff::Timestamp::from_millisecond(ms).expect("a sensible year");
    format!("{instant:.3}")
}

/// Reads a time in the first format that fits.
///
/// # Errors
/// As [`DateFormat::parse`], of the last format.
pub fn parse(text: &str, formats: &[DateFormat], zone: &Zone) -> Result<i64, Code> {
    let mut worst = Code::InvalidDate;
    for format in formats {
        match format.parse(text, zone) {
            Ok(instant) => return Ok(instant),
            Err(code) => worst = worst.max(code),
        }
    }
    Err(worst)
}

fn sensible(instant: i64) -> Result<i64, Code> {
    let (from, to) = (days(YEARS.start, 1, 1), days(YEARS.end, 1, 1));
    if (from * DAY_MS..to * DAY_MS).contains(&instant) {
        Ok(instant)
    } else {
        Err(Code::AbsurdDate)
    }
}

/// A time on a wall.
#[derive(Debug, Clone, Copy)]
struct Local {
    year: i32,
    month: i32,
    day: i32,
    ms: i64,
}

impl Local {
    fn check(self) -> Option<Self> {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        let last = match self.month {
            2 => 28 + i32::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        (self.year > 0 && (1..=last).contains(&self.day) && (0..DAY_MS).contains(&self.ms))
            .then_some(self)
    }

    fn as_utc_ms(self) -> i64 {
        days(self.year, self.month, self.day) * DAY_MS + self.ms
    }

    fn civil(self) -> Option<civil::DateTime> {
        let (year, month) = (i16::try_from(self.year).ok()?, i8::try_from(self.month).ok()?);
        let date = civil::Date::new(year, month, i8::try_from(self.day).ok()?).ok()?;
        let in_day = jiff::SignedDuration::from_millis(self.ms);
        date.to_datetime(civil::Time::midnight()).checked_add(in_day).ok()
    }
}

/// Days from 1970-01-01 in the Gregorian calendar, by counting years from March; from year 1 on.
fn days(year: i32, month: i32, day: i32) -> i64 {
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let leaps = year / 4 - year / 100 + year / 400;
    i64::from(year * 365 + leaps + (153 * month + 2) / 5 + day) - 719_469
}

fn number(bytes: &[u8]) -> Option<i32> {
    if bytes.is_empty() {
        return None;
    }
    bytes.iter().try_fold(0, |number: i32, byte| {
        byte.is_ascii_digit().then(|| number * 10 + i32::from(byte - b'0'))
    })
}

fn iso(bytes: &[u8], zone: &Zone) -> Option<i64> {
    let ([y @ .., _, _, b'-', _, _], time) = bytes.split_at_checked(10)? else { return None };
    let [year @ .., b'-'] = y.get(..5)? else { return None };
    let date = (number(year)?, number(bytes.get(5..7)?)?, number(bytes.get(8..10)?)?);
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (ms, ahead) = match time {
        [] => (0, None),
        [b'T' | b't' | b' ', time @ ..] => time_and_offset(time)?,
        _ => return None,
    };
    let local = Local { year: date.0, month: date.1, day: date.2, ms }.check()?;
    match ahead {
        Some(ahead) => Some(local.as_utc_ms() - ahead),
        None => zone.instant(local),
    }
}

/// `HH:MM[:SS[.fff…]]` and what follows it.
fn time_and_offset(bytes: &[u8]) -> Option<(i64, Option<i64>)> {
    let [h1, h2, b':', m1, m2, rest @ ..] = bytes else { return None };
    let mut ms = clock(&[*h1, *h2], 24)? * 3_600_000 + clock(&[*m1, *m2], 60)? * 60_000;
    let mut rest = rest;
    if let [b':', s1, s2, after @ ..] = rest {
        // A leap second is the last moment of its minute.
        ms += clock(&[*s1, *s2], 61)?.min(59) * 1_000;
        rest = after;
        if let [b'.' | b',', after @ ..] = rest {
            let digits = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let of = |at: usize| after[..digits].get(at).map_or(0, |byte| i64::from(byte - b'0'));
            ms += of(0) * 100 + of(1) * 10 + of(2);
            rest = &after[digits..];
        }
    }
    match rest {
        [] => Some((ms, None)),
        [b'Z' | b'z'] => Some((ms, Some(0))),
        offset => Some((ms, Some(offset_ms(offset)?))),
    }
}

fn clock(digits: &[u8], below: i32) -> Option<i64> {
    number(digits).filter(|number| *number < below).map(i64::from)
}

/// `+01:00`, `-0430` or `+01`.
fn offset_ms(bytes: &[u8]) -> Option<i64> {
    let (hours, minutes) = match bytes {
        [_, h1, h2] => ([*h1, *h2], [b'0'; 2]),
        [_, h1, h2, m1, m2] | [_, h1, h2, b':', m1, m2] => ([*h1, *h2], [*m1, *m2]),
        _ => return None,
    };
    let ms = clock(&hours, 24)? * 3_600_000 + clock(&minutes, 60)? * 60_000;
    match bytes[0] {
        b'+' => Some(ms),
        b'-' => Some(-ms),
        _ => None,
    }
}

fn pattern(text: &str) -> Option<Vec<Part>> {
    let (mut parts, mut letters) = (Vec::new(), text.chars());
    while let Some(letter) = letters.next() {
        parts.push(match (letter, letter == '%') {
            (_, true) => match letters.next()? {
                'Y' => Part::Year { digits: 4 },
                'y' => Part::Year { digits: 2 },
                'm' => Part::Month,
                'd' => Part::Day,
                'H' => Part::Hour,
                'M' => Part::Minute,
                'S' => Part::Second,
                '%' => Part::Letter('%'),
                _ => return None,
            },
            (letter, false) => Part::Letter(letter),
        });
    }
    let has = |wanted: fn(&Part) -> bool| parts.iter().filter(|part| wanted(part)).count() == 1;
    let whole = has(|p| matches!(p, Part::Year { .. }))
        && has(|p| *p == Part::Month)
        && has(|p| *p == Part::Day);
    whole.then_some(parts)
}

fn local(text: &str, parts: &[Part]) -> Option<Local> {
    let mut local = Local { year: 0, month: 0, day: 0, ms: 0 };
    let mut rest = text;
    for (at, part) in parts.iter().enumerate() {
        if let Part::Letter(letter) = part {
            rest = rest.strip_prefix(*letter)?;
            continue;
        }
        // Digits that stand alone may lack a leading zero.
        let fixed = matches!(parts.get(at + 1), Some(Part::Letter(_)) | None);
        let (given, after) = digits(rest, part.digits(), fixed)?;
        rest = after;
        match part {
            Part::Year { digits: 2 } => local.year = 2000 + given,
            Part::Year { .. } => local.year = given,
            Part::Month => local.month = given,
            Part::Day => local.day = given,
            Part::Hour if given < 24 => local.ms += i64::from(given) * 3_600_000,
            Part::Minute if given < 60 => local.ms += i64::from(given) * 60_000,
            Part::Second if given < 61 => local.ms += i64::from(given.min(59)) * 1_000,
            _ => return None,
        }
    }
    if rest.is_empty() { local.check() } else { None }
}

impl Part {
    const fn digits(self) -> usize {
        match self {
            Self::Year { digits } => digits,
            _ => 2,
        }
    }
}

fn digits(text: &str, count: usize, may_be_fewer: bool) -> Option<(i32, &str)> {
    let found = text.bytes().take(count).take_while(u8::is_ascii_digit).count();
    let enough = found == count || (may_be_fewer && count == 2 && found > 0);
    let (digits, rest) = text.split_at_checked(found).filter(|_| enough)?;
    Some((number(digits.as_bytes())?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, format: &str, zone: &str) -> Result<String, Code> {
        let zone = Zone::of(zone).expect("a zone");
        let format = DateFormat::of(format).expect("a format");
        let ms = format.parse(text, &zone)?;
        Ok(jiff::Timestamp::from_millisecond(ms).expect("sensible").to_string())
    }

    #[test]
    fn times_are_read_in_their_zone() {
        for (text, format, zone, utc) in [
            ("2026-11-23T06:41:07.120Z", "iso", "UTC", "2026-11-23T06:41:07.12Z"),
            ("2026-11-23 06:41:07,5+01:00", "iso", "UTC", "2026-11-23T05:41:07.5Z"),
            ("2026-11-23T06:41-0330", "iso", "UTC", "2026-11-23T10:11:00Z"),
            ("2026-07-01", "iso", "Europe/Berlin", "2026-06-30T22:00:00Z"),
            ("2017-10-01T15:15:25", "iso", "America/Los_Angeles", "2017-10-01T22:15:25Z"),
            ("2024-02-29", "iso", "+02:00", "2024-02-28T22:00:00Z"),
            // Twice: the earlier. Never: moved on.
            ("2026-10-25T02:30:00", "iso", "Europe/Berlin", "2026-10-25T00:30:00Z"),
            ("2026-03-29T02:30:00", "iso", "Europe/Berlin", "2026-03-29T01:30:00Z"),
            ("1764547200", "epoch_s", "UTC", "2025-12-01T00:00:00Z"),
            ("1764547200123", "epoch_ms", "UTC", "2025-12-01T00:00:00.123Z"),
            ("1.7.2026", "%d.%m.%Y", "UTC", "2026-07-01T00:00:00Z"),
            ("07/31/26 23:59:60", "%m/%d/%y %H:%M:%S", "UTC", "2026-07-31T23:59:59Z"),
            ("20260731", "%Y%m%d", "UTC", "2026-07-31T00:00:00Z"),
            ("202607310915", "%Y%m%d%H%M", "UTC", "2026-07-31T09:15:00Z"),
        ] {
            assert_eq!(read(text, format, zone).as_deref(), Ok(utc), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "0000-00-00",
            "31.02.2026",
            "2026-1-01",
            "2026-11-23T24:00",
            "2026-11-23T06:61",
            "2026-11-23T06:41:07+25:00",
            "2026-11-23x",
            "２０２６-11-23",
            "2026-11-23T",
            "20260731",
            "yyyy-mm-dd",
            "----------",
            "2026-11-2é",
        ] {
            assert_eq!(read(text, "iso", "UTC"), Err(Code::InvalidDate), "{text}");
        }
        assert_eq!(read("31.02.2026", "%d.%m.%Y", "UTC"), Err(Code::InvalidDate));
        assert_eq!(read("2026731", "%Y%m%d", "UTC"), Err(Code::InvalidDate));
        for (text, format) in [
            ("1999-12-31", "iso"),
            ("9999-12-31", "iso"),
            ("0", "epoch_s"),
            ("9223372036854775807", "epoch_ms"),
            ("1764547200", "epoch_ms"),
        ] {
            assert_eq!(read(text, format, "UTC"), Err(Code::AbsurdDate), "{text}");
        }
    }

    #[test]
    fn formats_and_zones_are_checked() {
        for bad in ["%d.%m", "%Y-%m", "%Q", "%", "", "%d.%d.%Y", "iso8601"] {
            assert_eq!(DateFormat::of(bad), None, "{bad}");
        }
        for bad in ["", "Mars/Olympus", "+1", "+25:00", "CEST+1"] {
            assert_eq!(Zone::of(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_calendar_agrees_with_the_library() {
        for day in (-200_000..200_000).step_by(97) {
            let date = civil::date(1970, 1, 1) + jiff::Span::new().days(day);
            let (year, month) = (i32::from(date.year()), i32::from(date.month()));
            assert_eq!(days(year, month, i32::from(date.day())), i64::from(day));
        }
    }
}
