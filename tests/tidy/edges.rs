//! Which of our crates may depend on which; a new edge is a decision, made here.
//!
//! Says nothing of other people's crates.

use serde_json::json;

use crate::files::sources;
use crate::workspace::{metadata, ours, root, text};

/// A crate, and what it may depend on (for its tests too).
const EDGES: [(&str, &[&str]); 11] = [
    ("domain", &[]),
    ("app-core", &["domain"]),
    ("labels", &["domain"]),
    ("sync-server", &["domain"]),
    ("app-ui", &["domain"]),
    ("app-shell", &["domain", "app-core", "labels"]),
    ("app-cli", &["domain", "app-core", "labels"]),
    ("console", &["domain"]),
    ("bundle", &[]),
    // Speaks the public API, like any customer's program.
    ("demo", &["domain"]),
    ("tests", &["domain", "app-core", "labels", "sync-server", "demo"]),
];

/// Where the domain's source is.
const DOMAIN: &str = "app-core/domain/src";

/// What needs a web view or a wasm compiler; a plain `cargo test` must not.
const NOT_BY_DEFAULT: [&str; 3] = ["app-ui", "app-shell", "console"];

#[test]
fn no_crate_depends_on_one_it_may_not() {
    let names: Vec<&str> = ours().map(|package| text(package, "name")).collect();
    for package in ours() {
        let name = text(package, "name");
        let may = EDGES.iter().find(|(of, _)| *of == name).map(|(_, may)| *may);
        let may = may.unwrap_or_else(|| panic!("{name} is not in the table of edges"));
        for dependency in package["dependencies"].as_array().expect("a list") {
            let on = text(dependency, "name");
            assert!(!names.contains(&on) || may.contains(&on), "{name} may not depend on {on}");
        }
    }
}

#[test]
fn every_crate_of_the_table_is_there() {
    for (name, _) in EDGES {
        assert!(ours().any(|package| text(package, "name") == name), "there is no crate {name}");
    }
}

#[test]
fn the_domain_has_one_form_only() {
    let domain = ours().find(|package| text(package, "name") == "domain").expect("exists");
    // It describes types: no code may depend on it, and only the server has a use for it.
    let features: Vec<_> = domain["features"].as_object().expect("a table").keys().collect();
    assert_eq!(features, ["schema"]);
    for package in ours().filter(|package| text(package, "name") != "sync-server") {
        let on = package["dependencies"].as_array().expect("a list").iter();
        for domain in on.filter(|dependency| text(dependency, "name") == "domain") {
            assert_eq!(domain["features"], json!([]), "{} wants another form", package["name"]);
        }
    }
    for (path, text) in sources().filter(|(path, _)| path.starts_with(root().join(DOMAIN))) {
        let mut conditions = text.split("cfg(").skip(1).chain(text.split("cfg!(").skip(1));
        assert!(conditions.all(|when| when.starts_with("test)")), "{}", path.display());
    }
}

#[test]
fn a_plain_build_needs_no_web_view_and_no_wasm() {
    let plain = metadata()["workspace_default_members"].as_array().expect("a list");
    for package in ours().filter(|package| NOT_BY_DEFAULT.contains(&text(package, "name"))) {
        assert!(!plain.contains(&package["id"]), "{} is built by default", package["name"]);
    }
}
