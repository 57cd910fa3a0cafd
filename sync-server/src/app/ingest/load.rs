//! One batch from any input: an upload that is still coming, or a file. Read as the source's profile
//! says, hashed on the way, ended with what became of it.
//!
//! For a thread that may wait. It does not know where the bytes come from, nor HTTP's answers.

use std::{
    cell::RefCell,
    collections::HashMap,
    io::{self, Read, Seek, SeekFrom},
    rc::Rc,
    sync::Arc,
};

use domain::{clock::TimeMs, ids::LocationId};
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

use super::{
    batch,
    intake::{self, Ended, Intake},
};
use crate::{
    atp::index::Index,
    clock,
    db::{
        Database, DbError, Tx,
        batches::{self, Batch, End},
        sources::Source,
    },
    ingest::{Limits, Packing, Plan, Reader, Stopped, Why, profile::BadRows, refused::Spot},
};

/// A batch that is to be taken.
pub struct Open {
    /// Whose it is.
    pub source: Source,
    /// How it is read.
    pub plan: Arc<Plan>,
    /// What of it was taken before.
    pub batch: Batch,
}

impl Open {
    /// Finds a source's batch if it has begun; writes nothing.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn find(tx: &mut Tx, source: Source, id: &str) -> Result<Option<Self>, DbError> {
        let Some(batch) = batches::find(tx, source.key, id)? else { return Ok(None) };
        Ok(Some(Self { plan: Arc::new(batch::plan(&source)?), source, batch }))
    }

    /// Begins a source's batch, or finds it as it was left.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn begin(
        tx: &mut Tx,
        source: Source,
        id: &str,
        as_of: Option<TimeMs>,
        now: TimeMs,
    ) -> Result<Self, DbError> {
        let plan = Arc::new(batch::plan(&source)?);
        let batch = batch::begin(tx, &source, id, as_of, now)?;
        Ok(Self { source, plan, batch })
    }
}

/// Why a batch was not taken to its end. What was committed before stays.
#[derive(Debug, thiserror::Error)]
pub enum NotLoaded {
    /// The input cannot be read on.
    #[error("Reading stopped after {} rows: {}.", .0.rows, .0.why)]
    Stopped(Stopped),
    /// The database failed.
    #[error("The database failed.")]
    Db(#[from] DbError),
    /// The same batch is being sent by somebody else, who is further.
    #[error("This batch is being sent by somebody else.")]
    Overtaken,
    /// Its profile takes all rows or none, and some are wrong.
    #[error("{bad} rows are not valid, so none was loaded.")]
    RowsRefused {
        /// How many.
        bad: u64,
        /// The first of them, for a person.
        first: String,
    },
    /// Its id was used before, for other contents.
    #[error("This batch was sent before, with other contents.")]
    Duplicate,
}

impl From<Ended> for NotLoaded {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Stopped(stopped) => Self::Stopped(stopped),
            Ended::Db(error) => Self::Db(error),
            Ended::Overtaken => Self::Overtaken,
        }
    }
}

impl From<Stopped> for NotLoaded {
    fn from(stopped: Stopped) -> Self {
        Self::Stopped(stopped)
    }
}

impl NotLoaded {
    fn unreadable(error: &io::Error) -> Self {
        let why = Why::Io(error.to_string());
        Self::Stopped(Stopped { rows: 0, spot: Spot::default(), why })
    }
}

/// A batch on its way in.
pub struct Load {
    db: Database,
    handle: Handle,
    open: Open,
    intake: Rc<RefCell<Intake>>,
    /// Why what had come could not be committed.
    failed: Rc<RefCell<Option<Ended>>>,
}

/// What became of a batch.
pub struct Loaded {
    /// The batch at its end, or why it has none.
    pub end: Result<Batch, NotLoaded>,
    /// Feeds that moved; poke them.
    pub pokes: HashMap<LocationId, u64>,
}

impl Load {
    /// Ready for the first byte.
    #[must_use]
    pub fn new(db: Database, handle: Handle, open: Open) -> Self {
        let terms = batch::terms(&open.source, &open.plan, &open.batch);
        let (unknown, done) = (open.plan.profile.unknown_skus, Some(open.batch.counts.done));
        let intake = Intake::new(db.clone(), handle.clone(), terms, unknown, done);
        Self { db, handle, open, intake: Rc::new(RefCell::new(intake)), failed: Rc::default() }
    }

    /// The same, where rows that change nothing may be told from the index.
    #[must_use]
    pub fn looking_into(self, index: Arc<Index>) -> Self {
        self.intake.borrow_mut().look_into(index);
        self
    }

    /// Commits what has come: for an input that has to wait for more.
    pub fn flusher(&self) -> impl FnMut() + use<> {
        let (intake, failed) = (Rc::clone(&self.intake), Rc::clone(&self.failed));
        move || {
            if let Err(error) = intake.borrow_mut().flush() {
                failed.borrow_mut().get_or_insert(error);
            }
        }
    }

