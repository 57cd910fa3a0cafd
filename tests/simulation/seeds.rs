//! Days without planted bugs: all of them must go well. And the same day twice is the same day.

use std::{
    env,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use tests::stopwatch::Stopwatch;

use crate::{
    day::{Failure, run},
    world::Bugs,
};

/// Days of every test run. `./dev sim --seeds N` runs others.
const SEEDS: u64 = 100;
/// Days after which a line says how far it is.
const PROGRESS: u64 = 50;

/// Seeds that once found something: a tablet that was paired again and never heard what became of its
/// parked commands, and one whose late outcomes poked the others for ever.
const FOUND: [u64; 2] = [127, 242];

fn number(name: &str, default: u64) -> u64 {
    match env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is a number, not {text}")),
        Err(_) => default,
    }
}

/// Failures after which no more days are begun.
const FAILURES_MAX: usize = 8;

/// Runs days on every core; the failures found, by seed. `done` hears how many days are over.
fn run_all(first: u64, count: u64, done: impl Fn(u64) + Sync) -> Vec<Failure> {
    let (next, over) = (AtomicU64::new(first), AtomicU64::new(0));
    let failures = Mutex::new(Vec::new());
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + count || failures.lock().expect("no panic").len() >= FAILURES_MAX {
                return;
            }
            if let Err(failure) = run(seed, Bugs::default()) {
                failures.lock().expect("no panic").push(failure);
            }
            done(over.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let mut failures = failures.into_inner().expect("no panic");
    failures.sort_by_key(|failure| failure.seed);
    failures
}

#[test]
fn every_day_goes_well() {
    let first = number("STOCKHAND_SIM_SEED", 0);
    let count = number("STOCKHAND_SIM_SEEDS", SEEDS);
    let started = Stopwatch::start();
    let failures = run_all(first, count, |over| {
        if over % PROGRESS == 0 || over == count {
            eprintln!("{over} of {count} days, {:.1} s", started.elapsed().as_secs_f32());
        }
    });
    let Some((worst, others)) = failures.split_first() else { return };
    let others: Vec<String> = others.iter().map(Failure::in_short).collect();
    let whole: Vec<_> = failures.iter().map(|one| one.write().display().to_string()).collect();
    panic!("{worst}\n{}\nwhole traces: {}", others.join("\n"), whole.join(" "));
}

#[test]
fn days_that_once_went_wrong_go_well() {
    for seed in FOUND {
        if let Err(failure) = run(seed, Bugs::default()) {
            panic!("{failure}");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_day() {
    for seed in 0..12 {
        let [once, twice] = [(); 2].map(|()| run(seed, Bugs::default()).expect("goes well"));
        assert!(once.len() > 100, "a day in which nothing happens says nothing");
        assert_eq!(once, twice, "seed {seed}");
    }
}
