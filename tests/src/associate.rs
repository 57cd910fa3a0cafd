//! An associate with a tablet: the real engine on real files, driven by the calls that its screens
//! make. It synchronises when told to, so that a test says when.

use std::path::Path;
use std::time::Duration;

use app_core::{
    Options, Tablet, TabletOptions,
    printing::{LabelJob, RenderError},
};
use demo_network::rows::AssociateRow;
use domain::{
    bridge::{
        Act, Action, Card, Enrol, Feedback, GetQueue, GetWork, SignIn, Status, SyncNow, Work,
    },
    ids::FulfillmentId,
};

use crate::shop::Shop;

/// One person, one tablet.
pub struct Associate {
    pub tablet: Tablet,
}

impl Associate {
    /// Opens the tablet of a folder.
    pub async fn open(folder: &Path) -> Self {
        Self::open_with(folder, false).await
    }

    /// Its loops run in the background, or it synchronises when told to.
    async fn open_with(folder: &Path, background: bool) -> Self {
        let engine = Options { app: "test".into(), ..Options::default() };
        let options = TabletOptions { data_dir: folder.to_owned(), engine, background };
        let drawer = labels::Renderer::default();
        let draw = move |job: &LabelJob| {
            drawer.job(job).map_err(|error| RenderError { reason: error.to_string() })
        };
        let tablet = Tablet::open(options, Box::new(draw)).await.expect("the files open");
        Self { tablet }
    }

    /// Pairs it, fetches the store and signs the person in.
    pub async fn begin(folder: &Path, url: &str, shop: &Shop, person: usize) -> Self {
        Self::open(folder).await.begun(url, shop, person).await
    }

    /// The same, with a tablet that talks to the server by itself from then on.
    pub async fn begin_online(folder: &Path, url: &str, shop: &Shop, person: usize) -> Self {
        Self::open_with(folder, true).await.begun(url, shop, person).await
    }

    async fn begun(self, url: &str, shop: &Shop, person: usize) -> Self {
        let associate = self;
        let (url, code, name) = (url.to_owned(), shop.pairing_code(), "Tablet".to_owned());
        associate.tablet.enrol(Enrol { url, code, name }).await.expect("paired");
        associate.sync().await;
        associate.sign_in(&shop.staff[person]).await;
        associate
    }

    pub async fn sign_in(&self, person: &AssociateRow) {
        let associate = person.id.parse().expect("a personal number");
        let signed = self.tablet.call(SignIn { associate, pin: person.pin.clone() }).await;
        signed.expect("signed in");
    }

    /// One exchange; `Err` while there is no network.
    pub async fn try_sync(&self) -> Option<Status> {
        self.tablet.sync_now(SyncNow {}).await.ok()
    }

    /// Exchanges until nothing waits.
    pub async fn sync(&self) {
        let all = async {
            while self.try_sync().await.is_none_or(|status| status.sync.waiting > 0) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), all).await.expect("everything is sent");
    }

    pub async fn cards(&self) -> Vec<Card> {
        self.tablet.call(GetQueue {}).await.expect("a queue").cards
    }

    /// Synchronises until the order is on the queue.
    pub async fn sees(&self, number: &str) -> FulfillmentId {
        let seen = async {
            loop {
                let cards = self.cards().await;
                if let Some(card) = cards.iter().find(|card| card.external_number == number) {
                    return card.fulfillment;
                }
                self.try_sync().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), seen).await.expect("the order arrives")
    }

    pub async fn work(&self, fulfillment: FulfillmentId) -> Work {
        self.tablet.call(GetWork { fulfillment }).await.expect("known work")
    }

    pub async fn act(&self, fulfillment: FulfillmentId, action: Action) -> Work {
        let said = format!("{action:?}");
        let done = self.tablet.call(Act { fulfillment, action }).await;
        let done = done.unwrap_or_else(|refused| panic!("{said}: {refused}"));
        if let Feedback::Refused { sentence, .. } = &done.feedback {
            panic!("{said}: {sentence}");
        }
        done.work
    }

    /// What a scan is refused with, in the words of the person.
    pub async fn refused(&self, fulfillment: FulfillmentId, text: &str) -> String {
        let action = Action::Scan { text: text.to_owned(), typed: false };
        let done = self.tablet.call(Act { fulfillment, action }).await;
        match done {
            Err(refused) => refused.to_string(),
            Ok(done) => match done.feedback {
                Feedback::Refused { sentence, .. } => sentence,
                other => panic!("{text} is refused, not {other:?}"),
            },
        }
    }

    pub async fn scan(&self, fulfillment: FulfillmentId, text: &str) -> Work {
        self.act(fulfillment, Action::Scan { text: text.to_owned(), typed: false }).await
    }

    /// Scans every unit that is left to pick.
    pub async fn pick_all(&self, fulfillment: FulfillmentId, shop: &Shop) -> Work {
        let barcodes = shop.barcodes();
        let mut work = self.work(fulfillment).await;
        while let Some(line) = work.lines.iter().find(|line| line.left > 0) {
            let left = line.left;
            let code = barcodes[&line.sku].clone();
            let sku = line.sku.clone();
            work = self.scan(fulfillment, &code).await;
            let now = work.lines.iter().find(|line| line.sku == sku).expect("the same line").left;
            assert_eq!(now, left - 1, "each scan is one unit");
        }
        work
    }
}
