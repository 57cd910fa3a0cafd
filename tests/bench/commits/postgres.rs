//! The PostgreSQL half: the same statements through as many bare connections.

use sync_server::db::{Database, DbError, Options};
use tokio_postgres::{Client, Error, NoTls};

use super::{COMMANDS, Command, STATEMENTS, fill, rate, report, through_the_handle};
use tests::stopwatch::timed;

const CONNECTIONS: usize = 16;

pub fn run(rounds: i64) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (url, bare_url) = (tests::postgres::fresh_database(), tests::postgres::fresh_database());
    let options = Options { connections: CONNECTIONS, ..Options::default() };
    let open = |url: &str| runtime.block_on(Database::open(url, &options)).expect("opens");
    let db = open(&url);
    runtime.block_on(db.write(fill)).expect("filled");
    let bare_db = open(&bare_url);
    runtime.block_on(bare_db.write(fill)).expect("filled");
    drop(bare_db);
    let mut results = Vec::new();
    for round in 0..rounds {
        let bare = || runtime.block_on(bare_loops(&bare_url, round)).expect("the bare loops run");
        let (_, bare_time) = timed(bare);
        let (_, time) = timed(|| runtime.block_on(through_the_handle(&db, round, super::CALLERS)));
        results.push((rate(bare_time), rate(time)));
    }
    let count = "select count(*) from command_log";
    let read = db.read(move |tx| tx.query_one(count, &[], |row| row.get(0)));
    let stored: i64 = runtime.block_on(read).map_err(|error: DbError| error).expect("counted");
    assert_eq!(stored, rounds * COMMANDS);
    let more = format!(r#","connections":{CONNECTIONS}"#);
    report("postgres", super::CALLERS, &results, &more);
}

async fn bare_loops(url: &str, round: i64) -> Result<(), Error> {
    let count = i64::try_from(CONNECTIONS).expect("small");
    let loops = (0..count).map(|caller| {
        let url = url.to_owned();
        tokio::spawn(async move { bare_loop(&url, round, caller, COMMANDS / count).await })
    });
    for ended in loops.collect::<Vec<_>>() {
        ended.await.expect("no panic")?;
    }
    Ok(())
}

async fn bare_loop(url: &str, round: i64, caller: i64, commands: i64) -> Result<(), Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    let mut statements = Vec::new();
    for sql in STATEMENTS {
        statements.push(client.prepare(sql).await?);
    }
    for seq in 0..commands {
        let command = Command::new("bare", round, caller, seq);
        write(&client, &statements, &command).await?;
    }
    Ok(())
}

async fn write(
    client: &Client,
    statements: &[tokio_postgres::Statement],
    command: &Command,
) -> Result<(), Error> {
    let (location, item, at) = (command.location(), command.item(), command.seq);
    let (device, id, state) = (&command.device, &command.id, &command.state);
    client.batch_execute("begin").await?;
    let (sha, body) = (&command.sha, &command.body);
    client.execute(&statements[0], &[device, &at, id, &location, sha, body, &at]).await?;
    assert_eq!(client.execute(&statements[1], &[&item, &location]).await?, 1);
    client.execute(&statements[2], &[&item, &location, id, &at]).await?;
    let head = client.query_one(&statements[3], &[&location]).await?;
    let cursor: i64 = head.try_get(0)?;
    client.execute(&statements[4], &[&location, &cursor, id, state, id]).await?;
    client.execute(&statements[5], &[device, &at, &at]).await?;
    client.batch_execute("commit").await
}
