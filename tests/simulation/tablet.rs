//! A tablet: the real engine on a simulated disk, and what its shell would do around it. One call to
//! the server at a time, each given up after twenty seconds; what the engine says is due is done.

use app_core::{
    Answer, Engine, Home, Opening, Options, Planted,
    printing::{LabelJob, RenderError, Rendered, Renderer},
    store::StoreError,
};
use domain::{
    clock::TimeMs,
    ids::{DeviceId, LocationId},
    sync::ExchangeRequest,
};
use rusqlite::Connection;

use crate::{disk::Disk, random::Random, vfs::DiskId};

/// Requests whose late answers are still taken in.
const PAST_MAX: usize = 6;

/// A call that waits for its answer.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its number.
    pub id: u64,
    /// What was asked.
    pub ask: Ask,
    /// For a chunk: how often it was asked for.
    pub tries: u32,
}

/// What a tablet asks the server.
#[derive(Debug, Clone)]
pub enum Ask {
    /// An exchange.
    Exchange(Box<ExchangeRequest>),
    /// What a snapshot consists of.
    Manifest,
    /// A chunk of a snapshot.
    Chunk {
        /// Of which.
        id: String,
        /// Its place.
        index: u32,
    },
}

/// One tablet of a simulated day.
pub struct Tablet {
    /// Where it works.
    pub location: LocationId,
    /// Its identity at the server.
    pub device: DeviceId,
    /// Its disk.
    pub disk: DiskId,
    /// The running program; `None` while it is off.
    pub engine: Option<Engine>,
    /// Grows with every start of the program.
    pub incarnation: u32,
    /// Its clock minus the true time.
    pub skew_ms: i64,
    /// The call under way.
    pub call: Option<Call>,
    /// Exchanges that were answered or given up.
    pub past: Vec<(u64, ExchangeRequest)>,
    /// The one tick that counts.
    pub tick: u64,
    /// Whether requests reach the server.
    pub reaches: bool,
    /// Whether answers reach the tablet.
    pub hears: bool,
    /// Speaks with another tablet's identity, or is spoken for by another.
    pub cloned: bool,
    /// What the associate does.
    pub random: Random,
    planted: Planted,
}

impl Tablet {
    /// A tablet that is off and was never paired.
    pub fn new(location: LocationId, device: DeviceId, random: Random, planted: Planted) -> Self {
        Self {
            location,
            device,
            disk: DiskId::plug(Disk::default()),
            engine: None,
            incarnation: 0,
            skew_ms: 0,
            call: None,
            past: Vec::new(),
            tick: 0,
            reaches: true,
            hears: true,
            cloned: false,
            random,
            planted,
        }
    }

    /// A copy of its disk in another housing.
    pub fn clone_of(other: &Self, random: Random) -> Self {
        let mut twin = Self::new(other.location.clone(), other.device, random, other.planted);
        let copy = other.disk.with(|disk| disk.clone());
        twin.disk.with(|disk| *disk = copy);
        twin.cloned = true;
        twin
    }

    /// Starts the program.
    pub fn start(&mut self, now: TimeMs) -> Answer<()> {
        let sql = |source| StoreError::Sql { doing: "open a database", source };
        let outbox = self.disk.open("outbox.db").map_err(sql)?;
        let replica = self.disk.open("replica.db").map_err(sql)?;
        let (home, seed) = (Box::new(DiskHome { disk: self.disk }), self.random.seed());
        let opening = Opening::new(outbox, replica, home, Box::new(Plain), seed);
        let options = Options { planted: self.planted, ..Options::default() };
        let opening = Opening { options, ..opening };
        self.engine = Some(Engine::open(opening, now.plus_ms(self.skew_ms))?);
        Ok(())
    }

    /// The program is gone, in the middle of whatever it did; nothing more is written.
    pub fn die(&mut self) {
        self.disk.with(Disk::kill);
        self.engine = None;
        self.call = None;
        self.past.clear();
        self.incarnation += 1;
        self.disk.with(Disk::revive);
    }

    /// The program ends as it should.
    pub fn stop(&mut self) {
        self.disk.with(Disk::revive);
        self.engine = None;
        self.call = None;
        self.past.clear();
        self.incarnation += 1;
    }

    /// Remembers an exchange that is no longer waited for.
    pub fn remember(&mut self, id: u64, request: ExchangeRequest) {
        self.past.push((id, request));
        if self.past.len() > PAST_MAX {
            self.past.remove(0);
        }
    }
}

/// Databases on the simulated disk.
struct DiskHome {
    disk: DiskId,
}

impl DiskHome {
    fn lost() -> StoreError {
        let source = std::io::Error::other("the program is gone");
        StoreError::File { doing: "use", path: "the disk".into(), source }
    }

    fn open(&self, name: &str) -> Result<Connection, StoreError> {
        let sql = |source| StoreError::Sql { doing: "open a database", source };
        self.disk.open(name).map_err(sql)
    }

    fn remove(&self, names: &[&str]) -> Result<(), StoreError> {
        let removed = self.disk.with(|disk| names.iter().try_for_each(|name| disk.remove(name)));
        removed.map_err(|_| Self::lost())
    }
}

impl Home for DiskHome {
    fn fresh_replica(&mut self) -> Result<Connection, StoreError> {
        self.remove(&["replica.new.db", "replica.new.db-wal", "replica.new.db-journal"])?;
        self.open("replica.new.db")
    }

    fn adopt_replica(
        &mut self,
        old: Connection,
        fresh: Connection,
    ) -> Result<Connection, StoreError> {
        drop(old);
        drop(fresh);
        self.remove(&["replica.db-wal"])?;
        let renamed = self.disk.with(|disk| disk.rename("replica.new.db", "replica.db"));
        renamed.map_err(|_| Self::lost())?;
        self.open("replica.db")
    }

    fn release_ballast(&mut self) -> bool {
        false
    }
}

/// Labels of a day nobody looks at.
struct Plain;

impl Renderer for Plain {
    fn render(&self, label: &LabelJob) -> Result<Rendered, RenderError> {
        let zpl = label.package.to_string().into_bytes();
        Ok(Rendered { zpl, pdf: Vec::new(), svg: String::new(), png: Vec::new() })
    }
}
