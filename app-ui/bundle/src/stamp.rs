//! One digest of everything a bundle is made of, to leave an up-to-date bundle untouched.
//!
//! Untouched matters: the programs that embed the folder are rebuilt when its files are newer.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::Args;
use crate::error::{BundleError, file};
use crate::names::hex;
use crate::tree;

/// Digest of the inputs' content and of the options.
pub fn of_inputs(args: &Args) -> Result<String, BundleError> {
    let mut digest = Sha256::new();
    digest.update(env!("CARGO_PKG_VERSION"));
    digest.update(format!("{}\0{}\0{}\0", args.base, args.served, args.release));
    for input in [&args.wasm, &args.html].into_iter().chain(&args.assets) {
        for path in tree::files(input)? {
            let content = fs::read(&path).map_err(file("read", &path))?;
            digest.update(path.as_os_str().as_encoded_bytes());
            digest.update((content.len() as u64).to_le_bytes());
            digest.update(content);
        }
    }
    Ok(hex(&digest.finalize()))
}

/// Whether `out` was made from inputs with this stamp.
pub fn matches(out: &Path, stamp: &str) -> bool {
    out.join("index.html").is_file()
        && fs::read_to_string(path(out)).is_ok_and(|written| written == stamp)
}

/// Remembers what `out` was made from.
pub fn write(out: &Path, stamp: &str) -> Result<(), BundleError> {
    let path = path(out);
    fs::write(&path, stamp).map_err(file("write", &path))
}

/// Beside the folder, not in it: everything in it is shipped.
fn path(out: &Path) -> PathBuf {
    out.with_extension("stamp")
}
