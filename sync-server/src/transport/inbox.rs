//! A folder that a source lays files into, below the server's inbox: which files are finished, and
//! where they go once they were taken. Everything may be repeated after a crash at any point.
//!
//! A file is finished when it was the same (size, time, inode) at two looks. Whoever may pause while
//! writing uses a name that is left alone (a dot in front; `.part`, `.tmp` or `.filepart` behind) and
//! renames at the end. An empty file waits: its writer has only begun. Links are never followed, so
//! that nothing outside is read.
//!
//! It does not know what is in a file, and deletes none: `done` and `refused` are people's to empty.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fs::{self, DirBuilder, File, Metadata},
    io::{self, Read},
    path::{Path, PathBuf},
    time::SystemTime,
};

use domain::clock::TimeMs;
use sha2::{Digest, Sha256};

/// Files of one look; the first by name, the others have their turn when those are gone.
pub const FILES_MAX: usize = 1_000;
/// Bytes of one file, packed as it lies there: as many as of an upload.
pub const FILE_BYTES_MAX: u64 = 16 << 30;
/// Bytes of a file's name that are kept in other names; the end says more than the start.
const NAME_BYTES_MAX: usize = 120;
/// Bytes read at a time.
const PIECE_BYTES: usize = 64 * 1024;

/// A source's folder, which is there.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

/// What makes a file the same file with the same contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    written: SystemTime,
    inode: u64,
}

impl Stamp {
    fn of(facts: &Metadata) -> io::Result<Self> {
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(facts);
        #[cfg(not(unix))]
        let inode = 0;
        Ok(Self { bytes: facts.len(), written: facts.modified()?, inode })
    }
}

/// The files of a look, for the next one.
#[derive(Debug, Default)]
pub struct Seen(BTreeMap<OsString, Stamp>);

impl Seen {
    /// A file is looked at twice again before it is taken.
    pub fn forget(&mut self, file: &Finished) {
        self.0.remove(&file.name);
    }
}

/// A file that its writer has finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    name: OsString,
    stamp: Stamp,
}

/// What a look found.
#[derive(Debug, Default)]
pub struct Look {
    /// Files to take, by name.
    pub finished: Vec<Finished>,
    /// Files that are there, finished or not.
    pub waiting: u64,
}

/// Where a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It was taken; rows of it may be with the dead.
    Done,
    /// It cannot be taken.
    Refused,
}

impl Place {
    /// The subfolder's name, which is what is said of the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

impl Finished {
    /// Its name, as text.
    #[must_use]
    pub fn name(&self) -> String {
        self.name.to_string_lossy().into_owned()
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.stamp.bytes
    }

    /// When it was written last; `None` where that is no date that anybody would believe.
    #[must_use]
    pub fn written_at(&self) -> Option<TimeMs> {
        /// 2000-01-01.
        const FIRST_MS: i64 = 946_684_800_000;
        let since = self.stamp.written.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        let at = i64::try_from(since.as_millis()).ok()?;
        (at >= FIRST_MS).then_some(TimeMs(at))
    }

    /// The id of its batch: the same name with the same contents is the same batch.
    #[must_use]
    pub fn batch_id(&self, sha: &[u8; 32]) -> String {
        let name: String = self.name().chars().filter(|c| !c.is_control()).collect();
        let name: String = name.chars().take(60).collect();
        format!("{name} {}", hex(&sha[..16]))
    }

