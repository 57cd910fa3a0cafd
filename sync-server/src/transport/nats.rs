//! Messages of NATS JetStream: a connection that comes back by itself, a durable consumer that
//! remembers what was acknowledged, and as many messages at once as make one transaction.
//!
//! Knows nothing of what is in a message, and makes no stream: its administrator does.

use std::{sync::Arc, time::Duration};

use async_nats::{
    Client, ConnectOptions, Event, ServerAddr,
    connection::State,
    jetstream::{
        self, Message,
        consumer::{AckPolicy, PullConsumer, pull},
    },
};
use futures_util::StreamExt;
use percent_encoding::percent_decode_str;

use super::reached::Reached;

/// Messages of one transaction.
pub const GROUP_MAX: usize = 500;
/// Their bytes; one message alone may have more.
const GROUP_BYTES_MAX: usize = 8 << 20;
/// How long one message is waited for before the world is looked at again.
const WAIT: Duration = Duration::from_secs(5);
/// An answer that has not come by then does not come: the connection broke under it.
const PATIENCE: Duration = Duration::from_secs(10);
/// Messages that were not acknowledged by then are given to whoever asks next.
const ACK_WAIT: Duration = Duration::from_secs(30);
/// Messages that all servers together may have in hand.
const IN_HAND_MAX: i64 = 10_000;
/// The longest wait between two tries to connect.
const AGAIN_MAX: Duration = Duration::from_secs(5);

/// Where NATS is, and who we are there. Holds a password: it is never shown.
#[derive(Clone)]
pub struct Addresses {
    servers: Vec<ServerAddr>,
    who: Option<Who>,
}

#[derive(Clone)]
enum Who {
    Token(String),
    User(String, String),
}

impl std::fmt::Debug for Addresses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} addresses", self.servers.len())
    }
}

impl Addresses {
    /// Reads `nats://USER:PASSWORD@HOST:PORT` or `nats://TOKEN@HOST`, with commas between several; the
    /// first that says who we are says it for all.
    ///
    /// # Errors
    /// [`NatsError::Address`].
    pub fn read(text: &str) -> Result<Self, NatsError> {
        let read = |address: &str| {
            let server: ServerAddr = address.trim().parse()?;
            // The client would take it for an address of its own choice.
            let nowhere =
                || std::io::Error::new(std::io::ErrorKind::InvalidInput, "it has no host");
            if server.host().is_empty() { Err(nowhere()) } else { Ok(server) }
        };
        let servers: Result<Vec<ServerAddr>, _> = text.split(',').map(read).collect();
        let servers = servers.map_err(NatsError::Address)?;
        let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let who = servers.iter().find_map(|server| match (server.username(), server.password()) {
            (Some(user), Some(password)) => Some(Who::User(plain(user), plain(password))),
            (Some(token), None) => Some(Who::Token(plain(token))),
            (None, _) => None,
        });
        Ok(Self { servers, who })
    }
}

