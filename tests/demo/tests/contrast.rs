//! Reads `assets/tokens.css` as written and holds every text on every surface it may lie on to a
//! contrast of 4.5:1, every edge that carries meaning to 3:1 (WCAG 2.2 AA), light and dark.
//!
//! It does not look at the screens: which token a screen puts where is the axe run's business.

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../../assets/tokens.css");
const TEXT_MIN: f64 = 4.5;
const EDGE_MIN: f64 = 3.0;

/// What a screen may be made of: ordinary text and strong edges may lie on any of these.
const SURFACES: [&str; 6] = ["sunken", "page", "card", "raised", "hover", "selected"];
const TONES: [&str; 4] = ["good", "warn", "bad", "info"];

#[derive(Clone, Copy)]
struct Colour([f64; 3]);

impl Colour {
    fn from_hex(hex: &str) -> Self {
        assert_eq!(hex.len(), 7, "a colour is written #rrggbb: {hex}");
        let channel = |at: usize| {
            let byte = u8::from_str_radix(&hex[at..at + 2], 16).expect("two hexadecimal digits");
            f64::from(byte) / 255.0
        };
        Self([channel(1), channel(3), channel(5)])
    }

    fn from_hsl(hue: f64, saturation: f64, lightness: f64) -> Self {
        let chroma = saturation * lightness.min(1.0 - lightness);
        let channel = |n: f64| {
            let k = (n + hue / 30.0) % 12.0;
            lightness - chroma * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)
        };
        Self([channel(0.0), channel(8.0), channel(4.0)])
    }

    /// Relative luminance as WCAG defines it.
    fn luminance(self) -> f64 {
        let linear =
            self.0.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
}

/// Every `--name: light-dark(#a, #b)` of the file.
fn tokens() -> BTreeMap<&'static str, [Colour; 2]> {
    let mut found = BTreeMap::new();
    for line in TOKENS.lines() {
        let Some((name, value)) = line.trim().split_once(": light-dark(#") else { continue };
        let (light, dark) = value.trim_end_matches(");").split_once(", ").expect("two colours");
        let pair = [Colour::from_hex(&format!("#{light}")), Colour::from_hex(dark)];
        assert!(found.insert(name, pair).is_none(), "{name} is written twice");
    }
    found
}

fn assert_contrast(front: &str, back: &str, min: f64) {
    let tokens = tokens();
    let pick = |name: &str| *tokens.get(name).unwrap_or_else(|| panic!("no token {name}"));
    let (front_pair, back_pair) = (pick(front), pick(back));
    for (theme, at) in [("light", 0), ("dark", 1)] {
        let ratio = front_pair[at].contrast(back_pair[at]);
        assert!(ratio >= min, "{front} on {back}, {theme}: {ratio:.2}, at least {min}");
    }
}

#[test]
fn contrast_is_measured_as_wcag_does() {
    let (black, white) = (Colour::from_hex("#000000"), Colour::from_hex("#ffffff"));
    assert!((black.contrast(white) - 21.0).abs() < 1e-9);
    let grey = Colour::from_hex("#767676");
    assert!((grey.contrast(white) - 4.54).abs() < 0.01, "the well-known lightest grey");
    assert!(Colour::from_hex("#777777").contrast(white) < TEXT_MIN, "one step lighter fails");
    assert!(Colour::from_hsl(120.0, 1.0, 0.25).contrast(Colour::from_hex("#008000")) < 1.02);
}

#[test]
fn text_can_be_read_on_every_surface() {
    for surface in SURFACES {
        let surface = format!("--surface-{surface}");
        for text in ["--text", "--text-quiet", "--text-accent"] {
            assert_contrast(text, &surface, TEXT_MIN);
        }
    }
    for tone in TONES {
        let surface = format!("--surface-{tone}");
        assert_contrast("--text", &surface, TEXT_MIN);
        assert_contrast(&format!("--text-{tone}"), &surface, TEXT_MIN);
        assert_contrast(&format!("--text-{tone}"), "--surface-card", TEXT_MIN);
        assert_contrast(&format!("--text-{tone}"), "--surface-page", TEXT_MIN);
    }
    for fill in ["--fill-accent", "--fill-accent-hover", "--fill-accent-press"] {
        assert_contrast("--text-on-accent", fill, TEXT_MIN);
    }
    for tone in ["good", "warn", "bad"] {
        assert_contrast(&format!("--text-on-{tone}"), &format!("--fill-{tone}"), TEXT_MIN);
    }
}

#[test]
fn edges_that_mean_something_can_be_seen() {
    for surface in SURFACES {
        let surface = format!("--surface-{surface}");
        for edge in ["--edge-strong", "--edge-accent", "--focus-ring"] {
            assert_contrast(edge, &surface, EDGE_MIN);
        }
        for tone in TONES {
            assert_contrast(&format!("--edge-{tone}"), &surface, EDGE_MIN);
        }
    }
    for tone in TONES {
        assert_contrast(&format!("--edge-{tone}"), &format!("--surface-{tone}"), EDGE_MIN);
    }
}

/// The percentages of a swatch, as written: `hsl(var(--hue, 170) S% L%)`, light then dark.
fn swatch(name: &str) -> Vec<(f64, f64)> {
    let line = TOKENS.lines().find(|line| line.trim().starts_with(name)).expect("a swatch token");
    let percent = |text: &str| text.trim_end_matches('%').parse::<f64>().expect("percent") / 100.0;
    line.split("hsl(")
        .skip(1)
        .map(|hsl| {
            let inside = hsl.split_once("170) ").expect("a hue with 170 instead").1;
            let (s, l) = inside.split_once(')').expect("closed").0.split_once(' ').expect("two");
            (percent(s), percent(l))
        })
        .collect()
}

#[test]
fn a_placeholder_picture_can_be_seen_in_every_hue() {
    let (surface, ink) = (swatch("--swatch-surface:"), swatch("--swatch-ink:"));
    assert_eq!((surface.len(), ink.len()), (2, 2));
    for (back, front) in surface.iter().zip(&ink) {
        for hue in 0..360 {
            let hue = f64::from(hue);
            let ratio = Colour::from_hsl(hue, back.0, back.1)
                .contrast(Colour::from_hsl(hue, front.0, front.1));
            assert!(ratio >= TEXT_MIN, "hue {hue}: {ratio:.2}");
        }
    }
}
