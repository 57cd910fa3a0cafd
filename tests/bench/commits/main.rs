//! What the database handle costs: commands a second through `Database::write` by 64 callers,
//! against a bare loop that puts the same rows into the same schema with the same syncs.
//!
//! Prints JSON lines, the last of each engine with the ratio. `commits [sqlite|postgres] [rounds]`.
//! A round whose rows are not all there is not printed.

mod postgres;

use std::path::Path;
use std::sync::atomic::Ordering;

use rusqlite::Connection;
use sync_server::db::{Database, DbError, Options, SqliteDirect, ToSqlValue, Tx};
use tests::stopwatch::{Stopwatch, timed};

const CALLERS: i64 = 64;
const COMMANDS: i64 = 8_000;

/// What one command writes: its log row, the guarded stock, the ledger, the feed and the progress.
const STATEMENTS: [&str; 6] = [
    "insert into command_log
        (device_id, epoch, seq, id, location_key, sha, body, outcome, received_at_ms)
     values ($1, 1, $2, $3, $4, $5, $6, 'applied', $7)",
    "update stock_positions set on_hand = on_hand - 1, picked = picked + 1, rev = rev + 1
     where item_key = $1 and location_key = $2 and on_hand - reserved >= 1",
    "insert into stock_movements (item_key, location_key, cause, cause_id, from_bucket, to_bucket,
        quantity, reserved_delta, at_ms)
     values ($1, $2, 'pick', $3, 'shelf', 'picked', 1, 0, $4)",
    "update feed_heads set cursor = cursor + 1 where location_key = $1 returning cursor",
    "insert into feed (location_key, cursor, kind, id, rev, op, body, cause)
     values ($1, $2, 'fulfillment', $3, $2, 'up', $4, $5)",
    "insert into device_progress (device_id, epoch, last_seq, last_seen_ms) values ($1, 1, $2, $3)
     on conflict (device_id, epoch) do update set last_seq = excluded.last_seq,
        last_seen_ms = excluded.last_seen_ms",
];

/// One command of one caller in one round; everything else follows from these.
#[derive(Clone)]
struct Command {
    caller: i64,
    seq: i64,
    device: String,
    id: String,
    sha: Vec<u8>,
    body: Vec<u8>,
    state: String,
}

