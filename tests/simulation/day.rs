//! One simulated day from a seed: the stores open, people work while things break, then everything
//! heals and must come to rest.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use domain::{clock::TimeMs, ids::DeviceId};
use sync_server::app::planted;

use crate::{
    faults::Faults,
    invariants::{Held, Invariant, Violation},
    random::Random,
    tablet::Tablet,
    trace::{DAWN, Trace},
    world::{Bugs, Event, World},
};

/// How long after the last fault everything must be at rest.
const REST_MAX_MS: i64 = 20 * 60_000;
/// A look at whether it is.
const LOOK_MS: i64 = 5_000;

/// A day that went wrong.
#[derive(Debug)]
pub struct Failure {
    /// Of which seed.
    pub seed: u64,
    /// What did not hold.
    pub violation: Violation,
    /// What had happened before.
    pub trace: Trace,
}

impl Failure {
    /// Seed and violation in a line.
    pub fn in_short(&self) -> String {
        let what = self.violation.to_string();
        let short: String = what.chars().take(240).collect();
        format!("also seed {}: {}", self.seed, short.replace('\n', " "))
    }

    /// Writes the whole trace to a file beside the build; where.
    pub fn write(&self) -> PathBuf {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("day-{}.trace", self.seed));
        let text = self.trace.lines().join("\n") + "\n" + &self.violation.to_string() + "\n";
        fs::write(&path, text).expect("the build's own folder can be written");
        path
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { seed, violation, trace } = self;
        let (tail, again) = (trace.tail(), format!("./dev sim --seeds 1 --seed {seed}"));
        write!(f, "{tail}\n\nseed {seed}: {violation}\nagain: {again}")
    }
}

/// Runs the day of a seed; its trace.
///
/// # Errors
/// The first thing that did not hold.
pub fn run(seed: u64, bugs: Bugs) -> Result<Vec<String>, Failure> {
    let faults = Faults::of(&mut Random::of(seed, "faults"));
    run_with(seed, faults, bugs)
}

/// The same with a menu of faults of one's own.
///
/// # Errors
/// The first thing that did not hold.
pub fn run_with(seed: u64, faults: Faults, bugs: Bugs) -> Result<Vec<String>, Failure> {
    planted::set(bugs.server);
    let mut world = World::new(seed, faults);
    let lived = catch_unwind(AssertUnwindSafe(|| live(&mut world, seed, bugs)));
    planted::set(None);
    let violation = match lived {
        Ok(Ok(())) => None,
        Ok(Err(violation)) => Some(violation),
        Err(panic) => Some(Violation::of(Invariant::Legal, said(panic.as_ref()))),
    };
    for tablet in &mut world.tablets {
        tablet.stop();
        tablet.disk.unplug();
    }
    match violation {
        None => Ok(world.trace.lines().to_vec()),
        Some(violation) => Err(Failure { seed, violation, trace: world.trace }),
    }
}

fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("a panic: {}", text.unwrap_or("without words"))
}

fn live(world: &mut World, seed: u64, bugs: Bugs) -> Held {
    let mut random = Random::of(seed, "day");
    world.say(format!("{:?}", world.faults));
    let stores = 1 + random.below(2);
    world.open_stores(stores);
    let tablets = stores + 1 + random.below(2);
    for n in 0..tablets {
        let store = usize::try_from(n % stores).expect("small");
        let location = world.locations[store].clone();
        let luck = Random::of(seed, &format!("tablet {n}"));
        let device = DeviceId::new(DAWN, [0; 10]);
        world.tablets.push(Tablet::new(location, device, luck, bugs.tablet));
        let tablet = world.tablets.len() - 1;
        world.boot(tablet)?;
        world.after(1_000, Event::Associate { tablet });
    }
    world.after(500, Event::Customers);
    world.after(1_000, Event::Jobs);
    world.after(30_000, Event::Weather);
    let minutes = random.between(6, 20);
    world.run_until(DAWN.plus_ms(minutes * 60_000))?;
    if world.faults.has(crate::faults::Fault::LongAbsence) {
        let later = world.now.plus_ms(5 * 3_600_000);
        world.run_until(later)?;
    }
    rest(world)
}

/// Everything heals, nobody does anything new, and all must come to rest.
fn rest(world: &mut World) -> Held {
    world.say("all is quiet");
    world.quiet = true;
    world.faults.heal();
    world.server_up = true;
    for tablet in 0..world.tablets.len() {
        let device = &mut world.tablets[tablet];
        (device.reaches, device.hears) = (true, true);
        if device.engine.is_some() {
            device.disk.with(crate::disk::Disk::revive);
        }
        world.after(1, Event::Boot { tablet });
    }
    let end = world.now.plus_ms(REST_MAX_MS);
    loop {
        let next: TimeMs = world.now.plus_ms(LOOK_MS);
        world.run_until(next)?;
        let wait = (0..world.tablets.len()).find_map(|n| {
            let wait = world.checks.waits(&world.server, &world.tablets[n], n)?;
            Some(format!("tablet {n} does not come to rest: {wait}"))
        });
        match wait {
            None => break,
            Some(what) if world.now >= end => return Err(Violation::of(Invariant::Live, what)),
            Some(_) => {}
        }
    }
    let now = world.now;
    world.checks.all_quiet(&mut world.server, &mut world.tablets, now)
}
