//! Profiles that come with the server: our own row names in CSV, NDJSON and JSON, and starting points for
//! tills and suppliers that write a standard.

use std::collections::BTreeMap;

use super::{
    field::Field,
    mapping::{Mapping, Mappings},
    number::Fractions,
    profile::{Absent, Content, Dates, Format, Profile, X12},
    record::{Bucket, Kind},
};

impl Profile {
    /// Rows with our own names: [`Field::as_str`] as columns or keys. Only `sku` and `location` must be
    /// there; each row has what its kind needs. Counts may end a location with `location_end`.
    #[must_use]
    pub fn canonical(format: Format, content: Content) -> Self {
        let mapping = |field: Field| match field {
            Field::Sku | Field::Location => Mapping::column(field.as_str()),
            _ => Mapping::optional(field.as_str()),
        };
        let fields = Field::ALL.into_iter().map(|field| (field, mapping(field))).collect();
        let counts = matches!(content, Content::Counts | Content::Mixed);
        Self {
            fields: Mappings(fields),
            absent: if counts { Absent::Marked } else { Absent::Kept },
            ..Self::new("canonical", format, content)
        }
    }

    /// A POSLog. Weighed goods count as one piece; an event is store, till, day, number and line; goods
    /// that are sold for later pickup or delivery have not left a shelf.
    #[must_use]
    pub fn poslog(zone: &str) -> Self {
        let event = |line| ["store", "till", "business_day", "sequence", line];
        let fields = Mappings::default()
            .with_columns(&[
                (Field::Location, "store"),
                (Field::Sku, "item"),
                (Field::Kind, "kind"),
                (Field::Quantity, "quantity"),
                (Field::Weighed, "weighed"),
                (Field::At, "at"),
                (Field::Order, "order"),
            ])
            .with(Field::EventId, Mapping::joined(&event("line"), "-"))
            .with(Field::Voids, Mapping::joined(&event("voided_line"), "-"))
            .with(Field::Receipt, Mapping::joined(&event("line")[..4], "-"));
        let later = ["SaleForPickup", "SaleForDelivery", "ReturnForPickup", "ReturnForDelivery"];
        Self {
            fields,
            kinds: later.map(|word| (word.to_owned(), Kind::Ignored)).into(),
            fractions: Fractions::One,
            negative_sale_is_return: true,
            dates: Dates { zone: zone.to_owned(), ..Dates::default() },
            ..Self::new("poslog", Format::Poslog, Content::Till)
        }
    }

    /// An inventory advice whose items are named by this qualifier. Quantities that are on order or
    /// committed are left out.
    #[must_use]
    pub fn x12_846(qualifier: &str) -> Self {
        let item = format!("sku.{qualifier}");
        let fields = Mappings::default().with_columns(&[
            (Field::Location, "location"),
            (Field::Sku, &item),
            (Field::Bucket, "bucket"),
            (Field::Quantity, "quantity"),
            (Field::At, "at"),
            (Field::EventId, "control"),
        ]);
        let buckets = [
            ("33", Some(Bucket::Sellable)),
            ("17", Some(Bucket::Sellable)),
            ("QH", Some(Bucket::QualityHold)),
            ("20", Some(Bucket::Damaged)),
            ("63", None),
            ("29", None),
            ("37", None),
        ];
        let formats = ["%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d"];
        let own = |(word, bucket): (&str, _)| (word.to_owned(), bucket);
        Self {
            fields,
            buckets: buckets.map(own).into_iter().collect::<BTreeMap<_, _>>(),
            dates: Dates { formats: formats.map(str::to_owned).to_vec(), ..Dates::default() },
            ..Self::new("x12_846", Format::X12_846(X12::default()), Content::Counts)
        }
    }
}
