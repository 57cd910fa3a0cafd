//! A tablet that nobody uses still tells the truth about the network: it says "offline" when the
//! server is gone, although nothing waits to be sent, and "online" when it is back.

use std::time::Duration;

use domain::bridge::SyncState;
use tests::{
    associate::Associate,
    network::Network,
    server::{Server, Store},
    shop::Shop,
};

/// Well before the next poll, which would find out as well.
const SOON: Duration = Duration::from_secs(15);

pub fn an_idle_tablet_sees_that_the_server_is_gone(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let network = Network::to(server.address()).await;
        let tom = Associate::begin_online(&store.folder("one"), network.url(), &shop, 1).await;
        reaches(&tom, |sync| sync.online && sync.waiting == 0).await;

        network.cut();
        let offline = reaches(&tom, |sync| !sync.online).await;
        assert!(offline.offline_since.is_some());

        network.mend();
        reaches(&tom, |sync| sync.online).await;
        tom.tablet.close().await;
    });
}

/// Waits until what the tablet shows of the network is so.
async fn reaches(associate: &Associate, is_so: impl Fn(&SyncState) -> bool) -> SyncState {
    let mut changes = associate.tablet.changes();
    let reached = async {
        let status = associate.tablet.call(domain::bridge::GetStatus {}).await;
        let mut sync = status.expect("a status").sync;
        while !is_so(&sync) {
            sync = changes.next().await.expect("the tablet is open").sync;
        }
        sync
    };
    tokio::time::timeout(SOON, reached).await.expect("in time")
}
