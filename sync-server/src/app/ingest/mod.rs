//! Stock from many sources, through one pipeline: rows become facts about a shelf, facts are settled
//! against our books ([`settle`]), and positions, ledger and the batch's counters are written in one
//! transaction of up to ten thousand rows.

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
