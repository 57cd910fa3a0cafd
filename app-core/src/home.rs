//! Where the replica's files live, as far as the engine must know: how to start a fresh one beside
//! the current one and put it in its place, and how to free the reserved space.

use rusqlite::Connection;

use crate::store::StoreError;

/// The engine's hands on the file system. The simulator and the tests have their own.
pub trait Home: Send {
    /// An empty database beside the current replica, whatever was there from an earlier try.
    ///
    /// # Errors
    /// [`StoreError`].
    fn fresh_replica(&mut self) -> Result<Connection, StoreError>;

    /// Makes the fresh replica the current one, for every later start too, and returns it open. A
    /// crash leaves the old one or the new one, never half of either.
    ///
    /// # Errors
    /// [`StoreError`].
    fn adopt_replica(
        &mut self,
        old: Connection,
        fresh: Connection,
    ) -> Result<Connection, StoreError>;

    /// Frees the space that was kept for the last facts; false when there is none left.
    fn release_ballast(&mut self) -> bool;
}

/// A home without files: databases in memory, for tests and the simulator.
#[derive(Debug, Default)]
pub struct MemoryHome;

impl Home for MemoryHome {
    fn fresh_replica(&mut self) -> Result<Connection, StoreError> {
        in_memory()
    }

    fn adopt_replica(
        &mut self,
        _old: Connection,
        fresh: Connection,
    ) -> Result<Connection, StoreError> {
        Ok(fresh)
    }

    fn release_ballast(&mut self) -> bool {
        false
    }
}

/// An empty database in memory.
pub(crate) fn in_memory() -> Result<Connection, StoreError> {
    Connection::open_in_memory()
        .map_err(|source| StoreError::Sql { doing: "open a database in memory", source })
}
