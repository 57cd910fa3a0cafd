//! A calendar as people and systems state it, checked.

use std::collections::BTreeMap;

use domain::{
    api::{DayHours, Holiday, LocationCalendar},
    limits,
    location::LocationKind,
    order::FieldError,
};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::{Calendar, Day, Hours, hours::minute_of_day};

/// Open minutes of picking where a location has not said: what a pickup has always been promised.
const STORE_MIN: u32 = 120;
/// At a warehouse orders go in waves.
const WAREHOUSE_MIN: u32 = 240;

const HOURS: &str = "[\"HH:MM\", \"HH:MM\"], the first before the second, or null";

/// Open minutes that picking takes where a location has not said.
#[must_use]
pub const fn picking_minutes(kind: LocationKind) -> u32 {
    match kind {
        LocationKind::Store => STORE_MIN,
        LocationKind::Warehouse => WAREHOUSE_MIN,
    }
}

impl Calendar {
    /// The calendar of a location that states this; `None` where it is never open: then it has not said
    /// when it works.
    ///
    /// # Errors
    /// Everything that is wrong with it, by field.
    pub fn of(
        kind: LocationKind,
        stated: &LocationCalendar,
    ) -> Result<Option<Self>, Vec<FieldError>> {
        let mut faults = Faults(Vec::new());
        let zone = faults.zone(&stated.time_zone);
        let week = std::array::from_fn(|at| {
            faults.hours(&format!("hours[{at}]"), stated.hours[at].as_ref())
        });
        let holidays = faults.holidays(&stated.holidays);
        let cut_off_min = faults.cut_off(stated.cut_off.as_deref());
        let picking_min = stated.picking_minutes.unwrap_or(picking_minutes(kind));
        faults.at_most("picking_minutes", picking_min, limits::PICKING_MINUTES_MAX);
        faults.at_most("capacity", stated.capacity.unwrap_or(0), limits::CAPACITY_MAX);
        let is_open = week.iter().chain(holidays.values()).any(Option::is_some);
        if !is_open && stated.capacity.is_some() {
            faults.add("capacity", "a capacity by day needs opening hours");
        }
        let Some(zone) = zone.filter(|_| faults.0.is_empty()) else { return Err(faults.0) };
        let capacity = stated.capacity;
        let calendar = Self { zone, week, holidays, cut_off_min, picking_min, capacity };
        Ok(is_open.then_some(calendar))
    }
}

struct Faults(Vec<FieldError>);

impl Faults {
    fn add(&mut self, field: &str, message: &str) {
        self.0.push(FieldError { field: field.to_owned(), message: message.to_owned() });
    }

    fn zone(&mut self, name: &str) -> Option<TimeZone> {
        let zone = TimeZoneDatabase::bundled().get(name).ok();
        if zone.is_none() {
            self.add("time_zone", "an IANA time zone, as America/Chicago");
        }
        zone
    }

    fn hours(&mut self, field: &str, stated: Option<&DayHours>) -> Option<Hours> {
        let hours = Hours::of(stated?);
        if hours.is_none() {
            self.add(field, HOURS);
        }
        hours
    }

    fn holidays(&mut self, stated: &[Holiday]) -> BTreeMap<Day, Option<Hours>> {
        let mut holidays = BTreeMap::new();
        if stated.len() > limits::HOLIDAYS_MAX {
            self.add("holidays", &format!("at most {}", limits::HOLIDAYS_MAX));
            return holidays;
        }
        for (at, holiday) in stated.iter().enumerate() {
            let field = |name: &str| format!("holidays[{at}].{name}");
            let name = &holiday.name;
            if name.chars().count() > limits::TEXT_MAX || name.chars().any(char::is_control) {
                self.add(&field("name"), "at most 200 characters of plain text");
            }
            let hours = self.hours(&field("hours"), holiday.hours.as_ref());
            match Day::parse(&holiday.date) {
                None => self.add(&field("date"), "a day as 2026-12-25, of the years 1970 to 2199"),
                Some(day) if holidays.insert(day, hours).is_some() => {
                    self.add(&field("date"), "each day once");
                }
                Some(_) => {}
            }
        }
        holidays
    }

    fn cut_off(&mut self, stated: Option<&str>) -> Option<u16> {
        let minute = minute_of_day(stated?);
        if minute.is_none() {
            self.add("cut_off", "a time of day as 17:00");
        }
        minute
    }

    fn at_most(&mut self, field: &str, number: u32, most: u32) {
        if number > most {
            self.add(field, &format!("0 to {most}"));
        }
    }
}
