//! A file of a source's folder as a batch: taken, and put away with what became of it.
//!
//! For a thread that may wait. Killed at any point and repeated, it does no harm: the batch has the
//! name and the hash of the contents, and the file is moved last.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read},
};

use domain::{api::BatchRow, ids::LocationId};
use serde_json::json;
use tokio::{runtime::Handle, sync::watch};

use super::{
    batch,
    load::{Load, Loaded, NotLoaded, Open},
};
use crate::{
    clock,
    db::{Database, DbError, Tx, sources},
    ingest::{Packing, Why},
    transport::inbox::{self, FILE_BYTES_MAX, Finished, Folder, Place},
};

/// Why a file stays where it lies. Nothing is lost: it is taken later.
#[derive(Debug, thiserror::Error)]
pub enum Stays {
    /// It cannot be read, or not be put away.
    #[error("{0} cannot be read or moved: {1}")]
    Io(String, #[source] io::Error),
    /// It was not taken to its end, for a reason that passes.
    #[error("{0} was not taken to its end: {1}")]
    NotLoaded(String, #[source] NotLoaded),
    /// Another file lies there by now.
    #[error("{0} was changed while it was read")]
    Changed(String),
    /// Its source was taken away.
    #[error("{0} has no source any more")]
    NoSource(String),
}

/// What became of a file.
#[derive(Debug)]
pub struct Put {
    /// Where it lies.
    pub place: Place,
    /// Feeds that moved; poke them.
    pub pokes: HashMap<LocationId, u64>,
}

/// Where files are taken to, and when to stop.
#[derive(Clone)]
pub struct Taker {
    /// The database.
    pub db: Database,
    /// The runtime that waits for it.
    pub handle: Handle,
    /// Turns true when the server stops: a file that is being read then goes on at the next start.
    pub stopping: watch::Receiver<bool>,
}

impl Taker {
    /// Takes a finished file of a source, and puts it away.
    ///
    /// # Errors
    /// [`Stays`].
    pub fn take(&self, source: &str, folder: &Folder, file: &Finished) -> Result<Put, Stays> {
        let name = file.name();
        let broken = |error| Stays::Io(name.clone(), error);
        let changed = || Stays::Changed(name.clone());
        if file.bytes() > FILE_BYTES_MAX {
            let said = Said { source, file, place: Place::Refused, id: None, batch: None };
            let title = format!("The file is over {FILE_BYTES_MAX} bytes.");
            let put = folder.put_away(file, &[0; 32], Place::Refused, &said.note(&title));
            let is_put = put.map_err(broken)?;
            let put = Put { place: Place::Refused, pokes: HashMap::new() };
            return if is_put { Ok(put) } else { Err(changed()) };
        }
        let open = folder.read(file).map_err(broken)?.ok_or_else(changed)?;
        let sha = inbox::hash(self.until_stopped(open)).map_err(broken)?;
        let open = folder.read(file).map_err(broken)?.ok_or_else(changed)?;
        let Loaded { end, pokes } = self.load(source, file, &sha, open)?;
        let (place, batch, title) = match end {
            Ok(batch) if batch.sha.as_deref() != Some(&sha) => return Err(changed()),
            Ok(batch) => (Place::Done, Some(batch::row(batch)), String::new()),
            Err(why) if is_final(&why) => (Place::Refused, None, why.to_string()),
            Err(why) => return Err(Stays::NotLoaded(name, why)),
        };
        let said = Said { source, file, place, id: Some(file.batch_id(&sha)), batch };
        let put = folder.put_away(file, &sha, place, &said.note(&title)).map_err(broken)?;
        if put { Ok(Put { place, pokes }) } else { Err(changed()) }
    }

    fn load(
        &self,
        source: &str,
        file: &Finished,
        sha: &[u8; 32],
        input: File,
    ) -> Result<Loaded, Stays> {
        let (id, as_of) = (file.batch_id(sha), file.written_at());
        let of = source.to_owned();
        let begun = self.db.write(move |tx: &mut Tx| {
            let Some(source) = sources::find(tx, &of)? else { return Ok(None) };
            Open::begin(tx, source, &id, as_of, clock::now()).map(Some)
        });
        let begun = self.handle.block_on(begun);
        let failed = |error: DbError| Stays::NotLoaded(file.name(), error.into());
        let open = begun.map_err(failed)?.ok_or_else(|| Stays::NoSource(file.name()))?;
        let load = Load::new(self.db.clone(), self.handle.clone(), open);
        Ok(load.run(Packing::Detect, self.until_stopped(input)))
    }

    fn until_stopped<R: Read>(&self, inner: R) -> UntilStopped<R> {
        UntilStopped { inner, stopping: self.stopping.clone() }
    }
}

/// Whether the same file would be refused again.
const fn is_final(why: &NotLoaded) -> bool {
    match why {
        NotLoaded::Stopped(stopped) => !matches!(stopped.why, Why::Io(_)),
        NotLoaded::RowsRefused { .. } | NotLoaded::Duplicate => true,
        NotLoaded::Db(_) | NotLoaded::Overtaken => false,
    }
}

/// What is said of a file, beside it.
struct Said<'a> {
    source: &'a str,
    file: &'a Finished,
    place: Place,
    /// Under which id its rows are found; none where it was not read.
    id: Option<String>,
    batch: Option<BatchRow>,
}

impl Said<'_> {
    fn note(&self, why: &str) -> String {
        let Self { source, file, place, id, batch } = self;
        let note = json!({
            "file": file.name(), "source": source, "outcome": place.as_str(), "why": why,
            "at": clock::now().to_rfc3339(), "batch_id": id, "batch": batch,
        });
        format!("{note:#}\n")
    }
}

/// Ends with an error when the server stops, between two reads.
struct UntilStopped<R> {
    inner: R,
    stopping: watch::Receiver<bool>,
}

impl<R: Read> Read for UntilStopped<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if *self.stopping.borrow() {
            return Err(io::Error::other("the server stops"));
        }
        self.inner.read(to)
    }
}
