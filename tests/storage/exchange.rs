//! The exchange on both engines: each command once, in order, with everything that changes with it.

use domain::{
    claim::ClaimKind,
    clock::TimeMs,
    command::{Command, ShortReason},
    exception::ExceptionKind,
    fulfillment::Stage,
    handoff::{Proof, Verification},
    ids::{FulfillmentId, PackageId, SlotId},
    measure::Quantity,
    outcome::Verdict,
    package::Content,
    rejection::Rejection,
    sync::{ExchangeResponse, Op, kind},
};
use sync_server::{
    app::{
        backed_up,
        exchange::Refusal,
        fulfillments::{self, Cause},
        parked::{self, Action},
        planted::{self, Bug},
    },
    db::{Database, DbError, commands::Sender, feed},
    jobs::read_parked,
};

use crate::{
    floor::{Floor, NOON, device, envelope, envelope_by, moment, picked, request},
    subject::{Subject, number, on_this_thread},
};

const CLAIM: Command = Command::Claim { kind: ClaimKind::Free };

pub fn verdicts(answer: &ExchangeResponse) -> Vec<&'static str> {
    answer.outcomes.iter().map(|decided| decided.outcome.verdict.as_str()).collect()
}

fn outcomes_text(answer: &ExchangeResponse) -> String {
    serde_json::to_string(&answer.outcomes).expect("plain data")
}

/// The position's buckets add up, and its promises are the reservations.
pub async fn assert_conserved(db: &Database) {
    let lost = "select cast(count(*) as bigint) from stock_positions p where received + returned
        <> on_hand + display + damaged + quality + picked + staged + handed_over + shipped + sold
            + adjusted_out";
    assert_eq!(number(db, lost).await, 0, "stock is conserved");
    let promised = "select cast(count(*) as bigint) from stock_positions p where reserved <>
        (select cast(coalesce(sum(quantity), 0) as bigint) from reservations r
         where r.item_key = p.item_key and r.location_key = p.location_key)";
    assert_eq!(number(db, promised).await, 0, "promises are reservations");
    let ledger = "select cast(count(*) as bigint) from stock_positions p where on_hand <>
        (select cast(coalesce(sum(case when to_bucket = 'shelf' then quantity
            when from_bucket = 'shelf' then -quantity else 0 end), 0) as bigint)
         from stock_movements m
         where m.item_key = p.item_key and m.location_key = p.location_key)";
    assert_eq!(number(db, ledger).await, 0, "the ledger explains the shelf");
}

