//! How a person names a fulfillment: its id, its short code, its order number.

use std::{convert::Infallible, str::FromStr};

use app_core::Tablet;
use domain::{
    bridge::{Find, Found},
    ids::FulfillmentId,
    rejection::Rejection,
};

use crate::said::Failed;

/// A fulfillment as it was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Which(pub String);

impl FromStr for Which {
    type Err = Infallible;
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl Which {
    /// The fulfillment's id; anything that is none is looked for.
    ///
    /// # Errors
    /// [`Failed`] when it names nothing or several.
    pub async fn find(&self, tablet: &Tablet) -> Result<FulfillmentId, Failed> {
        if let Ok(id) = self.0.parse() {
            return Ok(id);
        }
        match tablet.call(Find { text: self.0.clone() }).await? {
            Found::Work { fulfillment, .. } => Ok(fulfillment),
            Found::Nothing { .. } => Err(Rejection::UnknownFulfillment.into()),
            Found::Several { cards } => {
                let ids: Vec<String> = cards.iter().map(|c| c.fulfillment.to_string()).collect();
                Err(Failed::Broken(format!("{} names several: {}", self.0, ids.join(" "))))
            }
        }
    }
}
