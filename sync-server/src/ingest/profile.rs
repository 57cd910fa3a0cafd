//! A stored profile: how one source writes, and what its words mean. Plain data with a version; what is
//! wrong with it is found by [`Profile::problems`], never in the middle of a file.
//!
//! The policies at its end are carried for the server, which knows items, orders and transactions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    code::CodeRule,
    encoding::{OnInvalid, TextEncoding},
    mapping::Mappings,
    number::{Fractions, Notation},
    record::{Bucket, Kind},
};

/// The version of profiles that this code reads and writes.
pub const VERSION: u32 = 1;

/// How a source writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// [`VERSION`].
    pub version: u32,
    /// What people call it.
    pub name: String,
    /// What rows are in.
    pub format: Format,
    /// How text is encoded; a byte order mark wins.
    #[serde(default)]
    pub encoding: TextEncoding,
    /// What becomes of bytes that are no text.
    #[serde(default)]
    pub invalid_text: OnInvalid,
    /// What rows say.
    pub content: Content,
    /// Where each field comes from.
    #[serde(default)]
    pub fields: Mappings,
    /// Words of the field `kind`, beside the canonical ones.
    #[serde(default)]
    pub kinds: BTreeMap<String, Kind>,
    /// Words of the field `bucket`, beside the canonical ones; `null` leaves such rows out.
    #[serde(default)]
    pub buckets: BTreeMap<String, Option<Bucket>>,
    /// Units of one of each unit code, such as 12 for a case. Empty: quantities are units.
    #[serde(default)]
    pub units: BTreeMap<String, u32>,
    /// The source's locations and ours.
    #[serde(default)]
    pub locations: BTreeMap<String, String>,
    /// What becomes of locations that are not among them.
    #[serde(default)]
    pub other_locations: OtherLocations,
    /// From the source's item codes to ours.
    #[serde(default)]
    pub sku_rules: Vec<CodeRule>,
    /// From the source's location codes to those in `locations`, or ours.
    #[serde(default)]
    pub location_rules: Vec<CodeRule>,
    /// How numbers are written.
    #[serde(default)]
    pub numbers: Notation,
    /// What becomes of units that are not whole.
    #[serde(default)]
    pub fractions: Fractions,
    /// What becomes of counts below zero.
    #[serde(default)]
    pub negative_counts: NegativeCounts,
    /// Whether a sale of fewer than zero units is a return; else it is refused.
    #[serde(default)]
    pub negative_sale_is_return: bool,
    /// How dates are written.
    #[serde(default)]
    pub dates: Dates,
    /// What the absence of a SKU means.
    #[serde(default)]
    pub absent: Absent,
    /// What a bad row means for the others.
    #[serde(default)]
    pub bad_rows: BadRows,
    /// What becomes of SKUs that are not known.
    #[serde(default)]
    pub unknown_skus: UnknownSkus,
    /// What the source's counts include.
    #[serde(default)]
    pub includes: Includes,
}

/// What rows are in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Delimited columns.
    Csv(Csv),
    /// One JSON object a line.
    Ndjson,
    /// One JSON document.
    Json(Json),
    /// ARTS/NRF POSLog 2.x.
    Poslog,
    /// X12 846 inventory advice.
    X12_846(X12),
}

/// Delimited columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Csv {
    /// Between columns.
    pub delimiter: char,
    /// Around columns that hold delimiters; doubled inside. `null`: quotes are letters.
    pub quote: Option<char>,
    /// Whether the first row names the columns.
    pub header: bool,
    /// Lines before the header or the first row.
    pub skip_lines: u32,
    /// Lines that start with it are left out.
    pub comment: Option<char>,
}

impl Default for Csv {
    fn default() -> Self {
        Self { delimiter: ',', quote: Some('"'), header: true, skip_lines: 0, comment: None }
    }
}

/// One JSON document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Json {
    /// Keys from the top to the array, with dots: `data.items`. Absent: the document is the array, or an
    /// object whose first array it is.
    pub records: Option<String>,
}

/// X12 846.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct X12 {
    /// Which parties (N101) name the location, such as warehouse (`WH`) or ship from (`SF`).
    pub location_parties: Vec<String>,
}

impl Default for X12 {
    fn default() -> Self {
        Self { location_parties: ["WH", "SF", "ST"].map(str::to_owned).to_vec() }
    }
}

