//! The server: its real use cases on a real SQLite, without threads, HTTP or a clock. A crash loses
//! what was not committed and what it only kept in memory.

use std::{collections::BTreeMap, future::Future, pin::pin, sync::Arc, task::Poll};

use domain::{
    api::DeviceState,
    clock::TimeMs,
    credential::PickupCredential,
    ids::{ChannelId, DeviceId, LocationId, OrderId},
    order::PlacedOrder,
    problem::Problem,
    sync::{
        ExchangeRequest, ExchangeResponse, FeedRow, RedeemRequest, RedeemResponse, SnapshotManifest,
    },
};
use sync_server::{
    api::problem::ApiProblem,
    app::{
        enrol,
        exchange::{self, Asked},
        import::{Kind, Run},
        intake, leases, order, parked,
        refusal::AppError,
        secrets::{self, HashCost},
        snapshot::{self, SnapshotCache},
        sourcing,
    },
    db::{self, Database, DbError, Tx, commands::Sender, devices, feed},
    keys::ServerKeys,
    moment::Moment,
};

use crate::random::Random;

/// The server died before it committed: nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undone;

/// What an exchange is answered with.
pub type Exchanged = Result<ExchangeResponse, Box<Problem>>;

/// Feeds that moved, with their new cursors.
pub type Pokes = Vec<(LocationId, u64)>;

/// The server of a simulated day.
pub struct Server {
    db: Database,
    keys: ServerKeys,
    snapshots: SnapshotCache,
    random: Random,
}

/// Finishes something that never waits: the database runs on this thread.
pub fn finish<T>(work: impl Future<Output = T>) -> T {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match pin!(work).poll(&mut context) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("a use case on this thread never waits"),
    }
}

impl Server {
    /// A server with an empty database.
    pub fn new(seed: u64) -> Self {
        let mut random = Random::of(seed, "server");
        Self {
            db: Database::in_memory().expect("a database in memory"),
            keys: ServerKeys::from_secret(random.seed()),
            snapshots: SnapshotCache::default(),
            random,
        }
    }

    /// What was only in memory is gone.
    pub fn restart(&mut self) {
        self.snapshots = SnapshotCache::default();
    }

    /// Its keys, as the customers' messages were made with them.
    pub const fn keys(&self) -> &ServerKeys {
        &self.keys
    }

    fn moment(&mut self, now: TimeMs) -> Moment {
        Moment::new(now, self.random.seed())
    }

