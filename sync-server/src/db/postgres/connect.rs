//! How a PostgreSQL connection is opened: its settings, and whether the server is fit.

use std::sync::Arc;

use tokio_postgres::{Client, Config, Error, NoTls};

use super::failure;
use crate::db::{DbError, Failure};

/// Said once for each connection. Just-in-time compilation costs more than our statements take. A page by its
/// key costs about as much as the next one where nothing turns: with PostgreSQL's own guess, some thousand
/// keys of a table that nobody has analysed yet are looked for in all of its rows.
const SETTINGS: &str = "
    set application_name = 'stockhand';
    set timezone = 'UTC';
    set statement_timeout = '30s';
    set idle_in_transaction_session_timeout = '60s';
    set client_min_messages = 'warning';
    set jit = off;
    set random_page_cost = 1.1;
";
const VERSION_MIN: i64 = 130_000;

/// Opens one connection; the current runtime drives it from then on.
pub(super) async fn connect(config: &Config) -> Result<Client, DbError> {
    let (client, connection) = config.connect(NoTls).await.map_err(connect_error)?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(%error, "a PostgreSQL connection broke");
        }
    });
    client.batch_execute(SETTINGS).await.map_err(connect_error)?;
    check(&client).await?;
    Ok(client)
}

/// Refuses a server that would answer before it has stored, or store something else.
async fn check(client: &Client) -> Result<(), DbError> {
    let setting = async |name: &'static str| -> Result<String, DbError> {
        let row = client.query_one("select current_setting($1)", &[&name]).await;
        row.and_then(|row| row.try_get(0)).map_err(connect_error)
    };
    let version = setting("server_version_num").await?;
    if version.parse::<i64>().map_or(true, |number| number < VERSION_MIN) {
        return Err(DbError::Unfit(format!("PostgreSQL {version} is older than 13")));
    }
    let encoding = setting("server_encoding").await?;
    if encoding != "UTF8" {
        return Err(DbError::Unfit(format!("the database's encoding is {encoding}, not UTF8")));
    }
    if setting("synchronous_commit").await? == "off" {
        client.batch_execute("set synchronous_commit = on").await.map_err(connect_error)?;
    }
    if setting("fsync").await? != "on" {
        tracing::warn!("fsync is off: a power cut may lose what was acknowledged");
    }
    Ok(())
}

fn connect_error(error: Error) -> DbError {
    // A server that is restarting refuses for a moment; a wrong password is final.
    let kind = match failure(&error) {
        Failure::Other if error.code().is_none() => Failure::Disconnected,
        kind => kind,
    };
    DbError::Transaction { step: "connect", kind, source: Arc::new(error) }
}
