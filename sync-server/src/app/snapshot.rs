//! A location's state at one cursor, in compressed chunks that a tablet fetches one by one and can
//! fetch again.
//!
//! A snapshot is built in one read transaction, used for a minute by every tablet of the location
//! that asks (the feed continues from its cursor), and kept for a quarter of an hour for those that
//! are still fetching. At most eight are built at once. What it deliberately does not do: survive a
//! restart, or follow to another copy of the server: the tablet asks for a new one.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{
    clock::TimeMs,
    ids::{FeedEpoch, LocationId},
    limits,
    sync::{ChunkInfo, FeedRow, Op, SCHEMA, SnapshotManifest},
};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::{
    db::{
        Database, DbError, Tx, feed,
        snapshot::{Entity, read},
    },
    moment::Moment,
};

/// Snapshots built at once.
const BUILDS_MAX: usize = 8;
/// How long a snapshot is given to those who ask for a new one.
const FRESH_MS: i64 = 60_000;
/// How long its chunks can be fetched.
const KEPT_MS: i64 = 15 * 60_000;
/// Snapshots kept; at a few MB each.
const KEPT_MAX: usize = 32;
/// A good ratio at a speed above that of any disk.
const ZSTD_LEVEL: i32 = 3;

/// A location's state, ready to be sent.
#[derive(Debug)]
pub struct Snapshot {
    /// What it consists of.
    pub manifest: SnapshotManifest,
    /// Compressed, by index.
    pub chunks: Vec<Vec<u8>>,
    location: LocationId,
    built_at: TimeMs,
}

/// Builds a location's snapshot; call it in a read transaction. `id` names it.
///
/// # Errors
/// [`DbError`].
pub fn build(
    tx: &mut Tx,
    id: String,
    now: TimeMs,
    location_key: i64,
    location: &LocationId,
) -> Result<Snapshot, DbError> {
    let cursor = feed::head(tx, location_key)?;
    let none = FeedEpoch::new(now, [0; 10]);
    let feed_epoch = feed::known_epoch(tx)?.unwrap_or(none);
    let mut chunks = Chunks::default();
    read(tx, location_key, now, &mut |entity| chunks.push(entity, cursor))?;
    let (infos, chunks) = chunks.finish();
    let manifest = SnapshotManifest { id, feed_epoch, schema: SCHEMA, cursor, chunks: infos };
    Ok(Snapshot { manifest, chunks, location: location.clone(), built_at: now })
}

/// Lines of JSON, cut into chunks at whole lines.
#[derive(Default)]
struct Chunks {
    lines: Vec<u8>,
    rows: u32,
    infos: Vec<ChunkInfo>,
    chunks: Vec<Vec<u8>>,
}

impl Chunks {
    fn push(&mut self, entity: Entity, cursor: u64) -> Result<(), DbError> {
        let unreadable = |_| DbError::impossible("snapshot", "body", "not JSON");
        let row = FeedRow {
            cursor,
            kind: entity.kind.to_owned(),
            id: entity.id,
            rev: entity.rev.unwrap_or(cursor),
            op: Op::Up,
            body: Some(RawValue::from_string(entity.body).map_err(unreadable)?),
        };
        let line = serde_json::to_vec(&row).expect("plain data");
        if self.lines.len() + line.len() + 1 > limits::SNAPSHOT_CHUNK_BYTES_MAX {
            self.cut();
        }
        self.lines.extend(line);
        self.lines.push(b'\n');
        self.rows += 1;
        Ok(())
    }

    fn cut(&mut self) {
        if self.rows == 0 {
            return;
        }
        let chunk = zstd::bulk::compress(&self.lines, ZSTD_LEVEL)
            .expect("compressing memory to memory fails only for want of memory");
        let sha256 = Sha256::digest(&chunk).iter().map(|byte| format!("{byte:02x}")).collect();
        self.infos.push(ChunkInfo {
            index: u32::try_from(self.infos.len()).expect("fewer chunks than rows"),
            rows: self.rows,
            bytes: chunk.len() as u64,
            sha256,
        });
        self.chunks.push(chunk);
        self.lines.clear();
        self.rows = 0;
    }

    fn finish(mut self) -> (Vec<ChunkInfo>, Vec<Vec<u8>>) {
        self.cut();
        (self.infos, self.chunks)
    }
}

/// The snapshots that tablets are fetching. Cheap to clone.
#[derive(Clone)]
pub struct SnapshotCache {
    builds: Arc<Semaphore>,
    kept: Arc<Mutex<Kept>>,
}

/// The slot of a location is locked while its snapshot is being built.
type Slot = Arc<tokio::sync::Mutex<Option<Arc<Snapshot>>>>;

#[derive(Default)]
struct Kept {
    newest: HashMap<LocationId, Slot>,
    all: VecDeque<Arc<Snapshot>>,
}

impl Default for SnapshotCache {
    fn default() -> Self {
        Self { builds: Arc::new(Semaphore::new(BUILDS_MAX)), kept: Arc::default() }
    }
}

impl SnapshotCache {
    /// A snapshot of the location that is at most a minute old. Tablets that ask together share
    /// one build.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn newest(
        &self,
        db: &Database,
        moment: &mut Moment,
        location_key: i64,
        location: &LocationId,
    ) -> Result<Arc<Snapshot>, DbError> {
        let now = moment.now;
        let slot = self.slot(location, now);
        let mut slot = slot.lock().await;
        if let Some(known) = slot.as_ref().filter(|s| now.since_ms(s.built_at) < FRESH_MS) {
            return Ok(Arc::clone(known));
        }
        let permit = self.builds.acquire().await;
        let _permit = permit.expect("the semaphore is never closed");
        let id: String = moment.random()[..16].iter().map(|b| format!("{b:02x}")).collect();
        let of = location.clone();
        let built = db.read(move |tx| build(tx, id.clone(), now, location_key, &of)).await;
        let built: Arc<Snapshot> = Arc::new(built.map_err(|error: DbError| error)?);
        *slot = Some(Arc::clone(&built));
        self.keep(Arc::clone(&built), now);
        Ok(built)
    }

    /// The snapshot of this name, if it is the location's and still kept.
    #[must_use]
    pub fn find(&self, location: &LocationId, id: &str, now: TimeMs) -> Option<Arc<Snapshot>> {
        let kept = self.kept();
        let found = kept.all.iter().find(|s| s.manifest.id == id && s.location == *location);
        found.filter(|s| now.since_ms(s.built_at) < KEPT_MS).cloned()
    }

    fn slot(&self, location: &LocationId, now: TimeMs) -> Slot {
        let mut kept = self.kept();
        kept.all.retain(|snapshot| now.since_ms(snapshot.built_at) < KEPT_MS);
        // A slot that is locked is being built; one of an old snapshot only holds memory.
        kept.newest.retain(|_, slot| {
            slot.try_lock().map_or(true, |slot| {
                slot.as_ref().is_some_and(|s| now.since_ms(s.built_at) < FRESH_MS)
            })
        });
        Arc::clone(kept.newest.entry(location.clone()).or_default())
    }

    fn keep(&self, snapshot: Arc<Snapshot>, now: TimeMs) {
        let mut kept = self.kept();
        kept.all.retain(|snapshot| now.since_ms(snapshot.built_at) < KEPT_MS);
        kept.all.push_back(snapshot);
        while kept.all.len() > KEPT_MAX {
            kept.all.pop_front();
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
