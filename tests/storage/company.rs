//! Exchanges of several tablets at the same time, which share a transaction where they can.

use std::{pin::pin, sync::Arc};

use domain::{claim::ClaimKind, command::Command, sync::ExchangeResponse};
use sync_server::{
    app::{
        exchange::{self, Asked, Refusal},
        fulfillments,
    },
    db::DbError,
};

use crate::{
    exchange::{assert_conserved, verdicts},
    floor::{Floor, device, enrol, envelope, moment, picked, request},
    subject::{Gate, Subject, number, on_this_thread},
};

/// Two tablets at once on each of many orders: everything adds up, and the feed has no gap.
pub async fn a_crowd_of_tablets(subject: Subject) {
    let floor = Floor::new(&subject).await;
    for n in 2..6_u8 {
        let (_, work) = floor.another_order(n, 1).await;
        let pick = |from| [envelope(device(from), u64::from(n) - 1, work, &picked(1))];
        let (one, two) = (pick(1), pick(2));
        let (one, two) =
            tokio::join!(floor.exchange(device(1), 1, &one), floor.exchange(device(2), 1, &two));
        let word = |answer: Result<ExchangeResponse, Refusal>| verdicts(&answer.expect("taken"))[0];
        let mut both = [word(one), word(two)];
        both.sort_unstable();
        assert_eq!(both, ["applied", "conflict"]);
    }
    assert_conserved(&floor.db).await;
    let gaps = "select cast(max(cursor) - count(*) as bigint) from feed where location_key = 1";
    assert_eq!(number(&floor.db, gaps).await, 0);
}

/// Five tablets in one transaction: each hears what he would have heard alone, in their order, and who is
/// refused keeps nobody from it.
pub async fn tablets_in_one_transaction(subject: Subject) {
    let floor = Floor::new(&subject).await;
    let (_, second) = floor.another_order(2, 1).await;
    let first = envelope(device(2), 1, floor.work, &Command::Claim { kind: ClaimKind::Free });
    floor.exchange(device(2), 1, &[first]).await.expect("taken");
    let asked = |from: u8, seq, work, command: &Command| {
        let request = request(device(from), 1, &[envelope(device(from), seq, work, command)]);
        Asked::read(moment(), device(from), request).expect("readable")
    };
    let asked = Arc::new([
        asked(1, 1, second, &picked(1)),
        asked(2, 1, second, &picked(1)),
        asked(7, 1, second, &picked(1)),
        asked(9, 1, second, &picked(1)),
        asked(8, 1, second, &picked(1)),
    ]);
    let enrolled = floor.db.write(|tx| enrol(tx, device(8), 1, "S1"));
    enrolled.await.map_err(|e: DbError| e).expect("enrolled");
    let deciding = Arc::clone(&asked);
    let decided = floor.db.write(move |tx| exchange::decide(tx, &*deciding)).await;
    let decided = decided.map_err(|e: DbError| e).expect("decided");
    let answers = floor.db.read(move |tx| exchange::answer(tx, &*asked, &decided)).await;
    let answers = answers.map_err(|e: DbError| e).expect("answered");
    let word = |answer: &Result<ExchangeResponse, Refusal>| match answer {
        Ok(answer) => format!("{} {}", answer.outcomes[0].seq, verdicts(answer)[0]),
        Err(refusal) => format!("{refusal:?}"),
    };
    let words: Vec<String> = answers.iter().map(word).collect();
    let refused = "Equivocation { seq: 1 }";
    assert_eq!(words, ["1 applied", refused, "UnknownDevice", "1 parked", "1 conflict"]);
    let heads = answers.iter().flatten().map(|answer| (answer.devices.clone(), answer.feed.to));
    let heads: Vec<_> = heads.collect();
    let here = vec![device(1), device(8)];
    assert_eq!(heads[0].0, here, "who is stopped is on no roster");
    assert_eq!(heads[0], heads[2], "tablets of one location hear the same");
    assert_eq!(heads[1].0, [device(9)]);
    assert_eq!(number(&floor.db, "select count(*) from command_log").await, 4);
    assert_eq!(number(&floor.db, "select picked from stock_positions").await, 2);
    assert_conserved(&floor.db).await;
}

/// PostgreSQL only: SQLite has one writer. Somebody holds a row that one tablet needs; on this thread, so
/// that both ask before a transaction begins.
#[test]
fn a_locked_row_keeps_no_other_tablet_waiting() {
    on_this_thread().block_on(async {
        let subject = Subject::postgres();
        let floor = Floor::new(&subject).await;
        let (_, second) = floor.another_order(2, 1).await;
        let (gate, mut stand) = Gate::new();
        let work = floor.work;
        let holds = floor.db.write(move |tx| {
            fulfillments::load(tx, work)?;
            stand(tx)
        });
        gate.wait();
        let one = [envelope(device(1), 1, floor.work, &picked(1))];
        let other = [envelope(device(2), 1, second, &picked(1))];
        let mut one = pin!(floor.exchange(device(1), 1, &one));
        let other = tokio::select! {
            biased;
            early = &mut one => panic!("the row is held: {early:?}"),
            other = floor.exchange(device(2), 1, &other) => other,
        };
        assert_eq!(verdicts(&other.expect("taken")), ["applied"]);
        gate.open();
        holds.await.map_err(|error: DbError| error).expect("let go");
        assert_eq!(verdicts(&one.await.expect("taken")), ["applied"]);
        assert_conserved(&floor.db).await;
    });
}
