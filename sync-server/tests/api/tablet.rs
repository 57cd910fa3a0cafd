//! A paired tablet that signs its requests.

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    clock::TimeMs,
    ids::DeviceId,
    sync::{
        DeviceReport, ExchangeRequest, Nonce, PROTO, RedeemRequest, RedeemResponse, SCHEMA,
        TokenRequest, TokenResponse, request_bytes, token_bytes,
    },
};
use ed25519_dalek::{Signer, SigningKey};
use sync_server::clock;

use crate::shop::Shop;

pub struct Tablet {
    key: SigningKey,
    paired: RedeemResponse,
    access: String,
    sent: std::cell::Cell<u64>,
}

impl Tablet {
    /// Pairs a new one; `secret` makes its key.
    pub fn pair(shop: &Shop, code: &str, secret: u8) -> Self {
        let key = SigningKey::from_bytes(&[secret; 32]);
        let request = RedeemRequest {
            code: code.into(),
            public_key: BASE64_STANDARD.encode(key.verifying_key().to_bytes()),
            name: format!("Tablet {secret}"),
            app: "0.1.0".into(),
            platform: "test".into(),
            device: None,
        };
        let paired: RedeemResponse = shop.post("/enrol/v1/redeem", &request);
        let mut tablet = Self { key, paired, access: String::new(), sent: std::cell::Cell::new(0) };
        let Nonce { nonce } = shop.post("/auth/v1/device/nonce", &());
        let signature = tablet.sign(&token_bytes(tablet.id(), &nonce));
        let request = TokenRequest { device: tablet.id(), nonce, signature };
        tablet.access = shop.post::<TokenResponse>("/auth/v1/device/token", &request).access;
        tablet
    }

    pub fn id(&self) -> DeviceId {
        self.paired.device
    }

    fn sign(&self, bytes: &[u8]) -> String {
        BASE64_STANDARD.encode(self.key.sign(bytes).to_bytes())
    }

    /// What proves that a request is this tablet's.
    pub fn headers(&self, method: &str, path: &str, body: &[u8]) -> Vec<(&'static str, String)> {
        self.sent.set(self.sent.get() + 1);
        let (nonce, ts) = (format!("{:08x}", self.sent.get()), clock::now());
        let sig = self.sign(&request_bytes(method, path, body, ts, &nonce));
        vec![
            ("authorization", format!("Device {}", self.access)),
            ("stockhand-signature", format!("ts={},nonce={nonce},sig={sig}", ts.0)),
        ]
    }

    /// An exchange in which there is nothing to send.
    pub fn exchange(&self) -> ExchangeRequest {
        ExchangeRequest {
            proto: PROTO,
            schema: SCHEMA,
            feed_epoch: Some(self.paired.feed_epoch),
            cursor: 0,
            device: DeviceReport {
                id: self.id(),
                epoch: self.paired.epoch,
                app: "0.1.0".into(),
                wall: TimeMs(0),
                waiting: 0,
                oldest: None,
                sscc_left: 500,
                parked: 0,
            },
            commands: Vec::new(),
        }
    }
}
