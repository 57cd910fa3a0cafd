//! PINs and pickup codes: wrong ones are counted, over restarts too.

use domain::{bridge::Action, fulfillment::Method, rejection::Rejection};

use super::{NOW, PIN, accept, associate, refusal, refuse, scan, server::Server, tablet};

#[test]
fn five_wrong_pins_lock_for_a_minute_then_five() {
    let mut server = Server::new();
    let mut tablet = tablet(&mut server, 1);
    let ada = associate("A1");
    for _ in 0..4 {
        assert_eq!(refusal(tablet.sign_in(&ada, "000000", NOW)), Rejection::WrongPin);
    }
    let locked = |wait_s| Rejection::PinLocked { wait_s };
    assert_eq!(refusal(tablet.sign_in(&ada, "000000", NOW)), locked(60));
    assert_eq!(refusal(tablet.sign_in(&ada, PIN, NOW)), locked(60), "the right one must wait too");
    let later = NOW.plus_ms(60_000);
    assert_eq!(refusal(tablet.sign_in(&ada, "000000", later)), locked(300));
    tablet.sign_in(&associate("L1"), PIN, later).expect("others are not locked");
    tablet.sign_in(&ada, PIN, later.plus_ms(300_000)).expect("the right one after the wait");
    assert_eq!(
        refusal(tablet.sign_in(&ada, "000000", later.plus_ms(300_000))),
        Rejection::WrongPin
    );
}

#[test]
fn people_are_listed_by_name_and_only_while_they_may_work() {
    let mut server = Server::new();
    let mut gone: serde_json::Value = serde_json::from_str(
        server
            .feed
            .iter()
            .find(|row| row.id == "A1")
            .and_then(|row| row.body.as_ref())
            .expect("there")
            .get(),
    )
    .expect("JSON");
    let mut tablet = tablet(&mut server, 1);
    let names = |tablet: &crate::Engine| -> Vec<String> {
        tablet.people(NOW).expect("paired").into_iter().map(|person| person.name).collect()
    };
    assert_eq!(names(&tablet), ["Ada", "Lin"]);
    gone["valid_to"] = serde_json::json!(NOW.0 - 1);
    server.put(domain::sync::kind::ASSOCIATE, "A1", 2, &gone);
    server.sync(&mut tablet, NOW);
    assert_eq!(names(&tablet), ["Lin"]);
    assert_eq!(refusal(tablet.sign_in(&associate("A1"), PIN, NOW)), Rejection::WrongPin);
}

#[test]
fn six_digits_are_checked_against_the_hash_and_guesses_are_limited() {
    let mut server = Server::new();
    let id = server.place(1, Method::Pickup);
    let mut tablet = tablet(&mut server, 1);
    let verify = |code: &str| Action::VerifyCode { code: code.into() };
    for _ in 0..4 {
        assert_eq!(refuse(&mut tablet, id, &verify("654321")), Rejection::CodeMismatch);
    }
    assert!(accept(&mut tablet, id, &verify("123 456")).work.code_verified);
    tablet.sign_in(&associate("L1"), PIN, NOW).expect("right");
    assert!(!tablet.work(id, NOW).expect("known").code_verified, "another session asks again");
    for _ in 0..5 {
        refuse(&mut tablet, id, &verify("654321"));
    }
    let locked = Rejection::PinLocked { wait_s: 60 };
    assert_eq!(refuse(&mut tablet, id, &scan(&server.pickup_code(id))), locked);
}

#[test]
fn only_a_lead_vouches_for_a_customer_and_says_why() {
    let mut server = Server::new();
    let id = server.place(1, Method::Pickup);
    let mut tablet = tablet(&mut server, 1);
    let vouch = |reason: &str| Action::OverrideCode { reason: reason.into() };
    assert_eq!(refuse(&mut tablet, id, &vouch("known to me")), Rejection::RoleTooLow);
    tablet.sign_in(&associate("L1"), PIN, NOW).expect("right");
    assert_eq!(refuse(&mut tablet, id, &vouch("  ")), Rejection::ReasonMissing);
    assert!(accept(&mut tablet, id, &vouch("known to me")).work.code_verified);
}
