//! The loop on PostgreSQL: 64 connections, a commit for each sale.

use std::time::Duration;

use futures_util::future::{join_all, try_join_all};
use tests::{server::Store, stopwatch::Stopwatch};
use tokio_postgres::{Client, Error, NoTls, Statement};

use crate::{
    TILLS,
    rows::{BATCH, COUNTERS, EVENT, LEDGER, PLACE, POSITION, SOURCE, Sale},
};

/// A connection with its statements: event, position, ledger, counters.
type Ready = (Client, [Statement; 4]);
/// A sale with the keys of its item and location.
type Placed<'a> = (&'a str, i64, i64);

/// Writes the rows; connections, statements and keys are there before the clock starts.
pub fn write(store: &Store, sales: &[Sale]) -> Duration {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let written = runtime.block_on(async {
        let ready = try_join_all((0..TILLS).map(|_| connect(&store.url))).await?;
        let of_all = (source(&ready[0].0).await?, batch(&ready[0].0).await?);
        let placed = place(&ready[0].0, sales).await?;
        // Every till is one of the connections.
        let mut parts: Vec<Vec<&Placed<'_>>> = vec![Vec::new(); TILLS];
        placed.iter().enumerate().for_each(|(at, sale)| parts[at % TILLS].push(sale));
        let started = Stopwatch::start();
        let loops = ready.iter().zip(&parts).map(|(ready, part)| sell(ready, of_all, part));
        for ended in join_all(loops).await {
            ended?;
        }
        Ok::<_, Error>(started.elapsed())
    });
    written.expect("the loops run")
}

async fn connect(url: &str) -> Result<Ready, Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    let statements = [
        client.prepare(EVENT).await?,
        client.prepare(POSITION).await?,
        client.prepare(LEDGER).await?,
        client.prepare(COUNTERS).await?,
    ];
    Ok((client, statements))
}

async fn source(client: &Client) -> Result<i64, Error> {
    client.query_one(SOURCE, &[]).await?.try_get(0)
}

async fn batch(client: &Client) -> Result<i64, Error> {
    client.query_one(BATCH, &[&source(client).await?]).await?.try_get(0)
}

async fn place<'a>(client: &Client, sales: &'a [Sale]) -> Result<Vec<Placed<'a>>, Error> {
    let place = client.prepare(PLACE).await?;
    let mut placed = Vec::with_capacity(sales.len());
    for sale in sales {
        let keys = client.query_one(&place, &[&sale.sku, &sale.store]).await?;
        placed.push((sale.event.as_str(), keys.try_get(0)?, keys.try_get(1)?));
    }
    Ok(placed)
}

async fn sell(
    (client, statements): &Ready,
    (source, batch): (i64, i64),
    sales: &[&Placed<'_>],
) -> Result<(), Error> {
    let [event_row, position, ledger, counters] = statements;
    let at = 1_900_000_000_000_i64;
    for (event, item, location) in sales {
        client.batch_execute("begin").await?;
        client.execute(event_row, &[&source, event, &at]).await?;
        assert_eq!(client.execute(position, &[item, location, &at]).await?, 1);
        client.execute(ledger, &[item, location, event, &source, &at]).await?;
        client.execute(counters, &[&batch, &at, &1_i64]).await?;
        client.batch_execute("commit").await?;
    }
    Ok(())
}
