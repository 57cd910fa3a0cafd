//! `outbox.db`: the commands as the exact bytes that travel, and what only this tablet knows.
//! A commit here is on the disk before anyone is told. It does not judge commands and does not
//! apply them.

mod answer;
mod attention;
mod command;
mod overlay;
mod pairing;
mod setting;

use rusqlite::Connection;

pub use answer::Answered;
pub use attention::Attention;
pub use command::{NewCommand, StoredCommand};
pub use overlay::Overlay;
pub use pairing::Paired;
pub(super) use setting::SETTING;

use super::{
    Durability, StoreError,
    connection::{is_sound, migrate, prepare},
};

const MIGRATIONS: [&str; 2] = [
    include_str!("../../../migrations/outbox/0001_outbox.sql"),
    include_str!("../../../migrations/outbox/0002_parked.sql"),
];

/// The outbox of one tablet.
pub struct Outbox {
    pub(super) conn: Connection,
}

impl Outbox {
    /// Opens the outbox on a connection that nobody else has.
    ///
    /// # Errors
    /// [`StoreError`]; a file that is not sound is [`StoreError::Impossible`] and must be salvaged.
    pub fn open(mut conn: Connection, durability: Durability) -> Result<Self, StoreError> {
        prepare(&conn, durability)?;
        if !is_sound(&conn) {
            let (table, row) = ("outbox.db", "file".to_owned());
            return Err(StoreError::Impossible { table, row, reason: "it is damaged".into() });
        }
        migrate(&mut conn, &MIGRATIONS)?;
        Ok(Self { conn })
    }

    /// Gives the connection back.
    #[must_use]
    pub fn into_connection(self) -> Connection {
        self.conn
    }
}

/// Reads an id of a row.
pub(super) fn parsed<T: std::str::FromStr>(
    table: &'static str,
    text: &str,
) -> Result<T, StoreError> {
    let reason = || "not an identifier".to_owned();
    text.parse().map_err(|_| StoreError::Impossible { table, row: text.into(), reason: reason() })
}