/// Why messages cannot be had now.
#[derive(Debug, thiserror::Error)]
pub enum NatsError {
    /// The address is none.
    #[error("the address of NATS cannot be read")]
    Address(#[source] std::io::Error),
    /// The client does not start.
    #[error("the client of NATS does not start")]
    Connect(#[from] async_nats::ConnectError),
    /// There is no connection.
    #[error("there is no connection to NATS")]
    Away,
    /// The stream is not there, or not to be seen.
    #[error("cannot find the stream {0}")]
    Stream(String, #[source] jetstream::context::GetStreamError),
    /// The consumer cannot be made or changed.
    #[error("cannot make the consumer {0}")]
    Consumer(String, #[source] jetstream::stream::ConsumerError),
    /// There is a consumer of this name that forgets, or does not wait for us.
    #[error("the consumer {0} is there and does not wait for acknowledgements")]
    OtherConsumer(String),
    /// Messages cannot be asked for.
    #[error("cannot ask for messages")]
    Ask(#[from] pull::BatchError),
    /// Messages do not come.
    #[error("messages do not come: {0}")]
    Fetch(String),
}

/// A client that connects, and connects again, until it is dropped.
///
/// # Errors
/// [`NatsError::Connect`].
pub async fn connect(addresses: &Addresses, reached: Arc<Reached>) -> Result<Client, NatsError> {
    let options = match addresses.who.clone() {
        None => ConnectOptions::new(),
        Some(Who::Token(token)) => ConnectOptions::with_token(token),
        Some(Who::User(user, password)) => ConnectOptions::with_user_and_password(user, password),
    };
    let options = options
        .name("stockhand")
        .retry_on_initial_connect()
        .reconnect_delay_callback(|tries| {
            let step = u32::try_from(tries.min(8)).unwrap_or(8);
            Duration::from_millis(50 << step).min(AGAIN_MAX)
        })
        .event_callback(move |event| {
            match event {
                Event::Connected => reached.connected(true),
                Event::Disconnected | Event::Closed => reached.connected(false),
                _ => {}
            }
            std::future::ready(())
        });
    Ok(options.connect(addresses.servers.clone()).await?)
}

/// The durable consumer of this name: made where it is not there, taken as it is where it reads
/// this subject, changed where it reads another.
///
/// # Errors
/// [`NatsError`].
pub async fn bind(
    client: &Client,
    stream: &str,
    subject: &str,
    name: &str,
) -> Result<PullConsumer, NatsError> {
    if client.connection_state() != State::Connected {
        return Err(NatsError::Away);
    }
    let context = jetstream::new(client.clone());
    let found = context.get_stream(stream).await;
    let stream = found.map_err(|error| NatsError::Stream(stream.to_owned(), error))?;
    let failed = |error| NatsError::Consumer(name.to_owned(), error);
    let bound: PullConsumer =
        stream.get_or_create_consumer(name, config(name, subject)).await.map_err(failed)?;
    let there = &bound.cached_info().config;
    if there.ack_policy != AckPolicy::Explicit || there.durable_name.as_deref() != Some(name) {
        return Err(NatsError::OtherConsumer(name.to_owned()));
    }
    if there.filter_subject == subject {
        return Ok(bound);
    }
    stream.create_consumer(config(name, subject)).await.map_err(failed)
}

fn config(name: &str, subject: &str) -> pull::Config {
    pull::Config {
        durable_name: Some(name.to_owned()),
        description: Some("Stockhand: movements of stock".to_owned()),
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        max_ack_pending: IN_HAND_MAX,
        filter_subject: subject.to_owned(),
        ..pull::Config::default()
    }
}

/// At most `messages_max` messages that are there; where none is, waits a while for one.
///
/// # Errors
/// [`NatsError`]: bind again.
pub async fn gather(
    consumer: &PullConsumer,
    messages_max: usize,
) -> Result<Vec<Message>, NatsError> {
    let all = consumer.fetch().max_messages(messages_max).max_bytes(GROUP_BYTES_MAX);
    // One that is larger than all may be together ends it with an error; alone it comes below.
    let (there, _) = collect(all.messages().await?, messages_max).await;
    if !there.is_empty() {
        return Ok(there);
    }
    let one = consumer.batch().max_messages(1).expires(WAIT).messages().await?;
    match collect(one, 1).await {
        (messages, Some(error)) if messages.is_empty() => Err(NatsError::Fetch(error)),
        (messages, _) => Ok(messages),
    }
}

/// What comes, until nothing more does; and why, where that is an error.
async fn collect(mut batch: pull::Batch, messages_max: usize) -> (Vec<Message>, Option<String>) {
    let mut messages = Vec::new();
    while messages.len() < messages_max {
        match tokio::time::timeout(PATIENCE, batch.next()).await {
            Ok(Some(Ok(message))) => messages.push(message),
            Ok(Some(Err(error))) => return (messages, Some(error.to_string())),
            Ok(None) => break,
            Err(_) => return (messages, Some("no answer in time".to_owned())),
        }
    }
    (messages, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(text: &str) -> Option<(String, String)> {
        match Addresses::read(text).expect("an address").who? {
            Who::User(user, password) => Some((user, password)),
            Who::Token(token) => Some((token, String::new())),
        }
    }

    #[test]
    fn an_address_says_where_and_who() {
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(who("nats://localhost:4222"), None);
        assert_eq!(who("nats://one, tls://mia:p%40ss@two:4333"), pair("mia", "p@ss"));
        assert_eq!(who("nats://s3cret@localhost"), pair("s3cret", ""));
        let both = Addresses::read("nats://mia:secret@one,nats://two").expect("addresses");
        assert_eq!(format!("{both:?}"), "2 addresses");
        for wrong in ["", "nats://", "nats://one,,nats://two", "http://one"] {
            assert!(Addresses::read(wrong).is_err(), "{wrong}");
        }
    }
}