/// What rows say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// What stands there.
    Counts,
    /// What came and went.
    Changes,
    /// Sales, returns and voids.
    Till,
    /// Purchase orders, notices and transfers.
    Supply,
    /// Anything: each row names its kind.
    Mixed,
}

impl Content {
    /// What a row is that does not say.
    #[must_use]
    pub const fn default_kind(self) -> Option<Kind> {
        match self {
            Self::Counts => Some(Kind::Count),
            Self::Changes => Some(Kind::Change),
            Self::Till => Some(Kind::Sale),
            Self::Supply | Self::Mixed => None,
        }
    }

    /// Whether rows of this kind belong here.
    #[must_use]
    pub const fn holds(self, kind: Kind) -> bool {
        match self {
            Self::Mixed => true,
            Self::Counts => matches!(kind, Kind::Count | Kind::LocationEnd | Kind::Ignored),
            Self::Changes => matches!(kind, Kind::Change | Kind::Ignored),
            Self::Till => {
                matches!(kind, Kind::Sale | Kind::Return | Kind::Void | Kind::Ignored)
            }
            Self::Supply => {
                let supply = matches!(kind, Kind::PurchaseOrder | Kind::Asn | Kind::Transfer);
                supply || matches!(kind, Kind::Ignored)
            }
        }
    }
}

/// What becomes of locations that the profile does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OtherLocations {
    /// They are ours already.
    #[default]
    Keep,
    /// Their rows are refused.
    Refuse,
    /// Their rows are left out.
    Ignore,
}

/// What becomes of counts below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NegativeCounts {
    /// The row is refused.
    #[default]
    Refuse,
    /// Nothing stands there.
    Zero,
}

/// How dates are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dates {
    /// `iso`, `epoch_s`, `epoch_ms`, or patterns of `%Y %y %m %d %H %M %S`; the first that fits.
    pub formats: Vec<String>,
    /// Where local times are local: `UTC`, an offset, or an IANA name.
    pub zone: String,
}

impl Default for Dates {
    fn default() -> Self {
        Self { formats: vec!["iso".to_owned()], zone: "UTC".to_owned() }
    }
}

/// What the absence of a SKU means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absent {
    /// Nothing.
    #[default]
    Kept,
    /// Zero, at each location that the input states.
    Zero,
    /// Zero, at each location for which a row says `location_end`.
    Marked,
}

/// What a bad row means for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadRows {
    /// The others are loaded.
    #[default]
    Skip,
    /// Nothing is.
    RefuseWhole,
}

/// What becomes of SKUs that are not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownSkus {
    /// Their rows are refused.
    #[default]
    Refuse,
    /// They become draft items.
    Draft,
}

/// Which of our own units the source's counts of what is sellable include.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Includes {
    /// Units that we promised and nobody picked yet: they stand on the shelf. `false` for a source that
    /// states what is free.
    pub reserved: bool,
    /// Units in totes and on benches.
    pub picked: bool,
    /// Units in staging slots.
    pub staged: bool,
}

impl Default for Includes {
    fn default() -> Self {
        Self { reserved: true, picked: false, staged: false }
    }
}

impl Profile {
    /// Whether each row is a line of its own, and a line's end nothing else: then rows can be told apart
    /// before they are read.
    #[must_use]
    pub fn is_lines(&self) -> bool {
        self.format == Format::Ndjson && self.encoding == TextEncoding::default()
    }

    /// A profile with nothing but defaults.
    #[must_use]
    pub fn new(name: impl Into<String>, format: Format, content: Content) -> Self {
        Self {
            version: VERSION,
            name: name.into(),
            format,
            encoding: TextEncoding::default(),
            invalid_text: OnInvalid::default(),
            content,
            fields: Mappings::default(),
            kinds: BTreeMap::new(),
            buckets: BTreeMap::new(),
            units: BTreeMap::new(),
            locations: BTreeMap::new(),
            other_locations: OtherLocations::default(),
            sku_rules: Vec::new(),
            location_rules: Vec::new(),
            numbers: Notation::default(),
            fractions: Fractions::default(),
            negative_counts: NegativeCounts::default(),
            negative_sale_is_return: false,
            dates: Dates::default(),
            absent: Absent::default(),
            bad_rows: BadRows::default(),
            unknown_skus: UnknownSkus::default(),
            includes: Includes::default(),
        }
    }
}
