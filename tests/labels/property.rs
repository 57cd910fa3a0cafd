//! Any text at all: one label, no panic, the same number of codes.

use std::sync::OnceLock;

use labels::{PrinterProfile, Renderer};
use proptest::prelude::*;

use crate::injection::{assert_one_label, count};
use crate::samples;

fn renderer() -> &'static Renderer {
    static RENDERER: OnceLock<Renderer> = OnceLock::new();
    RENDERER.get_or_init(Renderer::default)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_text_is_one_label(text in prop_oneof![any::<String>(), "[\\^~_\\\\><XZAFSD0-9 ]{0,60}"]) {
        let doc = samples::hostile(&text).layout();
        for printer in [PrinterProfile::DPI_203, PrinterProfile::DPI_300.z64()] {
            let zpl = renderer().zpl(&doc, &printer);
            assert_one_label(&zpl, &text);
            prop_assert_eq!(count(&zpl, "^BCN"), 2);
            prop_assert_eq!(count(&zpl, "^BCN,"), 2);
            prop_assert_eq!(count(&zpl, "^FS"), count(&zpl, "^FD") + count(&zpl, "^GB") + count(&zpl, "^GFA"));
        }
    }

    #[test]
    fn any_text_is_a_page(text in any::<String>()) {
        let doc = samples::hostile(&text).layout();
        prop_assert!(renderer().pdf(&doc).starts_with(b"%PDF"));
        prop_assert!(renderer().png(&doc, &PrinterProfile::DPI_203).starts_with(b"\x89PNG"));
    }
}
