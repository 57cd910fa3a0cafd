//! Webhooks in the database: one server delivers at a time, what is under way stays under way, and what
//! was taken is known by item.

use domain::{api::WebhookOutcome, clock::TimeMs, limits};
use sync_server::{
    app::webhooks as app,
    db::{
        Database, DbError,
        deliveries::{self, Lease, Try},
        webhooks::{self, Stated, Webhook},
    },
    moment::Moment,
    webhooks::send::Answered,
};

use crate::{
    floor::NOON,
    stock::stock,
    subject::{Subject, exec, number},
};

const LEASE_MS: i64 = 20_000;
const TOLD: &str = "select count(*) from webhook_told where told = 2";

fn stated() -> Stated {
    Stated {
        name: "Shop".into(),
        url: "https://shop.example.com/".into(),
        channel: Some("web".into()),
        market: None,
        region: None,
        method: "ship".into(),
        kind: "bands".into(),
        debounce_ms: 0,
        batch_max: 10,
        enabled: true,
    }
}

async fn add(db: &Database) -> Webhook {
    let added = db.write(|tx| {
        stock(tx, 2)?;
        app::add(tx, &mut Moment::new(NOON, [1; 32]), &stated())
    });
    added.await.expect("there is room")
}

async fn take(db: &Database, key: i64, holder: &'static str, now: TimeMs) -> Option<Lease> {
    let until = now.plus_ms(LEASE_MS);
    let taken = db.write(move |tx| deliveries::take(tx, key, holder, now, until)).await;
    taken.map_err(|error: DbError| error).expect("asked")
}

async fn keeps(db: &Database, lease: &Lease, now: TimeMs) -> bool {
    let lease = lease.clone();
    let kept = db.write(move |tx| deliveries::keep(tx, &lease, now.plus_ms(LEASE_MS))).await;
    kept.map_err(|error: DbError| error).expect("asked")
}

async fn begin(db: &Database, lease: &Lease, message: &'static str) -> bool {
    let lease = lease.clone();
    let until = NOON.plus_ms(LEASE_MS);
    let begun = db.write(move |tx| deliveries::begin(tx, &lease, message, "{}", until)).await;
    begun.map_err(|error: DbError| error).expect("asked")
}

async fn acknowledge(db: &Database, lease: &Lease, message: &'static str) -> bool {
    let lease = lease.clone();
    let told = [("4711".to_owned(), 2), ("no-such".to_owned(), 2)];
    let done = db.write(move |tx| deliveries::acknowledge(tx, &lease, message, &told)).await;
    done.map_err(|error: DbError| error).expect("asked")
}

async fn fail(db: &Database, lease: &Lease, at: TimeMs, stop: Option<&'static str>) -> bool {
    let lease = lease.clone();
    let failed = db.write(move |tx| deliveries::fail(tx, &lease, "m1", at, at, stop)).await;
    failed.map_err(|error: DbError| error).expect("asked")
}

async fn stored(db: &Database, key: i64) -> Webhook {
    let found = db.read(move |tx| webhooks::of_key(tx, key)).await;
    found.map_err(|error: DbError| error).expect("read").expect("it is there")
}

pub async fn one_server_delivers_at_a_time(subject: Subject) {
    let db = subject.open().await;
    let other = if subject.is_postgres() { subject.open().await } else { db.clone() };
    let key = add(&db).await.key;

    // A crowd asks at once, through both: one gets it.
    let tries = (0..16).map(|n| {
        let db = if n % 2 == 0 { db.clone() } else { other.clone() };
        tokio::spawn(async move { take(&db, key, "one", NOON).await })
    });
    let mut taken = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        taken.extend(one.await.expect("no panic"));
    }
    assert_eq!(taken.len(), 1);
    let lease = taken.pop().expect("one");

    // It is kept while it is renewed, and another's when it has run out; the first finds out.
    let later = NOON.plus_ms(LEASE_MS - 1);
    assert!(take(&other, key, "two", later).await.is_none());
    assert!(keeps(&db, &lease, later).await);
    assert!(take(&other, key, "two", later.plus_ms(1)).await.is_none());
    assert!(begin(&db, &lease, "m1").await);
    let late = later.plus_ms(LEASE_MS);
    let second = take(&other, key, "two", late).await.expect("it has run out");
    assert!(!keeps(&db, &lease, late).await);
    assert!(!acknowledge(&db, &lease, "m1").await, "it is not the first one's any more");
    assert!(!fail(&db, &lease, late, None).await);
    assert_eq!(number(&db, TOLD).await, 0);

    // Whatever was under way still is, for the second.
    assert_eq!(stored(&db, key).await.message, Some(("m1".into(), "{}".into())));
    assert!(!begin(&other, &second, "m2").await, "one after the other");
    assert!(acknowledge(&other, &second, "m1").await);
    assert!(!acknowledge(&other, &second, "m1").await, "once");
    let webhook = stored(&db, key).await;
    assert_eq!((webhook.sequence, webhook.message), (1, None));
    assert_eq!(number(&db, TOLD).await, 1, "of items that there are");
    assert!(begin(&other, &second, "m2").await);

    // Given back, it is anybody's at once.
    db.write(move |tx| deliveries::give_back(tx, &second))
        .await
        .map_err(|e: DbError| e)
        .expect("given");
    assert!(take(&db, key, "one", late).await.is_some());
}

