//! One order, from the shop's request to the customer's hands, with the network cut between picking
//! and handing over.

use domain::{
    bridge::{Action, Connection, LabelForm, Printer as PrinterOf, SetPrinter, Step},
    handoff::Signature,
    order::OrderStage,
};

use tests::{
    associate::Associate,
    network::Network,
    printer::Printer,
    server::{Server, Store},
    shop::Shop,
};

use crate::checks;

pub fn an_order_is_handed_over_without_network(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let network = Network::to(server.address()).await;
        let tablet = store.folder("tablet");
        let aisha = Associate::begin(&tablet, network.url(), &shop, 2).await;
        let order = shop.place("W-1", &[2, 1]);
        let work = aisha.sees("W-1").await;

        aisha.act(work, Action::Claim { take_over: false }).await;
        aisha.sync().await;
        assert!(aisha.refused(work, &shop.items[9].gtin).await.len() > 10, "it says why");
        let picked = aisha.pick_all(work, &shop).await;
        assert_eq!(picked.step, Step::Pack);
        assert!(aisha.refused(work, &shop.items[0].gtin).await.len() > 10, "nothing is left");
        aisha.sync().await;

        network.cut();
        assert!(aisha.try_sync().await.is_none_or(|status| !status.sync.online));
        let packed = aisha.act(work, Action::Pack { contents: Vec::new(), weight_g: None }).await;
        let package = packed.packages[0].package;
        print(&aisha, work, package).await;
        let slot = aisha.work(work).await.slot_proposal.expect("a slot is proposed");
        aisha.act(work, Action::Stage { package, slot }).await;
        let code = order.pickup_code.clone().expect("a pickup has a code");
        let wrong = aisha.refused(work, "000000").await;
        assert!(!wrong.is_empty());
        let verified = aisha.act(work, Action::VerifyCode { code }).await;
        assert!(verified.code_verified, "without any network");
        let signature = Signature { strokes: vec![vec![[100, 500], [400, 300], [900, 520]]] };
        let gone =
            aisha.act(work, Action::HandOver { collector: None, signature: Some(signature) }).await;
        assert_eq!(gone.step, Step::Finished);
        assert_ne!(shop.order(order.id).row.stage, OrderStage::Completed, "nobody knows yet");

        network.mend();
        aisha.sync().await;
        let closed = shop.order(order.id);
        assert_eq!(closed.row.stage, OrderStage::Completed);
        assert!(closed.history.len() >= 6, "every step is in the history: {:#?}", closed.history);
        let last = closed.history.last().expect("as above");
        assert_eq!(last.actor_name.as_ref(), Some(&shop.staff[2].name), "who handed it over");
        assert_eq!(last.device_name.as_deref(), Some("Tablet"));
        assert!(!closed.sourcing.is_empty(), "and why it was sourced so");
        aisha.tablet.close().await;
    });
    drop(server);
    runtime.block_on(async {
        checks::assert_sound(store).await;
        let out = "select cast(sum(handed_over) as bigint) from stock_positions";
        assert_eq!(checks::count(store, out).await, 3);
    });
}

async fn print(
    aisha: &Associate,
    work: domain::ids::FulfillmentId,
    package: domain::ids::PackageId,
) {
    let printer = Printer::start();
    let connection = Connection::Raw { address: printer.address.clone() };
    let set = PrinterOf { name: "Counter".into(), connection, dpi: 203 };
    aisha.tablet.call(SetPrinter { printer: set }).await.expect("set");
    aisha.act(work, Action::Print { package, form: LabelForm::Staging }).await;
    aisha.tablet.print_now().await.expect("printed");
    let job = tokio::task::spawn_blocking(move || printer.next()).await.expect("a job");
    assert!(job.contains("^XA") && job.contains("^XZ"), "a label in ZPL: {job:.80}");
    assert_eq!(aisha.work(work).await.packages[0].labels_printed, 1);
}
