//! Days as they should go, most of them without a network.

use domain::{
    bridge::{Action, Found, Sent, Step},
    fulfillment::{Method, Stage},
    ids::SlotId,
    rejection::Rejection,
};

use super::{
    NOW, accept, act, check_fold, refuse, scan,
    server::{Server, barcode, sku},
    tablet,
};

fn pack() -> Action {
    Action::Pack { contents: Vec::new(), weight_g: None }
}

#[test]
fn a_pickup_is_picked_packed_staged_and_handed_over_without_a_network() {
    let mut server = Server::new();
    let id = server.place(9, Method::Pickup);
    let mut tablet = tablet(&mut server, 1);
    let card = &tablet.queue(NOW).expect("signed in").cards[0];
    assert_eq!((card.fulfillment, card.units, card.initials.as_deref()), (id, 3, Some("GH")));

    let done = accept(&mut tablet, id, &scan(&barcode(1)));
    assert_eq!((done.work.step, done.work.card.units_done), (Step::Pick, 1));
    assert_eq!(done.work.card.sent, Sent::DoneHere);
    accept(&mut tablet, id, &scan(&barcode(1)));
    assert_eq!(accept(&mut tablet, id, &scan(sku(2).as_str())).work.step, Step::Pack);
    let done = accept(&mut tablet, id, &pack());
    assert_eq!((done.work.step, done.work.slot_proposal), (Step::Stage, SlotId::new("A1").ok()));
    assert_eq!(accept(&mut tablet, id, &scan("a1")).work.step, Step::HandOver);
    let hand_over = Action::HandOver { collector: None, signature: None };
    assert_eq!(refuse(&mut tablet, id, &hand_over), Rejection::CodeMismatch);
    assert!(accept(&mut tablet, id, &scan(&server.pickup_code(id))).work.code_verified);
    assert_eq!(accept(&mut tablet, id, &hand_over).work.step, Step::Finished);
    check_fold(&mut tablet);

    server.sync(&mut tablet, NOW);
    assert_eq!(server.work[&id].1.stage(), Stage::HandedOver);
    assert_eq!(tablet.view(id), Some(&server.work[&id].1));
    assert_eq!(tablet.inbox().expect("signed in"), []);
    assert!(server.log.values().all(|(_, outcome)| !outcome.verdict.needs_attention()));
}

#[test]
fn a_shipment_takes_a_leased_number_and_stops_without_one() {
    let mut server = Server::new();
    let ids: Vec<_> = (1..=3).map(|n| server.place(n, Method::Ship)).collect();
    let mut tablet = tablet(&mut server, 1);
    for id in &ids {
        accept(&mut tablet, *id, &Action::Pick { line: 1, units: 2 });
        accept(&mut tablet, *id, &Action::Pick { line: 2, units: 1 });
    }
    let first = accept(&mut tablet, ids[0], &pack()).work.packages[0].sscc.clone();
    let second = accept(&mut tablet, ids[1], &pack()).work.packages[0].sscc.clone();
    assert!(first.is_some() && first != second, "{first:?} {second:?}");
    assert_eq!(refuse(&mut tablet, ids[2], &pack()), Rejection::NoPackageNumbers);
    check_fold(&mut tablet);
}

