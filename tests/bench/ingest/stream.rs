//! One input of any length, made while it is sent: the network's snapshot again and again, in lines as wide
//! as an ERP writes them, with one position in a hundred changed each time.

use std::{
    fmt::Write as _,
    io::{self, Read},
    time::Duration,
};

use tests::{memory, server::Server, stopwatch::timed};

use crate::books::Books;

/// What an ERP says besides, and nobody reads.
const REST: &str = "0000123456,EA,PCE,2026-11-28,FERNWAY RETAIL CENTRAL,unrestricted use,A,,0.000";
/// One position in so many is changed in a round.
const CHANGED: usize = 100;

pub struct Streamed {
    pub bytes: u64,
    pub rows: u64,
    pub changed: u64,
    pub took: Duration,
    /// Resident before, and the most that was added to it.
    pub baseline: u64,
    pub grown: u64,
}

/// Sends so many megabytes as one batch.
pub fn send(books: &Books, server: &Server, megabytes: u32) -> Streamed {
    let baseline = memory::resident(server.process()).now;
    let mut input = Input::new(books, u64::from(megabytes) * 1_000_000);
    let (row, took) = timed(|| books.stream("stream", &mut input));
    let peak = memory::resident(server.process()).peak;
    assert_eq!((row.rows, row.accepted, row.refused), (input.rows, input.changed, 0), "{row:?}");
    let Input { bytes, rows, changed, .. } = input;
    Streamed { bytes, rows, changed, took, baseline, grown: peak.saturating_sub(baseline) }
}

/// The text, one location at a time.
struct Input<'a> {
    books: &'a Books,
    most: u64,
    bytes: u64,
    rows: u64,
    changed: u64,
    /// The locations that were written, in all rounds.
    written: usize,
    text: Vec<u8>,
    read: usize,
}

impl<'a> Input<'a> {
    fn new(books: &'a Books, most: u64) -> Self {
        let text = b"sku,location,quantity,kind,material,unit,order_unit,day,plant,stock,grade,lot,value\n";
        let text = text.to_vec();
        let bytes = text.len() as u64;
        Self { books, most, bytes, rows: 0, changed: 0, written: 0, text, read: 0 }
    }

    /// What a location has: seven of each but for those that a round has changed, and one more of those
    /// that this round changes. The first location has what the batches before have left.
    fn next_location(&mut self) {
        let (stores, skus) = (&self.books.stores[1..], &self.books.skus);
        let (round, store) = (self.written / stores.len(), &stores[self.written % stores.len()]);
        let mut text = String::with_capacity(skus.len() * (REST.len() + 32));
        for (at, sku) in skus.iter().enumerate() {
            let is_changed = |n: usize| at % CHANGED == n % CHANGED;
            let units = 7 + (0..=round).filter(|n| is_changed(*n)).count();
            self.changed += u64::from(is_changed(round));
            let _ = writeln!(text, "{sku},{store},{units},,{REST}");
        }
        let _ = writeln!(text, ",{store},,location_end,{REST}");
        self.rows += skus.len() as u64;
        self.bytes += text.len() as u64;
        (self.written, self.text, self.read) = (self.written + 1, text.into_bytes(), 0);
    }
}

impl Read for Input<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.read == self.text.len() {
            if self.bytes >= self.most {
                return Ok(0);
            }
            self.next_location();
        }
        let some = &self.text[self.read..];
        let taken = some.len().min(to.len());
        to[..taken].copy_from_slice(&some[..taken]);
        self.read += taken;
        Ok(taken)
    }
}
