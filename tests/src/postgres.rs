//! A PostgreSQL to test on: the server that `STOCKHAND_TEST_POSTGRES` names, or a throw-away
//! cluster that disappears with the process, however the process ends. It never skips.

use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;
use tokio_postgres::NoTls;

/// Names a server on which the tests may create databases, as a `postgres://` URL.
pub const URL_VARIABLE: &str = "STOCKHAND_TEST_POSTGRES";

/// Who the server runs as when we are root, which it refuses to be.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// A fresh, empty database on the shared server; its URL.
pub fn fresh_database() -> String {
    static SHARED: OnceLock<Result<Cluster, String>> = OnceLock::new();
    if let Ok(url) = std::env::var(URL_VARIABLE) {
        return create_database(&url);
    }
    let cluster = SHARED.get_or_init(|| Cluster::start().map_err(|error| error.to_string()));
    match cluster {
        Ok(cluster) => cluster.fresh_database(),
        Err(error) => panic!("no PostgreSQL to test on ({error}); set {URL_VARIABLE}"),
    }
}

/// A cluster of our own: nothing but a socket in a directory of its own, `fsync` on.
pub struct Cluster {
    programs: PathBuf,
    user: Option<&'static str>,
    /// Stops the server and removes the directory once its input closes.
    guardian: Child,
    data: PathBuf,
}

impl Cluster {
    /// Makes and starts a cluster.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start; says what it printed.
    pub fn start() -> io::Result<Self> {
        let programs = find_programs()?;
        let user = unprivileged_user()?;
        let dir = TempDir::with_prefix("stockhand-pg-")?;
        let data = dir.path().join("data");
        fs::create_dir(&data)?;
        if let Some(user) = user {
            run(Command::new("chown").arg("-R").arg(user).arg(dir.path()))?;
        }
        initialise(&programs, user, &data)?;
        let guardian = guard(&programs, user, dir.path())?;
        // From here on the guardian removes the directory.
        let _ = dir.keep();
        let cluster = Self { programs, user, guardian, data };
        cluster.control(&["start", "-w", "-l"], Some(&cluster.directory().join("log")))?;
        Ok(cluster)
    }

    /// A fresh, empty database; its URL.
    pub fn fresh_database(&self) -> String {
        create_database(&self.url("postgres"))
    }

    /// Kills the server without letting it finish anything, and starts it again.
    ///
    /// # Errors
    /// When it does not come back.
    pub fn crash(&self) -> io::Result<()> {
        self.control(&["stop", "-m", "immediate"], None)?;
        self.control(&["start", "-w", "-l"], Some(&self.directory().join("log")))
    }

    fn url(&self, database: &str) -> String {
        format!("postgres:///{database}?user=stockhand&host={}", self.directory().display())
    }

    fn directory(&self) -> &Path {
        self.data.parent().expect("the data directory lies in ours")
    }

    fn control(&self, action: &[&str], log: Option<&Path>) -> io::Result<()> {
        let mut command = as_user(self.user, &self.programs.join("pg_ctl"));
        run(command.args(action).args(log).arg("-D").arg(&self.data).stdout(Stdio::null()))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.guardian.stdin.take());
        let _ = self.guardian.wait();
    }
}

