//! Who signs in at the console, and how. Says nothing of associates, who work on tablets.

use serde::{Deserialize, Serialize};

use crate::ids::LocationId;

/// Who is signed in at the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Operator {
    /// Sign-in name.
    pub login: String,
    /// Name.
    pub name: String,
    /// What the person may do.
    pub role: OperatorRole,
    /// The only location that the person sees, for a store's manager.
    pub location: Option<LocationId>,
}

/// Roles at the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OperatorRole {
    /// Sees one location.
    StoreManager,
    /// Sees and steers all locations.
    Operations,
    /// Also devices, people and imports.
    Admin,
}

/// Sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SignIn {
    /// Sign-in name.
    pub login: String,
    /// Password.
    pub password: String,
}

/// The answer to a sign-in; a cookie holds the same token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// For `Authorization: Bearer`.
    pub token: String,
    /// Who.
    pub operator: Operator,
}
