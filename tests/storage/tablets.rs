//! What a tablet may rely on beyond its exchange: a snapshot that the feed continues, and claims
//! that end when a tablet stays silent.

use std::collections::BTreeMap;

use domain::{
    claim::ClaimKind,
    clock::TimeMs,
    command::Command,
    fulfillment::Stage,
    ids::LocationId,
    limits,
    sync::{FeedRow, Op},
};
use serde_json::Value;
use sync_server::{
    app::{
        leases,
        snapshot::{self, Snapshot},
    },
    db::{DbError, feed},
    moment::Moment,
};

use crate::{
    floor::{Floor, NOON, device, envelope, picked},
    subject::Subject,
};

const CLAIM: Command = Command::Claim { kind: ClaimKind::Free };

/// Bodies by kind and id: what a tablet shows.
type Shown = BTreeMap<(String, String), Value>;

fn take(shown: &mut Shown, row: FeedRow) {
    let key = (row.kind, row.id);
    match (row.op, row.body) {
        (Op::Up, Some(body)) => {
            shown.insert(key, serde_json::from_str(body.get()).expect("JSON"));
        }
        _ => {
            shown.remove(&key);
        }
    }
}

async fn snapshot(floor: &Floor) -> Snapshot {
    let (key, at) = (floor.location_key, LocationId::new("S1").expect("valid"));
    let built = floor.db.read(move |tx| snapshot::build(tx, "one".into(), NOON, key, &at)).await;
    built.map_err(|e: DbError| e).expect("built")
}

fn shown(snapshot: &Snapshot) -> Shown {
    let mut shown = Shown::new();
    for chunk in &snapshot.chunks {
        let text = zstd::decode_all(chunk.as_slice()).expect("zstd");
        for line in String::from_utf8(text).expect("text").lines() {
            take(&mut shown, serde_json::from_str(line).expect("a row"));
        }
    }
    shown
}

pub async fn a_snapshot_and_the_feed_meet(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let early = snapshot(&floor).await;
    let mut followed = shown(&early);
    let commands = [
        envelope(device(1), 1, floor.work, &CLAIM),
        envelope(device(1), 2, floor.work, &picked(1)),
    ];
    let from = early.manifest.cursor;
    floor.exchange(device(1), from, &commands).await.expect("taken");
    floor.another_order(2, 3).await;
    let key = floor.location_key;
    let read = floor.db.read(move |tx| feed::read(tx, key, from, 500, usize::MAX)).await;
    let read: feed::Stretch = read.map_err(|e: DbError| e).expect("readable");
    assert!(!read.rows.is_empty(), "something happened in between");
    read.rows.into_iter().for_each(|row| take(&mut followed, row));
    let late = snapshot(&floor).await;
    assert_eq!(late.manifest.cursor, read.to);
    assert_eq!(followed, shown(&late), "following the feed is as good as starting over");
}

pub async fn a_silent_tablet_loses_its_claim(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let claim = [envelope(device(1), 1, floor.work, &CLAIM)];
    let cursor = floor.exchange(device(1), 1, &claim).await.expect("taken").feed.to;
    let lease = limits::CLAIM_LEASE_MS;
    assert_eq!(expire(&floor, NOON.plus_ms(lease)).await, None, "it may yet come");
    let freed = expire(&floor, NOON.plus_ms(lease + lease / 10)).await;
    let (location, poke) = freed.expect("the claim is freed");
    assert_eq!(location.as_str(), "S1");
    assert!(poke > cursor, "the others are told");
    assert_eq!(floor.work().await.claim(), None);
    assert_eq!(expire(&floor, NOON.plus_ms(2 * lease)).await, None, "once");
    let late = [envelope(device(1), 2, floor.work, &picked(2))];
    let answer = floor.exchange(device(1), cursor, &late).await.expect("taken");
    assert_eq!(answer.outcomes.len(), 1);
    assert_eq!(floor.work().await.stage(), Stage::Picked, "what was picked is picked");
}

async fn expire(floor: &Floor, at: TimeMs) -> Option<(LocationId, u64)> {
    let ended = floor.db.write(move |tx| leases::expire(tx, &mut Moment::new(at, [9; 32])));
    ended.await.map_err(|e: DbError| e).expect("committed")
}
