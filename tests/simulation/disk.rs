//! The disk of a tablet: files in memory that remember, sector by sector, what has reached the
//! medium. A crash keeps everything that was written; a power cut keeps or loses each sector that was
//! not synced, at random. What it does not do: fill up, or lose what was synced.

use std::collections::{BTreeMap, BTreeSet};

use crate::random::Random;

/// What a medium writes whole or not at all.
pub const SECTOR: usize = 512;

/// The program that used the disk is gone: every further call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dead;

/// The files of one tablet.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    files: BTreeMap<String, File>,
    /// Steps until the program dies; `None` lives on.
    dies_in: Option<u32>,
    dead: bool,
}

/// One file, as the program sees it and as the medium has it.
#[derive(Debug, Clone, Default)]
struct File {
    seen: Vec<u8>,
    safe: Vec<u8>,
    dirty: BTreeSet<usize>,
}

impl Disk {
    /// The program dies at the given step from now: each write, sync, truncation, removal and
    /// renaming is one.
    pub const fn die_in(&mut self, steps: u32) {
        self.dies_in = Some(steps);
    }

    /// Whether the program has died in the middle of something.
    pub const fn is_dead(&self) -> bool {
        self.dead
    }

    /// Whether the program will die at a step to come.
    pub const fn is_doomed(&self) -> bool {
        self.dies_in.is_some()
    }

    /// The program dies now.
    pub const fn kill(&mut self) {
        self.dead = true;
    }

    /// A new program may use the disk.
    pub const fn revive(&mut self) {
        self.dead = false;
        self.dies_in = None;
    }

    /// The power goes: each sector that was not synced stays or is lost.
    pub fn cut_power(&mut self, random: &mut Random) {
        self.files.values_mut().for_each(|file| file.cut(random));
    }

    const fn step(&mut self) -> Result<(), Dead> {
        match self.dies_in {
            Some(0) => self.dead = true,
            Some(steps) => self.dies_in = Some(steps - 1),
            None => {}
        }
        self.alive()
    }

    const fn alive(&self) -> Result<(), Dead> {
        if self.dead { Err(Dead) } else { Ok(()) }
    }

    /// Makes sure that a file is there.
    pub fn create(&mut self, name: &str) -> Result<(), Dead> {
        self.alive()?;
        self.files.entry(name.to_owned()).or_default();
        Ok(())
    }

    /// Whether there is such a file.
    pub fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// Length in bytes.
    pub fn length(&self, name: &str) -> Result<usize, Dead> {
        self.alive()?;
        Ok(self.files.get(name).map_or(0, |file| file.seen.len()))
    }

    /// Fills the buffer from a place; how many bytes there were.
    pub fn read(&self, name: &str, at: usize, into: &mut [u8]) -> Result<usize, Dead> {
        self.alive()?;
        let seen = self.files.get(name).map_or(&[][..], |file| &file.seen);
        let there = seen.get(at..).unwrap_or_default();
        let count = there.len().min(into.len());
        into[..count].copy_from_slice(&there[..count]);
        Ok(count)
    }

    /// Writes bytes at a place.
    pub fn write(&mut self, name: &str, at: usize, bytes: &[u8]) -> Result<(), Dead> {
        self.step()?;
        let file = self.files.entry(name.to_owned()).or_default();
        let end = at + bytes.len();
        if file.seen.len() < end {
            file.seen.resize(end, 0);
        }
        file.seen[at..end].copy_from_slice(bytes);
        file.dirty.extend(at / SECTOR..end.div_ceil(SECTOR));
        Ok(())
    }

    /// Cuts a file to a length.
    pub fn truncate(&mut self, name: &str, length: usize) -> Result<(), Dead> {
        self.step()?;
        if let Some(file) = self.files.get_mut(name) {
            file.seen.resize(length, 0);
            file.dirty.insert(length / SECTOR);
        }
        Ok(())
    }

    /// Everything written to a file so far reaches the medium.
    pub fn sync(&mut self, name: &str) -> Result<(), Dead> {
        self.step()?;
        if let Some(file) = self.files.get_mut(name) {
            file.sync();
        }
        Ok(())
    }

    /// Removes a file.
    pub fn remove(&mut self, name: &str) -> Result<(), Dead> {
        self.step()?;
        self.files.remove(name);
        Ok(())
    }

    /// Puts a file in another's place, for good.
    pub fn rename(&mut self, from: &str, to: &str) -> Result<(), Dead> {
        self.step()?;
        if let Some(file) = self.files.remove(from) {
            self.files.insert(to.to_owned(), file);
        }
        Ok(())
    }
}

impl File {
    fn sync(&mut self) {
        self.safe.resize(self.seen.len(), 0);
        for sector in std::mem::take(&mut self.dirty) {
            let from = sector * SECTOR;
            let to = (from + SECTOR).min(self.seen.len());
            if from < to {
                self.safe[from..to].copy_from_slice(&self.seen[from..to]);
            }
        }
    }

    fn cut(&mut self, random: &mut Random) {
        if self.dirty.is_empty() && self.seen.len() == self.safe.len() {
            return;
        }
        let length = if random.chance(500) { self.seen.len() } else { self.safe.len() };
        let mut after = self.safe.clone();
        after.resize(length.max(self.safe.len()), 0);
        for sector in std::mem::take(&mut self.dirty) {
            let from = sector * SECTOR;
            let to = (from + SECTOR).min(self.seen.len()).min(after.len());
            if from < to && random.chance(500) {
                after[from..to].copy_from_slice(&self.seen[from..to]);
            }
        }
        after.truncate(length);
        self.safe.clone_from(&after);
        self.seen = after;
    }
}
