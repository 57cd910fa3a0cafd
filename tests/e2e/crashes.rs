//! The server, and then the engine, is killed twenty times while somebody works: what was acknowledged is there, and nothing
//! is there twice.

use domain::{bridge::Action, order::OrderStage};

use tests::{
    associate::Associate,
    engine::Engine,
    network::Network,
    server::{Server, Store},
    shop::Shop,
};

use crate::checks;

/// One kill for each unit.
const KILLS: u32 = 20;

pub fn a_killed_server_loses_nothing(store: &Store) {
    let mut server = Server::start(store);
    let shop = Shop::load(server.address());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let network = Network::to(server.address()).await;
        let tom = Associate::begin(&store.folder("tablet"), network.url(), &shop, 1).await;
        let order = shop.place("W-3", &[KILLS / 2, KILLS / 2]);
        let work = tom.sees("W-3").await;
        tom.act(work, Action::Claim { take_over: false }).await;
        let barcodes = shop.barcodes();
        for kill in 0..KILLS {
            let open = tom.work(work).await;
            let line = open.lines.iter().find(|line| line.left > 0).expect("a unit for each kill");
            tom.scan(work, &barcodes[&line.sku]).await;
            // In turn: before anything is sent, while it is on its way, after it was answered.
            match kill % 3 {
                0 => server.kill_and_restart(store),
                1 => {
                    let (sent, ()) = tokio::join!(tom.try_sync(), async {
                        server.kill_and_restart(store);
                    });
                    drop(sent);
                }
                _ => {
                    tom.sync().await;
                    server.kill_and_restart(store);
                }
            }
        }
        tom.sync().await;
        let detail = shop.order(order.id);
        assert_ne!(detail.row.stage, OrderStage::Completed);
        tom.tablet.close().await;
    });
    drop(server);
    runtime.block_on(async {
        checks::assert_sound(store).await;
        let picked = "select cast(sum(picked) as bigint) from stock_positions";
        assert_eq!(checks::count(store, picked).await, i64::from(KILLS), "each unit once");
    });
}

/// The engine is killed twenty times right after it answered: each pick that it acknowledged is there.
pub fn a_killed_engine_loses_nothing(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (folder, url) = (store.folder("tablet"), format!("http://{}", server.address()));
    let barcodes = shop.barcodes();
    let (order, work) = runtime.block_on(async {
        let tom = Associate::begin(&folder, &url, &shop, 1).await;
        let order = shop.place("W-4", &[KILLS / 2, KILLS / 2]);
        let work = tom.sees("W-4").await;
        tom.act(work, Action::Claim { take_over: false }).await;
        tom.tablet.close().await;
        (order, work)
    });
    for kill in 1..=KILLS {
        let mut engine = Engine::start(&folder);
        engine.sign_in(&shop.staff[1]);
        let open = engine.work(work);
        let line = open.lines.iter().find(|line| line.left > 0).expect("a unit for each kill");
        assert_eq!(open.lines.iter().map(|line| line.picked).sum::<u32>(), kill - 1);
        engine.scan(work, &barcodes[&line.sku]);
        if kill % 3 == 0 {
            engine.begin_sync();
        }
        engine.kill();
    }
    runtime.block_on(async {
        let tom = Associate::open(&folder).await;
        tom.sync().await;
        tom.tablet.close().await;
    });
    assert_ne!(shop.order(order.id).row.stage, OrderStage::Completed);
    drop(server);
    runtime.block_on(async {
        checks::assert_sound(store).await;
        let picked = "select cast(sum(picked) as bigint) from stock_positions";
        assert_eq!(checks::count(store, picked).await, i64::from(KILLS), "each unit once");
    });
}
