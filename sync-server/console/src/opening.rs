//! When a store works, in words: today, the holidays that come, and how its days are taken.

use domain::api::{CalendarDay, DayHours, LocationDetail};

use crate::words;

/// `open 10:00 to 21:30 today`, `closed today (Christmas Day)`; nothing is known where it has not said so.
#[must_use]
pub fn today(location: &LocationDetail) -> String {
    let Some(today) = location.days.first() else {
        return "has not said when it works: nothing is told of its times".to_owned();
    };
    let name = holiday(today.holiday.as_deref());
    match &today.hours {
        Some(hours) => format!("open {} today{name}", span(hours)),
        None => format!("closed today{name}"),
    }
}

/// `12 of 60 orders to get ready today`, or without a bound.
#[must_use]
pub fn taken(location: &LocationDetail) -> Option<String> {
    let CalendarDay { used, is_full, .. } = location.days.first()?;
    let used = words::thousands(u64::from(*used));
    Some(match location.calendar.capacity {
        None => format!("{used} orders to get ready today"),
        Some(most) => {
            let full = if *is_full { ", no more" } else { "" };
            format!("{used} of {} orders to get ready today{full}", words::thousands(most.into()))
        }
    })
}

/// The next three holidays: `2026-12-25 Christmas Day: closed`.
#[must_use]
pub fn holidays(location: &LocationDetail) -> Vec<String> {
    let today = location.days.first().map_or("", |day| day.date.as_str());
    let coming = location.calendar.holidays.iter().filter(|holiday| holiday.date.as_str() > today);
    let mut coming: Vec<_> = coming.collect();
    coming.sort_by(|a, b| a.date.cmp(&b.date));
    let line = |holiday: &domain::api::Holiday| {
        let name = [holiday.date.as_str(), holiday.name.trim()].join(" ");
        let hours = holiday.hours.as_ref().map_or("closed".to_owned(), span);
        format!("{}: {hours}", name.trim_end())
    };
    coming.into_iter().take(3).map(line).collect()
}

fn holiday(name: Option<&str>) -> String {
    match name {
        None => String::new(),
        Some("") => " (a holiday)".to_owned(),
        Some(name) => format!(" ({name})"),
    }
}

fn span((from, to): &DayHours) -> String {
    format!("{from} to {to}")
}

#[cfg(test)]
mod tests {
    use domain::{
        api::{Holiday, LocationCalendar},
        ids::LocationId,
        location::LocationKind,
    };

    use super::*;

    fn store() -> LocationDetail {
        let hours = || Some(("10:00".to_owned(), "21:30".to_owned()));
        let holiday =
            |date: &str, hours, name: &str| Holiday { date: date.into(), hours, name: name.into() };
        LocationDetail {
            id: LocationId::new("S1").expect("valid"),
            name: "Main Street".into(),
            kind: LocationKind::Store,
            pickup: true,
            ships: true,
            calendar: LocationCalendar {
                time_zone: "America/Chicago".into(),
                hours: std::array::from_fn(|_| hours()),
                holidays: vec![
                    holiday("2026-12-25", None, "Christmas Day"),
                    holiday("2026-12-24", hours(), ""),
                    holiday("2026-11-26", None, "Thanksgiving"),
                ],
                cut_off: None,
                picking_minutes: None,
                capacity: Some(1_060),
            },
            ready_at: None,
            days: vec![CalendarDay {
                date: "2026-11-28".into(),
                hours: hours(),
                holiday: None,
                used: 1_012,
                is_full: false,
            }],
        }
    }

    #[test]
    fn a_day_is_told_in_words() {
        let mut store = store();
        assert_eq!(today(&store), "open 10:00 to 21:30 today");
        assert_eq!(taken(&store).as_deref(), Some("1,012 of 1,060 orders to get ready today"));
        store.days[0].is_full = true;
        assert!(taken(&store).expect("told").ends_with("today, no more"));
        store.days[0].hours = None;
        store.days[0].holiday = Some("Inventory".into());
        assert_eq!(today(&store), "closed today (Inventory)");
        store.calendar.capacity = None;
        assert_eq!(taken(&store).as_deref(), Some("1,012 orders to get ready today"));
        store.days.clear();
        assert!(today(&store).contains("not said"));
        assert_eq!(taken(&store), None);
    }

    #[test]
    fn holidays_that_come_are_told_the_next_first() {
        assert_eq!(
            holidays(&store()),
            ["2026-12-24: 10:00 to 21:30", "2026-12-25 Christmas Day: closed"]
        );
    }
}