impl Command {
    fn new(way: &str, round: i64, caller: i64, seq: i64) -> Self {
        let device = format!("{way}-{round:04}-7000-8000-{caller:012}");
        // Scattered like the random part of an id, so that no index grows only at its end.
        let scattered =
            (seq * CALLERS + caller).wrapping_mul(0x9E37_79B9_7F4A_7C15_u64.cast_signed());
        let id = format!("{round:04x}{way}-{scattered:016x}-{caller:04x}");
        let body =
            format!(r#"{{"seq":{seq},"id":"{id}","t":"line.picked","v":1,"p":{{"line":3}}}}"#);
        Self {
            caller,
            seq,
            device,
            sha: vec![caller.to_le_bytes()[0]; 32],
            body: body.into_bytes(),
            state: format!(r#"{{"id":"{id}","lines":[{}]}}"#, r#"{"line":1,"need":2},"#.repeat(20)),
            id,
        }
    }

    fn location(&self) -> i64 {
        self.caller % 16 + 1
    }

    fn item(&self) -> i64 {
        (self.caller * 7_919 + self.seq) % 1_000 + 1
    }

    /// The parameters of each statement; the fifth's cursor comes from the fourth.
    fn write(&self, tx: &mut Tx) -> Result<(), DbError> {
        let (location, item, at) = (self.location(), self.item(), self.seq);
        let log: [&dyn ToSqlValue; 7] =
            [&self.device, &self.seq, &self.id, &location, &self.sha, &self.body, &at];
        tx.exec(STATEMENTS[0], &log)?;
        assert_eq!(tx.exec(STATEMENTS[1], &[&item, &location])?, 1);
        tx.exec(STATEMENTS[2], &[&item, &location, &self.id, &at])?;
        let cursor: i64 = tx.query_one(STATEMENTS[3], &[&location], |row| row.get(0))?;
        tx.exec(STATEMENTS[4], &[&location, &cursor, &self.id, &self.state, &self.id])?;
        tx.exec(STATEMENTS[5], &[&self.device, &self.seq, &at])?;
        Ok(())
    }

    /// The same on a bare connection.
    fn write_bare(&self, conn: &Connection) -> rusqlite::Result<()> {
        let (location, item, at) = (self.location(), self.item(), self.seq);
        let run = |statement: usize, params: &[&dyn rusqlite::ToSql]| {
            conn.prepare_cached(&BARE[statement])?.execute(params)
        };
        let log: [&dyn rusqlite::ToSql; 7] =
            [&self.device, &self.seq, &self.id, &location, &self.sha, &self.body, &at];
        run(0, &log)?;
        assert_eq!(run(1, &[&item, &location])?, 1);
        run(2, &[&item, &location, &self.id, &at])?;
        let mut head = conn.prepare_cached(&BARE[3])?;
        let cursor: i64 = head.query_row([location], |row| row.get(0))?;
        run(4, &[&location, &cursor, &self.id, &self.state, &self.id])?;
        run(5, &[&self.device, &self.seq, &at])?;
        Ok(())
    }
}

/// The statements with SQLite's own placeholders.
static BARE: std::sync::LazyLock<Vec<String>> =
    std::sync::LazyLock::new(|| STATEMENTS.iter().map(|sql| sql.replace('$', "?")).collect());

fn fill(tx: &mut Tx) -> Result<(), DbError> {
    for key in 1..=16_i64 {
        tx.exec(
            "insert into locations (id, name, kind, country, lat_e6, lon_e6, time_zone)
             values ($1, 'x', 'store', 'US', 0, 0, 'UTC')",
            &[&key.to_string()],
        )?;
        tx.exec("insert into feed_heads (location_key) values ($1)", &[&key])?;
    }
    for key in 1..=1_000_i64 {
        let insert = "insert into items (sku, name, currency) values ($1, 'x', 'USD')";
        tx.exec(insert, &[&key.to_string()])?;
    }
    tx.exec(
        "insert into stock_positions (item_key, location_key, on_hand)
         select items.key, locations.key, 1000000 from items cross join locations",
        &[],
    )?;
    Ok(())
}

/// 64 callers, each sending its next command when the last one is answered.
async fn through_the_handle(db: &Database, round: i64, callers: i64) {
    let tasks = (0..callers).map(|caller| {
        let db = db.clone();
        tokio::spawn(async move {
            for seq in 0..COMMANDS / callers {
                let command = Command::new("ours", round, caller, seq);
                db.write(move |tx| command.write(tx)).await.expect("the command is stored");
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("no panic");
    }
}

/// One thread, a commit for each 64 commands, nothing between it and the library; the commands
/// lie ready.
fn bare_loop(conn: &Connection, commands: &[Command]) -> rusqlite::Result<()> {
    for batch in commands.chunks(usize::try_from(CALLERS).expect("small")) {
        conn.execute_batch("begin immediate")?;
        for command in batch {
            command.write_bare(conn)?;
        }
        conn.execute_batch("commit")?;
    }
    Ok(())
}

fn bare_commands(round: i64) -> Vec<Command> {
    let all = (0..COMMANDS / CALLERS).flat_map(|seq| (0..CALLERS).map(move |of| (of, seq)));
    all.map(|(caller, seq)| Command::new("bare", round, caller, seq)).collect()
}

fn sqlite(rounds: i64) {
    let dir = tempfile::TempDir::new_in(".").expect("a directory on the disk to measure");
    let (ours, bare) = (dir.path().join("ours.db"), dir.path().join("bare.db"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let url = format!("sqlite:{}", ours.display());
    let db = runtime.block_on(Database::open(&url, &Options::default())).expect("opens");
    runtime.block_on(db.write(fill)).expect("filled");
    let bare = bare_connection(&bare);
    let mut results = Vec::new();
    for round in 0..rounds {
        let commands = bare_commands(round);
        let (_, bare_time) = timed(|| bare_loop(&bare, &commands).expect("the bare loop runs"));
        // Between the rounds, not in them: the limit is that of the commits alone.
        bare.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())).expect("copied");
        let (_, time) = timed(|| runtime.block_on(through_the_handle(&db, round, CALLERS)));
        results.push((rate(bare_time), rate(time)));
    }
    let count = "select count(*) from command_log";
    let read = db.read(move |tx| tx.query_one(count, &[], |row| row.get(0)));
    let stored: i64 = runtime.block_on(read).map_err(|error: DbError| error).expect("counted");
    let bare_stored: i64 = bare.query_row(count, [], |row| row.get(0)).expect("counted");
    assert_eq!((stored, bare_stored), (rounds * COMMANDS, rounds * COMMANDS));
    let commits = db.counters().commits.load(Ordering::Relaxed);
    let fdatasync_us = fdatasync_us(dir.path());
    let more = format!(r#","commits":{commits},"fdatasync_p50_us":{fdatasync_us}"#);
    report("sqlite", CALLERS, &results, &more);
}

/// The same schema and settings, without checkpoints.
fn bare_connection(path: &Path) -> Connection {
    let mut direct = SqliteDirect::open(path).expect("opens");
    direct.write(fill).expect("filled");
    drop(direct);
    let conn = Connection::open(path).expect("opens");
    conn.set_prepared_statement_cache_capacity(64);
    conn.execute_batch(
        "pragma synchronous = full; pragma cache_size = -65536;
        pragma wal_autocheckpoint = 0",
    )
    .expect("set");
    conn
}

fn fdatasync_us(dir: &Path) -> u128 {
    use std::io::Write;
    let mut file = std::fs::File::create(dir.join("sync")).expect("a file");
    let mut times: Vec<_> = (0..200)
        .map(|_| {
            let watch = Stopwatch::start();
            file.write_all(&[1; 4_096]).expect("written");
            file.sync_data().expect("synced");
            watch.elapsed().as_micros()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn rate(time: std::time::Duration) -> f64 {
    let commands = u32::try_from(COMMANDS).expect("small");
    f64::from(commands) / time.as_secs_f64()
}

/// One line a round, and the median of the rounds' ratios.
fn report(engine: &str, callers: i64, results: &[(f64, f64)], more: &str) {
    for (round, (bare, ours)) in results.iter().enumerate() {
        println!(
            r#"{{"bench":"commits","engine":"{engine}","round":{round},"bare_per_s":{bare:.0},"ours_per_s":{ours:.0}}}"#
        );
    }
    let mut ratios: Vec<f64> = results.iter().map(|(bare, ours)| ours / bare).collect();
    ratios.sort_by(f64::total_cmp);
    let ratio = ratios[ratios.len() / 2];
    println!(
        r#"{{"bench":"commits","engine":"{engine}","callers":{callers},"commands":{COMMANDS},"ratio":{ratio:.2}{more}}}"#
    );
}

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| !arg.starts_with("--"));
    let engine = args.next().unwrap_or_else(|| "both".to_owned());
    let rounds = args.next().map_or(5, |rounds| rounds.parse().expect("a number of rounds"));
    if engine != "postgres" {
        sqlite(rounds);
    }
    if engine != "sqlite" {
        postgres::run(rounds);
    }
}
