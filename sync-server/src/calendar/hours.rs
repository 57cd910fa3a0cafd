//! Opening hours of one day.

use domain::api::DayHours;

/// From when to when on one day, in minutes after its midnight; the first is before the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    from_min: u16,
    to_min: u16,
}

impl Hours {
    /// Hours from `HH:MM` to `HH:MM`; `None` where they are none.
    #[must_use]
    pub fn of((from, to): &DayHours) -> Option<Self> {
        let (from_min, to_min) = (minute_of_day(from)?, minute_of_day(to)?);
        (from_min < to_min).then_some(Self { from_min, to_min })
    }

    /// When it opens, 0 to 1,439.
    #[must_use]
    pub const fn from_min(self) -> u16 {
        self.from_min
    }

    /// When it closes, 1 to 1,440.
    #[must_use]
    pub const fn to_min(self) -> u16 {
        self.to_min
    }

    /// As people write them.
    #[must_use]
    pub fn to_words(self) -> DayHours {
        let word = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        (word(self.from_min), word(self.to_min))
    }
}

/// Minutes after midnight of `00:00` to `24:00`.
pub(super) fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two = |text: &str| {
        let is_two = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_two.then(|| text.parse::<u16>().ok()).flatten()
    };
    match (two(hour)?, two(minute)?) {
        (24, 0) => Some(1_440),
        (hour @ 0..24, minute @ 0..60) => Some(hour * 60 + minute),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_and_written() {
        let of = |from: &str, to: &str| Hours::of(&(from.to_owned(), to.to_owned()));
        let day = of("09:30", "24:00").expect("hours");
        assert_eq!((day.from_min(), day.to_min()), (570, 1_440));
        assert_eq!(day.to_words(), ("09:30".to_owned(), "24:00".to_owned()));
        for (from, to) in [("10:00", "10:00"), ("10:00", "09:00"), ("9:00", "10:00"), ("", "")] {
            assert_eq!(of(from, to), None, "{from} {to}");
        }
        for wrong in ["24:01", "25:00", "10:60", "+9:00", "10", "10:0"] {
            assert_eq!(minute_of_day(wrong), None, "{wrong}");
        }
    }
}