#[test]
fn a_wrong_item_says_whose_it_is_and_too_many_are_refused() {
    let mut server = Server::new();
    let (first, second) = (server.place(1, Method::Pickup), server.place(2, Method::Pickup));
    let mut tablet = tablet(&mut server, 1);
    let unknown = refuse(&mut tablet, first, &scan(&barcode(3)));
    let nobody = Rejection::WrongItem { scanned: "Item 3".into(), belongs_to: None };
    assert_eq!(unknown, nobody);
    accept(&mut tablet, first, &scan(&barcode(2)));
    let over = refuse(&mut tablet, first, &scan(&barcode(2)));
    assert_eq!(over, Rejection::OverScan { item: "Item 2".into(), wanted: 1 });
    assert_eq!(tablet.pending().expect("readable"), 2, "a claim and a pick, no refusal");
    let short_code = tablet.view(second).expect("known").short_code();
    let other = refuse(&mut tablet, first, &scan("nothing at all"));
    assert!(matches!(other, Rejection::WrongItem { belongs_to: None, .. }));
    // An item that only the other order has.
    let (rev, f) = server.work[&second].clone();
    assert_eq!(f.short_code(), short_code);
    let three = domain::fulfillment::NewFulfillment {
        id: second,
        order: f.order(),
        external_number: f.external_number().clone(),
        location: f.location().clone(),
        method: Method::Pickup,
        at: NOW,
        promise_at: f.promise_at(),
        lines: vec![(1, sku(3), 1)],
        credential: None,
    };
    server.save(rev + 1, domain::fulfillment::Fulfillment::new(three));
    server.sync(&mut tablet, NOW);
    let other = refuse(&mut tablet, first, &scan(&barcode(3)));
    let belongs_to = Some(short_code);
    assert_eq!(other, Rejection::WrongItem { scanned: "Item 3".into(), belongs_to });
}

#[test]
fn the_last_scan_can_be_undone_one_unit_at_a_time() {
    let mut server = Server::new();
    let id = server.place(1, Method::Pickup);
    let mut tablet = tablet(&mut server, 1);
    accept(&mut tablet, id, &Action::Pick { line: 1, units: 2 });
    let done = accept(&mut tablet, id, &scan(&barcode(2)));
    assert!(done.work.can_undo);
    let picked = |done: &domain::bridge::Done| {
        done.work.lines.iter().map(|line| line.picked).collect::<Vec<_>>()
    };
    assert_eq!(picked(&accept(&mut tablet, id, &Action::Undo)), [2, 0]);
    assert_eq!(picked(&accept(&mut tablet, id, &Action::Undo)), [1, 0]);
    let done = accept(&mut tablet, id, &Action::Undo);
    assert_eq!((picked(&done), done.work.can_undo), (vec![0, 0], false));
    assert!(matches!(refuse(&mut tablet, id, &Action::Undo), Rejection::NotThatMany { .. }));
}

#[test]
fn a_scan_anywhere_finds_the_work() {
    let mut server = Server::new();
    let (first, second) = (server.place(1, Method::Pickup), server.place(2, Method::Pickup));
    let mut tablet = tablet(&mut server, 1);
    let short_code = tablet.view(first).expect("known").short_code();
    let one = |code_verified| Found::Work { fulfillment: first, code_verified };
    assert_eq!(tablet.find(&short_code.to_lowercase(), NOW).expect("signed in"), one(false));
    assert_eq!(tablet.find("w-1", NOW).expect("signed in"), one(false));
    assert_eq!(tablet.find(&server.pickup_code(first), NOW).expect("signed in"), one(true));
    assert!(tablet.work(first, NOW).expect("known").code_verified);
    let several = tablet.find(&barcode(1), NOW).expect("signed in");
    assert!(matches!(several, Found::Several { cards } if cards.len() == 2));
    assert!(matches!(tablet.find("zzz", NOW).expect("signed in"), Found::Nothing { .. }));
    let mut forged = server.pickup_code(second).into_bytes();
    forged[60] = if forged[60] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).expect("ASCII");
    assert!(matches!(tablet.find(&forged, NOW).expect("signed in"), Found::Nothing { .. }));
    assert_eq!(refuse(&mut tablet, second, &scan(&forged)), Rejection::CodeMismatch);
}

#[test]
fn nothing_is_done_without_a_session() {
    let mut server = Server::new();
    let id = server.place(1, Method::Pickup);
    let mut tablet = tablet(&mut server, 1);
    tablet.sign_out().expect("in memory");
    let answer = tablet.act(id, &scan(&barcode(1)), NOW);
    assert_eq!(super::refusal(answer), Rejection::NotSignedIn);
    assert_eq!(tablet.pending().expect("readable"), 0);
    tablet.sign_in(&super::associate("A1"), super::PIN, NOW).expect("right");
    act(&mut tablet, id, &scan(&barcode(1)));
    assert_eq!(
        super::refusal(tablet.require_nothing_unsent()),
        Rejection::UnsentWork { pending: 2 }
    );
}
