//! Source files say what they are for, stay short, and are not called after nothing.
//!
//! Looks at our own Rust files and at the names of our folders.

use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace::root;

/// Lines of a file before its tests.
const LINES_MAX: usize = 500;

const EMPTY_NAMES: [&str; 8] =
    ["utils", "util", "common", "helpers", "helper", "manager", "processor", "misc"];

/// What the person this is built for wants to see; tool settings are in dot-files.
const TOP_LEVEL: [&str; 12] = [
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "app-core",
    "app-ui",
    "assets",
    "dev",
    "labels",
    "sync-server",
    "tests",
];

/// What others write into the tree.
const NOT_OURS: [&str; 3] = ["target", "node_modules", "gen"];

#[test]
fn every_file_says_what_it_is_for() {
    for (path, text) in sources() {
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let says = first.starts_with("//!") || first.starts_with("#![doc = include_str!");
        assert!(says, "{} does not begin with //!", path.display());
    }
}

#[test]
fn every_file_is_short() {
    for (path, text) in sources() {
        let lines = text.lines().take_while(|line| *line != "#[cfg(test)]").count();
        assert!(lines <= LINES_MAX, "{}: {lines} lines, at most {LINES_MAX}", path.display());
    }
}

#[test]
fn nothing_is_called_after_nothing() {
    for path in files(&root()) {
        let inside = path.strip_prefix(root()).expect("listed under it");
        for part in inside.with_extension("").components() {
            let name = part.as_os_str().to_string_lossy();
            assert!(!EMPTY_NAMES.contains(&&*name), "{}: says nothing", inside.display());
        }
    }
}

#[test]
fn the_top_level_is_the_one_agreed() {
    for entry in fs::read_dir(root()).expect("readable") {
        let name = entry.expect("readable").file_name().to_string_lossy().into_owned();
        let agreed = name.starts_with('.') || TOP_LEVEL.contains(&&*name) || name == "target";
        assert!(agreed, "{name} does not belong at the top");
    }
}

/// Our Rust files with their text.
pub fn sources() -> impl Iterator<Item = (PathBuf, String)> {
    let rust = files(&root())
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    rust.map(|path| {
        let text = fs::read_to_string(&path).expect("readable");
        (path, text)
    })
}

/// Every file of ours under a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("readable") {
        let entry = entry.expect("readable");
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || NOT_OURS.contains(&&*name) {
            continue;
        }
        let path = entry.path();
        if entry.file_type().expect("readable").is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn there_is_something_to_look_at() {
    assert!(sources().count() > 50);
}
