//! The formats of feeds, for people who set up whoever reads them.

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedFormat {
    /// Its word in routes.
    pub word: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// What is in it.
    pub about: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// What else must be asked with.
    pub query: &'static str,
}

/// All formats.
pub const FORMATS: [FeedFormat; 5] = [
    FeedFormat {
        word: "google_local",
        name: "Google local inventory",
        about: "One row for each item and store: quantity, availability, pickup.",
        form: "Tab-separated",
        query: "",
    },
    FeedFormat {
        word: "google_local_json",
        name: "Google local inventory, API",
        about: "The same, as documents for its API.",
        form: "NDJSON",
        query: "",
    },
    FeedFormat {
        word: "marketplace",
        name: "Marketplaces",
        about: "SKU and quantity. With buffer=5 five units of each are not told.",
        form: "CSV",
        query: "",
    },
    FeedFormat {
        word: "amazon",
        name: "Amazon listings",
        about: "Patches of quantities for JSON_LISTINGS_FEED. Put your own merchant id as seller.",
        form: "JSON",
        query: "seller=A1EXAMPLE",
    },
    FeedFormat {
        word: "search",
        name: "Product search",
        about: "Units and availability, to be merged into the products that a search has.",
        form: "NDJSON",
        query: "",
    },
];

impl FeedFormat {
    /// Its address.
    #[must_use]
    pub fn href(&self) -> String {
        let mark = if self.query.is_empty() { "" } else { "?" };
        format!("/api/v1/feeds/{}{mark}{}", self.word, self.query)
    }

    /// The line for a shell that fetches everything and shows what the file says of itself.
    #[must_use]
    pub fn line(&self, origin: &str) -> String {
        let href = self.href();
        format!(
            "curl --silent --dump-header - --output {} --header 'Authorization: Bearer TOKEN' '{origin}{href}'",
            self.word
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_the_api() {
        let hrefs = FORMATS.map(|format| format.href());
        assert!(hrefs.contains(&"/api/v1/feeds/search".to_owned()));
        assert!(hrefs.contains(&"/api/v1/feeds/amazon?seller=A1EXAMPLE".to_owned()));
        assert!(
            FORMATS[0]
                .line("https://x.test")
                .ends_with("'https://x.test/api/v1/feeds/google_local'")
        );
    }
}
