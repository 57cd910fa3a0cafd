//! Bugs that are planted, and the invariant that finds each of them. A simulator that finds none of
//! them would find nothing.

use app_core::Planted;
use sync_server::app::planted::Bug;

use crate::{day::run, invariants::Invariant, world::Bugs};

/// Days in which a bug must show.
const SEEDS: u64 = 60;

/// Looks for the bug; the first violation must be one of the expected.
fn find(bugs: Bugs, expected: &[Invariant]) {
    let failure = (0..SEEDS).find_map(|seed| run(seed, bugs).err());
    let failure = failure.expect("one of the days shows the bug");
    eprintln!("found after {} days: {}", failure.seed + 1, failure.violation);
    assert!(expected.contains(&failure.violation.invariant), "{failure}");
}

fn tablet(planted: Planted) -> Bugs {
    Bugs { tablet: planted, ..Bugs::default() }
}

fn server(bug: Bug) -> Bugs {
    Bugs { server: Some(bug), ..Bugs::default() }
}

#[test]
fn p1_a_command_that_is_decided_twice() {
    find(server(Bug::SkipDedupe), &[Invariant::ExactlyOnce]);
}

#[test]
fn p2_an_answer_before_the_disk_has_it() {
    let planted = Planted { ack_before_disk: true, ..Planted::default() };
    find(tablet(planted), &[Invariant::NothingLost]);
}

#[test]
fn p3_a_cursor_before_its_rows() {
    let planted = Planted { cursor_before_rows: true, ..Planted::default() };
    find(tablet(planted), &[Invariant::Feed]);
}

#[test]
fn p4_an_overlay_that_is_dropped_at_the_outcome() {
    let planted = Planted { overlay_until_outcome: true, ..Planted::default() };
    find(tablet(planted), &[Invariant::Converges]);
}

#[test]
fn p5_a_row_of_the_feed_that_comes_late() {
    find(server(Bug::LateFeedRow), &[Invariant::Feed]);
}

#[test]
fn p6_a_retry_that_is_forgotten() {
    let planted = Planted { forget_retry: true, ..Planted::default() };
    find(tablet(planted), &[Invariant::Live]);
}
