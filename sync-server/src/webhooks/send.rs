//! One try to deliver. What comes back is a word and a status: a receiver's body is read no further than
//! it takes to use the connection again, and kept nowhere.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use domain::{api::WebhookOutcome, clock::TimeMs};
use reqwest::{Client, StatusCode, Url, header, redirect::Policy};

use super::{address::Resolver, signature::Secret};
use crate::clock::Stopwatch;

/// A receiver has this long to answer. A server that delivers holds its lease for longer.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// For a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Sends deliveries.
#[derive(Debug, Default)]
pub struct Post(OnceLock<Client>);

/// What is sent.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// Where to.
    pub url: &'a Url,
    /// `webhook-id`.
    pub id: &'a str,
    /// The body.
    pub body: &'a str,
    /// Its time.
    pub at: TimeMs,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// In a word.
    pub outcome: WebhookOutcome,
    /// The status, where there was an answer.
    pub status: Option<u16>,
    /// How long it took.
    pub took_ms: u32,
    /// How long the receiver asks to wait.
    pub retry_after_ms: Option<i64>,
}

impl Post {
    /// Sends, signed with each of the secrets, and waits for the answer.
    pub async fn send(&self, sent: Sent<'_>, secrets: &[Secret]) -> Answered {
        let watch = Stopwatch::start();
        let at_s = sent.at.0 / 1_000;
        let sign = |secret: &Secret| secret.sign(sent.id, at_s, sent.body);
        let signatures: Vec<_> = secrets.iter().map(sign).collect();
        let request = self.client().post(sent.url.clone()).body(sent.body.to_owned());
        let request = request
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", sent.id)
            .header("webhook-timestamp", at_s)
            .header("webhook-signature", signatures.join(" "));
        let answer = request.send().await;
        let took_ms = u32::try_from(watch.elapsed().as_millis()).unwrap_or(u32::MAX);
        match answer {
            Ok(answer) => {
                let (status, retry_after_ms) = (answer.status(), retry_after(&answer));
                drain(answer).await;
                let outcome = outcome(status);
                Answered { outcome, status: Some(status.as_u16()), took_ms, retry_after_ms }
            }
            Err(error) => {
                let timeout = error.is_timeout();
                let outcome =
                    if timeout { WebhookOutcome::Timeout } else { WebhookOutcome::Unreachable };
                Answered { outcome, status: None, took_ms, retry_after_ms: None }
            }
        }
    }

    /// Made when it is first needed: most servers have no webhooks.
    fn client(&self) -> &Client {
        self.0.get_or_init(|| {
            // Whoever was first has chosen the same.
            let _ = rustls::crypto::ring::default_provider().install_default();
            Client::builder()
                .redirect(Policy::none())
                .no_proxy()
                .connect_timeout(CONNECT)
                .timeout(PATIENCE)
                .dns_resolver(Arc::new(Resolver))
                .user_agent(concat!("Stockhand/", env!("CARGO_PKG_VERSION")))
                .build()
                .expect("the settings are constants, and a provider is installed")
        })
    }
}

fn outcome(status: StatusCode) -> WebhookOutcome {
    match status {
        StatusCode::GONE => WebhookOutcome::Gone,
        status if status.is_success() => WebhookOutcome::Taken,
        _ => WebhookOutcome::Refused,
    }
}

/// Seconds only; a date is ignored, as our own back-off will do.
fn retry_after(answer: &reqwest::Response) -> Option<i64> {
    let seconds = answer.headers().get(header::RETRY_AFTER)?.to_str().ok()?.parse::<u32>().ok()?;
    Some(i64::from(seconds) * 1_000)
}

async fn drain(mut answer: reqwest::Response) {
    let mut read = 0;
    while let Ok(Some(chunk)) = answer.chunk().await {
        read += chunk.len();
        if read > ANSWER_BYTES_MAX {
            return;
        }
    }
}
