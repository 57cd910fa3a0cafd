//! Two tablets without network that pick the same order: both did it, so both count, and one of them
//! puts the goods back.

use domain::bridge::{Action, GetInbox, Matter};

use tests::{
    associate::Associate,
    network::Network,
    server::{Server, Store},
    shop::Shop,
};

use crate::checks;

pub fn both_pick_the_same_order_offline(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let network = Network::to(server.address()).await;
        let (one, two) = (store.folder("one"), store.folder("two"));
        let tom = Associate::begin(&one, network.url(), &shop, 1).await;
        let irina = Associate::begin(&two, network.url(), &shop, 2).await;
        shop.place("W-2", &[2]);
        let work = tom.sees("W-2").await;
        irina.sees("W-2").await;

        network.cut();
        for person in [&tom, &irina] {
            person.act(work, Action::Claim { take_over: false }).await;
            person.pick_all(work, &shop).await;
        }
        network.mend();
        tom.sync().await;
        irina.sync().await;

        assert_eq!(tom.tablet.call(GetInbox {}).await.expect("an inbox"), []);
        let told = irina.tablet.call(GetInbox {}).await.expect("an inbox");
        let put_back: u32 = told
            .iter()
            .filter_map(|entry| match &entry.matter {
                Matter::Exception { restock, .. } => restock.as_ref().map(|what| what.units),
                Matter::Outcome { .. } => None,
            })
            .sum();
        assert_eq!(put_back, 2, "what is too much goes back: {told:#?}");
        tom.tablet.close().await;
        irina.tablet.close().await;
    });
    drop(server);
    runtime.block_on(checks::assert_sound(store));
}
