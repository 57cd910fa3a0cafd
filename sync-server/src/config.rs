//! What whoever runs the server says, on the command line or in the environment.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use domain::clock::TimeMs;

use crate::{calendar::transit::Transit, telemetry::LogForm};

/// The central order management server.
#[derive(Debug, Parser)]
#[command(name = "sync-server", version)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// What the program does.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Serves the API and the console
    Serve(Serve),
    /// Adds an operator of the console, or changes the one of this login
    PutOperator(PutOperator),
    /// Adds a sales channel, or gives it another token
    PutChannel(PutChannel),
    /// Notes that a backup is complete: tablets may forget what is in it
    BackedUp(BackedUp),
    /// Begins a new history after the database was restored; once, before `serve`
    NewHistory(NewHistory),
    /// Prints the API's description
    Openapi,
}

/// Where the data is.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// `sqlite:PATH` or `postgres://…`
    #[arg(long, env = "STOCKHAND_DB", default_value = "sqlite:stockhand/server.db")]
    pub db: String,
    /// The folder of the server's key; keep it apart from backups of the database
    #[arg(long, env = "STOCKHAND_DATA", default_value = "stockhand")]
    pub data: PathBuf,
    /// How log lines are written
    #[arg(long, env = "STOCKHAND_LOG_FORM", value_enum, default_value_t)]
    pub log_form: LogForm,
}

/// How to serve.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "STOCKHAND_LISTEN", default_value = "127.0.0.1:7400")]
    pub listen: SocketAddr,
    /// Where tablets and browsers reach the server, if not at the address it listens on
    #[arg(long, env = "STOCKHAND_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// The first operator's login; used once, when there is no operator yet
    #[arg(long, env = "STOCKHAND_OPERATOR_LOGIN", default_value = "admin")]
    pub operator_login: String,
    /// The first operator's password; made and printed once where it is not given
    #[arg(long, env = "STOCKHAND_OPERATOR_PASSWORD", hide_env_values = true)]
    pub operator_password: Option<String>,
    /// The first sales channel's name
    #[arg(long, env = "STOCKHAND_CHANNEL", default_value = "web")]
    pub channel: String,
    /// The first sales channel's token; made and printed once where it is not given
    #[arg(long, env = "STOCKHAND_CHANNEL_TOKEN", hide_env_values = true)]
    pub channel_token: Option<String>,
    /// The folder whose subfolders sources lay files into
    #[arg(long, env = "STOCKHAND_INBOX")]
    pub inbox: Option<PathBuf>,
    /// NATS servers with JetStream, as `nats://USER:PASSWORD@HOST:4222`, with commas between several
    #[arg(long, env = "STOCKHAND_NATS", hide_env_values = true)]
    pub nats: Option<String>,
    /// Lets webhooks go to other machines without TLS, as inside a private network
    #[arg(long, env = "STOCKHAND_WEBHOOK_HTTP")]
    pub webhook_http: bool,
    /// Working days of a parcel by distance, as `250=1,1000=2,5000=5`; the last is for any farther
    #[arg(long, env = "STOCKHAND_TRANSIT_DAYS", default_value = "250=1,1000=2,2500=3,5000=5")]
    pub transit_days: Transit,
}

/// An operator.
#[derive(Debug, Clone, Args)]
pub struct PutOperator {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// Sign-in name
    #[arg(long)]
    pub login: String,
    /// The person's name
    #[arg(long)]
    pub name: String,
    /// `store-manager`, `operations` or `admin`
    #[arg(long, value_parser = role)]
    pub role: domain::api::OperatorRole,
    /// The store of a store manager
    #[arg(long)]
    pub location: Option<String>,
    /// The password; never given on the command line
    #[arg(long, env = "STOCKHAND_PASSWORD", hide_env_values = true)]
    pub password: String,
}

fn role(word: &str) -> Result<domain::api::OperatorRole, String> {
    use domain::api::OperatorRole::{Admin, Operations, StoreManager};
    match word {
        "store-manager" => Ok(StoreManager),
        "operations" => Ok(Operations),
        "admin" => Ok(Admin),
        _ => Err("store-manager, operations or admin".into()),
    }
}

/// A sales channel.
#[derive(Debug, Clone, Args)]
pub struct PutChannel {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// Its name, as orders carry it
    #[arg(long)]
    pub channel: String,
    /// Its token; made and printed where it is not given
    #[arg(long, env = "STOCKHAND_CHANNEL_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
}

/// A complete backup.
#[derive(Debug, Clone, Args)]
pub struct BackedUp {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// When the backup began, as 2026-11-26T02:00:00Z
    #[arg(long, value_parser = TimeMs::from_rfc3339)]
    pub began: TimeMs,
}

/// A new history.
#[derive(Debug, Clone, Args)]
pub struct NewHistory {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// Package numbers to leave out: more than were leased since the backup, 500 at a time
    #[arg(long, default_value_t = 1_000_000)]
    pub skip_numbers: u64,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
        let read = Arguments::try_parse_from(["sync-server", "serve", "--listen", "[::1]:0"]);
        assert!(
            matches!(read.expect("valid").verb, Verb::Serve(serve) if serve.listen.port() == 0)
        );
        assert!(Arguments::try_parse_from(["sync-server", "serve", "--listen", "here"]).is_err());
    }
}
