//! Debian's `nats-server` with JetStream, on a free port and on disk, which may be killed and started
//! again; and a publisher beside the server under test. It never skips.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use async_nats::ConnectOptions;
use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::{self, Context, stream};
use futures_util::StreamExt;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const USER: &str = "stockhand";
const PASSWORD: &str = "a-word-of-the-tests";

/// Runs the server and kills it once our end of the pipe closes, which the kernel sees to even when
/// this process is killed.
const GUARDIAN: &str = r#""$@" & cat; kill -9 $!; wait"#;

/// A NATS server.
pub struct Nats {
    guardian: Child,
    port: String,
    dir: TempDir,
    runtime: Runtime,
}

impl Nats {
    /// Starts one on a free port and waits until it is ready.
    pub fn start() -> Self {
        let dir = TempDir::with_prefix("stockhand-nats-").expect("a temporary directory");
        let (guardian, port) = run(dir.path(), "-1");
        let runtime = Runtime::new().expect("a runtime");
        Self { guardian, port, dir, runtime }
    }

    /// Kills it, as a power cut would.
    pub fn kill(&mut self) {
        drop(self.guardian.stdin.take());
        let _ = self.guardian.wait();
    }

    /// Starts it again, at the same address on the same disk.
    pub fn start_again(&mut self) {
        self.kill();
        (self.guardian, self.port) = run(self.dir.path(), &self.port);
    }

    /// Where it listens, and who may come in.
    pub fn url(&self) -> String {
        format!("nats://{USER}:{PASSWORD}@127.0.0.1:{}", self.port)
    }

    /// Asks it something, on a connection of its own.
    fn ask<T>(&self, ask: impl AsyncFnOnce(Context) -> T) -> T {
        self.runtime.block_on(async {
            let who = ConnectOptions::with_user_and_password(USER.into(), PASSWORD.into());
            let client = who.connect(self.url()).await.expect("it is there");
            ask(jetstream::new(client)).await
        })
    }

    /// Makes a stream, on disk.
    pub fn make_stream(&self, name: &str, subject: &str) {
        let (name, subjects) = (name.to_owned(), vec![subject.to_owned()]);
        self.ask(async |js| {
            let config = stream::Config { name, subjects, ..stream::Config::default() };
            js.create_stream(config).await.expect("made");
        });
    }

    /// Makes a durable consumer whose messages come again soon.
    pub fn make_consumer(&self, stream: &str, name: &str, subject: &str) {
        self.ask(async |js| {
            let config = pull::Config {
                durable_name: Some(name.to_owned()),
                filter_subject: subject.to_owned(),
                ack_wait: Duration::from_secs(1),
                ..pull::Config::default()
            };
            js.create_consumer_on_stream(config, stream).await.expect("made");
        });
    }

    /// Forgets what a consumer has acknowledged, with the consumer.
    pub fn forget_consumer(&self, stream: &str, name: &str) {
        self.ask(async |js| {
            js.delete_consumer_from_stream(name, stream).await.expect("there was one");
        });
    }

    /// Publishes, and waits until all of it is on disk.
    pub fn publish<T: AsRef<[u8]>>(&self, subject: &str, messages: &[T]) {
        self.ask(async |js| {
            let mut acks = Vec::new();
            for message in messages {
                let body = message.as_ref().to_vec().into();
                acks.push(js.publish(subject.to_owned(), body).await.expect("sent"));
            }
            for ack in acks {
                ack.await.expect("on disk");
            }
        });
    }

    /// Takes messages and says nothing, as a server does that is killed with them in hand.
    pub fn take_and_die(&self, stream: &str, consumer: &str, messages: usize) {
        self.ask(async |js| {
            let consumer: PullConsumer =
                js.get_consumer_from_stream(consumer, stream).await.expect("there is one");
            let taken = consumer.fetch().max_messages(messages).messages().await.expect("asked");
            assert_eq!(taken.count().await, messages);
        });
    }

    /// Messages that were not given to the consumer, and those that it has in hand; `None` without it.
    pub fn open(&self, stream: &str, consumer: &str) -> Option<(u64, usize)> {
        self.ask(async |js| {
            let found = js.get_consumer_from_stream::<pull::Config, _, _>(consumer, stream).await;
            let info = found.ok()?.cached_info().clone();
            Some((info.num_pending, info.num_ack_pending))
        })
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Runs it, until it is ready; its guardian and its port.
fn run(dir: &Path, port: &str) -> (Child, String) {
    let mut guardian = Command::new("sh")
        .args(["-c", GUARDIAN, "sh"])
        .arg(program())
        .args(["-js", "-a", "127.0.0.1", "-p", port, "--user", USER, "--pass", PASSWORD, "-sd"])
        .arg(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a shell runs");
    let mut lines = BufReader::new(guardian.stderr.take().expect("piped")).lines();
    let (mut port, mut said) = (None, Vec::new());
    for line in lines.by_ref().map_while(Result::ok) {
        let listens = line.split_once("Listening for client connections on 127.0.0.1:");
        port = listens.map(|(_, port)| port.trim().to_owned()).or(port);
        if line.contains("Server is ready") {
            break;
        }
        said.push(line);
    }
    // It goes on writing, and must not stand still because nobody reads.
    std::thread::spawn(move || lines.for_each(drop));
    (guardian, port.unwrap_or_else(|| panic!("no nats-server to test on: {}", said.join("\n"))))
}

/// On the path, or where Debian puts it.
fn program() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    let mut programs = folders.map(|folder| folder.join("nats-server"));
    programs.find(|program| program.is_file()).expect("nats-server is not installed")
}
