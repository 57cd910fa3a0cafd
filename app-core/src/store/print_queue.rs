//! Labels on the way to paper, and the printers. A label is marked before its first byte is sent, so
//! that a crash in between is told apart from one before.

use domain::{
    bridge::{Connection, PrintEntry, PrintState, Printer},
    clock::TimeMs,
    ids::PackageId,
};
use rusqlite::{OptionalExtension as _, Row, params};

use super::{Doing as _, Outbox, StoreError, outbox::parsed};

/// Printed and given up entries that are kept to be looked at.
const CLOSED_KEPT: u32 = 50;
const COLUMNS: &str =
    "entry, what, fulfillment, package, actor, label, printer, state, tries, error";

/// A label to be printed.
#[derive(Debug, Clone)]
pub struct NewPrint {
    /// What it is, as a person would say it.
    pub what: String,
    /// The fulfillment.
    pub fulfillment: domain::ids::FulfillmentId,
    /// The package.
    pub package: PackageId,
    /// Who asked, as JSON.
    pub actor: String,
    /// The label, as JSON.
    pub label: String,
    /// The printer's name.
    pub printer: String,
}

/// A label in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedPrint {
    /// As screens show it.
    pub shown: PrintEntry,
    /// Who asked, as JSON.
    pub actor: String,
    /// The label, as JSON.
    pub label: String,
    /// The printer's name.
    pub printer: String,
}

