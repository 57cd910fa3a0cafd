//! Reads opening hours as people wrote them: `Mon: 10-9:30; … Thurs: 10-9; … Sun: 12-6`.
//!
//! Nobody wrote morning or afternoon; shops tell: what opens from 1 to 5 opens after noon, what closes
//! from 1 to 12 closes after noon. A day that is not named is closed. No hours past midnight.

use std::fmt;

use serde::{Deserialize, Serialize};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thurs", "Fri", "Sat", "Sun"];
const NOON_MIN: u16 = 12 * 60;

/// From when to when a location is open on one day, in minutes after midnight of its own time;
/// opening is before closing, and both are on that day. On the wire `["10:00","21:30"]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "[String; 2]", try_from = "[String; 2]")]
pub struct OpenHours {
    pub opens_min: u16,
    pub closes_min: u16,
}

/// Monday to Sunday.
pub type Week = [Option<OpenHours>; 7];

/// Hours that cannot be read, quoted.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("opening hours {0:?} cannot be read")]
pub struct HoursError(String);

/// Reads a whole week.
///
/// # Errors
/// An unknown or repeated day, a time that is not one, or a closing at or before the opening.
pub fn parse_week(text: &str) -> Result<Week, HoursError> {
    let wrong = || HoursError(text.to_owned());
    let mut week = Week::default();
    for part in text.split(';') {
        let (day, span) = part.trim().split_once(": ").ok_or_else(wrong)?;
        let at = DAYS.iter().position(|known| *known == day).ok_or_else(wrong)?;
        let hours = parse_span(span).ok_or_else(wrong)?;
        if week[at].replace(hours).is_some() {
            return Err(wrong());
        }
    }
    Ok(week)
}

fn parse_span(text: &str) -> Option<OpenHours> {
    let (opens, closes) = text.split_once('-')?;
    let (opens, closes) = (clock_face(opens)?, clock_face(closes)?);
    let opens_min = if (60..6 * 60).contains(&opens) { opens + NOON_MIN } else { opens };
    let closes_min = if closes < NOON_MIN { closes + NOON_MIN } else { closes };
    // A closing at 12 o'clock would be noon or midnight; nobody wrote one, so it is refused.
    (opens_min < closes_min && closes != NOON_MIN).then_some(OpenHours { opens_min, closes_min })
}

/// Minutes after 0 o'clock of `9`, `9:30`, `12`; 0 to 12 hours.
fn clock_face(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':').unwrap_or((text, "00"));
    let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
    (hours <= 12 && minutes < 60).then_some(hours * 60 + minutes)
}

struct TimeOfDay(u16);

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl From<OpenHours> for [String; 2] {
    fn from(hours: OpenHours) -> Self {
        [hours.opens_min, hours.closes_min].map(|at| TimeOfDay(at).to_string())
    }
}

impl TryFrom<[String; 2]> for OpenHours {
    type Error = HoursError;

    fn try_from(texts: [String; 2]) -> Result<Self, HoursError> {
        let wrong = || HoursError(texts.join("-"));
        let minutes = |text: &str| {
            let (hours, minutes) = text.split_once(':')?;
            let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
            (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
        };
        let opens_min = minutes(&texts[0]).ok_or_else(wrong)?;
        let closes_min = minutes(&texts[1]).ok_or_else(wrong)?;
        if opens_min >= closes_min {
            return Err(wrong());
        }
        Ok(Self { opens_min, closes_min })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> [String; 2] {
        parse_week(&format!("Sun: {text}")).expect("readable")[6].expect("open").into()
    }

    #[test]
    fn morning_and_afternoon_are_told_apart() {
        assert_eq!(shown("10-9:30"), ["10:00", "21:30"]);
        assert_eq!(shown("9-10"), ["09:00", "22:00"]);
        assert_eq!(shown("12-6"), ["12:00", "18:00"]);
        assert_eq!(shown("12:30-5:30"), ["12:30", "17:30"]);
        assert_eq!(shown("1-5:30"), ["13:00", "17:30"]);
        assert_eq!(shown("8-11:59"), ["08:00", "23:59"]);
        assert_eq!(shown("0-11:59"), ["00:00", "23:59"], "a kiosk that never closes");
    }

    #[test]
    fn a_day_that_is_not_named_is_closed() {
        let week = parse_week("Mon: 10-9; Thurs: 10-9").expect("readable");
        assert_eq!(week.map(|day| day.is_some()), [true, false, false, true, false, false, false]);
    }

    #[test]
    fn what_is_not_hours_is_refused() {
        for text in [
            "",
            "Mon",
            "Mon: ",
            "Mon: 10",
            "Mon: 10-",
            "Mon: ten-9",
            "Mon: 13-9",
            "Mon: 10-9:60",
            "Mon: 10-12",
            "Mon: 10-9; Mon: 10-9",
            "Someday: 10-9",
            "Mon: -9",
            "Mon: 10-9;",
        ] {
            assert!(parse_week(text).is_err(), "{text:?} was read");
        }
    }

    #[test]
    fn a_week_goes_over_the_wire_and_back() {
        let week = parse_week("Mon: 10-9:30; Sun: 1-6").expect("readable");
        let json = serde_json::to_string(&week).expect("serialises");
        assert_eq!(json, r#"[["10:00","21:30"],null,null,null,null,null,["13:00","18:00"]]"#);
        assert_eq!(serde_json::from_str::<Week>(&json).expect("reads"), week);
        assert!(serde_json::from_str::<OpenHours>(r#"["21:00","10:00"]"#).is_err());
        assert!(serde_json::from_str::<OpenHours>(r#"["10:00","24:30"]"#).is_err());
    }
}
