//! Puts the console's files into the binary: the ones `./dev web` wrote, or a page that says they are
//! missing.
//!
//! Does not build the console; a release build without it is refused.

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

const MISSING_PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <title>Stockhand</title><h1>The console is not built</h1>\
    <p>Run <code>./dev web</code>, then build this program again. The API works.</p></html>\n";

fn main() {
    println!("cargo:rerun-if-env-changed=STOCKHAND_WEB_DIR");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    let console = console_dir();
    // The stamp beside the folder changes with its content; a missing one is looked for each time.
    println!("cargo:rerun-if-changed={}", console.with_extension("stamp").display());
    let console = if console.join("index.html").is_file() { console } else { missing(&out) };
    fs::write(out.join("console.rs"), table(&console)).expect("OUT_DIR is writable");
}

/// Where `./dev web` puts the console.
fn console_dir() -> PathBuf {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let web = env::var_os("STOCKHAND_WEB_DIR")
        .map_or_else(|| manifest.join("../target/web"), PathBuf::from);
    web.join("console")
}

/// A folder with one page that says what to do, or the end of a release build.
fn missing(out: &Path) -> PathBuf {
    let profile = env::var("PROFILE").expect("set by cargo");
    assert!(profile != "release", "the console is not built: run `./dev web --release` first");
    println!("cargo:warning=the console is not built: run `./dev web`; using a placeholder");
    let dir = out.join("missing");
    fs::create_dir_all(&dir).expect("OUT_DIR is writable");
    fs::write(dir.join("index.html"), MISSING_PAGE).expect("OUT_DIR is writable");
    dir
}

/// A sorted table of path and content.
fn table(console: &Path) -> String {
    let mut files = Vec::new();
    collect(console, console, &mut files);
    files.sort();
    let mut text = String::from("&[\n");
    for (name, path) in files {
        writeln!(text, "    ({name:?}, include_bytes!({path:?})),").expect("memory");
    }
    text.push_str("]\n");
    text
}

fn collect(root: &Path, dir: &Path, files: &mut Vec<(String, PathBuf)>) {
    for entry in fs::read_dir(dir).expect("a readable folder") {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).expect("below its root");
            let name = name.to_str().expect("the bundler writes plain names").replace('\\', "/");
            files.push((name, path.canonicalize().expect("it is there")));
        }
    }
}
