//! Where a field's value comes from: a column, several columns joined, or always the same.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, Visitor},
};

use super::field::Field;

/// A column of a row. In JSON a name is a path with dots.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Column {
    /// By its place, from 1. CSV only.
    Place(u16),
    /// By its name.
    Name(String),
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Place(place) => place.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

impl From<&str> for Column {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

/// Where a value comes from: exactly one of `column`, `columns` and `constant`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// One column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<Column>,
    /// Several columns, joined by `join`; absent when one of them is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Column>,
    /// Between joined columns.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub join: String,
    /// Always this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constant: Option<String>,
    /// This where the column is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether a CSV may lack the column.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

impl Mapping {
    /// From a column.
    #[must_use]
    pub fn column(column: impl Into<Column>) -> Self {
        Self { column: Some(column.into()), ..Self::default() }
    }

    /// From a column that may be missing.
    #[must_use]
    pub fn optional(column: impl Into<Column>) -> Self {
        Self { optional: true, ..Self::column(column) }
    }

    /// From several columns.
    #[must_use]
    pub fn joined(columns: &[&str], join: &str) -> Self {
        let columns = columns.iter().copied().map(Column::from).collect();
        Self { columns, join: join.to_owned(), ..Self::default() }
    }

    /// Always the same.
    #[must_use]
    pub fn constant(text: &str) -> Self {
        Self { constant: Some(text.to_owned()), ..Self::default() }
    }
}

/// Where each field comes from. A field that stands twice in the JSON of a profile is an error.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Mappings(pub BTreeMap<Field, Mapping>);

impl Mappings {
    /// The same with one more.
    #[must_use]
    pub fn with(mut self, field: Field, mapping: Mapping) -> Self {
        self.0.insert(field, mapping);
        self
    }

    /// The same with fields from columns.
    #[must_use]
    pub fn with_columns(self, columns: &[(Field, &str)]) -> Self {
        columns.iter().fold(self, |all, (field, column)| all.with(*field, Mapping::column(*column)))
    }

    /// Where a field comes from.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&Mapping> {
        self.0.get(&field)
    }
}

impl<'de> Deserialize<'de> for Mappings {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Mappings;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("fields and where they come from")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Mappings, A::Error> {
                let mut all = BTreeMap::new();
                while let Some((field, mapping)) = map.next_entry::<Field, Mapping>()? {
                    if all.insert(field, mapping).is_some() {
                        let field = field.as_str();
                        return Err(A::Error::custom(format!("the field {field} is mapped twice")));
                    }
                }
                Ok(Mappings(all))
            }
        }
        from.deserialize_map(Pairs)
    }
}
