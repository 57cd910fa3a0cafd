//! What a person sets on this tablet for the eyes, the ears and the hand, and how the scanner is set up.
//!
//! Not business data: it lies in the page's own storage and never travels.

use serde::{Deserialize, Serialize};

use crate::wedge::Profile;

/// The settings. A missing or unknown field is its default, so that an update never loses the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prefs {
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// Loudness of the tones, 0 (silent) to 3.
    pub volume: u8,
    /// Whether the tablet vibrates with the tones, where it can.
    pub vibrate: bool,
    /// Actions lie under the left thumb.
    pub left_hand: bool,
    /// Size of all text in percent: 100, 125, 150 or 200.
    pub text_percent: u16,
    /// The scanner types as on a US keyboard.
    pub scanner_us: bool,
    /// The key that the scanner sends for GS, as `F8`; empty for none.
    pub scanner_gs_key: String,
    /// Text before every scan.
    pub scanner_prefix: String,
    /// The carrier that was named last.
    pub carrier: String,
}

impl Default for Prefs {
    fn default() -> Self {
        Self {
            theme: "system".into(),
            volume: 2,
            vibrate: true,
            left_hand: false,
            text_percent: 100,
            scanner_us: false,
            scanner_gs_key: String::new(),
            scanner_prefix: String::new(),
            carrier: String::new(),
        }
    }
}

impl Prefs {
    /// The sizes of text on offer, in percent.
    pub const TEXT_PERCENTS: [u16; 4] = [100, 125, 150, 200];

    /// Reads what was stored; anything unreadable is the default.
    #[must_use]
    pub fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// The text to store.
    #[must_use]
    pub fn write(&self) -> String {
        serde_json::to_string(self).expect("plain data")
    }

    /// How the scanner is set up.
    #[must_use]
    pub fn scanner(&self) -> Profile {
        let gs_key = Some(self.scanner_gs_key.clone()).filter(|key| !key.is_empty());
        Profile { us_places: self.scanner_us, gs_key, prefix: self.scanner_prefix.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_a_restart_an_update_and_damage() {
        let prefs = Prefs { volume: 0, left_hand: true, ..Prefs::default() };
        assert_eq!(Prefs::read(&prefs.write()), prefs);
        assert_eq!(Prefs::read("{\"volume\":1}"), Prefs { volume: 1, ..Prefs::default() });
        assert_eq!(Prefs::read("not json"), Prefs::default());
    }
}
