//! Starting points for how a source writes: one for each format, to be changed to what the source does.

/// A starting point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// The format's word in the API.
    pub format: &'static str,
    /// What people call it.
    pub words: &'static str,
    /// The profile, as JSON.
    pub profile: &'static str,
    /// A file of this format, as it might be called.
    pub file: &'static str,
}

macro_rules! start {
    ($format:literal, $words:literal, $file:literal) => {
        Start {
            format: $format,
            words: $words,
            profile: include_str!(concat!("starts/", $format, ".json")),
            file: $file,
        }
    };
}

/// All of them.
pub const STARTS: [Start; 5] = [
    start!("csv", "CSV: counts in columns", "counts.csv"),
    start!("ndjson", "NDJSON: a change a line", "changes.ndjson"),
    start!("json", "JSON: counts in one document", "counts.json"),
    start!("poslog", "POSLog: what tills sold", "sales.xml"),
    start!("x12_846", "X12 846: inventory advice", "advice.edi"),
];

/// The starting point of a format.
#[must_use]
pub fn of(format: &str) -> Option<Start> {
    STARTS.into_iter().find(|start| start.format == format)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn each_is_a_profile_of_its_format() {
        for start in STARTS {
            let profile: Value = serde_json::from_str(start.profile).expect(start.format);
            let format = &profile["format"];
            let is_it = format == start.format || format.get(start.format).is_some();
            assert!(is_it && profile["version"] == 1, "{}", start.format);
            assert_eq!(of(start.format), Some(start));
        }
        assert_eq!(of("smoke"), None);
    }
}