pub async fn a_replay_gives_the_same_bytes(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let commands = [
        envelope(device(1), 1, floor.work, &CLAIM),
        envelope(device(1), 2, floor.work, &picked(1)),
    ];
    let first = floor.exchange(device(1), 1, &commands).await.expect("taken");
    assert_eq!(verdicts(&first), ["applied", "applied"]);
    let on_hand = number(&floor.db, "select on_hand from stock_positions").await;
    let again = floor.exchange(device(1), 1, &commands).await.expect("taken again");
    assert_eq!(outcomes_text(&again), outcomes_text(&first));
    assert_eq!(again.last_seq, 2);
    assert_eq!(again.durable_seq, 0, "no backup was ever completed");
    assert_eq!(number(&floor.db, "select on_hand from stock_positions").await, on_hand);
    let more = [commands[1].clone(), envelope(device(1), 3, floor.work, &picked(1))];
    let mixed = floor.exchange(device(1), 1, &more).await.expect("old and new together");
    assert_eq!(mixed.outcomes.iter().map(|d| d.seq).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(floor.work().await.stage(), Stage::Picked);
    assert_conserved(&floor.db).await;
}

pub async fn a_cloned_device_is_quarantined(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let one = envelope(device(1), 1, floor.work, &CLAIM);
    floor.exchange(device(1), 1, &[one]).await.expect("taken");
    let other = envelope(device(1), 1, floor.work, &picked(1));
    let next = envelope(device(1), 2, floor.work, &picked(1));
    let refused = floor.exchange(device(1), 1, &[other, next.clone()]).await;
    assert_eq!(refused.err(), Some(Refusal::Equivocation { seq: 1 }));
    let then = floor.exchange(device(1), 1, &[next]).await;
    assert_eq!(then.err(), Some(Refusal::Quarantined));
    assert_eq!(floor.work().await.stage(), Stage::InPick, "nothing was applied");
    let roster = floor.exchange(device(2), 1, &[]).await.expect("the other goes on").devices;
    assert_eq!(roster, [device(2)]);
}

pub async fn a_gap_is_refused_whole(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let gap = [1, 3].map(|seq| envelope(device(1), seq, floor.work, &CLAIM));
    let refused = floor.exchange(device(1), 1, &gap).await;
    assert_eq!(refused.err(), Some(Refusal::Gap { expected_seq: 1 }));
    assert_eq!(floor.work().await.stage(), Stage::Accepted);
    let turned = [2, 1].map(|seq| envelope(device(1), seq, floor.work, &CLAIM));
    let refused = floor.exchange(device(1), 1, &turned).await;
    assert_eq!(refused.err(), Some(Refusal::NotInSequence { index: 1 }));
}

pub async fn an_unknown_command_is_parked_and_the_rest_goes_on(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let unknown = envelope(device(1), 1, floor.work, &CLAIM).replace("task.claim", "drone.landed");
    let broken = "{\"seq\":2,\"id\":\"none\"}".to_owned();
    let good = envelope(device(1), 3, floor.work, &picked(1));
    let answer = floor.exchange(device(1), 1, &[unknown.clone(), broken, good]).await;
    let answer = answer.expect("taken");
    assert_eq!(verdicts(&answer), ["parked", "parked", "applied"]);
    let kept = floor.db.read(|tx| {
        tx.query_one("select body from command_log where seq = 1", &[], |r| r.get::<Vec<u8>>(0))
    });
    let kept: Result<Vec<u8>, DbError> = kept.await;
    assert_eq!(kept.expect("kept"), unknown.as_bytes(), "as it was sent");
    assert_eq!(number(&floor.db, "select count(*) from parked_commands").await, 2);
    let exceptions = floor.work().await.exceptions().to_vec();
    assert_eq!(exceptions[0].kind, ExceptionKind::ParkedCommand);
    assert_eq!(number(&floor.db, "select count(*) from exceptions").await, 1);
}

/// Its work was another location's by mistake: an operator decides it again, and the device hears.
pub async fn a_parked_command_is_decided_later(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let pick = envelope(device(1), 1, floor.work, &picked(1));
    let unknown = pick.replace("\"version\":1", "\"version\":7");
    let first = floor.exchange(device(1), 1, &[unknown]).await.expect("taken");
    assert_eq!(verdicts(&first), ["parked"]);
    let sender = Sender { device: device(1), epoch: 1 };
    let decide = async |action| {
        let decided = floor.db.write(move |tx| parked::decide(tx, &moment(), sender, 1, action));
        decided.await.map_err(|e: DbError| e).expect("decided")
    };
    let still = decide(Action::Replay).await.expect("there");
    assert_eq!(still.verdict.as_str(), "parked", "this release still cannot read it");
    let discarded = decide(Action::Discard).await.expect("there");
    assert_eq!(discarded.verdict, Verdict::Noop);
    assert_eq!(decide(Action::Discard).await, None, "once");
    let mut waits = request(device(1), first.feed.to, &[]);
    waits.device.parked = 1;
    let late = floor.send(device(1), waits.clone()).await.expect("taken");
    assert_eq!(late_of(&late), [(1, 1)]);
    assert_eq!(verdicts(&late), ["noop"]);
    let heard = floor.exchange(device(1), late.feed.to, &[]).await.expect("taken");
    assert!(heard.outcomes.is_empty());

    pair_again(&floor).await;
    waits.device.epoch = 2;
    waits.cursor = late.feed.to;
    let later = floor.send(device(1), waits).await.expect("taken");
    assert_eq!(late_of(&later), [(1, 1)], "whatever the cursor, and whatever the epoch");
}

/// A tablet hears what lies on a second medium, and never less than before.
pub async fn a_backup_is_noted(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let pick = |seq| envelope(device(1), seq, floor.work, &picked(1));
    let first = floor.exchange(device(1), 1, &[pick(1), pick(2)]).await.expect("taken");
    assert_eq!((first.last_seq, first.durable_seq), (2, 0), "there was no backup yet");
    let note = async |began: TimeMs| {
        let noted = floor.db.write(move |tx| backed_up::note(tx, began)).await;
        let heard = floor.exchange(device(1), first.feed.to, &[]).await.expect("taken");
        (noted.map_err(|e: DbError| e).expect("noted"), heard.durable_seq)
    };
    assert_eq!(note(NOON.plus_ms(60_000)).await, (0, 0), "it may have been under way");
    assert_eq!(note(NOON.plus_ms(3_600_000)).await, (1, 2));
    assert_eq!(note(NOON.plus_ms(-3_600_000)).await, (0, 2), "an older one takes nothing back");
}

/// A pick of work that the server does not know yet, and that turns up later.
pub async fn a_parked_command_is_read_again(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let unknown = FulfillmentId::new(NOON, [3; 10]);
    let pick = envelope(device(1), 1, unknown, &picked(1));
    let first = floor.exchange(device(1), 1, &[pick]).await.expect("taken");
    assert_eq!(verdicts(&first), ["parked"]);
    assert_eq!(read_parked::read_all(&floor.db).await.expect("read"), [], "nothing has changed");

    let (_, work) = floor.another_order(3, 1).await;
    assert_eq!(work, unknown);
    let moved = read_parked::read_all(&floor.db).await.expect("read");
    assert_eq!(moved.len(), 1);
    assert_eq!(number(&floor.db, "select picked from stock_positions").await, 1);
    let mut waits = request(device(1), first.feed.to, &[]);
    waits.device.parked = 1;
    let late = floor.send(device(1), waits).await.expect("taken");
    assert_eq!((late_of(&late), verdicts(&late)), (vec![(1, 1)], vec!["applied"]));
    assert_eq!(read_parked::read_all(&floor.db).await.expect("read"), [], "once");
    assert_conserved(&floor.db).await;
}

/// Epochs and numbers of the late outcomes of an answer.
fn late_of(answer: &ExchangeResponse) -> Vec<(u32, u64)> {
    let late = answer.outcomes.iter().filter_map(|one| Some((one.late?, one.seq)));
    late.inspect(|(late, _)| assert!(late.command.is_some(), "it has an id"))
        .map(|(late, seq)| (late.epoch, seq))
        .collect()
}

/// A unit too many is picked and put back before anyone asks: the lines are as they were, and the
/// ledger has both.
pub async fn units_that_come_and_go_in_one_exchange(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let restocked = Command::UnitRestocked { line: 1, quantity: Quantity::new(1).expect("one") };
    let all = [envelope(device(1), 1, floor.work, &picked(2))];
    let first = floor.exchange(device(1), 1, &all).await.expect("taken");
    assert_eq!(verdicts(&first), ["applied"]);
    let there_and_back = [
        envelope(device(2), 1, floor.work, &picked(1)),
        envelope(device(2), 2, floor.work, &restocked),
    ];
    let answer = floor.exchange(device(2), 1, &there_and_back).await.expect("taken");
    assert_eq!(verdicts(&answer), ["conflict", "applied"]);
    assert_eq!(number(&floor.db, "select picked from stock_positions").await, 2);
    assert_conserved(&floor.db).await;
}

pub async fn a_person_who_was_not_allowed(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let claim = envelope_by("OLD", device(1), 1, floor.work, &CLAIM);
    let fact = envelope_by("OLD", device(1), 2, floor.work, &picked(1));
    let nobody = envelope_by("X9", device(1), 3, floor.work, &picked(1));
    let answer = floor.exchange(device(1), 1, &[claim, fact, nobody]).await.expect("taken");
    assert_eq!(verdicts(&answer), ["rejected", "conflict", "conflict"]);
    let rejected = Verdict::Rejected { rejection: Rejection::NotSignedIn };
    assert_eq!(answer.outcomes[0].outcome.verdict, rejected);
    assert_eq!(answer.outcomes[1].outcome.exceptions.len(), 1);
    let work = floor.work().await;
    assert_eq!(work.stage(), Stage::Picked, "the facts stand");
    let kinds: Vec<_> = work.exceptions().iter().map(|e| e.kind).collect();
    assert_eq!(kinds, [ExceptionKind::ActorNotAuthorised; 2]);
}

pub async fn two_tablets_pick_the_same_units(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let pick = |n| envelope(device(n), 1, floor.work, &picked(2));
    let first = floor.exchange(device(1), 1, &[pick(1)]).await.expect("taken");
    let second = floor.exchange(device(2), 1, &[pick(2)]).await.expect("taken");
    assert_eq!((verdicts(&first), verdicts(&second)), (vec!["applied"], vec!["conflict"]));
    assert_conserved(&floor.db).await;
    assert_eq!(number(&floor.db, "select picked from stock_positions").await, 4);
    let work = floor.work().await;
    assert_eq!((work.units_to_restock(), work.exceptions()[0].units), (2, 2));

    let quantity = Quantity::new(2).expect("in range");
    let back = envelope(device(2), 2, floor.work, &Command::UnitRestocked { line: 1, quantity });
    let restocked = floor.exchange(device(2), 1, &[back]).await.expect("taken");
    assert_eq!(verdicts(&restocked), ["applied"]);
    assert_eq!(number(&floor.db, "select on_hand from stock_positions").await, 8);
    let open = "select count(*) from exceptions where settled_at_ms is null";
    assert_eq!(number(&floor.db, open).await, 0);
    assert_conserved(&floor.db).await;
}

async fn cancel(floor: &Floor) {
    let id = floor.work;
    let cancelled = floor.db.write(move |tx| {
        let before = fulfillments::load(tx, id)?.expect("there");
        let change = before.fulfillment.clone().cancel(NOON, "x".into()).expect("still here");
        let cause = Cause {
            kind: "order.cancelled".into(),
            id: "cancel-1".into(),
            actor: "operator".into(),
            device: None,
            at: NOON,
            sentence: "Cancelled.".into(),
        };
        fulfillments::save(tx, NOON, before, change.next, change.stock, cause)
    });
    cancelled.await.map_err(|e: DbError| e).expect("saved");
}

pub async fn a_pick_after_a_cancellation_goes_back(subject: Subject) {
    let floor = Floor::new(&subject).await;
    cancel(&floor).await;
    assert_eq!(number(&floor.db, "select reserved from stock_positions").await, 0);
    assert_eq!(number(&floor.db, "select count(*) from reservations").await, 0);
    let pick = envelope(device(1), 1, floor.work, &picked(1));
    let answer = floor.exchange(device(1), 1, &[pick]).await.expect("taken");
    assert_eq!(verdicts(&answer), ["conflict"]);
    let work = floor.work().await;
    assert_eq!(work.exceptions()[0].kind, ExceptionKind::PickedAfterCancel);
    assert!(work.is_open(), "a unit waits to be put back");
    let closed = "select count(*) from fulfillments where closed_at_ms is null";
    assert_eq!(number(&floor.db, closed).await, 1);
    assert_conserved(&floor.db).await;
}

pub async fn units_not_found_are_sourced_again_and_the_shelf_distrusted(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let quantity = Quantity::ONE;
    let short = Command::LineShorted { line: 1, quantity, reason: ShortReason::NotOnShelf };
    let commands = [envelope(device(1), 1, floor.work, &short)];
    floor.exchange(device(1), 1, &commands).await.expect("taken");
    let unsourced = "select unsourced from order_lines";
    assert_eq!(number(&floor.db, unsourced).await, 1);
    let due = "select next_source_at_ms from orders";
    assert_eq!(number(&floor.db, due).await, NOON.0);
    assert_eq!(number(&floor.db, "select reserved from stock_positions").await, 1);
    assert_eq!(
        number(&floor.db, "select on_hand from stock_positions").await,
        1,
        "only what is promised"
    );
    let state = floor.db.read(|tx| tx.query_one("select state from orders", &[], |r| r.get(0)));
    let state: Result<String, DbError> = state.await;
    assert_eq!(state.expect("an order"), "unsourced");
    assert_conserved(&floor.db).await;
}

pub async fn work_of_another_location(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let commands = [
        envelope(device(9), 1, floor.work, &CLAIM),
        envelope(device(9), 2, floor.work, &picked(1)),
    ];
    let answer = floor.exchange(device(9), 1, &commands).await.expect("taken");
    assert_eq!(verdicts(&answer), ["rejected", "parked"]);
    assert_eq!(floor.work().await.stage(), Stage::Accepted);
}

/// A day of pickup; then the feed holds every step, gapless, and nothing of the customer.
pub async fn the_feed_is_gapless_and_forgets_the_customer(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let key = floor.location_key;
    let canary = "select count(*) from feed where body like '%Canary%'";
    assert_eq!(number(&floor.db, canary).await, 1);
    let package = PackageId::new(NOON, [5; 10]);
    let contents = vec![Content { line: 1, units: 2 }];
    let proof = Proof { verification: Verification::ShortCode, collector: None, signature: None };
    let day = [
        CLAIM,
        picked(2),
        Command::PackagePacked { package, sscc: None, contents, weight_g: None },
        Command::PackageStaged { package, slot: SlotId::new("P1").expect("valid") },
        Command::HandedOver { proof },
    ];
    for (command, seq) in day.iter().zip(1..) {
        let sent = [envelope(device(1), seq, floor.work, command)];
        let answer = floor.exchange(device(1), 1, &sent).await.expect("taken");
        assert_eq!(verdicts(&answer), ["applied"], "{command:?}");
    }
    let read = floor.db.read(move |tx| feed::read(tx, key, 0, 500, usize::MAX)).await;
    let read: feed::Stretch = read.map_err(|e: DbError| e).expect("readable");
    let cursors: Vec<_> = read.rows.iter().map(|row| row.cursor).collect();
    assert_eq!(cursors, (1..=read.to).collect::<Vec<_>>());
    let last = read.rows.last().expect("rows");
    assert_eq!((last.kind.as_str(), last.op), (kind::CUSTOMER, Op::Purge));
    assert_eq!(number(&floor.db, canary).await, 0);
    assert_eq!(number(&floor.db, "select handed_over from stock_positions").await, 2);
    let done = "select count(*) from orders where state = 'completed'";
    assert_eq!(number(&floor.db, done).await, 1);
    let steps = "select count(*) from order_history";
    assert_eq!(number(&floor.db, steps).await, 6);
    assert_conserved(&floor.db).await;
}

pub async fn a_cursor_outside_the_feed_starts_over(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let reason = async |cursor| {
        let answer = floor.exchange(device(1), cursor, &[]).await.expect("taken");
        assert!(answer.reset.is_none() || answer.feed.rows.is_empty());
        answer.reset.map(|reset| reset.reason)
    };
    assert_eq!(reason(0).await.as_deref(), Some("horizon"));
    assert_eq!(reason(1).await, None);
    assert_eq!(reason(99).await.as_deref(), Some("epoch"));
    let key = floor.location_key;
    let trimmed = floor.db.write(move |tx| feed::trim(tx, key, 1)).await;
    assert!(trimmed.map_err(|e: DbError| e).expect("trimmed") > 0);
    assert_eq!(reason(1).await.as_deref(), Some("horizon"));

    let mut old = request(device(1), 1, &[envelope(device(1), 1, floor.work, &CLAIM)]);
    old.schema = 0;
    let answer = floor.send(device(1), old).await.expect("push still counts");
    assert_eq!(verdicts(&answer), ["applied"]);
    assert_eq!(answer.reset.map(|reset| reset.reason).as_deref(), Some("schema"));
}

pub async fn serial_numbers_are_leased_once(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let mut low = request(device(1), 1, &[]);
    low.device.sscc_left = 0;
    let mut other = low.clone();
    other.device.id = device(2);
    let one = floor.send(device(1), low).await.expect("taken").sscc;
    let two = floor.send(device(2), other).await.expect("taken").sscc;
    assert_eq!((one[0].start(), two[0].start()), (1, 501));
    assert!(floor.exchange(device(1), 1, &[]).await.expect("taken").sscc.is_empty());
}

/// The first device comes in epoch 2.
async fn pair_again(floor: &Floor) {
    let enrolled = floor.db.write(|tx| {
        let known = sync_server::db::devices::find(tx, device(1))?.expect("there");
        let next = sync_server::db::devices::Device { epoch: 2, ..known };
        sync_server::db::devices::enrol(tx, &next, "test", "test", NOON)
    });
    enrolled.await.map_err(|e: DbError| e).expect("enrolled");
}

/// After the loss of an outbox a device comes in a new epoch with what it could save.
pub async fn a_command_sent_in_two_epochs_is_applied_once(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let pick = envelope(device(1), 1, floor.work, &picked(1));
    let first = floor.exchange(device(1), 1, std::slice::from_ref(&pick)).await.expect("taken");
    pair_again(&floor).await;
    let stale = floor.exchange(device(1), 1, std::slice::from_ref(&pick)).await;
    assert_eq!(stale.err(), Some(Refusal::WrongEpoch { now: 2 }));
    let mut saved = request(device(1), 1, &[pick]);
    saved.device.epoch = 2;
    let again = floor.send(device(1), saved).await.expect("taken");
    assert_eq!(outcomes_text(&again), outcomes_text(&first));
    assert_eq!(number(&floor.db, "select picked from stock_positions").await, 1);
}

/// On this thread, so that the bug is planted where the use case runs.
#[test]
fn a_panic_parks_one_command() {
    on_this_thread().block_on(async {
        let floor = Floor::on(Database::in_memory().expect("memory")).await;
        let commands = [
            envelope(device(1), 1, floor.work, &CLAIM),
            envelope(device(1), 2, floor.work, &Command::Release {}),
            envelope(device(1), 3, floor.work, &picked(2)),
        ];
        planted::set(Some(Bug::PanicOnRelease));
        let answer = floor.exchange(device(1), 1, &commands).await.expect("taken");
        planted::set(None);
        assert_eq!(verdicts(&answer), ["applied", "parked", "applied"]);
        assert_conserved(&floor.db).await;
    });
}

#[test]
fn planted_bugs_bite() {
    on_this_thread().block_on(async {
        let floor = Floor::on(Database::in_memory().expect("memory")).await;
        let pick = [envelope(device(1), 1, floor.work, &picked(2))];
        floor.exchange(device(1), 1, &pick).await.expect("taken");
        planted::set(Some(Bug::SkipDedupe));
        floor.exchange(device(1), 1, &pick).await.expect("taken twice");
        planted::set(Some(Bug::LateFeedRow));
        let rows = floor.exchange(device(1), 1, &[]).await.expect("taken").feed.rows;
        planted::set(None);
        assert_eq!(number(&floor.db, "select picked from stock_positions").await, 4);
        assert!(rows.windows(2).any(|w| w[1].cursor != w[0].cursor + 1), "a row is missing");
    });
}
