//! The calls: pairing, proof of possession, exchange, snapshot, pokes. Every request of a paired device
//! is signed (`domain::sync::request_bytes`); there is no secret that could be lost in a lost answer.

use std::{io::Write, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    clock::TimeMs,
    ids::DeviceId,
    problem::Problem,
    sync::{
        ExchangeRequest, ExchangeResponse, Nonce, RedeemRequest, RedeemResponse, SnapshotManifest,
        TokenRequest, TokenResponse, request_bytes, token_bytes,
    },
};
use ed25519_dalek::{Signer, SigningKey};
use flate2::{Compression, write::GzEncoder};
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};

use super::CallError;

/// No answer takes longer; the sync loop must never hang on one.
const PATIENCE: Duration = Duration::from_secs(20);
/// Smaller bodies are not worth compressing.
const GZIP_FROM_BYTES: usize = 1024;

/// What a paired device signs with.
#[derive(Clone)]
pub struct Credentials {
    /// The tablet.
    pub device: DeviceId,
    /// Its key.
    pub key: SigningKey,
}

/// One server.
#[derive(Clone)]
pub struct ServerClient {
    http: reqwest::Client,
    base: String,
}

/// What a signed request carries beside its body.
pub struct Signed<'a> {
    /// Who.
    pub credentials: &'a Credentials,
    /// The access token.
    pub access: &'a str,
    /// Now, by the device's clock corrected by the server's.
    pub now: TimeMs,
    /// Hex, never used before.
    pub nonce: String,
}

impl ServerClient {
    /// A client of the server at this address. Call
    /// `rustls::crypto::ring::default_provider().install_default()` once before.
    ///
    /// # Errors
    /// [`CallError::Unusable`] when it is not an http or https address.
    pub fn new(base: &str) -> Result<Self, CallError> {
        let base = base.trim().trim_end_matches('/').to_owned();
        let usable = base.starts_with("http://") || base.starts_with("https://");
        if !usable || reqwest::Url::parse(&base).is_err() {
            return Err(CallError::Unusable(base));
        }
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .build()
            .map_err(|e| CallError::Unusable(e.to_string()))?;
        Ok(Self { http, base })
    }

    /// Pairs a tablet.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn redeem(&self, request: &RedeemRequest) -> Result<RedeemResponse, CallError> {
        self.post("/enrol/v1/redeem", request).await
    }

    /// Gets a short-lived access token by signing a number of the server's.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn token(&self, credentials: &Credentials) -> Result<TokenResponse, CallError> {
        let Nonce { nonce } = self.post("/auth/v1/device/nonce", &serde_json::json!({})).await?;
        let signature = credentials.key.sign(&token_bytes(credentials.device, &nonce));
        let signature = BASE64_STANDARD.encode(signature.to_bytes());
        let request = TokenRequest { device: credentials.device, nonce, signature };
        self.post("/auth/v1/device/token", &request).await
    }

    /// One exchange.
    ///
    /// # Errors
    /// [`CallError`]; the engine sends the same commands again.
    pub async fn exchange(
        &self,
        signed: &Signed<'_>,
        request: &ExchangeRequest,
    ) -> Result<ExchangeResponse, CallError> {
        let path = "/sync/v1/exchange";
        let json = serde_json::to_vec(request).expect("a request is plain data");
        let (body, encoding) = packed(json);
        let mut call = self
            .signed(Method::POST, path, &body, signed)
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(encoding) = encoding {
            call = call.header(header::CONTENT_ENCODING, encoding);
        }
        read_json(sent(call.body(body)).await?).await
    }

    /// What the location's snapshot consists of.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn snapshot(&self, signed: &Signed<'_>) -> Result<SnapshotManifest, CallError> {
        let call = self.signed(Method::GET, "/sync/v1/snapshot", &[], signed);
        read_json(sent(call).await?).await
    }

    /// One chunk of a snapshot, as sent: compressed.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn chunk(
        &self,
        signed: &Signed<'_>,
        id: &str,
        index: u32,
    ) -> Result<Vec<u8>, CallError> {
        let path = format!("/sync/v1/snapshot/{id}/{index}");
        let answer = sent(self.signed(Method::GET, &path, &[], signed)).await?;
        Ok(answer.bytes().await.map_err(CallError::Offline)?.to_vec())
    }

    /// Opens the stream of pokes; it has no time-out, its reader gives up after silence.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn events(&self, signed: &Signed<'_>) -> Result<Response, CallError> {
        let endless = Duration::from_secs(24 * 3600);
        sent(self.signed(Method::GET, "/sync/v1/events", &[], signed).timeout(endless)).await
    }

    fn signed(
        &self,
        method: Method,
        path: &str,
        body: &[u8],
        signed: &Signed<'_>,
    ) -> RequestBuilder {
        let (ts, nonce) = (signed.now, &signed.nonce);
        let bytes = request_bytes(method.as_str(), path, body, ts, nonce);
        let sig = BASE64_STANDARD.encode(signed.credentials.key.sign(&bytes).to_bytes());
        self.http
            .request(method, format!("{}{path}", self.base))
            .header(header::AUTHORIZATION, format!("Device {}", signed.access))
            .header("Stockhand-Signature", format!("ts={},nonce={nonce},sig={sig}", ts.0))
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, CallError> {
        read_json(sent(self.http.post(format!("{}{path}", self.base)).json(body)).await?).await
    }
}

/// The body as it goes on the wire, and its encoding.
fn packed(json: Vec<u8>) -> (Vec<u8>, Option<&'static str>) {
    if json.len() <= GZIP_FROM_BYTES {
        return (json, None);
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let packed = encoder.write_all(&json).and_then(|()| encoder.finish());
    (packed.expect("a vector takes every byte"), Some("gzip"))
}

async fn sent(call: RequestBuilder) -> Result<Response, CallError> {
    let answer = call.send().await.map_err(CallError::Offline)?;
    if answer.status().is_success() {
        return Ok(answer);
    }
    if matches!(answer.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        return Err(CallError::Busy { retry_after_ms: retry_after_ms(&answer) });
    }
    let status = answer.status();
    let body = answer.bytes().await.map_err(CallError::Offline)?;
    match serde_json::from_slice::<Problem>(&body) {
        Ok(problem) => Err(CallError::Refused(Box::new(problem))),
        Err(_) => Err(CallError::Unreadable(format!("status {status} without a problem document"))),
    }
}

fn retry_after_ms(answer: &Response) -> u64 {
    let seconds = answer.headers().get(header::RETRY_AFTER).and_then(|v| v.to_str().ok());
    seconds.and_then(|s| s.parse::<u64>().ok()).unwrap_or(1).clamp(1, 3_600) * 1_000
}

async fn read_json<T: DeserializeOwned>(answer: Response) -> Result<T, CallError> {
    let body = answer.bytes().await.map_err(CallError::Offline)?;
    serde_json::from_slice(&body).map_err(|e| CallError::Unreadable(e.to_string()))
}
