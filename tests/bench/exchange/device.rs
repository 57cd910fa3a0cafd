//! One tablet of the fleet, without an engine: it signs and sends exchanges, nothing else.

use app_core::sync::{Credentials, ServerClient, Signed};
use base64::{Engine, prelude::BASE64_STANDARD};
use demo_network::clock;
use domain::{
    claim::ClaimKind,
    clock::TimeMs,
    command::{Actor, Command, Envelope, Input},
    ids::{AssociateId, CommandId, DeviceId, FeedEpoch, FulfillmentId, OrderId, SessionId, Sku},
    measure::Quantity,
    outcome::Verdict,
    sync::{DeviceReport, ExchangeRequest, ExchangeResponse, PROTO, RedeemRequest, SCHEMA},
};
use ed25519_dalek::SigningKey;
use serde_json::value::RawValue;

/// A paired tablet with one order's work.
#[derive(Clone)]
pub struct Device {
    credentials: Credentials,
    access: String,
    feed_epoch: FeedEpoch,
    cursor: u64,
    next_seq: u64,
    associate: AssociateId,
    pub order: OrderId,
    pub work: FulfillmentId,
    /// SKUs of the order's lines, from line 1 on.
    skus: Vec<Sku>,
    nonce: u64,
}

/// Whose work a new device does.
pub struct Task {
    pub associate: AssociateId,
    pub order: OrderId,
    pub work: FulfillmentId,
    pub skus: Vec<Sku>,
}

impl Device {
    /// Pairs it, takes its location's snapshot for granted, and claims the work.
    pub async fn pair(server: &ServerClient, code: String, n: u8, task: Task) -> Self {
        let key = SigningKey::from_bytes(&[n + 1; 32]);
        let public_key = BASE64_STANDARD.encode(key.verifying_key().to_bytes());
        let (app, platform) = ("bench".to_owned(), "bench".to_owned());
        let name = format!("Tablet {n}");
        let request = RedeemRequest { code, public_key, name, app, platform, device: None };
        let paired = server.redeem(&request).await.expect("paired");
        let Task { associate, order, work, skus } = task;
        let mut device = Self {
            credentials: Credentials { device: paired.device, key },
            access: String::new(),
            feed_epoch: paired.feed_epoch,
            cursor: 0,
            next_seq: 1,
            associate,
            order,
            work,
            skus,
            nonce: 0,
        };
        device.take_token(server).await;
        device.exchange(server, &[]).await;
        let snapshot = server.snapshot(&device.signed()).await.expect("a snapshot");
        device.cursor = snapshot.cursor;
        device.send(server, vec![Command::Claim { kind: ClaimKind::Free }]).await;
        device
    }

    pub fn id(&self) -> DeviceId {
        self.credentials.device
    }

    /// The sequence number of its next command.
    pub fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// A server that was started again asks for a new one.
    pub async fn take_token(&mut self, server: &ServerClient) {
        self.access = server.token(&self.credentials).await.expect("a token").access;
    }

    /// Picks so many units in one exchange, one command each.
    pub async fn pick(&mut self, server: &ServerClient, units: u64) {
        let commands = (0..units).map(|n| self.picked(self.next_seq + n));
        let commands = commands.collect();
        self.send(server, commands).await;
    }

    fn picked(&self, seq: u64) -> Command {
        let at = usize::try_from(seq).expect("few") % self.skus.len();
        Command::LinePicked {
            line: u32::try_from(at).expect("few") + 1,
            sku: self.skus[at].clone(),
            quantity: Quantity::new(1).expect("in range"),
            scan: None,
            input: Input::Scanned,
            tote: None,
        }
    }

    /// Sends commands; each of them must be applied.
    async fn send(&mut self, server: &ServerClient, commands: Vec<Command>) {
        let envelopes: Vec<_> = (self.next_seq..)
            .zip(&commands)
            .map(|(seq, command)| self.envelope(seq, command))
            .collect();
        let answer = self.exchange(server, &envelopes).await;
        assert_eq!(answer.outcomes.len(), commands.len());
        for decided in &answer.outcomes {
            assert_eq!(decided.outcome.verdict, Verdict::Applied, "{decided:?}");
        }
        self.next_seq += commands.len() as u64;
    }

    fn envelope(&self, seq: u64, command: &Command) -> Box<RawValue> {
        // Scattered like the random part of a real id, so that no index grows only at its end.
        let [.., a, b, c, d] = *self.id().uuid().as_bytes();
        let device = u64::from(u32::from_be_bytes([a, b, c, d]));
        let scattered = (seq << 32 | device).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut entropy = [0; 10];
        entropy[..8].copy_from_slice(&scattered.to_be_bytes());
        let at = now();
        let envelope = Envelope {
            seq,
            id: CommandId::new(at, entropy),
            kind: command.kind().into(),
            version: 1,
            fulfillment: self.work,
            base_rev: 1,
            claim_generation: None,
            actor: Actor {
                associate: self.associate.clone(),
                session: SessionId::new(at, [1; 10]),
                roster_epoch: 1,
            },
            at,
            payload: command.payload(),
        };
        RawValue::from_string(serde_json::to_string(&envelope).expect("plain data")).expect("JSON")
    }

    async fn exchange(
        &mut self,
        server: &ServerClient,
        commands: &[Box<RawValue>],
    ) -> ExchangeResponse {
        let request = ExchangeRequest {
            proto: PROTO,
            schema: SCHEMA,
            feed_epoch: Some(self.feed_epoch),
            cursor: self.cursor,
            device: DeviceReport {
                id: self.id(),
                epoch: 1,
                app: "bench".into(),
                wall: now(),
                waiting: commands.len() as u64,
                oldest: None,
                sscc_left: 1_000,
                parked: 0,
            },
            commands: commands.to_vec(),
        };
        let answer = server.exchange(&self.signed(), &request).await.expect("answered");
        self.cursor = answer.feed.to.max(self.cursor);
        answer
    }

    fn signed(&mut self) -> Signed<'_> {
        self.nonce += 1;
        let nonce = format!("{:032x}", self.nonce);
        Signed { credentials: &self.credentials, access: &self.access, now: now(), nonce }
    }
}

fn now() -> TimeMs {
    TimeMs(i64::try_from(clock::now_ms()).expect("before the year 292 million"))
}
