//! The bare loop on PostgreSQL: sixteen connections, a commit for each exchange.

use std::time::Duration;

use tests::server::Store;
use tests::stopwatch::Stopwatch;
use tokio::runtime::Runtime;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Error, NoTls, Statement};

use crate::rows::{STATEMENTS, Step, Value, Written};

const CONNECTIONS: usize = 16;

type Problem = Box<dyn std::error::Error + Sync + Send>;

/// Writes the rows, and says how long it took.
pub fn write(runtime: &Runtime, store: &Store, rows: &[Written]) -> Duration {
    let mut parts: Vec<Vec<&Written>> = (0..CONNECTIONS).map(|_| Vec::new()).collect();
    // Tablets of one location on one connection: no connection waits for another's rows.
    rows.iter().for_each(|written| parts[written.device % CONNECTIONS].push(written));
    let parts =
        parts.into_iter().map(|part| part.into_iter().map(|w| w.steps.as_slice()).collect());
    let parts: Vec<Vec<&[Step]>> = parts.collect();
    runtime.block_on(async {
        let mut ready = Vec::new();
        for _ in 0..CONNECTIONS {
            ready.push(connect(&store.url).await.expect("connected"));
        }
        let watch = Stopwatch::start();
        let loops = ready.iter().zip(&parts).map(|(ready, part)| all(&ready.0, &ready.1, part));
        for ended in futures_util::future::join_all(loops).await {
            ended.expect("the bare loops run");
        }
        watch.elapsed()
    })
}

async fn connect(url: &str) -> Result<(Client, Vec<Statement>), Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    let mut statements = Vec::new();
    for sql in STATEMENTS {
        statements.push(client.prepare(sql).await?);
    }
    Ok((client, statements))
}

async fn all(client: &Client, statements: &[Statement], part: &[&[Step]]) -> Result<(), Error> {
    for steps in part {
        client.batch_execute("begin").await?;
        for Step { statement, values } in *steps {
            let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|v| v as _).collect();
            assert!(client.execute(&statements[*statement], &values).await? > 0);
        }
        client.batch_execute("commit").await?;
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self, of: &Type, out: &mut BytesMut) -> Result<IsNull, Problem> {
        match self {
            Self::Number(number) => number.to_sql(of, out),
            Self::Text(text) => text.to_sql(of, out),
            Self::Bytes(bytes) => bytes.to_sql(of, out),
        }
    }

    fn accepts(of: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA].contains(of)
    }

    to_sql_checked!();
}