    /// Takes the input to its end. A batch that is done is compared, not taken again.
    pub fn run<R: Read>(self, packing: Packing, input: R) -> Loaded {
        if self.open.batch.state == "done" {
            return Loaded { end: repeat(self.open.batch, input), pokes: HashMap::new() };
        }
        let mut hashed = Hashed { inner: input, sha: Sha256::new(), bytes: 0 };
        let taken = match self.open.plan.profile.bad_rows {
            BadRows::Skip => self.stream(packing, &mut hashed),
            BadRows::RefuseWhole => self.whole(packing, &mut hashed),
        };
        let Hashed { inner, sha, bytes } = hashed;
        // The flusher, which holds the intake, goes with the input.
        drop(inner);
        let Self { db, handle, open, intake, .. } = self;
        let mut intake = Rc::into_inner(intake).expect("the reader is gone").into_inner();
        let taken = taken.and(intake.settle().map_err(NotLoaded::from));
        let message = message(&taken, &intake);
        let (sha, is_done): ([u8; 32], _) = (sha.finalize().into(), taken.is_ok());
        let written = db.write(move |tx| {
            let state = if is_done { "done" } else { "broken" };
            let end = End { state, sha: is_done.then_some(&sha), bytes, message: &message };
            batch::end(tx, &open.source, &open.batch, &end, clock::now())
        });
        let written = handle.block_on(written).map_err(|error: DbError| NotLoaded::Db(error));
        if let Ok(Batch { id, counts, state, .. }) = &written {
            let (rows, accepted) = (counts.done, counts.accepted);
            tracing::info!(batch = id, rows, accepted, state, "batch");
        }
        let end = written.and_then(|batch| taken.map(|()| batch));
        Loaded { end, pokes: intake.pokes }
    }

    /// Commits rows as they come.
    fn stream(&self, packing: Packing, input: &mut impl Read) -> Result<(), NotLoaded> {
        let read = self.read(packing, input);
        match self.failed.borrow_mut().take() {
            Some(error) => Err(error.into()),
            None => read,
        }
    }

    fn read(&self, packing: Packing, input: &mut impl Read) -> Result<(), NotLoaded> {
        {
            let plan = Arc::clone(&self.open.plan);
            let mut reader = Reader::open(&mut *input, plan, packing, Limits::default())?;
            intake::read_all(&mut reader, |row| self.intake.borrow_mut().row(row))?;
        }
        self.intake.borrow_mut().flush()?;
        // What follows the last row belongs to the batch as well.
        let _ = io::copy(input, &mut io::sink());
        Ok(())
    }

    /// Reads everything before anything is written: one bad row refuses them all.
    fn whole(&self, packing: Packing, input: &mut impl Read) -> Result<(), NotLoaded> {
        let unreadable = |error: io::Error| NotLoaded::unreadable(&error);
        let mut spool = tempfile::tempfile().map_err(unreadable)?;
        io::copy(input, &mut spool).map_err(unreadable)?;
        spool.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let (mut bad, mut first) = (0_u64, None);
        {
            let plan = Arc::clone(&self.open.plan);
            let mut reader = Reader::open(&mut spool, plan, packing, Limits::default())?;
            intake::read_all(&mut reader, |row| {
                if let Err(refusal) = row.read {
                    bad += 1;
                    let spot = row.origin.spot;
                    first.get_or_insert_with(|| format!("line {}: {}", spot.line, refusal.message));
                }
                Ok(())
            })?;
        }
        if let Some(first) = first {
            return Err(NotLoaded::RowsRefused { bad, first });
        }
        spool.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        self.read(packing, &mut spool)
    }
}

/// Why it ended early, or what was left out.
fn message(taken: &Result<(), NotLoaded>, intake: &Intake) -> String {
    match taken {
        Ok(()) if intake.uncovered.is_empty() => String::new(),
        Ok(()) => format!(
            "Rows of {} were refused: what is absent there was not set to zero.",
            intake.uncovered.join(", ")
        ),
        Err(error) => error.to_string(),
    }
}

/// Another content under the id of a batch that is done is refused.
fn repeat(batch: Batch, mut input: impl Read) -> Result<Batch, NotLoaded> {
    let mut sha = Sha256::new();
    io::copy(&mut input, &mut sha).map_err(|error| NotLoaded::unreadable(&error))?;
    let is_same = batch.sha.as_deref() == Some(sha.finalize().as_slice());
    if is_same { Ok(batch) } else { Err(NotLoaded::Duplicate) }
}

/// Hashes and counts what is read.
struct Hashed<R> {
    inner: R,
    sha: Sha256,
    bytes: u64,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(to)?;
        self.sha.update(&to[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}
