//! What the disk itself takes to make 4 KiB durable: what every "is on the disk" is measured against.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use crate::{sample::Sample, stopwatch::Stopwatch};

/// A file that grows by 4 KiB at a time.
pub struct Disk(File);

impl Disk {
    /// In this folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self(File::create(folder.join("fdatasync")).expect("a file"))
    }

    /// Times one write of 4 KiB with its `fdatasync`.
    pub fn time_one(&mut self, sample: &mut Sample) {
        let watch = Stopwatch::start();
        self.0.write_all(&[1; 4_096]).expect("written");
        self.0.sync_data().expect("synced");
        sample.add(watch.elapsed());
    }
}
