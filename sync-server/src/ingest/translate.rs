//! From the fields of a row to a record, by the profile. Every refusal names the field.

use super::{
    code, date,
    field::Field,
    number::{Decimal, Fractions, NotANumber},
    plan::Fields,
    profile::{Absent, NegativeCounts, OtherLocations},
    record::{
        Bucket, Change, Count, Kind, LocationEnd, Record, Supply, SupplyKind, Text, Till, TillAct,
        Units,
    },
    refused::{Code, Refusal},
};

type Translated<T> = Result<T, Refusal>;

/// A code that was translated, or a row that the profile leaves out.
type OrIgnored<T> = Translated<Option<T>>;

const OWN_COLUMNS: [(Bucket, Field); 4] = [
    (Bucket::Sellable, Field::Sellable),
    (Bucket::Display, Field::Display),
    (Bucket::Damaged, Field::Damaged),
    (Bucket::QualityHold, Field::QualityHold),
];

impl<'a> Fields<'a> {
    /// What the row says.
    ///
    /// # Errors
    /// [`Refusal`], with the field at fault.
    pub fn record(&self) -> Translated<Record<'a>> {
        let kind = self.kind()?;
        if kind == Kind::Ignored {
            return Ok(Record::Ignored);
        }
        let Some(location) = self.location(Field::Location)? else { return Ok(Record::Ignored) };
        match kind {
            Kind::Count => self.count(location),
            Kind::Change => self.change(location),
            Kind::Sale | Kind::Return | Kind::Void => self.till(kind, location),
            Kind::PurchaseOrder => self.supply(SupplyKind::PurchaseOrder, location),
            Kind::Asn => self.supply(SupplyKind::Asn, location),
            Kind::Transfer => self.supply(SupplyKind::Transfer, location),
            Kind::LocationEnd => {
                Ok(Record::LocationEnd(LocationEnd { location, stated: 0, refused: 0 }))
            }
            Kind::Ignored => Ok(Record::Ignored),
        }
    }

    fn kind(&self) -> Translated<Kind> {
        let profile = &self.plan.profile;
        let Some(word) = self.text(Field::Kind) else {
            return profile.content.default_kind().ok_or_else(|| missing(Field::Kind));
        };
        let known = profile.kinds.get(&*word).copied();
        let kind = known.or_else(|| Kind::ALL.into_iter().find(|kind| kind.as_str() == word));
        let unknown = || Refusal::value(Code::UnknownKind, Field::Kind, &word, "is no kind of row");
        let kind = kind.ok_or_else(unknown)?;
        let unmarked = kind == Kind::LocationEnd && profile.absent != Absent::Marked;
        if unmarked || !profile.content.holds(kind) {
            let wrong = "is not what this source sends";
            return Err(Refusal::value(Code::UnexpectedKind, Field::Kind, &word, wrong));
        }
        Ok(kind)
    }

    fn need(&self, field: Field) -> Translated<Text<'a>> {
        self.text(field).ok_or_else(|| missing(field))
    }

    /// A code that is taken as it is.
    fn code(&self, field: Field) -> Translated<Option<Text<'a>>> {
        let Some(text) = self.text(field) else { return Ok(None) };
        code::check(&text, field)?;
        Ok(Some(text))
    }

    fn needed_code(&self, field: Field) -> Translated<Text<'a>> {
        self.code(field)?.ok_or_else(|| missing(field))
    }

    fn sku(&self) -> Translated<Text<'a>> {
        code::translate(self.need(Field::Sku)?, &self.plan.profile.sku_rules, Field::Sku)
    }

    /// A location of ours; `None` when rows of it are left out.
    pub fn location(&self, field: Field) -> OrIgnored<Text<'a>> {
        let profile = &self.plan.profile;
        let theirs = code::translate(self.need(field)?, &profile.location_rules, field)?;
        if let Some(ours) = profile.locations.get(&*theirs) {
            return Ok(Some(Text::Borrowed(ours)));
        }
        match profile.other_locations {
            OtherLocations::Keep => Ok(Some(theirs)),
            OtherLocations::Ignore => Ok(None),
            OtherLocations::Refuse => {
                let wrong = "is not among the profile's locations";
                Err(Refusal::value(Code::UnmappedLocation, field, &theirs, wrong))
            }
        }
    }

    fn count(&self, location: Text<'a>) -> Translated<Record<'a>> {
        let mut units = Units::default();
        let factor = self.factor()?;
        for (bucket, field) in OWN_COLUMNS {
            if let Some(counted) = self.counted(field, factor)? {
                units.set(bucket, counted);
            }
        }
        if let Some(counted) = self.counted(Field::Quantity, factor)? {
            let Some(bucket) = self.bucket()? else { return Ok(Record::Ignored) };
            if units.get(bucket).is_some() {
                let message = format!("{} is stated twice", bucket.as_str());
                return Err(Refusal::field(Code::DuplicateField, Field::Quantity, message));
            }
            units.set(bucket, counted);
        }
        if units.is_empty() {
            return Err(missing(Field::Quantity));
        }
        Ok(Record::Count(Count {
            sku: self.sku()?,
            location,
            units,
            counted_at_ms: self.time(Field::At)?,
            sequence: self.sequence()?,
            event_id: self.code(Field::EventId)?,
        }))
    }

    fn counted(&self, field: Field, factor: u32) -> Translated<Option<i64>> {
        let Some(text) = self.text(field) else { return Ok(None) };
        let profile = &self.plan.profile;
        let units = self.decimal(&text, field)?.units(factor, profile.fractions, field)?;
        match profile.negative_counts {
            _ if units >= 0 => Ok(Some(units)),
            NegativeCounts::Zero => Ok(Some(0)),
            NegativeCounts::Refuse => {
                Err(Refusal::value(Code::Negative, field, &text, "is below zero"))
            }
        }
    }

    fn change(&self, location: Text<'a>) -> Translated<Record<'a>> {
        let units = self.quantity()?;
        if units == 0 {
            return Err(Refusal::field(Code::Zero, Field::Quantity, "a change of 0 is none"));
        }
        let Some(bucket) = self.bucket()? else { return Ok(Record::Ignored) };
        Ok(Record::Change(Change {
            sku: self.sku()?,
            location,
            bucket,
            units,
            changed_at_ms: self.time(Field::At)?,
            sequence: self.sequence()?,
            event_id: self.needed_code(Field::EventId)?,
            reference: self.code(Field::Reference)?,
            line: self.code(Field::Line)?,
        }))
    }

    fn till(&self, kind: Kind, location: Text<'a>) -> Translated<Record<'a>> {
        let units = self.quantity()?;
        let wrong = |code, message: &str| Refusal::field(code, Field::Quantity, message);
        let act = match kind {
            _ if units == 0 => return Err(wrong(Code::Zero, "0 units are no event")),
            Kind::Sale if units < 0 && self.plan.profile.negative_sale_is_return => TillAct::Return,
            _ if units < 0 => return Err(wrong(Code::Negative, "fewer than 0 units")),
            Kind::Return => TillAct::Return,
            Kind::Void => TillAct::Void { voids: self.needed_code(Field::Voids)? },
            _ => TillAct::Sale,
        };
        Ok(Record::Till(Till {
            act,
            event_id: self.needed_code(Field::EventId)?,
            sku: self.sku()?,
            location,
            units: units.abs(),
            at_ms: self.time(Field::At)?,
            order: self.code(Field::Order)?,
            receipt: self.code(Field::Receipt)?,
        }))
    }

    fn supply(&self, kind: SupplyKind, location: Text<'a>) -> Translated<Record<'a>> {
        let cancelled = self.flag(Field::Cancelled)?;
        // A cancelled line may leave its quantity out.
        let none = cancelled && self.text(Field::Quantity).is_none();
        let units = if none { 0 } else { self.quantity()? };
        if units < 0 {
            return Err(Refusal::field(Code::Negative, Field::Quantity, "fewer than 0 units"));
        }
        let from = match self.text(Field::From) {
            Some(_) => self.location(Field::From)?,
            None => None,
        };
        Ok(Record::Supply(Supply {
            kind,
            reference: self.needed_code(Field::Reference)?,
            line: self.needed_code(Field::Line)?,
            sku: self.sku()?,
            location,
            from,
            units,
            expected_at_ms: self.time(Field::Expected)?,
            stated_at_ms: self.time(Field::At)?,
            sequence: self.sequence()?,
            cancelled,
        }))
    }

    /// The bucket of `quantity`; `None` when rows of it are left out.
    fn bucket(&self) -> OrIgnored<Bucket> {
        let Some(word) = self.text(Field::Bucket) else { return Ok(Some(Bucket::Sellable)) };
        if let Some(known) = self.plan.profile.buckets.get(&*word) {
            return Ok(*known);
        }
        let known = Bucket::ALL.into_iter().find(|bucket| bucket.as_str() == word);
        let wrong = "is no bucket that the profile knows";
        known
            .map(Some)
            .ok_or_else(|| Refusal::value(Code::UnknownBucket, Field::Bucket, &word, wrong))
    }

    /// Units of one of the row's unit.
    fn factor(&self) -> Translated<u32> {
        let units = &self.plan.profile.units;
        if units.is_empty() {
            return Ok(1);
        }
        let unit = self.need(Field::Unit)?;
        units.get(&*unit).copied().ok_or_else(|| {
            Refusal::value(
                Code::UnknownUnit,
                Field::Unit,
                &unit,
                "is no unit that the profile knows",
            )
        })
    }

    /// Signed whole units.
    fn quantity(&self) -> Translated<i64> {
        let text = self.need(Field::Quantity)?;
        let number = self.decimal(&text, Field::Quantity)?;
        let fractions = self.plan.profile.fractions;
        if fractions == Fractions::One && self.flag(Field::Weighed)? {
            return Ok(number.signum());
        }
        number.units(self.factor()?, fractions, Field::Quantity)
    }

    fn decimal(&self, text: &str, field: Field) -> Translated<Decimal> {
        Decimal::parse(text, self.plan.profile.numbers).map_err(|wrong| match wrong {
            NotANumber::Form => {
                Refusal::value(Code::InvalidNumber, field, text, "is not a number of this source")
            }
            NotANumber::TooLong => {
                Refusal::value(Code::TooLarge, field, text, "has more than 18 digits")
            }
        })
    }

    fn time(&self, field: Field) -> Translated<Option<i64>> {
        let Some(text) = self.text(field) else { return Ok(None) };
        date::parse(&text, &self.plan.dates, &self.plan.zone).map(Some).map_err(|code| {
            let wrong = match code {
                Code::AbsurdDate => "is not between 2000 and 2099",
                _ => "is not a time in the profile's formats",
            };
            Refusal::value(code, field, &text, wrong)
        })
    }

    fn sequence(&self) -> Translated<Option<u64>> {
        let Some(text) = self.text(Field::Sequence) else { return Ok(None) };
        // At most what a signed 64-bit column holds.
        let sequence = text.parse().ok().filter(|number| i64::try_from(*number).is_ok());
        let wrong = "is not a whole number of 0 to 2^63 − 1";
        let invalid = || Refusal::value(Code::InvalidNumber, Field::Sequence, &text, wrong);
        sequence.map(Some).ok_or_else(invalid)
    }

    fn flag(&self, field: Field) -> Translated<bool> {
        let Some(text) = self.text(field) else { return Ok(false) };
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "y" | "yes" | "x" => Ok(true),
            "false" | "0" | "n" | "no" => Ok(false),
            _ => Err(Refusal::value(Code::InvalidFlag, field, &text, "is neither yes nor no")),
        }
    }
}

fn missing(field: Field) -> Refusal {
    Refusal::field(Code::MissingField, field, format!("{} is missing", field.as_str()))
}
