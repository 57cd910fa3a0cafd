//! How long a parcel is on its way, by distance: an honest table, not a carrier's word.

use std::str::FromStr;

use super::Day;

/// Working days by great-circle distance. The last row is for everything beyond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transit(Vec<(u64, u32)>);

impl Default for Transit {
    fn default() -> Self {
        Self(vec![(250, 1), (1_000, 2), (2_500, 3), (5_000, 5)])
    }
}

impl Transit {
    /// The day on which a parcel arrives that leaves on `leaves` for somewhere so far away. Monday to
    /// Friday are days of work; public holidays are not known here.
    #[must_use]
    pub fn arrives(&self, leaves: Day, distance_m: u64) -> Day {
        let within = |row: &&(u64, u32)| distance_m <= row.0 * 1_000;
        let row = self.0.iter().find(within).or(self.0.last());
        let mut left = row.expect("a table has a row").1;
        let mut day = leaves;
        while left > 0 {
            day = day.plus(1);
            left -= u32::from(day.weekday() < 5);
        }
        day
    }
}

impl FromStr for Transit {
    type Err = String;

    /// Reads `250=1,1000=2,5000=5`: up to 250 km one day, up to 1,000 km two, any farther five.
    fn from_str(text: &str) -> Result<Self, String> {
        let row = |part: &str| {
            let (km, days) = part.split_once('=')?;
            Some((km.trim().parse().ok()?, days.trim().parse().ok()?))
        };
        let rows: Option<Vec<(u64, u32)>> = text.split(',').map(row).collect();
        let rows = rows.filter(|rows| {
            let is_sane = |&(km, days): &(u64, u32)| km <= 100_000 && (1..=60).contains(&days);
            rows.iter().all(is_sane) && rows.windows(2).all(|two| two[0].0 < two[1].0)
        });
        rows.map(Self).ok_or_else(|| "KM=DAYS by rising distance, as 250=1,1000=2,5000=5".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parcels_do_not_arrive_at_weekends() {
        let transit: Transit = "250=1,1000=2,5000=5".parse().expect("a table");
        let friday = Day::parse("2026-11-27").expect("a day");
        let arrives = |km: u64| transit.arrives(friday, km * 1_000).to_string();
        assert_eq!(arrives(0), "2026-11-30");
        assert_eq!(arrives(250), "2026-11-30");
        assert_eq!(arrives(251), "2026-12-01");
        assert_eq!(arrives(9_000), "2026-12-04");
        for wrong in ["", "250", "250=0", "250=x", "250=1,250=2", "-1=2", "250=99"] {
            assert!(wrong.parse::<Transit>().is_err(), "{wrong}");
        }
    }
}
