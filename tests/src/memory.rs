//! What processes hold in memory, as the kernel counts it.

use std::fs;

/// Resident bytes of a process now (`VmRSS`), and the most that it ever had (`VmHWM`).
#[derive(Clone, Copy, Debug)]
pub struct Resident {
    pub now: u64,
    pub peak: u64,
}

/// Reads them.
pub fn resident(process: u32) -> Resident {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).expect("the kernel says it");
        kilobytes(line)
    };
    Resident { now: field("VmRSS:"), peak: field("VmHWM:") }
}

/// Proportional set size of a process and of every process below it: shared pages are divided among
/// those who share them.
pub fn proportional(process: u32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).expect("it runs");
    let line = rollup.lines().find(|line| line.starts_with("Pss:")).expect("the kernel says it");
    kilobytes(line) + children(process).into_iter().map(proportional).sum::<u64>()
}

/// The process below `process`, at any depth, that runs the program of this name.
pub fn descendant(process: u32, name: &str) -> Option<u32> {
    children(process).into_iter().find_map(|child| {
        let own = fs::read_to_string(format!("/proc/{child}/comm")).ok()?;
        if own.trim() == name { Some(child) } else { descendant(child, name) }
    })
}

fn children(process: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return Vec::new() };
    let of_thread = |thread: fs::DirEntry| fs::read_to_string(thread.path().join("children")).ok();
    let lists = threads.flatten().filter_map(of_thread).collect::<Vec<_>>();
    lists.iter().flat_map(|list| list.split_whitespace()).filter_map(|id| id.parse().ok()).collect()
}

/// `VmRSS:   1234 kB` in bytes.
fn kilobytes(line: &str) -> u64 {
    let number = line.split_whitespace().nth(1).and_then(|text| text.parse::<u64>().ok());
    number.expect("the kernel writes a number") * 1_024
}

/// Bytes in megabytes of 10^6, as limits are given.
pub fn megabytes(bytes: u64) -> f64 {
    let thousands = u32::try_from(bytes / 1_000).expect("less than a few terabytes");
    f64::from(thousands) / 1_000.0
}
