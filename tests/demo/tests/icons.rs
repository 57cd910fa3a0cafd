//! Every icon under `assets/icons` is a plain drawing in the colour of the text around it.
//!
//! It does not judge how an icon looks.

use std::fs;
use std::path::{Path, PathBuf};

fn drawings(folder: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/icons").join(folder);
    let mut found: Vec<_> = fs::read_dir(&folder)
        .expect("the folder of icons")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "svg"))
        .map(|path| (path.clone(), fs::read_to_string(&path).expect("an icon in UTF-8")))
        .collect();
    found.sort();
    found
}

#[test]
fn icons_are_inline_safe() {
    let all = [drawings("."), drawings("goods")].concat();
    assert!(all.len() >= 100, "only {} icons found", all.len());
    for (path, svg) in all {
        let shown = path.display();
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{shown}: not one drawing");
        assert!(svg.contains(r#"viewBox="0 0 24 24""#), "{shown}: another size");
        assert!(svg.contains(r#"stroke="currentColor""#), "{shown}: a colour of its own");
        assert!(!svg.contains('#'), "{shown}: a colour of its own");
        assert!(svg.contains("aria-hidden"), "{shown}: would be read aloud");
        for refused in ["<script", "href", " on", "style", "<!--"] {
            assert!(!svg.contains(refused), "{shown}: contains {refused}");
        }
    }
}

#[test]
fn the_licence_is_beside_them() {
    let licence = include_str!("../../../assets/icons/LICENSE");
    assert!(licence.starts_with("ISC License"));
    assert!(licence.contains("Lucide"));
}
