//! Keeps the index of what can be promised up to date: all of it at the start, then whatever is
//! committed, here or by another server of the same database.
//!
//! Everything it reads is a whole value in the order of the log, so reading some of it twice changes
//! nothing.

mod look;
mod take;

use std::{sync::Arc, time::Duration};

use domain::clock::TimeMs;
use tokio::sync::Notify;

use look::{Asked, Counts, Found, look};

use super::{dates::Dates, pause};
use crate::{
    atp::{
        index::{Promises, Seen, Writer},
        rules::RuleSet,
    },
    calendar,
    clock::{self, Stopwatch},
    db::{
        Database, DbError, atp_world, calendars, capacity, dated, sourcing,
        stock_log::{self, Promisable},
        terms,
    },
    state::AppState,
};

/// Rows that are read at once.
const PAGE: u32 = 20_000;
/// Looks are no closer than this: commits that follow each other faster are seen together.
const PACE: Duration = Duration::from_millis(2);
/// How long a commit of another server may stay unseen.
const LOOK: Duration = Duration::from_millis(100);
/// How long a change of items or locations made by another server may stay unseen.
const LOOK_AROUND: Duration = Duration::from_secs(300);
/// How long a count of what was sold may stay unseen where no stock has moved with it: what was promised
/// for later is taken back.
const LOOK_SOLD: Duration = Duration::from_secs(10);
/// How long it may stay unseen that a location's day takes no more orders, or takes some again.
const LOOK_AT_DAYS: Duration = Duration::from_secs(1);
/// After a failure.
const AGAIN: Duration = Duration::from_secs(1);

pub(super) async fn run(state: AppState) {
    let mut follower = loop {
        match Follower::start(&state).await {
            Ok(follower) => break follower,
            Err(error) => tracing::warn!(%error, "the index of promises will be read again"),
        }
        if !pause(&state, AGAIN).await {
            return;
        }
    };
    loop {
        let looked = Stopwatch::start();
        let wait = match follower.step().await {
            Ok(true) => Duration::ZERO,
            Ok(false) => LOOK,
            Err(error) => {
                tracing::warn!(%error, "following the stock will be tried again");
                AGAIN
            }
        };
        let again = tokio::select! {
            again = pause(&state, wait) => again,
            () = state.db.counters().committed.notified(), if wait == LOOK => true,
        };
        let too_soon = PACE.saturating_sub(looked.elapsed());
        let paces = wait == LOOK && !too_soon.is_zero();
        if !again || (paces && !pause(&state, too_soon).await) {
            return;
        }
    }
}

/// Follows the log of stock changes.
pub struct Follower {
    db: Database,
    promises: Arc<Promises>,
    /// Wakes whoever looks for locations.
    sourcing: Arc<Notify>,
    place: i64,
    /// The largest key of an item that is known.
    items: i64,
    version: i64,
    /// The newest terms of items that are known.
    terms: i64,
    /// When a rule begins or ends to hold.
    next_change: Option<TimeMs>,
    dates: Dates,
    /// When every count of what was sold was read; `None`: never.
    sold: Option<Stopwatch>,
    /// What items are made of, by key, where the index does not know all of it yet.
    kits: Vec<(i64, Vec<terms::Part>)>,
    /// When items and locations were read, and at which change of them.
    around: (Stopwatch, u64),
    /// When the days that take no more were read.
    days: Stopwatch,
}