    fn kept_name(&self, sha: &[u8; 32]) -> String {
        let name = self.name();
        let from = name.len().saturating_sub(NAME_BYTES_MAX);
        let from = (from..=name.len()).find(|at| name.is_char_boundary(*at)).unwrap_or(0);
        format!("{}-{}", hex(&sha[..8]), &name[from..])
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Folder {
    /// Opens the folder `name` below `root`; makes it, and those for files that were taken.
    ///
    /// # Errors
    /// `root` is not there, or one of them is no folder (a link is none), or may not be made.
    pub fn open(root: &Path, name: &str) -> io::Result<Self> {
        if !fs::metadata(root)?.is_dir() {
            return Err(io::Error::new(io::ErrorKind::NotADirectory, "the inbox is no folder"));
        }
        let path = root.join(name);
        make(&path)?;
        for place in [Place::Done, Place::Refused] {
            make(&path.join(place.as_str()))?;
        }
        Ok(Self(path))
    }

    /// Looks at what is there. Memory is bounded, whatever lies there.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn look(&self, seen: &mut Seen) -> io::Result<Look> {
        let (mut now, mut waiting) = (BTreeMap::new(), 0);
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            // What vanished meanwhile is not there.
            let Ok(facts) = entry.metadata() else { continue };
            if !facts.is_file() || is_left_alone(&entry.file_name()) {
                continue;
            }
            waiting += 1;
            if facts.len() == 0 {
                continue;
            }
            now.insert(entry.file_name(), Stamp::of(&facts)?);
            if now.len() > FILES_MAX {
                now.pop_last();
            }
        }
        let is_same = |(name, stamp): &(&OsString, &Stamp)| seen.0.get(*name) == Some(*stamp);
        let finished = now.iter().filter(is_same);
        let finished =
            finished.map(|(name, stamp)| Finished { name: name.clone(), stamp: *stamp }).collect();
        seen.0 = now;
        Ok(Look { finished, waiting })
    }

    /// Opens a finished file; `None` when another lies there by now.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn read(&self, file: &Finished) -> io::Result<Option<File>> {
        let path = self.0.join(&file.name);
        match self.stamp(&path)? {
            Some(stamp) if stamp == file.stamp => {}
            _ => return Ok(None),
        }
        let open = File::open(&path)?;
        Ok((Stamp::of(&open.metadata()?)? == file.stamp).then_some(open))
    }

    /// Puts a file that was dealt with away, with a note of what became of it beside. Repeated, it
    /// does the same again. `false` when another file lies there by now, which stays.
    ///
    /// # Errors
    /// The note cannot be written, or the file not moved; it lies where it lay.
    pub fn put_away(
        &self,
        file: &Finished,
        sha: &[u8; 32],
        place: Place,
        note: &str,
    ) -> io::Result<bool> {
        let (from, to) = (self.0.join(&file.name), self.0.join(place.as_str()));
        if self.stamp(&from)? != Some(file.stamp) {
            return Ok(false);
        }
        let name = file.kept_name(sha);
        let written = to.join(format!(".{name}.json.part"));
        fs::write(&written, note)?;
        fs::rename(&written, to.join(format!("{name}.json")))?;
        // The same name is the same contents: what lies there already may be written over.
        let to = to.join(name);
        fs::rename(&from, &to)?;
        if self.stamp(&to)? == Some(file.stamp) {
            return Ok(true);
        }
        // Another file took its name just before: that one has not been taken yet.
        let mut again = OsString::from("again-");
        again.push(&file.name);
        fs::rename(&to, self.0.join(again))?;
        Ok(false)
    }

    fn stamp(&self, path: &Path) -> io::Result<Option<Stamp>> {
        match fs::symlink_metadata(path) {
            Ok(facts) if facts.is_file() => Stamp::of(&facts).map(Some),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The hash of an input.
///
/// # Errors
/// It cannot be read.
pub fn hash(mut input: impl Read) -> io::Result<[u8; 32]> {
    let (mut sha, mut piece) = (Sha256::new(), vec![0; PIECE_BYTES]);
    loop {
        match input.read(&mut piece)? {
            0 => return Ok(sha.finalize().into()),
            read => sha.update(&piece[..read]),
        }
    }
}

fn make(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(facts) if facts.is_dir() => Ok(()),
        Ok(_) => {
            let what = format!("{} is no folder", path.display());
            Err(io::Error::new(io::ErrorKind::NotADirectory, what))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => DirBuilder::new().create(path),
        Err(error) => Err(error),
    }
}

fn is_left_alone(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_lowercase();
    name.starts_with('.') || [".part", ".tmp", ".filepart"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests;
