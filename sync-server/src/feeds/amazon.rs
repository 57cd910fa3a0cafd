//! Quantities for Amazon: its JSON listings feed, version 2.0 (`JSON_LISTINGS_FEED` of the Selling Partner
//! API; the schema is `listings-feed-schema-v2.json` of amzn/selling-partner-api-models). Each item is a
//! patch that replaces how many the merchant can send; nothing else of the listing is touched.
//!
//! What it deliberately does not do: make listings, or upload. Whoever sends it has Amazon's credentials.

use std::fmt::Write as _;

use serde_json::Value;

use super::Made;

/// Messages of one file: the schema's `maxItems`.
pub const MESSAGES_MAX: usize = 25_000;
/// What a listing is where nobody says: the type that Amazon gives to what has none of its own.
const PRODUCT: &str = "PRODUCT";

/// For whom the file is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seller {
    /// Merchant account or vendor code.
    id: String,
    /// The listings' product type.
    product_type: String,
    /// In which language Amazon names problems, as `en_US`; absent: the marketplace's.
    locale: Option<String>,
}

impl Seller {
    /// A seller of these words; or the sentence that says which of them is none.
    ///
    /// # Errors
    /// What is wrong.
    pub fn new(
        id: Option<String>,
        product_type: Option<String>,
        locale: Option<String>,
    ) -> Result<Self, &'static str> {
        let id = id.unwrap_or_default();
        if !is_word(&id, 20, |c| c.is_ascii_alphanumeric()) {
            return Err(
                "seller is an Amazon merchant id or vendor code: 1 to 20 letters and digits.",
            );
        }
        let product_type = product_type.unwrap_or_else(|| PRODUCT.into());
        let is_upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        if !is_word(&product_type, 100, is_upper) {
            return Err("product_type is 1 to 100 capitals, digits or _.");
        }
        if locale.as_deref().is_some_and(|locale| !is_locale(locale)) {
            return Err("locale is a language and a country, as en_US.");
        }
        Ok(Self { id, product_type, locale })
    }
}

fn is_word(word: &str, length_max: usize, fits: impl Fn(char) -> bool) -> bool {
    !word.is_empty() && word.len() <= length_max && word.chars().all(fits)
}

fn is_locale(locale: &str) -> bool {
    locale.split_once('_').is_some_and(|(language, country)| {
        is_word(language, 2, |c| c.is_ascii_lowercase())
            && is_word(country, 2, |c| c.is_ascii_uppercase())
            && locale.len() == 5
    })
}

/// Everything before the first message.
pub(super) fn head(seller: &Seller) -> String {
    let id = Value::from(seller.id.as_str());
    let locale = seller.locale.as_deref().map(Value::from);
    let locale = locale.map(|locale| format!(r#","issueLocale":{locale}"#)).unwrap_or_default();
    format!(r#"{{"header":{{"sellerId":{id},"version":"2.0"{locale}}},"messages":["#)
}

pub(super) const FOOT: &str = "\n]}\n";

/// Writes the message of an item, which has this number in its file, from 1; always one.
pub(super) fn message(made: &Made<'_>, number: u64, item: u32, out: &mut String) -> u64 {
    let (sku, units) = (Value::from(made.sku(item)), made.units(item));
    let product_type = Value::from(made.seller.product_type.as_str());
    let comma = if number == 1 { "" } else { "," };
    write!(
        out,
        "{comma}\n{{\"messageId\":{number},\"sku\":{sku},\"operationType\":\"PATCH\",\
         \"productType\":{product_type},\"patches\":[{{\"op\":\"replace\",\
         \"path\":\"/attributes/fulfillment_availability\",\"value\":[{{\
         \"fulfillment_channel_code\":\"DEFAULT\",\"quantity\":{units}}}]}}]}}"
    )
    .expect("writing to a string cannot fail");
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seller_has_words_that_amazon_knows() {
        let of = |id: &str, product: &str, locale: &str| {
            Seller::new(Some(id.into()), Some(product.into()), Some(locale.into())).is_ok()
        };
        assert!(of("A2EXAMPLE1234", "PRODUCT", "en_US"));
        assert!(!of("", "PRODUCT", "en_US") && !of("A-2", "PRODUCT", "en_US"));
        assert!(!of("A2", "product", "en_US") && !of("A2", "", "en_US"));
        for locale in ["en", "en-US", "EN_us", "eng_USA", "e_USA", ""] {
            assert!(!of("A2", "PRODUCT", locale), "{locale}");
        }
        let plain = Seller::new(Some("A2".into()), None, None).expect("enough");
        assert_eq!(head(&plain), r#"{"header":{"sellerId":"A2","version":"2.0"},"messages":["#);
        assert!(Seller::new(None, None, None).is_err());
    }
}
