//! A picture as an item names it.

/// Where an item's picture comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picture {
    /// Drawn here: a glyph of `assets/icons/goods` on a colour.
    Swatch {
        /// 0 to 359.
        hue: u16,
        /// Name of the glyph.
        glyph: String,
    },
    /// Fetched from this address, on this server only.
    Address(String),
}

impl Picture {
    /// Reads an item's `picture`; `None` for anything that must not be loaded.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if let Some(swatch) = text.strip_prefix("swatch:") {
            let (hue, glyph) = swatch.split_once(':')?;
            let hue = hue.parse().ok().filter(|hue| *hue < 360)?;
            return Some(Self::Swatch { hue, glyph: glyph.to_owned() });
        }
        let local = text.starts_with('/') && !text.starts_with("//");
        local.then(|| Self::Address(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swatch_has_a_hue_and_a_glyph() {
        let swatch = Picture::Swatch { hue: 170, glyph: "milk".into() };
        assert_eq!(Picture::read("swatch:170:milk"), Some(swatch));
        assert_eq!(Picture::read("swatch:400:milk"), None);
        assert_eq!(Picture::read("swatch:milk"), None);
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        assert_eq!(Picture::read("/p/1.webp"), Some(Picture::Address("/p/1.webp".into())));
        for refused in ["https://elsewhere.example/p", "//elsewhere.example/p", "javascript:x", ""]
        {
            assert_eq!(Picture::read(refused), None, "{refused}");
        }
    }
}
