//! Rows by location, for snapshots in which absence means zero. A refused row may be about any SKU, so a
//! location with refused rows says so: then absence proves nothing.

use std::collections::HashMap;

use super::{
    field::Field,
    plan::Fields,
    record::{LocationEnd, Record, Text},
    refused::Refusal,
    stopped::Why,
};

/// Rows of one location.
#[derive(Debug, Clone, Copy, Default)]
struct Rows {
    stated: u64,
    refused: u64,
}

/// Rows by location.
#[derive(Debug, Default)]
pub struct Tally {
    locations: HashMap<String, Rows>,
    /// The location of the last row, and its rows: files mostly list one location after the other.
    last: (String, Rows),
    /// Refused rows whose location could not be read.
    unplaced: u64,
}

impl Tally {
    /// Counts a row where it belongs, and tells the end of a location what was counted.
    ///
    /// # Errors
    /// [`Why::TooManyLocations`].
    pub fn note(
        &mut self,
        fields: Option<&Fields<'_>>,
        read: &mut Result<Record<'_>, Refusal>,
        max: usize,
    ) -> Result<(), Why> {
        match read {
            Ok(Record::Count(count)) => self.count(&count.location, false, max),
            Ok(Record::LocationEnd(end)) => {
                let location = std::mem::take(&mut end.location);
                *end = self.end_of(location.into_owned().into());
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(_) => match fields.map(|fields| fields.location(Field::Location)) {
                Some(Ok(Some(location))) => self.count(&location, true, max),
                Some(Ok(None)) => Ok(()),
                Some(Err(_)) | None => {
                    self.unplaced += 1;
                    Ok(())
                }
            },
        }
    }

    /// Counts a row; `max` bounds how many locations there can be.
    ///
    /// # Errors
    /// [`Why::TooManyLocations`].
    fn count(&mut self, location: &str, refused: bool, max: usize) -> Result<(), Why> {
        if self.last.0 != location {
            self.turn_to(location, max)?;
        }
        let rows = &mut self.last.1;
        *(if refused { &mut rows.refused } else { &mut rows.stated }) += 1;
        Ok(())
    }

    fn turn_to(&mut self, location: &str, max: usize) -> Result<(), Why> {
        let (name, rows) = std::mem::take(&mut self.last);
        if !name.is_empty() {
            self.locations.insert(name, rows);
        }
        self.last = self.locations.remove_entry(location).unwrap_or_default();
        if self.last.0.is_empty() {
            if self.locations.len() >= max {
                return Err(Why::TooManyLocations { max });
            }
            location.clone_into(&mut self.last.0);
        }
        Ok(())
    }

    /// What is known of a location.
    pub fn end_of(&self, location: Text<'static>) -> LocationEnd<'static> {
        let last = (self.last.0 == location).then_some(self.last.1);
        let rows = last.or_else(|| self.locations.get(&*location).copied()).unwrap_or_default();
        LocationEnd { stated: rows.stated, refused: rows.refused + self.unplaced, location }
    }

    /// Every location that was stated at least once, by name.
    pub fn ends(&mut self) -> Vec<LocationEnd<'static>> {
        let (name, rows) = std::mem::take(&mut self.last);
        self.locations.insert(name, rows);
        let all = std::mem::take(&mut self.locations);
        let mut names: Vec<_> = all.into_iter().filter(|(_, rows)| rows.stated > 0).collect();
        names.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let unplaced = self.unplaced;
        let end = |(name, rows): (String, Rows)| LocationEnd {
            location: Text::Owned(name),
            stated: rows.stated,
            refused: rows.refused + unplaced,
        };
        names.into_iter().map(end).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_rows_are_counted_where_they_belong() {
        let mut tally = Tally::default();
        for (location, refused) in
            [("B", false), ("A", false), ("A", true), ("B", false), ("C", true), ("A", false)]
        {
            tally.count(location, refused, 3).expect("three");
        }
        tally.unplaced += 1;
        assert_eq!(tally.count("D", false, 3), Err(Why::TooManyLocations { max: 3 }));
        let tally_of = |location: &'static str| tally.end_of(Text::Borrowed(location));
        assert_eq!((tally_of("A").stated, tally_of("A").refused), (2, 2));
        let ends = tally.ends();
        let ends: Vec<_> = ends.iter().map(|e| (&*e.location, e.stated, e.refused)).collect();
        assert_eq!(ends, [("A", 2, 2), ("B", 2, 1)]);
    }
}