    /// Reads something in one transaction.
    pub fn read<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx) -> Result<T, DbError> + Send + 'static,
    ) -> T {
        finish(self.db.read(work)).expect("the database is in memory")
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx) -> Result<T, DbError> + Send + 'static,
    ) -> T {
        finish(self.db.write(work)).expect("the database is in memory")
    }

    /// Loads rows the way a customer's data comes in.
    pub fn import(&mut self, kind: Kind, rows: &[serde_json::Value], now: TimeMs) -> Pokes {
        let lines = rows.iter().map(|row| row.to_string().into_bytes()).zip(1_u64..);
        let lines = lines.map(|(line, number)| (number, line)).collect();
        let mut moment = self.moment(now);
        let mut run = Run::new(&mut moment);
        let taken = run.take(&self.db, kind, lines, &moment, HashCost::CHEAP);
        finish(taken).expect("the database is in memory");
        assert_eq!(run.answer.refused_total, 0, "{:?}", run.answer.refused);
        run.pokes
    }

    /// Pairs a tablet with a location, by a code made for it.
    pub fn enrol(
        &mut self,
        location: &LocationId,
        request: impl FnOnce(String) -> RedeemRequest,
        now: TimeMs,
    ) -> RedeemResponse {
        let (moment, keys, key) = (self.moment(now), self.keys.clone(), self.key_of(location));
        let code = self
            .write(move |tx| enrol::issue_code(tx, &mut moment.clone(), &keys, key, "operator"));
        let (moment, keys, request) = (self.moment(now), self.keys.clone(), request(code.code));
        let paired = self.write(move |tx| enrol::redeem(tx, &mut moment.clone(), &keys, &request));
        paired.expect("a fresh code is good")
    }

    /// The database's key of a location.
    pub fn key_of(&self, location: &LocationId) -> i64 {
        let location = location.clone();
        let found = self.read(move |tx| db::locations::find(tx, &location));
        found.expect("the location was imported").key
    }

    /// One exchange, as the HTTP handler does it. With `dies` the server is lost after everything
    /// was done and before it is committed.
    pub fn exchange(
        &mut self,
        device: DeviceId,
        request: &ExchangeRequest,
        dies: bool,
        now: TimeMs,
    ) -> Result<Exchanged, Undone> {
        let refused = |refusal| ApiProblem::from(refusal).0;
        let asked = match Asked::read(self.moment(now), device, request.clone()) {
            Ok(asked) => Arc::new([asked]),
            Err(refusal) => return Ok(Err(refused(refusal))),
        };
        let alone = Arc::clone(&asked);
        let decided = finish(self.db.write(move |tx| {
            let decided = exchange::decide(tx, &*alone)?;
            // An error undoes everything, as the death of the process would.
            if dies { Err(DbError::Closed) } else { Ok(decided) }
        }));
        match decided {
            Ok(decided) => {
                let mut answers = self.read(move |tx| exchange::answer(tx, &*asked, &decided));
                Ok(answers.pop().expect("one asked").map_err(refused))
            }
            Err(DbError::Closed) if dies => Err(Undone),
            Err(error) => panic!("the server's database: {error}"),
        }
    }

    fn require_active(&self, device: DeviceId) -> Result<devices::Device, Box<Problem>> {
        let found = self.read(move |tx| devices::find(tx, device)).expect("enrolled");
        match found.state {
            DeviceState::Active => Ok(found),
            _ => Err(Box::new(Problem::new(403, "revoked", "This tablet was stopped."))),
        }
    }

    /// What a snapshot of the device's location consists of.
    pub fn manifest(
        &mut self,
        device: DeviceId,
        now: TimeMs,
    ) -> Result<SnapshotManifest, Box<Problem>> {
        let device = self.require_active(device)?;
        let mut moment = self.moment(now);
        let (key, location) = (device.location_key, &device.location);
        let newest = finish(self.snapshots.newest(&self.db, &mut moment, key, location));
        let newest: Arc<snapshot::Snapshot> = newest.expect("the database is in memory");
        Ok(newest.manifest.clone())
    }

    /// A chunk of it.
    pub fn chunk(
        &self,
        device: DeviceId,
        id: &str,
        index: u32,
        now: TimeMs,
    ) -> Result<Vec<u8>, Box<Problem>> {
        let device = self.require_active(device)?;
        let found = self.snapshots.find(&device.location, id, now);
        let chunk = found.as_ref().and_then(|found| found.chunks.get(index as usize)).cloned();
        chunk.ok_or_else(|| Box::new(Problem::new(404, "snapshot_gone", "No longer kept.")))
    }

    /// A location's state as a tablet must have it in the end.
    pub fn projection_rows(&mut self, location: &LocationId, now: TimeMs) -> Vec<FeedRow> {
        let (key, location) = (self.key_of(location), location.clone());
        let built = self.read(move |tx| snapshot::build(tx, "check".into(), now, key, &location));
        let chunks = built.chunks.iter().flat_map(|chunk| {
            let lines = zstd::decode_all(chunk.as_slice()).expect("made by the server");
            String::from_utf8(lines).expect("JSON").lines().map(str::to_owned).collect::<Vec<_>>()
        });
        chunks.map(|line| serde_json::from_str(&line).expect("a row of a feed")).collect()
    }

    /// Takes an order.
    pub fn take(&mut self, placed: &PlacedOrder, now: TimeMs) -> Result<intake::Taken, AppError> {
        let (moment, keys, placed) = (self.moment(now), self.keys.clone(), placed.clone());
        let sender: ChannelId = placed.channel.clone();
        let taken =
            self.db.write(move |tx| intake::take(tx, &mut moment.clone(), &keys, &sender, &placed));
        finish(taken)
    }

    /// Cancels an order.
    pub fn cancel(&mut self, id: OrderId, reason: &str, now: TimeMs) -> Result<Pokes, AppError> {
        let (moment, reason) = (self.moment(now), reason.to_owned());
        finish(
            self.db.write(move |tx| {
                order::cancel(tx, &mut moment.clone(), id, &reason, "operator", None)
            }),
        )
    }

    /// Sources every order whose time has come, as the job does.
    pub fn source_due(&mut self, now: TimeMs) -> Pokes {
        let mut pokes = Vec::new();
        for id in self.read(move |tx| db::sourcing::due(tx, now, 64)) {
            let mut moment = self.moment(now);
            let credential = self.read(move |tx| sourcing::needs_credential(tx, id)).then(|| {
                let pin = self.keys.pickup_pin(id);
                let hash = secrets::hash(&pin, HashCost::CHEAP, &mut moment);
                PickupCredential { short_code_hash: hash }
            });
            let moment = self.moment(now);
            let sourced = finish(sourcing::source(&self.db, &moment, id, credential));
            pokes.extend(sourced.expect("the database is in memory").pokes);
        }
        pokes
    }

    /// Whether an order waits to be sourced now.
    pub fn has_due(&self, now: TimeMs) -> bool {
        !self.read(move |tx| db::sourcing::due(tx, now, 1)).is_empty()
    }

    /// Frees the claims of silent tablets, as the job does.
    pub fn expire_claims(&mut self, now: TimeMs) -> Pokes {
        let mut pokes = Vec::new();
        loop {
            let moment = self.moment(now);
            match self.write(move |tx| leases::expire(tx, &mut moment.clone())) {
                Some(poke) => pokes.push(poke),
                None => return pokes,
            }
        }
    }

    /// Trims the feeds, as the job does.
    pub fn trim(&self, keep: u64) {
        for key in self.read(db::locations::with_devices) {
            self.write(move |tx| feed::trim(tx, key, keep));
        }
    }

    /// An operator deals with a parked command.
    pub fn decide_parked(
        &mut self,
        sender: Sender,
        seq: u64,
        action: parked::Action,
        now: TimeMs,
    ) -> bool {
        let moment = self.moment(now);
        self.write(move |tx| parked::decide(tx, &moment, sender, seq, action)).is_some()
    }

    /// Parked commands that wait for an operator.
    pub fn parked(&self) -> Vec<(Sender, u64)> {
        self.read(|tx| {
            let sql = "select device_id, epoch, seq from parked_commands
                where decided_at_ms is null order by device_id, epoch, seq";
            tx.query(sql, &[], |row| {
                let (device, epoch): (String, i64) = (row.get(0)?, row.get(1)?);
                let device = device.parse().expect("an id");
                let epoch = u32::try_from(epoch).expect("an epoch");
                Ok((Sender { device, epoch }, row.get::<i64>(2)?.unsigned_abs()))
            })
        })
    }

    /// Rows of a location's feed between two cursors.
    pub fn feed(&self, location: &LocationId, from: u64, to: u64) -> Vec<FeedRow> {
        let key = self.key_of(location);
        let mut rows =
            self.read(move |tx| feed::read(tx, key, from, usize::MAX >> 1, usize::MAX)).rows;
        rows.retain(|row| row.cursor <= to);
        rows
    }

    /// Bytes and outcome of every decided command, by its id.
    pub fn command_log(&self) -> BTreeMap<String, (String, String)> {
        let rows = self.read(|tx| {
            tx.query("select id, body, outcome from command_log", &[], |row| {
                let body = String::from_utf8(row.get(1)?).expect("commands are JSON");
                Ok((row.get::<String>(0)?, (body, row.get::<String>(2)?)))
            })
        });
        rows.into_iter().collect()
    }

    /// The newest cursor of a location's feed.
    pub fn head(&self, location: &LocationId) -> u64 {
        let key = self.key_of(location);
        self.read(move |tx| feed::head(tx, key))
    }
}