impl Outbox {
    /// The printers, the first one prints.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn printers(&self) -> Result<Vec<Printer>, StoreError> {
        let doing = "read the printers";
        let sql = "select name, connection, dpi from printer order by place, name";
        let mut read = self.conn.prepare_cached(sql).doing(doing)?;
        let rows = read
            .query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?)))
            .doing(doing)?;
        rows.map(|row| {
            let (name, connection, dpi): (String, String, u16) = row.doing(doing)?;
            let connection: Connection = serde_json::from_str(&connection).map_err(|e| {
                let (table, row) = ("printer", name.clone());
                StoreError::Impossible { table, row, reason: e.to_string() }
            })?;
            Ok(Printer { name, connection, dpi })
        })
        .collect()
    }

    /// Adds a printer in front of the others, or changes the one of this name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_printer(&self, printer: &Printer) -> Result<(), StoreError> {
        let connection =
            serde_json::to_string(&printer.connection).expect("a connection is plain data");
        let sql = "insert into printer (name, place, connection, dpi)
            values (?1, (select coalesce(min(place), 0) - 1 from printer), ?2, ?3)
            on conflict (name) do update set place = excluded.place,
            connection = excluded.connection, dpi = excluded.dpi";
        let row = params![printer.name, connection, printer.dpi];
        self.conn.execute(sql, row).map(drop).doing("set up a printer")
    }

    /// Puts a label into the queue.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn enqueue_print(&self, print: &NewPrint, now: TimeMs) -> Result<u64, StoreError> {
        let sql = "insert into print_entry
            (what, fulfillment, package, actor, label, printer, state, not_before, made_at)
            values (?1, ?2, ?3, ?4, ?5, ?6, 'waiting', ?7, ?7) returning entry";
        let (fulfillment, package) = (print.fulfillment.to_string(), print.package.to_string());
        let row = params![
            print.what,
            fulfillment,
            package,
            print.actor,
            print.label,
            print.printer,
            now.0
        ];
        self.conn.query_row(sql, row, |row| row.get(0)).doing("queue a label")
    }

    /// Entries that are not on paper yet, oldest first, then the last closed ones.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn prints(&self) -> Result<Vec<QueuedPrint>, StoreError> {
        let open = format!(
            "select {COLUMNS} from print_entry
            where state in ('waiting', 'sending', 'unsure') order by entry"
        );
        let closed = format!(
            "select {COLUMNS} from print_entry
            where state in ('printed', 'given_up') order by entry desc limit {CLOSED_KEPT}"
        );
        let mut prints = self.queued(&open, [])?;
        prints.extend(self.queued(&closed, [])?);
        Ok(prints)
    }

    /// One entry.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn print(&self, entry: u64) -> Result<Option<QueuedPrint>, StoreError> {
        let sql = format!("select {COLUMNS} from print_entry where entry = ?1");
        Ok(self.queued(&sql, [entry])?.pop())
    }

    /// The last entry of a package.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn print_of(&self, package: PackageId) -> Result<Option<QueuedPrint>, StoreError> {
        let sql = format!(
            "select {COLUMNS} from print_entry where package = ?1 order by entry desc limit 1"
        );
        Ok(self.queued(&sql, [package.to_string()])?.pop())
    }

    /// The next entry to send, and when.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn next_print(&self) -> Result<Option<(u64, TimeMs)>, StoreError> {
        let sql = "select entry, not_before from print_entry where state = 'waiting'
            order by not_before, entry limit 1";
        self.conn
            .query_row(sql, [], |row| Ok((row.get(0)?, TimeMs(row.get(1)?))))
            .optional()
            .doing("read the print queue")
    }

    /// Marks an entry as being sent, before its first byte is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn sending_print(&self, entry: u64) -> Result<(), StoreError> {
        let sql = "update print_entry set state = 'sending', tries = tries + 1 where entry = ?1";
        self.conn.execute(sql, [entry]).map(drop).doing("mark a label as being sent")
    }

    /// Moves an entry on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn settle_print(
        &self,
        entry: u64,
        state: PrintState,
        error: Option<&str>,
        not_before: TimeMs,
    ) -> Result<(), StoreError> {
        let sql = "update print_entry set state = ?2, error = ?3, not_before = ?4 where entry = ?1";
        let row = params![entry, word(state), error, not_before.0];
        self.conn.execute(sql, row).doing("move a label on")?;
        let sql = "delete from print_entry where state in ('printed', 'given_up')
            and entry <= (select max(entry) from print_entry) - ?1";
        self.conn.execute(sql, [CLOSED_KEPT * 4]).map(drop).doing("forget old labels")
    }

    /// At start: whatever was being sent may or may not have come out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn interrupted_prints(&self) -> Result<(), StoreError> {
        let sql =
            "update print_entry set state = 'unsure', error = 'The app was closed while printing.'
            where state = 'sending'";
        self.conn.execute(sql, []).map(drop).doing("mark interrupted labels")
    }

    fn queued(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<QueuedPrint>, StoreError> {
        let doing = "read the print queue";
        let mut read = self.conn.prepare_cached(sql).doing(doing)?;
        let rows = read.query_map(params, print_row).doing(doing)?;
        rows.map(|row| {
            let (mut print, fulfillment, package, state) = row.doing(doing)?;
            print.shown.fulfillment = parsed("print_entry", &fulfillment)?;
            print.shown.package = parsed("print_entry", &package)?;
            print.shown.state = state_of(&state);
            Ok(print)
        })
        .collect()
    }
}

type Raw = (QueuedPrint, String, String, String);

fn print_row(row: &Row<'_>) -> rusqlite::Result<Raw> {
    let nil = uuid::Uuid::nil();
    let shown = PrintEntry {
        entry: row.get(0)?,
        what: row.get(1)?,
        fulfillment: domain::ids::FulfillmentId::from_uuid(nil),
        package: PackageId::from_uuid(nil),
        state: PrintState::Waiting,
        tries: row.get(8)?,
        error: row.get(9)?,
    };
    let print = QueuedPrint { shown, actor: row.get(4)?, label: row.get(5)?, printer: row.get(6)? };
    Ok((print, row.get(2)?, row.get(3)?, row.get(7)?))
}

const fn word(state: PrintState) -> &'static str {
    match state {
        PrintState::Waiting => "waiting",
        PrintState::Printed => "printed",
        PrintState::Unsure => "unsure",
        PrintState::GivenUp => "given_up",
    }
}

/// An entry that is being sent still waits, as far as a screen is concerned.
fn state_of(word: &str) -> PrintState {
    match word {
        "printed" => PrintState::Printed,
        "unsure" => PrintState::Unsure,
        "given_up" => PrintState::GivenUp,
        _ => PrintState::Waiting,
    }
}