pub async fn an_operator_s_change_ends_a_lease(subject: Subject) {
    let db = subject.open().await;
    let webhook = add(&db).await;
    let (key, id) = (webhook.key, webhook.id);
    let lease = take(&db, key, "one", NOON).await.expect("free");
    assert!(begin(&db, &lease, "m1").await && acknowledge(&db, &lease, "m1").await);
    assert!(begin(&db, &lease, "m2").await);

    // Another name: it goes on where it was, by a courier that knows the name.
    let (named, same) = (Stated { name: "The shop".into(), ..stated() }, id.clone());
    db.write(move |tx| app::change(tx, &same, &named, NOON)).await.expect("changed");
    assert!(!keeps(&db, &lease, NOON).await && !begin(&db, &lease, "m3").await);
    let webhook = stored(&db, key).await;
    assert_eq!((webhook.message.is_some(), number(&db, TOLD).await), (true, 1));

    // Another kind: its receiver knows nothing of it.
    let (units, same) = (Stated { kind: "units".into(), ..stated() }, id.clone());
    db.write(move |tx| app::change(tx, &same, &units, NOON)).await.expect("changed");
    let webhook = stored(&db, key).await;
    assert_eq!((webhook.message, number(&db, TOLD).await), (None, 0));
    assert_eq!(webhook.sequence, 1, "it goes on");

    // Another secret.
    let same = id.clone();
    let rotated = db.write(move |tx| app::rotate(tx, &same, NOON)).await.expect("rotated");
    assert_eq!((rotated.secret, rotated.secret_since), (2, NOON));
    assert!(rotated.version > webhook.version);

    db.write(move |tx| app::remove(tx, &id)).await.expect("removed");
    assert_eq!(number(&db, "select count(*) from webhooks").await, 0);
}

pub async fn a_receiver_that_is_gone_is_left_alone(subject: Subject) {
    let db = subject.open().await;
    let webhook = add(&db).await;
    let (key, id) = (webhook.key, webhook.id);
    let lease = take(&db, key, "one", NOON).await.expect("free");
    assert!(begin(&db, &lease, "m1").await);
    assert!(fail(&db, &lease, NOON.plus_ms(5), None).await);
    assert!(fail(&db, &lease, NOON.plus_ms(9), None).await);
    let webhook = stored(&db, key).await;
    assert_eq!((webhook.tries, webhook.next_try_at), (2, NOON.plus_ms(9)));
    assert_eq!(webhook.failing_since, Some(NOON.plus_ms(5)), "since the first");
    assert!(fail(&db, &lease, NOON.plus_ms(20), Some("gone")).await);
    let webhook = stored(&db, key).await;
    assert_eq!((webhook.stated.enabled, webhook.stopped.as_str()), (false, "gone"));
    assert!(!keeps(&db, &lease, NOON).await);
    exec(&db, "update webhooks set lease_until_ms = 0").await.expect("run out");
    assert!(take(&db, key, "two", NOON).await.is_none(), "nobody delivers");

    // An operator begins again: with what was under way.
    db.write(move |tx| app::change(tx, &id, &stated(), NOON)).await.expect("changed");
    let webhook = stored(&db, key).await;
    assert_eq!((webhook.stopped.as_str(), webhook.failing_since), ("", None));
    assert_eq!((webhook.next_try_at, webhook.message.is_some()), (TimeMs(0), true));
    assert!(take(&db, key, "two", NOON).await.is_some());
}

pub async fn tries_and_webhooks_are_bounded(subject: Subject) {
    let db = subject.open().await;
    let key = add(&db).await.key;
    let kept = limits::WEBHOOK_TRIES_KEPT;
    for n in 0..kept + 3 {
        let answered = Answered {
            outcome: WebhookOutcome::Taken,
            status: Some(200),
            took_ms: 1,
            retry_after_ms: None,
        };
        let tried = Try::new(format!("m{n}"), "changes", 1, NOON, answered);
        let noted = db.write(move |tx| deliveries::note(tx, key, &tried)).await;
        noted.map_err(|error: DbError| error).expect("noted");
    }
    let newest = db.read(move |tx| deliveries::newest(tx, key, 2 * kept)).await;
    let newest = newest.map_err(|error: DbError| error).expect("read");
    assert_eq!(newest.len(), kept as usize);
    assert_eq!(newest[0].message, format!("m{}", kept + 2));

    let most = u8::try_from(limits::WEBHOOKS_MAX).expect("few");
    for n in 1..=most {
        let moment = Moment::new(NOON, [n + 1; 32]);
        let added = db.write(move |tx| app::add(tx, &mut moment.clone(), &stated())).await;
        let is_full = added.as_ref().err().and_then(|error| error.code());
        assert_eq!(is_full, (n == most).then_some("too_many_webhooks"));
    }
}
