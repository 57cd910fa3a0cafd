//! What is asked about what can be promised, as the address of the page carries it, and the calls that
//! ask it.
//!
//! Answers nothing itself: the server does.

use crate::link;

/// A question; empty texts leave the server its own choice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// SKUs, with commas or spaces between them.
    pub sku: String,
    /// `pickup`, or empty for `ship`.
    pub method: String,
    /// The customer's country, two letters.
    pub market: String,
    /// The customer's region of sale.
    pub region: String,
    /// The sales channel.
    pub channel: String,
    /// When the goods must be there, in UTC, as `2026-12-24T12:00`; empty for now.
    pub on: String,
    /// Where the customer is: latitude and longitude, or a postcode.
    pub place: String,
    /// Locations within so many kilometres.
    pub within: String,
    /// At most so many locations.
    pub most: String,
    /// The SKU that is looked at closely.
    pub of: String,
}

impl Question {
    /// Reads the question with a function that answers a parameter's value.
    #[must_use]
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |key| get(key).unwrap_or_default().trim().to_owned();
        Self {
            sku: text("sku"),
            method: text("method"),
            market: text("market").to_uppercase(),
            region: text("region"),
            channel: text("channel"),
            on: text("on"),
            place: text("place"),
            within: text("within"),
            most: text("most"),
            of: text("of"),
        }
    }

    /// The page that asks this.
    #[must_use]
    pub fn page(&self) -> String {
        let market = self.market.to_uppercase();
        link::to(
            "/promises",
            &[
                ("sku", self.sku.trim()),
                ("method", &self.method),
                ("market", market.trim()),
                ("region", self.region.trim()),
                ("channel", self.channel.trim()),
                ("on", self.on.trim()),
                ("place", self.place.trim()),
                ("within", &self.within),
                ("most", &self.most),
                ("of", &self.of),
            ],
        )
    }

    /// The page that asks the same and looks at one item closely.
    #[must_use]
    pub fn page_of(&self, sku: &str) -> String {
        Self { of: sku.to_owned(), ..self.clone() }.page()
    }

    /// The SKUs, each once.
    #[must_use]
    pub fn skus(&self) -> Vec<&str> {
        let mut skus = Vec::new();
        for sku in self.sku.split([',', ';', ' ', '\t', '\n']).filter(|sku| !sku.is_empty()) {
            if !skus.contains(&sku) {
                skus.push(sku);
            }
        }
        skus
    }

    /// The SKU to look at closely: the chosen one, or the only one.
    #[must_use]
    pub fn closely(&self) -> Option<&str> {
        let skus = self.skus();
        let chosen = skus.iter().find(|sku| **sku == self.of);
        chosen.or_else(|| skus.first().filter(|_| skus.len() == 1)).copied()
    }

    /// The call for all items; none without an item.
    #[must_use]
    pub fn all(&self) -> Option<String> {
        let (skus, on) = (self.skus().join(","), instant(&self.on));
        let who = [("skus", &*skus), ("method", &self.method), ("on", &on)];
        (!skus.is_empty()).then(|| link::to("/api/v1/atp", &[&who[..], &self.whose()].concat()))
    }

    /// The call for one item: delivery, and pickup around the customer.
    #[must_use]
    pub fn around(&self, sku: &str) -> String {
        let is_point = self.place.contains(',');
        let (at, postcode) = if is_point { (&*self.place, "") } else { ("", &*self.place) };
        let place = [
            ("at", at),
            ("postcode", postcode),
            ("radius_km", &self.within),
            ("limit", &self.most),
        ];
        let path = format!("/api/v1/atp/items/{}", link::encoded(sku));
        link::to(&path, &[&place[..], &self.whose()].concat())
    }

    /// The call for every term behind one item's number.
    #[must_use]
    pub fn why(&self, sku: &str) -> String {
        let path = format!("/api/v1/atp/items/{}/explain", link::encoded(sku));
        link::to(&path, &[&[("method", &*self.method)][..], &self.whose()].concat())
    }

    fn whose(&self) -> [(&str, &str); 3] {
        [("market", &self.market), ("region", &self.region), ("channel", &self.channel)]
    }
}

/// What a field for a date and a time writes, as an instant in UTC; anything else as it is, for the server
/// to say what is wrong with it.
fn instant(on: &str) -> String {
    match on.len() {
        10 if on.is_ascii() => format!("{on}T00:00:00Z"),
        16 if on.is_ascii() => format!("{on}:00Z"),
        _ => on.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Question {
        Question {
            sku: "A, B  A".into(),
            method: "pickup".into(),
            market: "us".into(),
            channel: "web".into(),
            place: "52.52,13.405".into(),
            within: "50".into(),
            ..Question::default()
        }
    }

    #[test]
    fn items_are_named_with_commas_or_spaces() {
        assert_eq!(asked().skus(), ["A", "B"]);
        assert_eq!(asked().closely(), None);
        assert_eq!(Question { of: "B".into(), ..asked() }.closely(), Some("B"));
        assert_eq!(Question { of: "C".into(), ..asked() }.closely(), None);
        assert_eq!(Question { sku: " A ".into(), ..asked() }.closely(), Some("A"));
    }

    #[test]
    fn the_address_carries_the_question() {
        let page = asked().page();
        assert_eq!(
            page,
            "/promises?sku=A%2C%20B%20%20A&method=pickup&market=US&channel=web&place=52.52%2C13.405&within=50"
        );
        assert_eq!(asked().page_of("B"), format!("{page}&of=B"));
    }

    #[test]
    fn each_call_asks_what_it_can() {
        let asked = Question::read(|key| match key {
            "market" => Some("us".into()),
            "sku" => Some("A B".into()),
            "place" => Some(" 10115 ".into()),
            _ => None,
        });
        assert_eq!(asked.all().as_deref(), Some("/api/v1/atp?skus=A%2CB&market=US"));
        assert_eq!(asked.around("A/1"), "/api/v1/atp/items/A%2F1?postcode=10115&market=US");
        assert_eq!(asked.why("A"), "/api/v1/atp/items/A/explain?market=US");
        let at = Question { place: "1,2".into(), ..asked };
        assert_eq!(at.around("A"), "/api/v1/atp/items/A?at=1%2C2&market=US");
        assert_eq!(Question::default().all(), None);
        for (on, sent) in [
            ("2026-12-24T12:00", "2026-12-24T12%3A00%3A00Z"),
            ("2026-12-24", "2026-12-24T00%3A00%3A00Z"),
            ("2026-12-24T12:00:00Z", "2026-12-24T12%3A00%3A00Z"),
            ("soon", "soon"),
        ] {
            let later = Question { on: on.into(), sku: "A".into(), ..Question::default() };
            assert_eq!(later.all(), Some(format!("/api/v1/atp?skus=A&on={sent}")));
        }
    }
}