impl Follower {
    /// Reads everything once.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn start(state: &AppState) -> Result<Self, DbError> {
        let db = state.db.clone();
        let mut follower = Self {
            place: db.read(stock_log::end).await?,
            db,
            promises: Arc::clone(&state.promises),
            sourcing: Arc::clone(&state.sourcing),
            items: 0,
            version: 0,
            terms: 0,
            next_change: None,
            dates: Dates::default(),
            sold: None,
            kits: Vec::new(),
            around: (Stopwatch::start(), 0),
            days: Stopwatch::start(),
        };
        follower.look_around().await?;
        follower.read_stock().await?;
        follower.read_supply().await?;
        let now = clock::now();
        follower.apply(move |writer| writer.look_again(now)).await;
        // The rules, and what has moved meanwhile.
        while follower.step().await? {}
        let index = &state.promises.index;
        let (items, positions) = (index.stock().items(), index.stock().positions());
        tracing::info!(items, positions, "what can be promised is known");
        Ok(follower)
    }

    /// Takes in what has been committed since the last time; whether there is more.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn step(&mut self) -> Result<bool, DbError> {
        let now = clock::now();
        let changes = self.promises.network_changes();
        if changes != self.around.1 || self.around.0.elapsed() > LOOK_AROUND {
            self.look_around().await?;
            self.around = (Stopwatch::start(), changes);
        }
        if self.days.elapsed() > LOOK_AT_DAYS {
            self.look_at_days().await?;
        }
        let asked = Asked {
            index: Arc::clone(&self.promises.index),
            place: self.place,
            items: self.items,
            version: self.version,
            terms: self.terms,
            now,
            sold: self.counts(),
            waiting: Arc::clone(self.dates.waiting()),
        };
        let all_sold = asked.sold == Counts::All;
        let hidden_ms = self.db.read(stock_log::hidden_ms).await?;
        let found = self.db.read(move |tx| look(tx, &asked)).await?;
        let (place, behind) = (found.place, found.behind);
        self.items = found.items.iter().map(|(key, _)| *key).fold(self.items, i64::max);
        let rules = self.rules(&found, now);
        self.terms = found.terms.iter().map(|of| of.rev).fold(self.terms, i64::max);
        self.dates.keep_terms(found.terms.iter().map(|of| (of.item_key, of.stated)));
        self.hurry(&found.positions, now).await?;
        let dates = self.dates.take(found.waiting, &found.supplied, found.supply, now);
        if all_sold || rules.is_some() {
            self.sold = Some(Stopwatch::start());
        }
        let Found { positions, items, locations, sold, terms, mut kits, .. } = found;
        self.kits.retain(|(kit, _)| terms.iter().all(|of| of.item_key != *kit));
        kits.append(&mut self.kits);
        let change = move |writer: &mut Writer| {
            take::items(writer, items);
            take::locations(writer, locations.into_iter().flatten(), now);
            if let Some((set, version)) = rules {
                writer.look(set, version, now);
            }
            take::positions(writer, &positions, dates);
            let left = take::kits(writer, kits);
            take::sold(writer, sold);
            left
        };
        self.kits = self.apply(change).await;
        self.place = place;
        if !behind {
            let seen = Seen { place, as_of: now.plus_ms(-hidden_ms) };
            self.promises.writer().seen(seen, clock::now());
        }
        Ok(behind)
    }

    /// Which counts to look at now.
    fn counts(&self) -> Counts {
        let view = self.promises.index.view();
        let is_due = self.sold.as_ref().is_none_or(|read| read.elapsed() > LOOK_SOLD);
        match (view.set().rules.iter().any(|rule| rule.says.is_counted()), is_due) {
            (false, _) => Counts::None,
            (true, true) => Counts::All,
            (true, false) => Counts::Moved,
        }
    }

    /// There is more of something somewhere: orders that wait for it are looked at now.
    async fn hurry(&self, moved: &[Promisable], now: TimeMs) -> Result<(), DbError> {
        let items: Vec<i64> = {
            let (index, directory) = (&self.promises.index, self.promises.index.directory());
            let before = |p: &Promisable| {
                let item = directory.items.by_key(p.item_key)?;
                let location = u16::try_from(directory.locations.by_key(p.location_key)?).ok()?;
                let units = index.stock().get(item, location);
                Some(i64::from(units.on_hand) - i64::from(units.reserved))
            };
            let is_more = |p: &&Promisable| p.on_hand - p.reserved > before(p).unwrap_or_default();
            let waited_for =
                moved.iter().filter(|p| self.dates.waiting().contains_key(&p.item_key));
            waited_for.filter(is_more).map(|p| p.item_key).collect()
        };
        if items.is_empty() {
            return Ok(());
        }
        self.db.write(move |tx| sourcing::hurry(tx, &items, now)).await?;
        self.sourcing.notify_one();
        Ok(())
    }

    /// The rules to look by from now on, where they are others than before.
    fn rules(&mut self, found: &Found, now: TimeMs) -> Option<(RuleSet, i64)> {
        let set = match &found.rules {
            Some(version) => {
                self.version = version.version;
                match serde_json::from_str(&version.rules) {
                    Ok(set) => set,
                    Err(error) => {
                        tracing::error!(version = version.version, %error, "unreadable rules");
                        return None;
                    }
                }
            }
            None if self.next_change.is_some_and(|at| at <= now) => {
                self.promises.index.view().set().clone()
            }
            None => return None,
        };
        self.next_change = set.next_change(now);
        Some((set, self.version))
    }

    /// Reads items and locations again, whatever has changed about them.
    ///
    /// # Errors
    /// [`DbError`].
    async fn look_around(&mut self) -> Result<(), DbError> {
        let (locations, now) = (self.db.read(atp_world::locations).await?, clock::now());
        let calendars = self.db.read(calendars::all).await?;
        let calendars = calendars.into_iter().filter_map(|said| Some((said.key, said.calendar()?)));
        let calendars: Vec<_> = calendars.collect();
        self.apply(move |writer| {
            take::locations(writer, locations, now);
            writer.calendars(calendars);
        })
        .await;
        self.look_at_days().await?;
        self.items = 0;
        loop {
            let after = self.items;
            let items = self.db.read(move |tx| atp_world::items(tx, after, PAGE)).await?;
            let Some((last, _)) = items.last() else { return Ok(()) };
            self.items = *last;
            self.apply(move |writer| take::items(writer, items)).await;
        }
    }

    /// Reads which days of locations take no more orders.
    async fn look_at_days(&mut self) -> Result<(), DbError> {
        let from = calendar::Day::of_utc(clock::now()).plus(-1);
        let full = self.db.read(move |tx| capacity::all_full(tx, from)).await?;
        self.apply(move |writer| writer.full_days(full)).await;
        self.days = Stopwatch::start();
        Ok(())
    }

    /// Gives every item its positions. What moves meanwhile is behind [`Self::place`].
    async fn read_stock(&mut self) -> Result<(), DbError> {
        let (mut after, mut rest) = ((0, 0), Vec::new());
        loop {
            let page = self.db.read(move |tx| stock_log::all(tx, after, PAGE)).await?;
            let last = page.last().map(|last| (last.item_key, last.location_key));
            rest.extend(page);
            // The last item of a page may go on in the next.
            let whole = match last {
                Some((item, _)) => rest.partition_point(|position| position.item_key < item),
                None => rest.len(),
            };
            let positions: Vec<Promisable> = rest.drain(..whole).collect();
            self.apply(move |writer| take::fill(writer, &positions)).await;
            match last {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }

    /// Reads what is to come of all items. What is stated meanwhile is behind [`Self::place`].
    async fn read_supply(&mut self) -> Result<(), DbError> {
        let (now, mut after) = (clock::now(), 0);
        loop {
            let page = self.db.read(move |tx| dated::coming(tx, now, after, PAGE)).await?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = *last;
            self.dates.keep(page);
        }
    }

    /// Changes the index on a thread that may be slow.
    async fn apply<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Writer) -> T + Send + 'static,
    ) -> T {
        let promises = Arc::clone(&self.promises);
        let changed = tokio::task::spawn_blocking(move || change(&mut promises.writer()));
        changed.await.expect("a change of the index does not panic and is never aborted")
    }
}
