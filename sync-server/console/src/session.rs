//! What every page shares: who is signed in, the connection, the beat of the refreshes, the zones.

use std::collections::{HashMap, HashSet};

use domain::{
    api::{LocationRow, Operator, Page, SignIn, SignedIn},
    ids::LocationId,
};
use leptos::{prelude::*, task::spawn_local};
use serde::de::IgnoredAny;

use console::{failure::Failure, link};

use crate::{api, browser, clock};

/// How often lists are fetched again.
const BEAT_MS: u64 = 10_000;
/// How often spans of time are written again.
const TICK_MS: u64 = 5_000;

/// Who is signed in.
#[derive(Debug, Clone, PartialEq)]
pub enum Session {
    /// Not asked yet.
    Unknown,
    /// The server could not be asked.
    Unreachable(Failure),
    /// Nobody.
    SignedOut,
    /// This person.
    SignedIn(Operator),
}

/// The shared state; a handle that is copied freely.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    /// Who is signed in.
    pub session: RwSignal<Session>,
    /// Since when the server cannot be reached.
    pub offline_since_ms: RwSignal<Option<i64>>,
    /// Counts up when lists should be fetched again.
    pub beat: RwSignal<u32>,
    /// Now, as precise as spans of time need it.
    pub now_ms: RwSignal<i64>,
    /// Locations seen so far, for their names and zones.
    places: RwSignal<HashMap<LocationId, LocationRow>>,
    /// Locations that were asked for, each once.
    asked: StoredValue<HashSet<LocationId>>,
}

impl Console {
    /// The state of a page that was just opened; starts the clockwork and asks who is signed in.
    pub fn start() -> Self {
        let console = Self {
            session: RwSignal::new(Session::Unknown),
            offline_since_ms: RwSignal::new(None),
            beat: RwSignal::new(0),
            now_ms: RwSignal::new(clock::now_ms()),
            places: RwSignal::new(HashMap::new()),
            asked: StoredValue::new(HashSet::new()),
        };
        set_interval(move || console.refresh(), std::time::Duration::from_millis(BEAT_MS));
        set_interval(
            move || console.now_ms.set(clock::now_ms()),
            std::time::Duration::from_millis(TICK_MS),
        );
        browser::on_seen_again(move || console.refresh());
        console.ask();
        console
    }

    /// The state of this page.
    pub fn here() -> Self {
        use_context().expect("the app provides it above every page")
    }

    /// Fetches everything shown again, unless nobody looks.
    fn refresh(self) {
        if !browser::is_visible() {
            return;
        }
        match self.session.get_untracked() {
            Session::SignedIn(_) => self.beat.update(|beat| *beat = beat.wrapping_add(1)),
            Session::Unreachable(_) => self.ask(),
            Session::Unknown | Session::SignedOut => {}
        }
    }

    /// Asks once more who is signed in.
    pub fn ask_again(self) {
        self.session.set(Session::Unknown);
        self.ask();
    }

    fn ask(self) {
        spawn_local(async move {
            let answer = api::get::<Operator>(self, "/api/v1/session").await;
            self.session.set(match answer {
                Ok(operator) => self.welcome(operator),
                Err(Failure::SignedOut) => Session::SignedOut,
                Err(failure) => Session::Unreachable(failure),
            });
        });
    }

    fn welcome(self, operator: Operator) -> Session {
        if let Some(store) = &operator.location {
            self.learn_place(store);
        }
        Session::SignedIn(operator)
    }

    /// Signs in.
    pub async fn sign_in(self, who: &SignIn) -> Result<(), Failure> {
        let answer: SignedIn = api::post(self, "/api/v1/session", who).await?;
        self.session.set(self.welcome(answer.operator));
        Ok(())
    }

    /// Signs out, on the server first: a cookie that only this page forgot would still open it.
    pub async fn sign_out(self) -> Result<(), Failure> {
        match api::delete::<IgnoredAny>(self, "/api/v1/session").await {
            Ok(_) | Err(Failure::SignedOut) => {
                self.session.set(Session::SignedOut);
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }

    /// Who is signed in. Not tracked: another person gets new pages.
    pub fn operator(self) -> Option<Operator> {
        match self.session.get_untracked() {
            Session::SignedIn(operator) => Some(operator),
            _ => None,
        }
    }

    /// The only location that the signed-in person sees.
    pub fn own_location(self) -> Option<LocationId> {
        self.operator().and_then(|operator| operator.location)
    }

    /// Keeps locations that a list showed.
    pub fn keep_places(self, rows: &[LocationRow]) {
        self.places.update(|places| {
            for row in rows {
                places.insert(row.id.clone(), row.clone());
            }
        });
    }

    /// Asks for a location whose name or zone is wanted, once.
    pub fn learn_place(self, id: &LocationId) {
        let is_asked = || self.asked.try_update_value(|asked| !asked.insert(id.clone()));
        if self.places.with_untracked(|places| places.contains_key(id)) || is_asked() == Some(true)
        {
            return;
        }
        let id = id.clone();
        let call = link::to("/api/v1/locations", &[("search", id.as_str())]);
        spawn_local(async move {
            match api::get::<Page<LocationRow>>(self, &call).await {
                Ok(page) => self.keep_places(&page.items),
                // Whoever wants it next asks again.
                Err(_) => self.asked.update_value(|asked| {
                    asked.remove(&id);
                }),
            }
        });
    }

    /// What is known of a location.
    pub fn place(self, id: &LocationId) -> Option<LocationRow> {
        self.places.with(|places| places.get(id).cloned())
    }

    /// The time zone of a location, where it is known.
    pub fn zone(self, id: &LocationId) -> Option<String> {
        self.places.with(|places| places.get(id).map(|row| row.time_zone.clone()))
    }
}
