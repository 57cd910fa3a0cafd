//! What always holds of a ready time, whatever the calendar; and the days on which clocks change.

use domain::{
    api::{Holiday, LocationCalendar},
    clock::TimeMs,
    location::LocationKind,
};
use proptest::{collection::vec, prelude::*};

use super::{Calendar, Day, Due};

fn stated(zone: &str, from: &str, to: &str) -> LocationCalendar {
    LocationCalendar {
        time_zone: zone.into(),
        hours: std::array::from_fn(|_| Some((from.into(), to.into()))),
        holidays: Vec::new(),
        cut_off: None,
        picking_minutes: Some(60),
        capacity: None,
    }
}

fn calendar(stated: &LocationCalendar) -> Calendar {
    let calendar = Calendar::of(LocationKind::Store, stated).expect("valid");
    calendar.expect("it is open on some day")
}

fn at(text: &str) -> TimeMs {
    TimeMs::from_rfc3339(text).expect("an instant")
}

fn due(calendar: &Calendar, text: &str) -> Due {
    calendar.due(at(text), |_| false).expect("ready")
}

fn ready(calendar: &Calendar, text: &str) -> String {
    due(calendar, text).ready_at.to_rfc3339()
}

#[test]
fn an_order_is_ready_when_the_store_has_been_open_long_enough() {
    let mut week = stated("America/Chicago", "09:00", "21:00");
    week.hours[6] = None;
    week.cut_off = Some("18:00".into());
    week.holidays.push(Holiday {
        date: "2026-11-26".into(),
        hours: None,
        name: "Thanksgiving".into(),
    });
    let store = calendar(&week);
    // A Monday in winter: six hours behind.
    assert_eq!(ready(&store, "2026-11-23T16:30:00Z"), "2026-11-23T17:30:00.000Z");
    assert_eq!(
        ready(&store, "2026-11-23T12:00:00Z"),
        "2026-11-23T16:00:00.000Z",
        "before it opens"
    );
    assert_eq!(ready(&store, "2026-11-24T00:00:00Z"), "2026-11-24T01:00:00.000Z", "at the cut-off");
    assert_eq!(ready(&store, "2026-11-24T00:00:01Z"), "2026-11-24T16:00:00.000Z", "after it");
    assert_eq!(ready(&store, "2026-11-26T01:00:00Z"), "2026-11-27T16:00:00.000Z", "a holiday");
    assert_eq!(ready(&store, "2026-11-29T16:00:00Z"), "2026-11-30T16:00:00.000Z", "a Sunday");
    let monday = due(&store, "2026-11-23T16:30:00Z");
    assert_eq!(monday.leaves_at.to_rfc3339(), "2026-11-24T03:00:00.000Z", "when it closes");
    assert_eq!(monday.day.to_string(), "2026-11-23");

    // Half an hour tonight, half an hour tomorrow; never at the instant of closing.
    week.cut_off = None;
    let store = calendar(&week);
    assert_eq!(ready(&store, "2026-11-24T02:30:00Z"), "2026-11-24T15:30:00.000Z");
    assert_eq!(ready(&store, "2026-11-24T02:00:00Z"), "2026-11-24T15:00:00.000Z");

    // A full day is as good as closed.
    let monday = Day::parse("2026-11-23").expect("a day");
    let later = store.due(at("2026-11-23T16:30:00Z"), |day| day == monday).expect("ready");
    assert_eq!(later.ready_at.to_rfc3339(), "2026-11-24T16:00:00.000Z");
    week.capacity = Some(0);
    assert_eq!(calendar(&week).due(at("2026-11-23T16:30:00Z"), |_| false), None);
}

#[test]
fn clocks_that_change_are_the_location_s() {
    // 2026-03-29, 02:00 to 03:00 does not come in Berlin; 2026-10-25, it comes twice.
    let mut night = stated("Europe/Berlin", "01:00", "04:00");
    let berlin = calendar(&night);
    assert_eq!(ready(&berlin, "2026-03-29T00:30:00Z"), "2026-03-29T01:30:00.000Z");
    assert_eq!(
        ready(&berlin, "2026-03-29T01:30:00Z"),
        "2026-03-29T23:30:00.000Z",
        "two hours open"
    );
    assert_eq!(
        ready(&berlin, "2026-10-25T01:30:00Z"),
        "2026-10-25T02:30:00.000Z",
        "four hours open"
    );
    // Hours that the clock jumps over are none.
    night.hours = std::array::from_fn(|_| Some(("02:00".into(), "03:00".into())));
    night.picking_minutes = Some(0);
    assert_eq!(ready(&calendar(&night), "2026-03-29T00:00:00Z"), "2026-03-30T00:00:00.000Z");
    // Round the clock: 23 and 25 hours.
    let whole = calendar(&stated("America/New_York", "00:00", "24:00"));
    assert_eq!(ready(&whole, "2026-03-08T06:30:00Z"), "2026-03-08T07:30:00.000Z");
    assert_eq!(ready(&whole, "2026-11-01T05:30:00Z"), "2026-11-01T06:30:00.000Z");
    assert_eq!(ready(&whole, "2026-11-02T04:30:00Z"), "2026-11-02T05:30:00.000Z", "past midnight");
}

