//! A server that was restored from a backup, a tablet that was paired again, snapshots that are not
//! what they say.

use domain::{
    bridge::Action,
    fulfillment::Method,
    ids::FeedEpoch,
    problem::Problem,
    sync::{FeedRow, Op, kind},
};

use super::{
    NOW, accept, check_fold, memory, open, scan,
    server::{Server, barcode},
    tablet,
};
use crate::{Alarm, ExchangeFailure, SnapshotError};

#[test]
fn a_restored_server_gets_again_what_it_lost_and_nothing_looks_undone() {
    let mut server = Server::new();
    let (first, second) = (server.place(1, Method::Pickup), server.place(2, Method::Pickup));
    let mut tablet = tablet(&mut server, 1);
    accept(&mut tablet, first, &Action::Pick { line: 1, units: 2 });
    server.sync(&mut tablet, NOW);
    let mut backup = server.clone();
    accept(&mut tablet, first, &Action::Pick { line: 2, units: 1 });
    server.sync(&mut tablet, NOW);
    accept(&mut tablet, second, &scan(&barcode(2)));
    let shown: Vec<_> = [first, second].iter().map(|id| tablet.view(*id).cloned()).collect();

    backup.epoch = FeedEpoch::new(NOW, [8; 10]);
    for _ in 0..3 {
        let request = tablet.next_exchange(NOW).expect("paired");
        let answer = backup.exchange(&request, NOW);
        tablet.absorb(&request, answer, NOW).expect("in memory");
        let now: Vec<_> = [first, second].iter().map(|id| tablet.view(*id).cloned()).collect();
        assert_eq!(shown, now, "what was done here stays done");
        check_fold(&mut tablet);
    }
    backup.sync(&mut tablet, NOW);
    assert_eq!(tablet.position().map(|at| at.epoch), Some(backup.epoch));
    assert_eq!(backup.log.len(), 5, "two claims and three picks, each once");
    for id in [first, second] {
        assert_eq!(tablet.view(id), Some(&backup.work[&id].1));
    }
    assert!(!tablet.has_alarm(Alarm::ServerLost));
    check_fold(&mut tablet);
}

#[test]
fn a_tablet_that_the_server_refuses_says_why_until_it_is_taken_again() {
    let mut server = Server::new();
    let mut tablet = tablet(&mut server, 1);
    for (code, alarm) in [
        ("unknown_device", Alarm::NotKnown),
        ("wrong_epoch", Alarm::NotKnown),
        ("quarantined", Alarm::Stopped),
        ("revoked", Alarm::Revoked),
    ] {
        let request = tablet.next_exchange(NOW).expect("paired");
        let refused = Problem::new(403, code, "No.");
        let refused = Err(ExchangeFailure::Refused(Box::new(refused)));
        tablet.absorb(&request, refused, NOW).expect("in memory");
        assert!(tablet.has_alarm(alarm), "{code}");
        assert!(tablet.sync_state(NOW).expect("readable").alarm.is_some(), "{code}");
        server.sync(&mut tablet, NOW);
        assert!(!tablet.has_alarm(alarm), "{code}");
    }
}

#[test]
fn a_tablet_paired_again_sends_its_unsent_work_under_the_new_epoch() {
    let mut server = Server::new();
    let id = server.place(1, Method::Pickup);
    let mut tablet = tablet(&mut server, 1);
    accept(&mut tablet, id, &scan(&barcode(1)));
    server.sync(&mut tablet, NOW);
    accept(&mut tablet, id, &scan(&barcode(1)));
    server.enrol(&mut tablet, 1, NOW);
    assert_eq!(tablet.pending().expect("readable"), 1);
    server.sync(&mut tablet, NOW);
    let epochs: Vec<(u32, u64)> = server.log.keys().map(|(_, epoch, seq)| (*epoch, *seq)).collect();
    assert_eq!(epochs, [(1, 1), (1, 2), (2, 1)]);
    assert_eq!(tablet.view(id), Some(&server.work[&id].1));
}

#[test]
fn a_snapshot_is_refused_when_it_is_damaged_and_taken_when_fetched_again() {
    let mut server = Server::new();
    let id = server.place(1, Method::Pickup);
    let mut tablet = open(memory(), memory(), 1);
    server.enrol(&mut tablet, 1, NOW);
    assert!(tablet.sync_state(NOW).expect("readable").loading);
    let (manifest, chunks) = server.snapshot();
    tablet.begin_snapshot(&manifest).expect("fits");
    let mut broken = chunks[0].clone();
    broken[9] ^= 1;
    assert!(matches!(tablet.load_chunk(0, &broken), Err(SnapshotError::Damaged { index: 0, .. })));
    assert_eq!(tablet.next_chunk().map(|(_, index)| index), Some(0));
    server.bootstrap(&mut tablet, NOW);
    assert!(tablet.view(id).is_some());
    let mut strange = manifest.clone();
    strange.feed_epoch = FeedEpoch::new(NOW, [99; 10]);
    assert!(matches!(tablet.begin_snapshot(&strange), Err(SnapshotError::DoesNotFit(_))));
}

#[test]
fn unknown_kinds_are_skipped_and_late_or_repeated_answers_change_nothing() {
    let mut server = Server::new();
    let id = server.place(1, Method::Pickup);
    let mut tablet = tablet(&mut server, 1);
    server.put("drone", "D1", 1, &serde_json::json!({"wings": 4}));
    accept(&mut tablet, id, &scan(&barcode(1)));
    let request = tablet.next_exchange(NOW).expect("paired");
    let answer = server.exchange(&request, NOW).expect("answers");
    tablet.absorb(&request, Ok(answer.clone()), NOW).expect("in memory");
    server.sync(&mut tablet, NOW);
    let (at, view) = (tablet.position(), tablet.view(id).cloned());
    tablet.absorb(&request, Ok(answer), NOW).expect("in memory");
    assert_eq!((tablet.position(), tablet.view(id).cloned()), (at, view));
    assert_eq!(at.map(|at| at.cursor), Some(server.feed.len() as u64));
}

#[test]
fn a_purge_forgets_the_customer_even_over_a_newer_revision() {
    let mut server = Server::new();
    let id = server.place(1, Method::Pickup);
    let mut tablet = tablet(&mut server, 1);
    accept(&mut tablet, id, &scan(&barcode(1)));
    let order = server.work[&id].1.order().to_string();
    server.put(
        kind::CUSTOMER,
        &order,
        5,
        &serde_json::json!({"name": "Grace Hopper", "phone": null, "address": null, "note": null}),
    );
    server.sync(&mut tablet, NOW);
    let cursor = server.feed.len() as u64 + 1;
    let (kind, op) = (kind::CUSTOMER.to_owned(), Op::Purge);
    server.feed.push(FeedRow { cursor, kind, id: order, rev: 2, op, body: None });
    server.sync(&mut tablet, NOW);
    let work = tablet.work(id, NOW).expect("known");
    assert_eq!((work.customer, work.card.initials), (None, None));
}

#[test]
fn customers_are_forgotten_after_three_days_without_the_server() {
    let mut server = Server::new();
    let id = server.place(1, Method::Pickup);
    let mut tablet = tablet(&mut server, 1);
    for (hours, known) in [(71, true), (72, false)] {
        let later = NOW.plus_ms(hours * 3_600_000);
        let request = tablet.next_exchange(later).expect("paired");
        tablet.absorb(&request, Err(ExchangeFailure::Unreachable), later).expect("in memory");
        assert_eq!(tablet.work(id, later).expect("known").customer.is_some(), known, "{hours} h");
    }
}
