//! Gives Tauri the bundled pages: the ones `./dev web` wrote, or one that says they are missing.
//!
//! Does not build the pages; a release build without them is refused.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

const MISSING_PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <title>Stockhand</title><h1>The pages are not built</h1>\
    <p>Run <code>./dev web</code>, then build this program again.</p></html>\n";

fn main() {
    println!("cargo:rerun-if-env-changed=STOCKHAND_WEB_DIR");
    let pages = pages_dir();
    println!("cargo:rerun-if-changed={}", pages.join("index.html").display());
    let pages = if pages.join("index.html").is_file() { pages } else { missing_pages() };
    // Merged over tauri.conf.json by tauri-build (here) and by generate_context! (in the crate).
    let config = serde_json::json!({ "build": { "frontendDist": pages } }).to_string();
    println!("cargo:rustc-env=TAURI_CONFIG={config}");
    set_for_this_process(&config);
    tauri_build::build();
}

/// Where `./dev web` puts the app's pages.
fn pages_dir() -> PathBuf {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let web = env::var_os("STOCKHAND_WEB_DIR")
        .map_or_else(|| manifest.join("../../target/web"), PathBuf::from);
    web.join("app")
}

/// A folder with one page that says what to do, or the end of a release build.
fn missing_pages() -> PathBuf {
    let profile = env::var("PROFILE").expect("set by cargo");
    assert!(profile != "release", "the pages are not built: run `./dev web --release` first");
    println!("cargo:warning=the pages are not built: run `./dev web`; using a placeholder");
    let dir = Path::new(&env::var_os("OUT_DIR").expect("set by cargo")).join("pages");
    fs::create_dir_all(&dir).expect("OUT_DIR is writable");
    fs::write(dir.join("index.html"), MISSING_PAGE).expect("OUT_DIR is writable");
    dir
}

#[expect(unsafe_code, reason = "a build script has one thread, and tauri-build reads only this")]
fn set_for_this_process(config: &str) {
    // SAFETY: no other thread exists yet in this build script.
    unsafe { env::set_var("TAURI_CONFIG", config) };
}
