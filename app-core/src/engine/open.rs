//! Opening an engine on two databases, and bringing its memory up to date with them.

use std::collections::{BTreeMap, BTreeSet};

use domain::{clock::TimeMs, sync::kind};
use rusqlite::Connection;

use super::{Alarm, Engine, SnapshotNeed};
use crate::{
    entropy::Entropy,
    error::Answer,
    home::Home,
    printing::Renderer,
    store::{Durability, Outbox, Replica},
    sync::Scheduler,
};

/// How this engine behaves beside what it is for.
#[derive(Debug, Clone)]
pub struct Options {
    /// Version of the app, told to the server.
    pub app: String,
    /// Whether a signed-in person stays signed in over a restart: for the command-line client, whose
    /// every call is one.
    pub keep_session: bool,
    /// Bugs to plant, for the simulator.
    #[cfg(feature = "planted")]
    pub planted: Planted,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            app: env!("CARGO_PKG_VERSION").to_owned(),
            keep_session: false,
            #[cfg(feature = "planted")]
            planted: Planted::default(),
        }
    }
}

/// Bugs that the simulator must find. The names are those of the design's list.
#[cfg(feature = "planted")]
#[derive(Debug, Clone, Copy, Default)]
pub struct Planted {
    /// P2: the outbox answers before its commit is on the disk.
    pub ack_before_disk: bool,
    /// P3: the cursor is committed before the rows.
    pub cursor_before_rows: bool,
    /// P4: the overlay is dropped at the outcome instead of at the cursor.
    pub overlay_until_outcome: bool,
    /// P6: a failed exchange is not tried again.
    pub forget_retry: bool,
}

/// What an engine is opened with.
pub struct Opening {
    /// `outbox.db`, sound or new.
    pub outbox: Connection,
    /// `replica.db`, in any state; a bad one is replaced.
    pub replica: Connection,
    /// Where a fresh replica comes from.
    pub home: Box<dyn Home>,
    /// Who draws labels.
    pub renderer: Box<dyn Renderer>,
    /// Another one at every opening.
    pub seed: [u8; 32],
    /// How it behaves.
    pub options: Options,
    /// What to say loudly because the outbox had to be salvaged.
    pub salvaged: Option<String>,
}

impl Opening {
    /// An opening on these databases with everything else as it is by default.
    #[must_use]
    pub fn new(
        outbox: Connection,
        replica: Connection,
        home: Box<dyn Home>,
        renderer: Box<dyn Renderer>,
        seed: [u8; 32],
    ) -> Self {
        Self { outbox, replica, home, renderer, seed, options: Options::default(), salvaged: None }
    }

    fn durability(&self) -> Durability {
        #[cfg(feature = "planted")]
        if self.options.planted.ack_before_disk {
            return Durability::Off;
        }
        Durability::Full
    }
}

impl Engine {
    /// Opens the outbox, opens or replaces the replica, and folds everything pending.
    ///
    /// # Errors
    /// [`crate::Failure::Broken`] when the outbox cannot be used; it is never replaced here.
    pub fn open(mut opening: Opening, now: TimeMs) -> Answer<Self> {
        let durability = opening.durability();
        let outbox = Outbox::open(opening.outbox, durability)?;
        let replica = match Replica::open(opening.replica) {
            Ok(replica) => replica,
            Err(_) => fresh_replica(opening.home.as_mut())?,
        };
        let mut engine = Self {
            outbox,
            replica,
            home: opening.home,
            renderer: opening.renderer,
            options: opening.options,
            entropy: Entropy::new(opening.seed),
            scheduler: Scheduler::default(),
            identity: None,
            session: None,
            contact: super::Contact::default(),
            roster_epoch: 0,
            devices: Vec::new(),
            people: BTreeMap::new(),
            place: None,
            initials: BTreeMap::new(),
            views: BTreeMap::new(),
            unreadable: BTreeSet::new(),
            alarms: BTreeMap::new(),
            need: None,
            loading: None,
            in_hand: None,
            batch_max: domain::limits::EXCHANGE_COMMANDS_MAX,
            changed: BTreeSet::new(),
            #[cfg(feature = "planted")]
            rows_to_come: Vec::new(),
        };
        #[cfg(feature = "planted")]
        if engine.options.planted.forget_retry {
            engine.scheduler.forget_retries();
        }
        engine.read_own()?;
        if let Some(sentence) = opening.salvaged {
            engine.raise_for_good(Alarm::Salvaged, &sentence)?;
        }
        engine.read_replica()?;
        if engine.identity.is_some() {
            engine.scheduler.start(now);
            if engine.replica.position().is_none() {
                engine.need = Some(SnapshotNeed { not_before: now });
            }
        }
        Ok(engine)
    }

    /// Reads what only this tablet knows.
    fn read_own(&mut self) -> Answer<()> {
        self.identity = self.outbox.setting("identity")?;
        self.session = self.outbox.setting("session")?;
        if !self.options.keep_session && self.session.is_some() {
            self.session = None;
            self.outbox.remove_setting("session")?;
            self.outbox.clear_verifications()?;
        }
        self.outbox.interrupted_prints()?;
        self.read_alarms()
    }

    /// Reads everything that is kept in memory of the replica, and folds all pending commands.
    pub(super) fn read_replica(&mut self) -> Answer<()> {
        self.contact = self.replica.note("contact")?.unwrap_or_default();
        (self.roster_epoch, self.devices) = self.replica.roster()?;
        self.people.clear();
        self.initials.clear();
        self.views.clear();
        self.unreadable.clear();
        self.place = None;
        for kind in [kind::LOCATION, kind::ASSOCIATE, kind::CUSTOMER] {
            for (id, _, _) in self.replica.bodies(kind)? {
                self.read_entity(kind, &id)?;
            }
        }
        for (id, rev, body) in self.replica.bodies(kind::FULFILLMENT)? {
            if let Ok(id) = id.parse() {
                self.fold(id, Some((rev, body)))?;
            }
        }
        self.say_unreadable();
        Ok(())
    }
}

/// A replica that nothing is known of yet takes the place of a bad one.
fn fresh_replica(home: &mut dyn Home) -> Answer<Replica> {
    let fresh = home.fresh_replica()?;
    let current = home.adopt_replica(crate::home::in_memory()?, fresh)?;
    Ok(Replica::open(current)?)
}
