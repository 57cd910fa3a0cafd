//! The server as a process of its own, which can be killed and started again on the same data.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::program::program;

pub const LOGIN: &str = "operator";
pub const PASSWORD: &str = "correct horse battery staple";
pub const CHANNEL_TOKEN: &str = "channel-token-of-the-end-to-end-tests";

/// Where a server's data lies.
pub struct Store {
    pub url: String,
    dir: TempDir,
}

impl Store {
    pub fn sqlite() -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        Self { url: format!("sqlite:{}", dir.path().join("server.db").display()), dir }
    }

    /// SQLite on the disk of the working directory, for measuring: a temporary directory may be memory.
    pub fn on_disk() -> Self {
        let dir = TempDir::new_in(".").expect("a directory on the disk to measure");
        let path = dir.path().canonicalize().expect("it is there");
        Self { url: format!("sqlite:{}", path.join("server.db").display()), dir }
    }

    pub fn postgres() -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        Self { url: crate::postgres::fresh_database(), dir }
    }

    /// A copy of the data of a server that has ended, for another one.
    pub fn fork(&self) -> Self {
        let beside = self.dir.path().parent().expect("a temporary directory lies in another");
        let dir = TempDir::new_in(beside).expect("a directory beside it");
        let to = dir.path().canonicalize().expect("it is there");
        copy_folder(self.dir.path(), &to);
        match self.url.strip_prefix("sqlite:") {
            Some(_) => Self { url: format!("sqlite:{}", to.join("server.db").display()), dir },
            None => Self { url: crate::postgres::copy_of(&self.url), dir },
        }
    }

    /// A folder beside the data, for tablets.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

/// A running server.
pub struct Server {
    child: Child,
    address: String,
    options: Vec<String>,
    log: PathBuf,
}

/// What no line of a log may say: it would be our own fault, however well the rest went on.
const OUR_FAULT: [&str; 5] = [
    "panicked",
    "a statement failed (Other)",
    "a use case ignored a failed statement",
    "impossible row",
    "was expected: ",
];

impl Server {
    /// Starts one on a free port and waits until it listens.
    pub fn start(store: &Store) -> Self {
        Self::start_with(store, &[])
    }

    /// The same with further options.
    pub fn start_with(store: &Store, options: &[&str]) -> Self {
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        Self::listening(store, "127.0.0.1:0", options)
    }

    fn listening(store: &Store, address: &str, options: Vec<String>) -> Self {
        let log = store.folder("server.log");
        let log_file = File::options().create(true).append(true).open(&log).expect("a log");
        let mut child = Command::new(program("sync-server"))
            .args(["serve", "--db", &store.url, "--listen", address, "--data"])
            .arg(store.folder("server"))
            .args(&options)
            .env("STOCKHAND_OPERATOR_LOGIN", LOGIN)
            .env("STOCKHAND_OPERATOR_PASSWORD", PASSWORD)
            .env("STOCKHAND_CHANNEL_TOKEN", CHANNEL_TOKEN)
            .stdout(Stdio::piped())
            .stderr(log_file)
            .spawn()
            .expect("the server starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let url = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening on http://").map(str::to_owned))
            .expect("the server says where it listens");
        // It goes on writing, and must not stand still because nobody reads.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address: url, options, log }
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Ends it as a power cut would, and starts it again at the same address.
    pub fn kill_and_restart(&mut self, store: &Store) {
        self.kill();
        *self = Self::listening(store, &self.address, self.options.clone());
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Looks for what was our fault and no request had to tell: jobs log it and try again.
    fn assert_faultless(&self) {
        let log = File::open(&self.log).expect("the log is there");
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            let is_fault = OUR_FAULT.iter().any(|words| line.contains(words));
            assert!(!is_fault, "the server's log: {line}");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if !std::thread::panicking() {
            self.assert_faultless();
        }
    }
}

/// Files and folders, at any depth.
fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("readable").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir(&target).expect("made");
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).expect("copied");
        }
    }
}
