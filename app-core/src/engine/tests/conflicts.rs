//! What happens when the tablet and the server disagree.

use domain::{
    bridge::{Action, Matter, Sent, Step},
    fulfillment::Method,
    outcome::Verdict,
    rejection::Rejection,
};

use super::{
    NOW, accept, associate, check_fold, refuse, scan,
    server::{Server, barcode},
    tablet,
};

#[test]
fn two_tablets_pick_the_same_order_and_one_puts_it_back() {
    let mut server = Server::new();
    let id = server.place(1, Method::Pickup);
    let mut first = tablet(&mut server, 1);
    let mut second = tablet(&mut server, 2);
    second.sign_in(&associate("L1"), super::PIN, NOW).expect("right");
    for tablet in [&mut first, &mut second] {
        accept(tablet, id, &Action::Claim { take_over: false });
        accept(tablet, id, &Action::Pick { line: 1, units: 2 });
    }
    server.sync(&mut first, NOW);
    server.sync(&mut second, NOW);
    server.sync(&mut first, NOW);
    assert_eq!(first.view(id), second.view(id));
    let line = second.view(id).and_then(|f| f.line(1).cloned()).expect("known");
    assert_eq!((line.buckets.in_hand(), line.excess), (2, 2), "no unit is lost or made");
    let inbox = second.inbox().expect("signed in");
    let double = inbox.iter().find(|entry| matches!(entry.matter, Matter::Exception { .. }));
    let double = double.expect("somebody must put two units back");
    assert_eq!(double.next_action, "Put the units back on the shelf.");
    let rejected = inbox.iter().find(|entry| matches!(entry.matter, Matter::Outcome { .. }));
    let Matter::Outcome { command } = rejected.expect("the claim was refused").matter else {
        unreachable!("just matched")
    };
    accept(&mut second, id, &Action::Acknowledge { command });
    accept(&mut second, id, &Action::Restock { line: 1, units: 2 });
    server.sync(&mut second, NOW);
    assert_eq!(second.inbox().expect("signed in"), []);
    check_fold(&mut second);
}

#[test]
fn an_order_cancelled_meanwhile_goes_back_to_the_shelf() {
    let mut server = Server::new();
    let id = server.place(1, Method::Pickup);
    let mut tablet = tablet(&mut server, 1);
    accept(&mut tablet, id, &scan(&barcode(1)));
    server.cancel(id);
    server.sync(&mut tablet, NOW);
    let work = tablet.work(id, NOW).expect("known");
    assert_eq!(work.card.sent, Sent::NeedsYou);
    assert_eq!((work.step, work.restock[0].units), (Step::Restock, 1));
    assert_eq!(
        refuse(&mut tablet, id, &Action::Pick { line: 1, units: 1 }),
        Rejection::OrderCancelled
    );
    let done = accept(&mut tablet, id, &scan(&barcode(1)));
    assert!(done.work.restock.is_empty());
    server.sync(&mut tablet, NOW);
    assert_eq!(tablet.view(id), Some(&server.work[&id].1));
}

#[test]
fn work_stays_done_between_the_outcome_and_its_row_of_the_feed() {
    let mut server = Server::new();
    let ids: Vec<_> = (1..=6).map(|n| server.place(n, Method::Pickup)).collect();
    let mut tablet = tablet(&mut server, 1);
    // Rows of others, so that the page ends before the command's own row.
    for n in 11..=16 {
        server.place(n, Method::Pickup);
    }
    accept(&mut tablet, ids[0], &Action::Pick { line: 1, units: 2 });
    let shown = tablet.view(ids[0]).cloned();
    for _ in 0..3 {
        let request = tablet.next_exchange(NOW).expect("paired");
        let answer = server.exchange(&request, NOW);
        tablet.absorb(&request, answer, NOW).expect("in memory");
        assert_eq!(tablet.pending().expect("readable"), 0);
        assert_eq!(tablet.view(ids[0]), shown.as_ref(), "it must not look undone");
        check_fold(&mut tablet);
    }
}

#[test]
fn a_parked_command_is_told_and_its_late_outcome_too() {
    let mut server = Server::new();
    let id = server.place(1, Method::Pickup);
    let mut tablet = tablet(&mut server, 1);
    accept(&mut tablet, id, &Action::Claim { take_over: false });
    let request = tablet.next_exchange(NOW).expect("paired");
    let mut answer = server.exchange(&request, NOW).expect("answers");
    answer.outcomes[0].outcome.verdict = Verdict::Parked { reason: "old server".into() };
    tablet.absorb(&request, Ok(answer.clone()), NOW).expect("in memory");
    assert_eq!(
        tablet.inbox().expect("signed in")[0].sentence,
        "The server could not read what this tablet sent."
    );
    answer.outcomes[0].outcome.verdict = Verdict::Applied;
    tablet.absorb(&request, Ok(answer), NOW).expect("in memory");
    assert_eq!(tablet.inbox().expect("signed in"), []);
}

#[test]
fn offline_only_the_named_tablet_takes_free_work_unless_a_lead_says_so() {
    let mut server = Server::new();
    let id = server.place(1, Method::Pickup);
    let mut tablets = [tablet(&mut server, 1), tablet(&mut server, 2)];
    for tablet in &mut tablets {
        server.sync(tablet, NOW);
        let request = tablet.next_exchange(NOW).expect("paired");
        tablet.absorb(&request, Err(crate::ExchangeFailure::Unreachable), NOW).expect("in memory");
        assert!(!tablet.sync_state(NOW).expect("readable").online);
    }
    let owner = domain::claim::offline_owner(id, &server.devices);
    let [a, b] = &mut tablets;
    let is_a = a.identity().map(|own| own.device) == owner;
    let (owner, other) = if is_a { (a, b) } else { (b, a) };
    accept(owner, id, &scan(&barcode(1)));
    let refused = refuse(other, id, &scan(&barcode(1)));
    assert!(matches!(refused, Rejection::ClaimedByOther { .. }));
    assert_eq!(refuse(other, id, &Action::Claim { take_over: true }), Rejection::RoleTooLow);
    other.sign_in(&associate("L1"), super::PIN, NOW).expect("right");
    accept(other, id, &Action::Claim { take_over: true });
    accept(other, id, &scan(&barcode(1)));
}
