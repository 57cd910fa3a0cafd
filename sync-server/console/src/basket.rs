//! A basket that is asked about, as the address of the page carries it, and the call that asks it.
//!
//! Decides only what can be written down: whether a basket can be promised, the server says.

use domain::{
    api::{BasketLine, NewPromise, PromiseTo},
    fulfillment::Method,
    ids::Sku,
    measure::Quantity,
    order::FieldError,
    problem::Problem,
};

use crate::{failure::Failure, link};

/// What the console calls a basket that has no name of a shop.
const NAME: &str = "console";

/// A basket; empty texts leave the server its own choice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Basket {
    /// SKUs, each with units behind it where it is not one: `100023 2, 100024`.
    pub lines: String,
    /// `pickup`, or empty for `ship`.
    pub method: String,
    /// Where the customer would come to.
    pub location: String,
    /// The country it would be sent to, two letters.
    pub country: String,
    /// The postcode there.
    pub postcode: String,
    /// The customer's region of sale.
    pub region: String,
    /// The sales channel.
    pub channel: String,
    /// `yes` where goods may come later; else empty.
    pub later: String,
    /// The shop's name of a basket: what that one holds counts as free.
    pub name: String,
}

impl Basket {
    /// Reads the basket with a function that answers a parameter's value.
    #[must_use]
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |key| get(key).unwrap_or_default().trim().to_owned();
        Self {
            lines: text("lines"),
            method: text("method"),
            location: text("location"),
            country: text("country").to_uppercase(),
            postcode: text("postcode"),
            region: text("region"),
            channel: text("channel"),
            later: text("later"),
            name: text("name"),
        }
    }

    /// The page that asks this.
    #[must_use]
    pub fn page(&self) -> String {
        let country = self.country.to_uppercase();
        link::to(
            "/promises/basket",
            &[
                ("lines", self.lines.trim()),
                ("method", &self.method),
                ("location", self.location.trim()),
                ("country", country.trim()),
                ("postcode", self.postcode.trim()),
                ("region", self.region.trim()),
                ("channel", self.channel.trim()),
                ("later", &self.later),
                ("name", self.name.trim()),
            ],
        )
    }

    /// Whether the customer would come for the goods.
    #[must_use]
    pub fn is_picked_up(&self) -> bool {
        self.method == Method::Pickup.as_str()
    }

    /// The call; nothing is held by it.
    #[must_use]
    pub fn call(&self) -> String {
        link::to("/api/v1/promises/quote", &[("channel", &self.channel)])
    }

    /// What is sent.
    ///
    /// # Errors
    /// What cannot be written down, field by field.
    pub fn body(&self) -> Result<NewPromise, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, message: &str| {
            errors.push(FieldError { field: field.into(), message: message.into() });
        };
        let lines: Option<Vec<_>> = texts(&self.lines).map(line).collect();
        if lines.is_none() {
            wrong(
                "lines",
                "SKUs with commas between them, each with its units behind it, as 100023 2",
            );
        }
        let to = self.to();
        if to.is_none() {
            wrong("to.location", "the store where it would be picked up");
        }
        if self.channel.is_empty() {
            wrong("channel", "the channel whose basket it would be");
        }
        let (Some(lines), Some(to), true) = (lines, to, errors.is_empty()) else {
            return Err(errors);
        };
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Ok(NewPromise {
            basket: some(&self.name).unwrap_or_else(|| NAME.to_owned()),
            to,
            lines,
            customer: None,
            region: some(&self.region),
            later: !self.later.is_empty(),
            minutes: None,
        })
    }

    fn to(&self) -> Option<PromiseTo> {
        if self.is_picked_up() {
            return Some(PromiseTo::Pickup { location: self.location.parse().ok()? });
        }
        let (country, postcode) = (self.country.clone(), self.postcode.clone());
        Some(PromiseTo::Ship { country, postcode })
    }
}

fn texts(lines: &str) -> impl Iterator<Item = &str> {
    lines.split([',', ';', '\n']).map(str::trim).filter(|text| !text.is_empty())
}

/// `SKU` or `SKU UNITS`.
fn line(text: &str) -> Option<BasketLine> {
    let mut words = text.split_whitespace();
    let sku = Sku::new(words.next()?.to_owned()).ok()?;
    let quantity = match words.next() {
        Some(units) => Quantity::new(units.parse().ok()?).ok()?,
        None => Quantity::ONE,
    };
    words.next().is_none().then_some(BasketLine { sku, quantity })
}

/// Lines of an answer for people: `2 × 100023, 1 × 100024`.
#[must_use]
pub fn told(lines: &[BasketLine]) -> String {
    let told = lines.iter().map(|line| format!("{} × {}", line.quantity.units(), line.sku));
    told.collect::<Vec<_>>().join(", ")
}

/// What cannot be written cannot be sent: a refusal of this console, in the form of the server's.
#[must_use]
pub fn unwritable(errors: Vec<FieldError>) -> Failure {
    let mut problem = Problem::new(422, "invalid_promise", "This cannot be asked yet.");
    problem.errors = errors;
    Failure::Refused(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Basket {
        Basket::read(|key| match key {
            "lines" => Some("100023 2, 100024".into()),
            "country" => Some("us".into()),
            "postcode" => Some(" 78701".into()),
            "channel" => Some("web".into()),
            _ => None,
        })
    }

    fn fields(basket: &Basket) -> Vec<String> {
        let failure = unwritable(basket.body().expect_err("not yet"));
        failure.fields().iter().map(|wrong| wrong.field.clone()).collect()
    }

    #[test]
    fn the_address_carries_the_basket() {
        let page =
            "/promises/basket?lines=100023%202%2C%20100024&country=US&postcode=78701&channel=web";
        assert_eq!(asked().page(), page);
        assert_eq!(asked().call(), "/api/v1/promises/quote?channel=web");
    }

    #[test]
    fn a_basket_is_sent_or_picked_up() {
        let body = asked().body().expect("complete");
        assert_eq!(told(&body.lines), "2 × 100023, 1 × 100024");
        assert_eq!(body.to, PromiseTo::Ship { country: "US".into(), postcode: "78701".into() });
        assert_eq!((body.basket.as_str(), body.later), ("console", false));
        let location = "S1".parse().expect("a number");
        let pickup = Basket {
            method: "pickup".into(),
            location: "S1".into(),
            later: "yes".into(),
            name: "cart-7".into(),
            ..asked()
        };
        let body = pickup.body().expect("complete");
        assert_eq!(body.to, PromiseTo::Pickup { location });
        assert_eq!((body.basket.as_str(), body.later), ("cart-7", true));
    }

    #[test]
    fn what_cannot_be_written_is_told_by_field() {
        for lines in ["100023 many", "100023 0", "a b c", "100023 1 2"] {
            assert_eq!(fields(&Basket { lines: lines.into(), ..asked() }), ["lines"], "{lines}");
        }
        let nothing = Basket { method: "pickup".into(), channel: String::new(), ..asked() };
        assert_eq!(fields(&nothing), ["to.location", "channel"]);
    }
}
