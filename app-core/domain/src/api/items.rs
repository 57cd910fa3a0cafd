//! Items in a search. The item itself is [`crate::item::Item`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::Sku;

/// One item in a search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ItemRow {
    /// The SKU.
    pub sku: Sku,
    /// Its name.
    pub name: String,
    /// Department.
    pub department: String,
    /// Size in words.
    pub size: String,
    /// Picture, see [`crate::item::Item::picture`].
    pub picture: Option<String>,
    /// What else is said of it: rules may be about it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}
