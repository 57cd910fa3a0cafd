//! Starting over from a snapshot: chunk by chunk into a fresh replica beside the current one, then in
//! its place. The outbox is not touched; what is pending is folded over the new base.

use std::io::Read as _;

use domain::{
    clock::TimeMs,
    limits,
    sync::{FeedRow, SCHEMA, SnapshotManifest},
};
use sha2::{Digest as _, Sha256};

use super::Engine;
use crate::{
    error::Answer,
    store::{Overlay, Replica, StoreError},
};

/// A snapshot is needed, not earlier than this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotNeed {
    /// By the tablet's own clock.
    pub not_before: TimeMs,
}

/// A snapshot that is being loaded.
pub(super) struct Loading {
    manifest: SnapshotManifest,
    fresh: Replica,
    next: u32,
}

/// A snapshot that is not what it says.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Made for another release, or of a server history that the tablet has not heard of yet.
    #[error("the snapshot does not fit this tablet: {0}")]
    DoesNotFit(&'static str),
    /// A chunk with other bytes than announced.
    #[error("chunk {index} is damaged: {reason}")]
    Damaged {
        /// Which.
        index: u32,
        /// How.
        reason: String,
    },
    /// The tablet's own storage.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Whether to load a snapshot, and from when on.
    #[must_use]
    pub const fn snapshot_need(&self) -> Option<SnapshotNeed> {
        self.need
    }

    /// Starts to load a snapshot. Another one that was being loaded is dropped; the same one goes on.
    ///
    /// # Errors
    /// [`SnapshotError::DoesNotFit`].
    pub fn begin_snapshot(&mut self, manifest: &SnapshotManifest) -> Result<(), SnapshotError> {
        if manifest.schema != SCHEMA {
            return Err(SnapshotError::DoesNotFit("it is of another schema"));
        }
        let known = self.outbox.setting("feed_epoch")?;
        if known != Some(manifest.feed_epoch) {
            return Err(SnapshotError::DoesNotFit("an exchange must come first"));
        }
        if self.loading.as_ref().is_some_and(|loading| loading.manifest == *manifest) {
            return Ok(());
        }
        self.loading = None;
        let fresh = Replica::open(self.home.fresh_replica()?)?;
        self.loading = Some(Loading { manifest: manifest.clone(), fresh, next: 0 });
        Ok(())
    }

    /// The chunk to fetch next; `None` when all are there, or none is being loaded.
    #[must_use]
    pub fn next_chunk(&self) -> Option<(String, u32)> {
        let loading = self.loading.as_ref()?;
        let more = usize::try_from(loading.next).is_ok_and(|n| n < loading.manifest.chunks.len());
        more.then(|| (loading.manifest.id.clone(), loading.next))
    }

    /// Loads one chunk, as sent. A chunk out of turn is ignored.
    ///
    /// # Errors
    /// [`SnapshotError::Damaged`]: fetch it again.
    pub fn load_chunk(&mut self, index: u32, bytes: &[u8]) -> Result<(), SnapshotError> {
        let Some(loading) = self.loading.as_mut().filter(|loading| loading.next == index) else {
            return Ok(());
        };
        let rows = read_chunk(&loading.manifest, index, bytes)?;
        loading.fresh.load(&rows)?;
        loading.next += 1;
        Ok(())
    }

    /// Gives the snapshot up, as when the server does not have it any more.
    pub fn drop_snapshot(&mut self, now: TimeMs) {
        self.loading = None;
        if let Some(need) = &mut self.need {
            need.not_before = now.plus_ms(1_000);
        }
    }

    /// Puts the loaded snapshot in the place of the replica and folds everything pending over it.
    ///
    /// # Errors
    /// [`crate::Failure::Broken`]; the old replica then stays.
    ///
    /// # Panics
    /// When chunks are missing: ask [`Engine::next_chunk`] first.
    pub fn finish_snapshot(&mut self, now: TimeMs) -> Answer<()> {
        let Some(mut loading) = self.loading.take() else { return Ok(()) };
        assert_eq!(
            usize::try_from(loading.next).ok(),
            Some(loading.manifest.chunks.len()),
            "a snapshot is finished when its last chunk is loaded"
        );
        let at = Overlay { epoch: loading.manifest.feed_epoch, cursor: loading.manifest.cursor };
        loading.fresh.set_note("contact", &self.contact)?;
        loading.fresh.set_note("roster", &(self.roster_epoch, self.devices.clone()))?;
        loading.fresh.loaded(at)?;
        let nothing = Replica::open(crate::home::in_memory()?)?;
        let old = std::mem::replace(&mut self.replica, nothing).into_connection();
        let current = self.home.adopt_replica(old, loading.fresh.into_connection())?;
        self.replica = Replica::open(current)?;
        self.outbox.bootstrapped(at.epoch)?;
        self.need = None;
        self.read_replica()?;
        self.changed.extend(self.views.keys().copied());
        self.scheduler.want(now);
        Ok(())
    }
}

/// Checks, inflates and reads one chunk.
fn read_chunk(
    manifest: &SnapshotManifest,
    index: u32,
    bytes: &[u8],
) -> Result<Vec<FeedRow>, SnapshotError> {
    let damaged = |reason: String| SnapshotError::Damaged { index, reason };
    let info = manifest.chunks.iter().find(|chunk| chunk.index == index);
    let info = info.ok_or_else(|| damaged("the manifest does not list it".into()))?;
    let sha: String = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
    if sha != info.sha256 {
        return Err(damaged("its SHA-256 differs".into()));
    }
    // One row may be longer than a chunk is meant to be, hence the room.
    let most = 4 * limits::SNAPSHOT_CHUNK_BYTES_MAX as u64;
    let inflater = zstd::Decoder::new(bytes).map_err(|e| damaged(e.to_string()))?;
    let mut text = String::new();
    let read = inflater.take(most + 1).read_to_string(&mut text);
    let length = read.map_err(|e| damaged(e.to_string()))?;
    if length as u64 > most {
        return Err(damaged("it is far too large".into()));
    }
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| serde_json::from_str(line).map_err(|e| damaged(e.to_string()))).collect()
}
