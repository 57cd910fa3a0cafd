//! Locations: in lists, and one with its calendar. What tablets hold of theirs is
//! [`crate::sync::LocationCard`].

use serde::{Deserialize, Serialize};

use crate::{
    clock::{TimeMs, rfc3339},
    ids::LocationId,
    location::LocationKind,
};

/// One location in lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LocationRow {
    /// Its number.
    pub id: LocationId,
    /// Its name.
    pub name: String,
    /// City.
    pub city: String,
    /// State or province.
    pub region: String,
    /// IANA time zone.
    pub time_zone: String,
    /// Fulfillments open there.
    pub open: u32,
    /// Fulfillments late there.
    pub late: u32,
    /// Active tablets.
    pub devices: u32,
}

/// From when to when on one day, local, as `HH:MM`; the first is before the second, `24:00` is its end.
pub type DayHours = (String, String);

/// A day on which a location keeps other hours than on its weekday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The local day, as `2026-12-25`.
    #[cfg_attr(feature = "schema", schema(format = Date))]
    pub date: String,
    /// `["HH:MM", "HH:MM"]`; null or absent: closed.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = Option<[String; 2]>))]
    pub hours: Option<DayHours>,
    /// What people call it.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub name: String,
}

/// When a location works, and how many orders it can get ready: what its promises obey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(example = json!({
    "time_zone": "America/Chicago",
    "hours": [
        ["09:00", "21:00"], ["09:00", "21:00"], ["09:00", "21:00"], ["09:00", "21:00"],
        ["09:00", "21:00"], ["10:00", "18:00"], null
    ],
    "holidays": [
        { "date": "2026-12-24", "hours": ["09:00", "15:00"], "name": "Christmas Eve" },
        { "date": "2026-12-25", "name": "Christmas Day" }
    ],
    "cut_off": "17:00", "picking_minutes": 45, "capacity": 60
})))]
#[serde(deny_unknown_fields)]
pub struct LocationCalendar {
    /// IANA time zone; all hours are in it.
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub time_zone: String,
    /// Opening hours Monday to Sunday as `["HH:MM", "HH:MM"]`; null is closed. A location that is never
    /// open has not said when it works: nothing is told of its times.
    #[cfg_attr(
        feature = "schema",
        schema(value_type = Vec<Option<[String; 2]>>, min_items = 7, max_items = 7)
    )]
    pub hours: [Option<DayHours>; 7],
    /// Days with other hours; each once, at most 200.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_items = 200))]
    pub holidays: Vec<Holiday>,
    /// What is ordered after this time of day is begun on the next day that is open; absent: when it
    /// closes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_off: Option<String>,
    /// Open minutes that an order takes to get ready, 0 to 2,880; absent: 120 at a store, 240 at a
    /// warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(maximum = 2_880))]
    pub picking_minutes: Option<u32>,
    /// Orders that it can get ready in a day, 0 to 100,000; absent: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(maximum = 100_000))]
    pub capacity: Option<u32>,
}

/// One day of a location that is to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CalendarDay {
    /// The local day, as `2026-12-25`.
    #[cfg_attr(feature = "schema", schema(format = Date))]
    pub date: String,
    /// When it is open; null: closed.
    #[cfg_attr(feature = "schema", schema(value_type = Option<[String; 2]>))]
    pub hours: Option<DayHours>,
    /// What people call the day, if it is not as its weekday.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holiday: Option<String>,
    /// Orders and baskets that are to be ready on it.
    pub used: u32,
    /// It takes no more.
    pub is_full: bool,
}

/// One location with its calendar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LocationDetail {
    /// Its number.
    pub id: LocationId,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: LocationKind,
    /// Customers can pick up here.
    pub pickup: bool,
    /// Parcels leave from here.
    pub ships: bool,
    /// When it works.
    pub calendar: LocationCalendar,
    /// When an order of now would be ready; absent where it has not said when it works, or is full.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "rfc3339::option")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub ready_at: Option<TimeMs>,
    /// Today and the 13 days after; empty where it has not said when it works.
    pub days: Vec<CalendarDay>,
}
