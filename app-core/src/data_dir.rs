//! The files of one tablet: `outbox.db`, `replica.db`, the device's key, the ballast, and the lock
//! that lets only one program in.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use domain::clock::TimeMs;
use ed25519_dalek::SigningKey;
use rusqlite::Connection;

use crate::{
    home::Home,
    store::{StoreError, open_outbox, suffixed},
};

/// Kept free for the last facts before the disk is full.
const BALLAST_BYTES: usize = 4 * 1024 * 1024;

/// A data directory that this program alone uses.
pub struct DataDir {
    path: PathBuf,
    lock: File,
}

/// The open databases of a data directory.
pub struct Files {
    /// `outbox.db`.
    pub outbox: Connection,
    /// `replica.db`, in whatever state.
    pub replica: Connection,
    /// The engine's hands on the directory.
    pub home: Box<dyn Home>,
    /// What to say loudly when the outbox was salvaged.
    pub salvaged: Option<String>,
}

fn broken(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> StoreError {
    let path = path.display().to_string();
    move |source| StoreError::File { doing, path, source }
}

impl DataDir {
    /// Makes the directory where there is none, and locks it.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another program has it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(path).map_err(broken("make", path))?;
        let name = path.join("lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&name);
        let lock = lock.map_err(broken("open", &name))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), lock }),
            Err(TryLockError::WouldBlock) => {
                Err(StoreError::InUse { path: path.display().to_string() })
            }
            Err(TryLockError::Error(source)) => Err(broken("lock", &name)(source)),
        }
    }

    /// The device's private key; made with `fresh` the first time. Readable by its owner only: the
    /// platform's keystore takes its place with the security work.
    ///
    /// # Errors
    /// [`StoreError::File`]; a key file of another length is never replaced.
    pub fn key(&self, fresh: [u8; 32]) -> Result<SigningKey, StoreError> {
        let path = self.path.join("device.key");
        match File::open(&path) {
            Ok(mut file) => {
                let mut secret = [0; 32];
                file.read_exact(&mut secret).map_err(broken("read", &path))?;
                Ok(SigningKey::from_bytes(&secret))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                write_private(&path, &fresh).map_err(broken("write", &path))?;
                Ok(SigningKey::from_bytes(&fresh))
            }
            Err(e) => Err(broken("read", &path)(e)),
        }
    }

    /// Opens both databases; a damaged outbox is salvaged. The lock lives as long as the home.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn files(self, now: TimeMs) -> Result<Files, StoreError> {
        let (outbox, salvaged) = open_outbox(&self.path.join("outbox.db"), now)?;
        let replica = open_replica(&self.path.join("replica.db"))?;
        let home = FileHome { path: self.path, _lock: self.lock };
        home.take_ballast();
        let salvaged = salvaged.map(|salvaged| salvaged.sentence());
        Ok(Files { outbox, replica, home: Box::new(home), salvaged })
    }
}

/// The home in a directory.
struct FileHome {
    path: PathBuf,
    _lock: File,
}

impl FileHome {
    fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }

    /// Best effort: a disk without room for it is told when a fact does not fit.
    fn take_ballast(&self) {
        let path = self.ballast();
        if !path.exists() && std::fs::write(&path, vec![0x5a; BALLAST_BYTES]).is_err() {
            let _ = std::fs::remove_file(&path);
        }
    }
}

impl Home for FileHome {
    fn fresh_replica(&mut self) -> Result<Connection, StoreError> {
        let path = self.path.join("replica.new.db");
        remove_database(&path)?;
        open_replica(&path)
    }

    fn adopt_replica(
        &mut self,
        old: Connection,
        fresh: Connection,
    ) -> Result<Connection, StoreError> {
        let (from, to) = (self.path.join("replica.new.db"), self.path.join("replica.db"));
        // Closing empties both logs into their files; a log that is left is of a damaged file.
        drop(old);
        drop(fresh);
        remove(&suffixed(&to, "-wal"))?;
        remove(&suffixed(&to, "-shm"))?;
        std::fs::rename(&from, &to).map_err(broken("put a new replica into", &to))?;
        let synced = File::open(&self.path).and_then(|dir| dir.sync_all());
        synced.map_err(broken("write", &self.path))?;
        open_replica(&to)
    }

    fn release_ballast(&mut self) -> bool {
        std::fs::remove_file(self.ballast()).is_ok()
    }
}

fn open_replica(path: &Path) -> Result<Connection, StoreError> {
    Connection::open(path).map_err(|source| StoreError::Sql { doing: "open the replica", source })
}

fn remove_database(path: &Path) -> Result<(), StoreError> {
    ["", "-wal", "-shm", "-journal"].iter().try_for_each(|suffix| remove(&suffixed(path, suffix)))
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(broken("remove", path)(e)),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(not(unix))]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
