//! The server inside this process, on a file, with 3,000 items at 50 stores; and whoever changes them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{Router, http::header, routing::get};
use domain::{api::AtpList, clock::TimeMs, ids::ChannelId, stock::StockEvent};
use sync_server::{
    app::secrets::token_hash,
    clock,
    db::{
        Database, DbError, Options, channels,
        stock::{self, Cause},
    },
    jobs::{self, follow_stock::Follower},
    keys::ServerKeys,
    router,
    state::AppState,
};
use tempfile::TempDir;
use tests::{
    keepalive::{self, KeepAlive},
    stopwatch::Stopwatch,
};
use tokio::task::JoinHandle;

pub const TOKEN: &str = "the token of the channel";
const ITEMS: i64 = 3_000;
const LOCATIONS: i64 = 50;
/// Units at each position.
const UNITS: u32 = 100;
/// Changes of one commit, and how long from one to the next: 20,000 a second.
const CHANGES: u32 = 400;
const BEAT: Duration = Duration::from_millis(20);

pub struct World {
    pub address: String,
    /// The question.
    pub path: String,
    /// Everything that is asked.
    pub routes: Router,
    state: AppState,
    answer: usize,
    _folder: TempDir,
}

impl World {
    pub async fn open() -> Self {
        let folder = TempDir::new_in(".").expect("a directory on the disk to measure");
        let path = folder.path().canonicalize().expect("there").join("server.db");
        let url = format!("sqlite:{}", path.display());
        let db = Database::open(&url, &Options::default()).await.expect("opened");
        fill(&db).await;
        let state = AppState::lasting(db, ServerKeys::from_secret([1; 32]));
        drop(Follower::start(&state).await.expect("the index is read"));
        let _ = jobs::start(&state);
        let skus: Vec<String> = (0..20).map(|n| sku(n * 70 + 7)).collect();
        let path = format!("/api/v1/atp?skus={}&method=ship&market=US", skus.join(","));
        let app = router::app(state.clone());
        let address = serve(app.clone()).await;
        let mut world = Self { address, path, routes: app, state, answer: 0, _folder: folder };
        let body = world.ask().await;
        world.answer = body.len();
        let ready_made =
            move || async move { ([(header::CONTENT_TYPE, "application/json")], body) };
        let bare = Router::new().route("/bare", get(ready_made.clone()));
        // With what every request goes through, but for the guard.
        let dressed = Router::new().route("/ready-made", get(ready_made));
        let dressed = router::dress(dressed, world.state.clone());
        world.routes = world.routes.merge(bare).merge(dressed);
        world.address = serve(world.routes.clone()).await;
        world
    }

    pub fn bytes(&self) -> usize {
        self.answer
    }

    async fn ask(&self) -> Vec<u8> {
        let mut connection = KeepAlive::to(&self.address).await;
        connection.ask_well(&keepalive::get(&self.path, TOKEN)).await.to_vec()
    }

    /// What is answered is what the database has, once the changes stand still or not: the items that
    /// are asked about are not changed.
    pub async fn assert_right(&self) {
        let list: AtpList = serde_json::from_slice(&self.ask().await).expect("an answer");
        assert_eq!(list.items.len(), 20);
        let whole = i64::from(UNITS) * LOCATIONS;
        assert!(list.items.iter().all(|item| item.units == whole), "{list:?}");
    }

    /// Reserves and releases units of all other items, 20,000 changes a second.
    pub fn change(&self) -> Changing {
        let (db, stop, done) =
            (self.state.db.clone(), Arc::<AtomicBool>::default(), Arc::<AtomicU64>::default());
        let (stopped, counted) = (Arc::clone(&stop), Arc::clone(&done));
        let started = Stopwatch::start();
        let task = tokio::spawn(async move {
            let mut beat = tokio::time::interval(BEAT);
            for round in 0.. {
                beat.tick().await;
                if stopped.load(Relaxed) {
                    return;
                }
                let changed = db.write(move |tx| {
                    let now = clock::now();
                    let cause = Cause { kind: "bench", id: "bench", happened_at: now, at: now };
                    let event = if (round / 10) % 2 == 0 {
                        StockEvent::Reserve
                    } else {
                        StockEvent::Release
                    };
                    for n in 0..CHANGES {
                        let item = i64::from((round % 10) * CHANGES + n) % (ITEMS / 2) * 2 + 1;
                        stock::apply(tx, item, i64::from(n) % LOCATIONS + 1, event, 1, cause)?;
                    }
                    Ok(())
                });
                changed.await.map_err(|error: DbError| error).expect("changed");
                counted.fetch_add(u64::from(CHANGES), Relaxed);
            }
        });
        Changing { stop, done, task, started }
    }
}

pub struct Changing {
    stop: Arc<AtomicBool>,
    done: Arc<AtomicU64>,
    task: JoinHandle<()>,
    started: Stopwatch,
}

impl Changing {
    /// Changes a second.
    pub async fn stop(self) -> f64 {
        let a_second = self.done.load(Relaxed) as f64 / self.started.elapsed().as_secs_f64();
        self.stop.store(true, Relaxed);
        self.task.await.expect("no panic");
        a_second
    }
}

async fn serve(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        let _ = stream.set_nodelay(true);
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

fn sku(item: i64) -> String {
    format!("{}", 1_000_000 + item * 2)
}

async fn fill(db: &Database) {
    let filled = db.write(|tx| {
        let web = ChannelId::new("web").expect("valid");
        channels::add(tx, &web, &token_hash(TOKEN), TimeMs(0))?;
        for location in 1..=LOCATIONS {
            tx.exec(
                "insert into locations
                    (key, id, name, kind, country, lat_e6, lon_e6, time_zone, ships, pickup)
                 values ($1, $2, 'Store', 'store', 'US', 0, 0, 'UTC', 1, 1)",
                &[&location, &format!("S{location}")],
            )?;
        }
        let at = clock::now();
        let cause = Cause { kind: "import", id: "bench", happened_at: at, at };
        for item in 1..=ITEMS {
            tx.exec(
                "insert into items (key, sku, name, currency) values ($1, $2, 'Mug', 'USD')",
                &[&item, &sku(item / 2 + if item % 2 == 0 { 0 } else { 100_000 })],
            )?;
            for location in 1..=LOCATIONS {
                stock::apply(tx, item, location, StockEvent::Receipt, UNITS, cause)?;
            }
        }
        Ok(())
    });
    filled.await.map_err(|error: DbError| error).expect("filled");
}