#[test]
fn a_store_that_never_opens_has_no_ready_time() {
    let mut never = stated("America/Chicago", "09:00", "21:00");
    never.hours = Default::default();
    assert_eq!(Calendar::of(LocationKind::Store, &never), Ok(None));
    let once = Holiday {
        date: "2026-12-24".into(),
        hours: Some(("09:00".into(), "15:00".into())),
        name: String::new(),
    };
    never.holidays.push(once);
    let market = calendar(&never);
    assert_eq!(ready(&market, "2026-12-01T12:00:00Z"), "2026-12-24T16:00:00.000Z");
    assert_eq!(market.due(at("2026-12-25T12:00:00Z"), |_| false), None);
}

#[test]
fn what_is_wrong_is_named_by_its_field() {
    let mut wrong = stated("Mars/Olympus", "09:00", "09:00");
    wrong.hours[1..].fill(None);
    wrong.cut_off = Some("noon".into());
    wrong.picking_minutes = Some(2_881);
    wrong.capacity = Some(100_001);
    let day = |date: &str| Holiday { date: date.into(), hours: None, name: String::new() };
    wrong.holidays = vec![day("2026-12-25"), day("tomorrow"), day("2026-12-25")];
    let faults = Calendar::of(LocationKind::Store, &wrong).expect_err("wrong");
    let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "time_zone",
            "hours[0]",
            "holidays[1].date",
            "holidays[2].date",
            "cut_off",
            "picking_minutes",
            "capacity",
            "capacity"
        ]
    );
    let many = vec![day("2026-12-25"); 201];
    let many = LocationCalendar { holidays: many, ..stated("UTC", "09:00", "10:00") };
    let faults = Calendar::of(LocationKind::Store, &many).expect_err("too many");
    assert_eq!(faults[0].field, "holidays");
}

const ZONES: [&str; 5] = [
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/St_Johns",
];

fn any_hours() -> impl Strategy<Value = Option<(String, String)>> {
    let hours = (0u16..1_440, 1u16..1_440).prop_map(|(from, long)| {
        let word = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        (word(from), word((from + long).min(1_440)))
    });
    prop_oneof![1 => Just(None), 3 => hours.prop_map(Some)]
}

prop_compose! {
    /// Any calendar; holidays fall into 2026, whose days of changing clocks are in every range.
    fn any_calendar()(
        zone in 0..ZONES.len(),
        week in vec(any_hours(), 7),
        holidays in vec((0i32..365, any_hours()), 0..20),
        cut_off in proptest::option::of(0u16..1_440),
        picking in 0u32..2_880,
    ) -> Option<Calendar> {
        let first = Day::parse("2026-01-01").expect("a day");
        let holidays: std::collections::BTreeMap<_, _> = holidays.into_iter().collect();
        let holiday = |(day, hours): (i32, _)| Holiday {
            date: first.plus(day).to_string(), hours, name: String::new(),
        };
        let stated = LocationCalendar {
            time_zone: ZONES[zone].into(),
            hours: week.try_into().expect("seven"),
            holidays: holidays.into_iter().map(holiday).collect(),
            cut_off: cut_off.map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60)),
            picking_minutes: Some(picking),
            capacity: None,
        };
        Calendar::of(LocationKind::Store, &stated).expect("valid")
    }
}

/// Instants of 2026.
fn any_instant() -> impl Strategy<Value = TimeMs> {
    (at("2026-01-01T00:00:00Z").0..at("2026-12-31T00:00:00Z").0).prop_map(TimeMs)
}

proptest! {
    #[test]
    fn a_ready_time_is_within_hours_and_never_too_early(
        calendar in any_calendar(), ordered in any_instant(), full in vec(0i32..70, 0..40),
    ) {
        let Some(calendar) = calendar else { return Ok(()) };
        let today = calendar.day(ordered);
        let is_full = |day: Day| full.iter().any(|ahead| today.plus(*ahead) == day);
        let Some(due) = calendar.due(ordered, is_full) else { return Ok(()) };
        let opening = calendar.opening(due.day).expect("open on that day");
        prop_assert!(opening.opens <= due.ready_at && due.ready_at < opening.closes);
        prop_assert_eq!(due.leaves_at, opening.closes);
        prop_assert_eq!(calendar.day(due.ready_at), due.day);
        prop_assert!(!is_full(due.day));
        // Open minutes between order and ready time, of days that are not full, are at least those of
        // picking; all of them where no cut-off has put it off.
        let open_ms: i64 = (0..70)
            .map(|ahead| today.plus(ahead))
            .filter(|day| !is_full(*day))
            .filter_map(|day| calendar.opening(day))
            .map(|o| o.closes.min(due.ready_at).since_ms(o.opens.max(ordered)).max(0))
            .sum();
        let picking_ms = i64::from(calendar.picking_min) * 60_000;
        prop_assert!(open_ms >= picking_ms, "{open_ms} of {picking_ms}");
        prop_assert!(due.ready_at.since_ms(ordered) >= picking_ms);
        if calendar.cut_off_min.is_none() && due.ready_at > opening.opens {
            prop_assert_eq!(open_ms, picking_ms, "not later than need be");
        }
    }

    #[test]
    fn who_orders_later_is_never_served_earlier(
        calendar in any_calendar(), ordered in any_instant(), later_ms in 0i64..10 * 86_400_000,
        full in vec(0i32..70, 0..30),
    ) {
        let Some(calendar) = calendar else { return Ok(()) };
        let today = calendar.day(ordered);
        let is_full = |day: Day| full.iter().any(|ahead| today.plus(*ahead) == day);
        let first = calendar.due(ordered, is_full);
        let second = calendar.due(ordered.plus_ms(later_ms), is_full);
        if let (Some(first), Some(second)) = (first, second) {
            prop_assert!(first.ready_at <= second.ready_at, "{first:?} {second:?}");
        }
    }
}
