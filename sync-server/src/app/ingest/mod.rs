//! Stock from many sources, through one pipeline: rows become facts about a shelf, facts are settled
//! against our books ([`settle`]), and positions, ledger and the batch's counters are written in one
//! transaction of some thousand rows.
//!
//! Most rows need no look at the books: [`foreseen`] tells from memory what plain counts change, and what
//! tills sell is added to whatever is there ([`look`]). Both are written by statements that find nothing to
//! change where the books are others than was thought; then they are read after all.

pub mod batch;
pub mod chunk;
pub mod few_rows;
pub mod file;
pub mod foreseen;
pub mod intake;
pub mod keys;
pub mod load;
pub mod look;
pub mod messages;
pub mod replay;
mod same;
pub mod settle;
pub mod take;
