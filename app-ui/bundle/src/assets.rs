//! Style sheets under lasting names; every other file and folder as it is.
//!
//! Does not read style sheets: what they load by a relative `url()` keeps its place beside them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{BundleError, file};
use crate::names::hashed;
use crate::tree;

/// Copies the assets into `out`; the names of the style sheets, in the order given.
pub fn write(assets: &[PathBuf], out: &Path) -> Result<Vec<String>, BundleError> {
    let mut styles = Vec::new();
    for asset in assets {
        if asset.extension().is_some_and(|extension| extension == "css") {
            styles.push(write_style(asset, out)?);
        } else {
            let name = asset.file_name().unwrap_or(asset.as_os_str());
            tree::copy(asset, &out.join(name))?;
        }
    }
    Ok(styles)
}

fn write_style(style: &Path, out: &Path) -> Result<String, BundleError> {
    let content = fs::read(style).map_err(file("read", style))?;
    let stem = style.file_stem().map_or("style".into(), |stem| stem.to_string_lossy());
    let name = hashed(&stem, "css", &content);
    let to = out.join(&name);
    fs::write(&to, content).map_err(file("write", &to))?;
    Ok(name)
}
