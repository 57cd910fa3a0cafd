//! Where the programs of this workspace are.

use std::path::{Path, PathBuf};

/// A program of this workspace, as built beside this one.
pub fn program(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("this program has a path");
    let folder = own.parent().and_then(Path::parent).expect("target/PROFILE/deps");
    let path = folder.join(name);
    assert!(path.is_file(), "{} is missing: cargo build -p {name}", path.display());
    path
}
