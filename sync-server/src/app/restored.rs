//! What must be said once after a restore: this is another history of the server from here on.
//!
//! A restored database has lost what tablets have seen: its feeds count on from an older cursor, and
//! its package numbers from an older block. With a new feed epoch each tablet sends again what this
//! database lacks and starts from a snapshot; without it a tablet whose cursor has been passed would
//! keep, for good, work that this server does not know.
//!
//! What it deliberately does not do: bring back orders, pairings and revocations that are younger
//! than the backup. Only people know them.

use domain::{ids::FeedEpoch, problem::Problem};

use super::refusal::AppError;
use crate::{
    db::{Tx, feed, sscc},
    moment::Moment,
};

/// A history that was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// Its name.
    pub epoch: FeedEpoch,
    /// The next package number that is leased.
    pub first_number: u64,
}

/// Begins another history and leaves out `skip_numbers` package numbers: those that the lost history
/// may have leased.
///
/// # Errors
/// `numbers_run_out` when the company prefix has no room behind them; [`AppError::Broken`].
pub fn begin_history(
    tx: &mut Tx,
    moment: &mut Moment,
    skip_numbers: u64,
) -> Result<Begun, AppError> {
    let Some(first_number) = sscc::skip(tx, skip_numbers)? else {
        let title = "The company prefix has no room for so many package numbers.";
        return Err(Problem::new(422, "numbers_run_out", title).into());
    };
    let epoch = FeedEpoch::new(moment.now, moment.entropy());
    feed::begin_epoch(tx, epoch)?;
    Ok(Begun { epoch, first_number })
}
