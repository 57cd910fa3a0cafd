//! The ZPL as it was when somebody last looked at it: a change must be seen, looked at and accepted.
//!
//! Look with `LABELS_OUT=folder`, which takes a PNG of each; accept with `UPDATE_GOLDEN=1`.

use std::path::Path;

use labels::{LabelDoc, render_zpl};

use crate::judge::{self, HEADS, Head};
use crate::samples;
use crate::zpl::{profile, size_mm};

fn check(name: &str, doc: &LabelDoc, head: Head) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../labels/golden").join(name);
    let zpl = render_zpl(doc, &profile(head));
    if let Some(folder) = std::env::var_os("LABELS_OUT") {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
        std::fs::create_dir_all(&folder).expect("the folder for pictures can be made");
        let picture = folder.join(name).with_extension("png");
        std::fs::write(picture, judge::render_zpl(&zpl, head, size_mm(doc)))
            .expect("it is written");
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &zpl).expect("the golden file is written");
    }
    let golden = std::fs::read(&file).unwrap_or_default();
    let differs = "differs: look at the label (README of labels), then UPDATE_GOLDEN=1";
    assert!(zpl == golden, "{name} {differs}");
}

#[test]
fn transfer() {
    check("transfer-203.zpl", &samples::transfer().layout(), HEADS[0]);
}

#[test]
fn abroad() {
    check("abroad-300.zpl", &samples::abroad().layout(), HEADS[1]);
}

#[test]
fn waiting() {
    let doc = samples::waiting().layout().expect("a printable code");
    check("waiting-203.zpl", &doc, HEADS[0]);
}

#[test]
fn shaped() {
    let mut label = samples::transfer();
    label.receiver.name = "مكتبة النيل".into();
    check("shaped-203.zpl", &label.layout(), HEADS[0]);
}
