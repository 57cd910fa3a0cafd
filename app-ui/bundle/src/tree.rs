//! Folders of files: list, copy, replace as a whole.
//!
//! Follows no links and keeps no times.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::{BundleError, file};

/// Every file under `root`, sorted; `root` itself when it is a file.
pub fn files(root: &Path) -> Result<Vec<PathBuf>, BundleError> {
    if root.is_file() {
        return Ok(vec![root.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(root).map_err(file("list", root))? {
        let entry = entry.map_err(file("list", root))?;
        found.extend(files(&entry.path())?);
    }
    found.sort();
    Ok(found)
}

/// Copies a file or a whole folder.
pub fn copy(from: &Path, to: &Path) -> Result<(), BundleError> {
    for path in files(from)? {
        let inside = path.strip_prefix(from).expect("listed under it");
        // A file's own path is empty below itself, and joining that would end it with a slash.
        let to = if inside.as_os_str().is_empty() { to.to_owned() } else { to.join(inside) };
        let folder = to.parent().expect("is in a folder");
        fs::create_dir_all(folder).map_err(file("make", folder))?;
        fs::copy(&path, &to).map_err(file("copy", &path))?;
    }
    Ok(())
}

/// A new folder on the same disk as `out`, gone again if the bundle is never finished.
pub fn empty_beside(out: &Path) -> Result<TempDir, BundleError> {
    let parent = out.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(file("make", parent))?;
    tempfile::Builder::new().prefix(".bundle-").tempdir_in(parent).map_err(file("make", parent))
}

/// Puts a finished folder in the place of `out`.
pub fn replace(out: &Path, made: TempDir) -> Result<(), BundleError> {
    match fs::remove_dir_all(out) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(file("remove", out)(error));
        }
        _ => {}
    }
    open_to_others(made.path())?;
    fs::rename(made.keep(), out).map_err(file("rename to", out))
}

/// Temporary folders are private; a bundle is not.
#[cfg(unix)]
fn open_to_others(made: &Path) -> Result<(), BundleError> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(made, fs::Permissions::from_mode(0o755)).map_err(file("open", made))
}

#[cfg(not(unix))]
fn open_to_others(_made: &Path) -> Result<(), BundleError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_replaced_with_nothing_of_the_old_one_left() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let out = dir.path().join("web/app");
        fs::create_dir_all(&out).expect("makes");
        fs::write(out.join("old"), "1").expect("writes");
        let source = dir.path().join("icons");
        fs::create_dir_all(source.join("deep")).expect("makes");
        fs::write(source.join("deep/a.svg"), "2").expect("writes");

        let made = empty_beside(&out).expect("makes");
        copy(&source, &made.path().join("icons")).expect("copies");
        copy(&source.join("deep/a.svg"), &made.path().join("b.svg")).expect("copies");
        replace(&out, made).expect("replaces");

        let left = files(&out).expect("lists");
        assert_eq!(left, [out.join("b.svg"), out.join("icons/deep/a.svg")]);
        assert_eq!(files(out.parent().expect("has one")).expect("lists").len(), 2);
    }
}