/// Runs until our end of the pipe closes, which the kernel does for us even after `kill -9`.
fn guard(programs: &Path, user: Option<&str>, dir: &Path) -> io::Result<Child> {
    let script = r#"cat; "$@"; rm -rf "$0""#;
    let stop = as_user(user, &programs.join("pg_ctl"));
    Command::new("sh")
        .arg("-c")
        .arg(script)
        .arg(dir)
        .arg(stop.get_program())
        .args(stop.get_args())
        .args(["stop", "-m", "immediate", "-D"])
        .arg(dir.join("data"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

fn initialise(programs: &Path, user: Option<&str>, data: &Path) -> io::Result<()> {
    let mut initdb = as_user(user, &programs.join("initdb"));
    initdb.args(["-U", "stockhand", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]);
    // A locale that does not sort by bytes, so that a statement which relies on it is found out.
    if major_version(programs)? >= 15 {
        initdb.args(["--locale-provider=icu", "--icu-locale=en-US"]);
    }
    run(initdb.arg("-D").arg(data).stdout(Stdio::null()))?;
    let socket = data.parent().expect("the data directory lies in ours").display();
    let settings = format!(
        "\nlisten_addresses = ''\nunix_socket_directories = '{socket}'\nmax_connections = 200\n\
         fsync = on\nsynchronous_commit = on\ndeadlock_timeout = 100ms\nshared_buffers = 64MB\n"
    );
    let file = data.join("postgresql.conf");
    let mut text = fs::read_to_string(&file)?;
    text.push_str(&settings);
    fs::write(&file, text)
}

fn major_version(programs: &Path) -> io::Result<u32> {
    let output = Command::new(programs.join("initdb")).arg("--version").output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = text.split_whitespace().find_map(|word| word.split('.').next()?.parse().ok());
    number.ok_or_else(|| io::Error::other(format!("initdb does not say its version: {text}")))
}

/// The directory of `initdb`: on the path, or where Debian keeps the newest.
fn find_programs() -> io::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut candidates: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut debian: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort();
    candidates.extend(debian.into_iter().rev());
    let found = candidates.into_iter().find(|dir| dir.join("initdb").exists());
    let found = found.ok_or_else(|| io::Error::other("initdb is not installed (postgresql)"))?;
    // A link to one program only still leads to the directory of all of them.
    let real = fs::canonicalize(found.join("initdb"))?;
    Ok(real.parent().expect("a program lies in a directory").to_owned())
}

fn unprivileged_user() -> io::Result<Option<&'static str>> {
    if output(Command::new("id").arg("-u"))? != "0" {
        return Ok(None);
    }
    let exists = |user: &&&str| output(Command::new("id").arg("-u").arg(user)).is_ok();
    let user = UNPRIVILEGED.iter().find(exists).copied();
    user.map(Some).ok_or_else(|| io::Error::other("there is no user to run PostgreSQL as"))
}

fn as_user(user: Option<&str>, program: &Path) -> Command {
    let Some(user) = user else { return Command::new(program) };
    let mut command = Command::new("runuser");
    command.args(["-u", user, "--"]).arg(program);
    // The caller's directory may not be the other user's to enter.
    command.current_dir("/");
    command
}

fn output(command: &mut Command) -> io::Result<String> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(io::Error::other(format!("{command:?}: {said}")))
}

/// Runs to the end. What it prints to its error stream becomes the error.
fn run(command: &mut Command) -> io::Result<()> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn()?.wait_with_output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(io::Error::other(format!("{command:?}: {said}")))
}

/// A copy of a database that nobody uses now; its URL.
pub fn copy_of(url: &str) -> String {
    let (server, _) = url.split_once('?').unwrap_or((url, ""));
    let (_, name) = server.rsplit_once('/').expect("the URL names a database");
    let own = format!("/{name}");
    create_from(&url.replacen(&own, "/postgres", 1), name)
}

/// Creates a database on the server of `url`; the URL of the new one.
fn create_database(url: &str) -> String {
    create_from(url, "template0")
}

fn create_from(url: &str, template: &str) -> String {
    // Numbers of processes come again in a long run.
    let random = RandomState::new().build_hasher().finish();
    let name = format!("stockhand_{random:016x}");
    execute(url, &format!("create database {name} template {template}"));
    let (server, query) = url.split_once('?').map_or((url, ""), |(server, query)| (server, query));
    let (server, _) = server.rsplit_once('/').expect("the URL names a database");
    format!("{server}/{name}?{query}")
}

/// Runs statements on a connection of their own, beside the database under test.
pub fn execute(url: &str, sql: &str) {
    let (url, sql) = (url.to_owned(), sql.to_owned());
    // A thread of its own, so that it may be called from inside a runtime.
    let ran = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
            tokio::spawn(connection);
            client.batch_execute(&sql).await
        })
    });
    ran.join().expect("no panic").expect("the statements are valid and the server is there");
}
