//! The server, and then the engine, is killed after each of the twenty steps of an order's journey:
//! what was acknowledged is there, nothing is there twice, and the order ends in the customer's hands.

use domain::{
    api::OrderAccepted,
    bridge::Action,
    ids::{FulfillmentId, OrderId},
    order::OrderStage,
};
use tests::{
    associate::Associate,
    engine::Engine,
    network::Network,
    server::{Server, Store},
    shop::Shop,
};

use crate::{checks, steps};

/// Two lines of these units each: a claim, a scan for each unit, pack, stage and hand over are
/// [`KILLS`] steps.
const UNITS: u32 = 8;
const KILLS: u32 = 1 + 2 * UNITS + 3;

pub fn a_killed_server_loses_nothing(store: &Store) {
    let mut server = Server::start(store);
    let shop = Shop::load(server.address());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let network = Network::to(server.address()).await;
        let tom = Associate::begin(&store.folder("tablet"), network.url(), &shop, 1).await;
        let order = shop.place("W-3", &[UNITS, UNITS]);
        let work = tom.sees("W-3").await;
        let mut kills = 0;
        while let Some(action) = next(&tom, work, &shop, &order).await {
            let forgotten = steps::is_forgotten(&action);
            tom.act(work, action).await;
            if forgotten {
                continue;
            }
            match kills % 4 {
                0 => server.kill_and_restart(store),
                1 => kill_under_way(&tom, &mut server, store).await,
                2 => {
                    let known = (&shop, order.id);
                    kill_before_the_reply(&tom, &network, &mut server, store, known).await;
                }
                _ => {
                    tom.sync().await;
                    server.kill_and_restart(store);
                }
            }
            kills += 1;
        }
        assert_eq!(kills, KILLS);
        tom.sync().await;
        assert_eq!(shop.order(order.id).row.stage, OrderStage::Completed);
        tom.tablet.close().await;
    });
    drop(server);
    runtime.block_on(assert_handed_over_once(store));
}

async fn next(
    tom: &Associate,
    work: FulfillmentId,
    shop: &Shop,
    order: &OrderAccepted,
) -> Option<Action> {
    let code = order.pickup_code.as_deref().expect("a pickup has a code");
    steps::next(&tom.work(work).await, &shop.barcodes(), code)
}

/// At some moment of an exchange, whichever it happens to be.
async fn kill_under_way(tom: &Associate, server: &mut Server, store: &Store) {
    let (sent, ()) = tokio::join!(tom.try_sync(), async { server.kill_and_restart(store) });
    drop(sent);
}

/// After the server has committed a step, and before the tablet hears of it.
async fn kill_before_the_reply(
    tom: &Associate,
    network: &Network,
    server: &mut Server,
    store: &Store,
    (shop, order): (&Shop, OrderId),
) {
    let known = || shop.order(order).history.len();
    let before = known();
    network.lose_replies();
    let (heard, ()) = tokio::join!(tom.try_sync(), async {
        while known() == before {
            tokio::task::yield_now().await;
        }
        server.kill_and_restart(store);
        network.cut();
    });
    network.mend();
    assert!(heard.is_none_or(|status| status.sync.waiting > 0), "the tablet has heard nothing");
}

/// The engine is killed right after it answered: each step that it acknowledged is there.
pub fn a_killed_engine_loses_nothing(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (folder, url) = (store.folder("tablet"), format!("http://{}", server.address()));
    let barcodes = shop.barcodes();
    let (order, work) = runtime.block_on(async {
        let tom = Associate::begin(&folder, &url, &shop, 1).await;
        let order = shop.place("W-4", &[UNITS, UNITS]);
        let work = tom.sees("W-4").await;
        tom.tablet.close().await;
        (order, work)
    });
    let code = order.pickup_code.as_deref().expect("a pickup has a code");
    for kill in 0..KILLS {
        let mut engine = Engine::start(&folder);
        engine.sign_in(&shop.staff[1]);
        loop {
            let action = steps::next(&engine.work(work), &barcodes, code).expect("a step is left");
            engine.act(work, &action);
            if !steps::is_forgotten(&action) {
                break;
            }
        }
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
    assert_eq!(shop.order(order.id).row.stage, OrderStage::Completed);
    drop(server);
    runtime.block_on(assert_handed_over_once(store));
}

async fn assert_handed_over_once(store: &Store) {
    checks::assert_sound(store).await;
    let gone = "select cast(sum(handed_over) as bigint) from stock_positions";
    assert_eq!(checks::count(store, gone).await, i64::from(2 * UNITS), "each unit once");
    let decided = "select cast(count(*) as bigint) from command_log";
    assert_eq!(checks::count(store, decided).await, i64::from(KILLS), "each step once");
    let otherwise = "select cast(count(*) as bigint) from command_log
        where outcome not like '%\"applied\"%'";
    assert_eq!(checks::count(store, otherwise).await, 0, "each as it was done");
}
