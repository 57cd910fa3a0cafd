//! Exchanges of many tablets at the same time: one transaction decides them, another reads what they are
//! answered. Whoever waits for a feed that moved hears of it from here, also where the tablet that moved it
//! has gone.

use std::{collections::BTreeSet, sync::Arc};

use domain::{ids::DeviceId, sync::ExchangeResponse};
use tokio::sync::Notify;

use super::{Asked, Decisions, Refusal, answer, decide};
use crate::{
    app::together::{self, Work},
    db::{Database, DbError, Tx},
    poke::PokeHub,
};

/// Commands that one transaction decides: their commit costs little beside them, and others get their turn.
const COMMANDS_MAX: usize = 256;

/// Tablets that share.
pub type Together = together::Together<Exchanges>;

/// What exchanges need beside the database.
#[derive(Default)]
pub struct Exchanges {
    /// Whoever waits for a location's feed.
    pub pokes: PokeHub,
    /// Whoever looks for orders without a location: units may have come back.
    pub sourcing: Arc<Notify>,
}

/// Tablets that are in one transaction already.
#[derive(Default)]
pub struct Room {
    devices: BTreeSet<DeviceId>,
    commands: usize,
}

impl Work for Exchanges {
    type Lane = ();
    type Asked = Asked;
    type Room = Room;
    type Done = Vec<Result<Decisions, Refusal>>;
    type Answer = Result<ExchangeResponse, Refusal>;
    type Error = DbError;

    /// A tablet that asks again comes after its first answer is decided.
    fn joins(room: &mut Room, next: &Asked) -> bool {
        let commands = room.commands + next.commands.len().max(1);
        let joins = commands <= COMMANDS_MAX && room.devices.insert(next.device);
        if joins {
            room.commands = commands;
        }
        joins
    }

    fn write(&self, tx: &mut Tx, asked: &[Asked], _: u32) -> Result<Self::Done, DbError> {
        decide(tx, asked)
    }

    async fn tell(
        &self,
        db: &Database,
        asked: Vec<Asked>,
        decided: Self::Done,
    ) -> Vec<Result<Self::Answer, DbError>> {
        for (location, cursor) in decided.iter().flatten().filter_map(Decisions::poke) {
            self.pokes.poke(location, cursor);
            self.sourcing.notify_one();
        }
        let all = asked.len();
        match db.read(move |tx| answer(tx, &asked, &decided)).await {
            Ok(answers) => answers.into_iter().map(Ok).collect(),
            Err(error) => (0..all).map(|_| Err(DbError::clone(&error))).collect(),
        }
    }

    fn may_be_of_one(error: &DbError) -> bool {
        !matches!(error, DbError::Busy | DbError::Closed | DbError::CommitUnknown { .. })
    }
}
