//! Quantities and money. Units are in the names; arithmetic that could overflow is refused, not wrapped.

use serde::{Deserialize, Serialize};

use crate::limits;

/// Units of one SKU: at least 1, at most [`limits::LINE_QUANTITY_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(utoipa::ToSchema),
    schema(value_type = u32)
)]
#[serde(try_from = "i64", into = "u32")]
pub struct Quantity(u32);

/// A number of units that no order line can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a quantity is between 1 and {max}, not {given}", max = limits::LINE_QUANTITY_MAX)]
pub struct InvalidQuantity {
    /// What was given.
    pub given: i64,
}

impl Quantity {
    /// One unit, as most scans are.
    pub const ONE: Self = Self(1);

    /// Checks the number.
    ///
    /// # Errors
    /// [`InvalidQuantity`] when it is zero, negative or over the limit.
    pub fn new(units: i64) -> Result<Self, InvalidQuantity> {
        match u32::try_from(units) {
            Ok(n) if (1..=limits::LINE_QUANTITY_MAX).contains(&n) => Ok(Self(n)),
            _ => Err(InvalidQuantity { given: units }),
        }
    }

    /// The number of units.
    #[must_use]
    pub const fn units(self) -> u32 {
        self.0
    }
}

/// A number of units in words: “1 unit”, “2 units”.
#[must_use]
pub fn in_units(units: u32) -> String {
    counted(units.into(), "unit", "units")
}

/// A number of things in words.
#[must_use]
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

impl TryFrom<i64> for Quantity {
    type Error = InvalidQuantity;
    fn try_from(units: i64) -> Result<Self, InvalidQuantity> {
        Self::new(units)
    }
}

impl From<Quantity> for u32 {
    fn from(quantity: Quantity) -> u32 {
        quantity.0
    }
}

/// Money in the currency's smallest unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Cents, pence, yen …
    pub minor: i64,
    /// ISO 4217 code, three capital letters.
    pub currency: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        assert_eq!((in_units(1), in_units(0)), ("1 unit".into(), "0 units".into()));
    }

    #[test]
    fn a_quantity_is_positive_and_bounded() {
        assert_eq!(Quantity::new(1).map(Quantity::units), Ok(1));
        let max = i64::from(limits::LINE_QUANTITY_MAX);
        assert!(Quantity::new(max).is_ok());
        for bad in [0, -1, max + 1, i64::MIN, i64::MAX] {
            assert_eq!(Quantity::new(bad), Err(InvalidQuantity { given: bad }));
        }
    }
}
