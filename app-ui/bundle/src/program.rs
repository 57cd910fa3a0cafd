//! The program itself: wasm-bindgen's output, optimised, under names that follow the content.
//!
//! Does not know the page.

use std::fs;
use std::path::Path;
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use crate::Args;
use crate::error::{BundleError, file};
use crate::names::hashed;

/// What a browser must support anyway; `--all-features` would ask for proposals it does not.
const OPTIMISER_FLAGS: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The names of what was written.
#[derive(Debug)]
pub struct Program {
    /// Loads the other two and starts the program. A file, because the page forbids inline scripts.
    pub start: String,
    /// wasm-bindgen's glue.
    pub glue: String,
    /// The program.
    pub wasm: String,
    /// Its size, before compression.
    pub wasm_bytes: usize,
}

/// Writes the program into `out`.
pub fn write(args: &Args, out: &Path) -> Result<Program, BundleError> {
    let stem = args.wasm.file_stem().map_or("app".into(), |stem| stem.to_string_lossy());
    bind(args, &stem, out)?;
    let (glue_path, wasm_path) =
        (out.join(format!("{stem}.js")), out.join(format!("{stem}_bg.wasm")));
    if let (true, Some(optimiser)) = (args.release, &args.wasm_opt) {
        optimise(optimiser, &wasm_path)?;
    }
    let (wasm, wasm_bytes) = rename(&wasm_path, &stem, "wasm")?;
    let (glue, _) = rename(&glue_path, &stem, "js")?;
    let script = start_script(&glue, &wasm);
    let start = hashed("start", "js", script.as_bytes());
    let start_path = out.join(&start);
    fs::write(&start_path, script).map_err(file("write", &start_path))?;
    Ok(Program { start, glue, wasm, wasm_bytes })
}

/// Runs wasm-bindgen: `stem.js`, `stem_bg.wasm` and perhaps `snippets/`.
fn bind(args: &Args, stem: &str, out: &Path) -> Result<(), BundleError> {
    let refused = |error: &dyn std::fmt::Display| BundleError::Bindgen(format!("{error:#}"));
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(&args.wasm)
        .out_name(stem)
        .typescript(false)
        .omit_default_module_path(true)
        .keep_debug(false)
        .remove_name_section(args.release)
        .remove_producers_section(args.release);
    bindgen.web(true).map_err(|error| refused(&error))?;
    bindgen.generate(out).map_err(|error| refused(&error))
}

fn optimise(optimiser: &Path, wasm: &Path) -> Result<(), BundleError> {
    let failed = |said: String| BundleError::Optimiser { program: optimiser.to_owned(), said };
    let ran = Command::new(optimiser)
        .args(OPTIMISER_FLAGS)
        .arg(wasm)
        .arg("-o")
        .arg(wasm)
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !ran.status.success() {
        return Err(failed(String::from_utf8_lossy(&ran.stderr).into_owned()));
    }
    let written = fs::read(wasm).map_err(file("read", wasm))?;
    if written.starts_with(b"\0asm") { Ok(()) } else { Err(failed("its output is no wasm".into())) }
}

/// Gives a file its lasting name; returns the name and the size.
fn rename(path: &Path, stem: &str, extension: &str) -> Result<(String, usize), BundleError> {
    let content = fs::read(path).map_err(file("read", path))?;
    let name = hashed(stem, extension, &content);
    fs::rename(path, path.with_file_name(&name)).map_err(file("rename", path))?;
    Ok((name, content.len()))
}

fn start_script(glue: &str, wasm: &str) -> String {
    format!(
        "import init from \"./{glue}\";\n\
         await init({{ module_or_path: new URL(\"./{wasm}\", import.meta.url) }});\n"
    )
}
