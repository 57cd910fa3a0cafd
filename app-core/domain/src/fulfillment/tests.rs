//! The table of stages, and properties over random sequences of commands.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Fulfillment, Method, NewFulfillment, Stage};
use crate::{
    claim::ClaimKind,
    clock::TimeMs,
    command::{Command, Input, ShortReason, Stamp},
    exception::ExceptionKind,
    handoff::{Proof, Verification},
    ids::{
        AssociateId, CommandId, DeviceId, ExternalNumber, FulfillmentId, LocationId, OrderId,
        PackageId, Sku, SlotId,
    },
    measure::Quantity,
    outcome::Verdict,
    package::Content,
    rejection::Rejection,
    stock::{LineStock, Place, Position},
};

const AT: TimeMs = TimeMs(1_000);

fn sku(line: u32) -> Sku {
    Sku::new(format!("SKU-{line}")).expect("valid")
}

fn fulfillment(method: Method) -> Fulfillment {
    Fulfillment::new(NewFulfillment {
        id: FulfillmentId::new(AT, [1; 10]),
        order: OrderId::new(AT, [2; 10]),
        external_number: ExternalNumber::new("W-1").expect("valid"),
        location: LocationId::new("S0001").expect("valid"),
        method,
        at: AT,
        promise_at: AT.plus_ms(3_600_000),
        lines: vec![(1, sku(1), 2), (2, sku(2), 1)],
        credential: None,
    })
}

fn stamp(n: u8, device: u8) -> Stamp {
    Stamp {
        command: CommandId::new(AT, [n; 10]),
        device: DeviceId::new(AT, [device; 10]),
        associate: AssociateId::new(format!("A{device}")).expect("valid"),
        at: AT.plus_ms(i64::from(n)),
        may_take_over: device > 1,
    }
}

fn quantity(units: u32) -> Quantity {
    Quantity::new(i64::from(units)).expect("in range")
}

fn picked(line: u32, units: u32) -> Command {
    let quantity = quantity(units);
    Command::LinePicked {
        line,
        sku: sku(line),
        quantity,
        scan: None,
        input: Input::Scanned,
        tote: None,
    }
}

fn package(n: u8) -> PackageId {
    PackageId::new(AT, [n; 10])
}

fn packed(n: u8, contents: &[(u32, u32)]) -> Command {
    let contents = contents.iter().map(|&(line, units)| Content { line, units }).collect();
    Command::PackagePacked { package: package(n), sscc: None, contents, weight_g: None }
}

fn staged(n: u8) -> Command {
    Command::PackageStaged { package: package(n), slot: SlotId::new("A1").expect("valid") }
}

fn handed_over() -> Command {
    let proof = Proof { verification: Verification::SignedCode, collector: None, signature: None };
    Command::HandedOver { proof }
}

fn labelled(n: u8) -> Command {
    Command::LabelPrinted { package: package(n), printer: "Zebra".into() }
}

fn scanned_out(n: u8) -> Command {
    Command::PackageScannedOut { package: package(n), carrier: "own fleet".into() }
}

/// Every command must be done as sent; returns the stages on the way.
fn walk(mut f: Fulfillment, commands: &[Command]) -> (Fulfillment, Vec<Stage>) {
    let mut stages = vec![f.stage()];
    for (command, n) in commands.iter().zip(1..) {
        let change = f.act(command, &stamp(n, 1)).expect("allowed");
        change.next.check().expect("always holds");
        f = change.next;
        stages.push(f.stage());
    }
    (f, stages)
}

fn pickup_day() -> Vec<Command> {
    let claim = Command::Claim { kind: ClaimKind::Free };
    vec![claim, picked(1, 2), picked(2, 1), packed(1, &[(1, 2), (2, 1)]), staged(1), handed_over()]
}

#[test]
fn a_pickup_goes_from_accepted_to_handed_over() {
    let (f, stages) = walk(fulfillment(Method::Pickup), &pickup_day());
    use Stage::{Accepted, HandedOver, InPick, Packed, Picked, Ready};
    assert_eq!(stages, [Accepted, InPick, InPick, Picked, Packed, Ready, HandedOver]);
    assert!(!f.is_open() && f.claim().is_none() && f.handoff().is_some());
}

#[test]
fn a_shipment_goes_from_accepted_to_the_carrier() {
    let day = [
        picked(1, 2),
        Command::LineShorted { line: 2, quantity: quantity(1), reason: ShortReason::NotOnShelf },
        packed(1, &[(1, 2)]),
        labelled(1),
        staged(1),
        scanned_out(1),
    ];
    let (_, stages) = walk(fulfillment(Method::Ship), &day);
    use Stage::{Accepted, AwaitingCarrier, HandedToCarrier, InPick, Labelled, Packed, Picked};
    let expected = [Accepted, InPick, Picked, Packed, Labelled, AwaitingCarrier, HandedToCarrier];
    assert_eq!(stages, expected);
}

#[test]
fn every_stage_is_reached_and_only_final_ones_are_dead_ends() {
    let mut seen = BTreeSet::new();
    let mut left = BTreeSet::new();
    for method in [Method::Pickup, Method::Ship] {
        for seed in 0..4_000_u32 {
            explore(method, seed, &mut seen, &mut left);
        }
    }
    assert_eq!(seen, BTreeSet::from(Stage::ALL), "every stage is reachable");
    let open: BTreeSet<_> = Stage::ALL.into_iter().filter(|s| !s.is_final()).collect();
    assert_eq!(left, open, "exactly the stages that are not final can be left");
}

fn explore(method: Method, seed: u32, seen: &mut BTreeSet<Stage>, left: &mut BTreeSet<Stage>) {
    let mut f = fulfillment(method);
    let mut state = seed;
    for n in 0..48 {
        state = mixed(state.wrapping_add(0x9e37_79b9));
        let before = f.stage();
        seen.insert(before);
        f = if state >> 24 < 3 {
            f.clone().cancel(AT, "changed my mind".into()).map_or(f, |change| change.next)
        } else {
            let command = any_command(state >> 16);
            f.clone().act(&command, &stamp(n, 1)).map_or(f, |change| change.next)
        };
        if f.stage() != before {
            left.insert(before);
        }
    }
}

/// A well mixed next number (the finaliser of MurmurHash3).
fn mixed(mut n: u32) -> u32 {
    n = (n ^ (n >> 16)).wrapping_mul(0x85eb_ca6b);
    n = (n ^ (n >> 13)).wrapping_mul(0xc2b2_ae35);
    n ^ (n >> 16)
}

fn any_command(choice: u32) -> Command {
    let line = 1 + (choice >> 5) % 2;
    match choice % 13 {
        0 => Command::Claim { kind: ClaimKind::Free },
        1 => Command::Release {},
        2 | 3 => picked(line, 1),
        4 => Command::LineUnpicked { line, quantity: quantity(1) },
        5 => Command::LineShorted { line, quantity: quantity(1), reason: ShortReason::Damaged },
        6 | 7 => packed((choice >> 6) as u8 % 2, &[(line, 1 + (choice >> 7) % 2)]),
        8 => staged((choice >> 6) as u8 % 2),
        9 => labelled((choice >> 6) as u8 % 2),
        10 if choice & 64 == 0 => handed_over(),
        10 => scanned_out((choice >> 8) as u8 % 2),
        11 => Command::UnitRestocked { line, quantity: quantity(1) },
        _ => Command::PackageReopened { package: package((choice >> 6) as u8 % 2) },
    }
}

#[test]
fn two_tablets_pick_the_same_line_and_one_puts_it_back() {
    let first = fulfillment(Method::Pickup).settle(&picked(1, 2), &stamp(1, 1));
    let second = first.next.settle(&picked(1, 2), &stamp(2, 2));
    assert!(matches!(second.verdict, Verdict::Conflict { rejection: Rejection::OverScan { .. } }));
    let exception = &second.next.exceptions()[0];
    assert_eq!((exception.kind, exception.units), (ExceptionKind::DoubleWork, 2));
    assert_eq!(second.next.units_to_restock(), 2);

    let back = Command::UnitRestocked { line: 1, quantity: quantity(2) };
    let restocked = second.next.settle(&back, &stamp(3, 2));
    assert_eq!(restocked.verdict, Verdict::Applied);
    assert_eq!(restocked.next.units_to_restock(), 0);
    assert!(!restocked.next.exceptions()[0].is_open());
}

#[test]
fn a_cancelled_order_frees_the_shelf_and_waits_for_what_is_in_hand() {
    let picked_one = fulfillment(Method::Pickup).settle(&picked(1, 1), &stamp(1, 1)).next;
    let cancelled = picked_one.cancel(AT, "customer called".into()).expect("still here");
    assert_eq!(cancelled.next.stage(), Stage::Restocking);
    assert_eq!(cancelled.stock.iter().map(|s| s.quantity.units()).sum::<u32>(), 2);
    let back = Command::UnitRestocked { line: 1, quantity: quantity(1) };
    let done = cancelled.next.act(&back, &stamp(2, 1)).expect("it is in hand");
    assert_eq!(done.next.stage(), Stage::Cancelled);
}

#[test]
fn a_handover_after_a_cancellation_is_recorded_and_shown() {
    let (ready, _) = walk(fulfillment(Method::Pickup), &pickup_day()[..5]);
    let cancelled = ready.cancel(AT, "fraud".into()).expect("still here").next;
    let gone = cancelled.settle(&handed_over(), &stamp(9, 1));
    assert_eq!(gone.next.stage(), Stage::HandedOver);
    assert_eq!(gone.next.exceptions()[0].kind, ExceptionKind::HandedOverAfterCancel);
}

#[test]
fn a_claim_fences_out_the_other_device() {
    let claim = Command::Claim { kind: ClaimKind::Free };
    let mine = fulfillment(Method::Pickup).act(&claim, &stamp(1, 1)).expect("free").next;
    assert!(mine.clone().act(&claim, &stamp(2, 1)).expect("mine already").noop);
    let other = mine.clone().act(&claim, &stamp(3, 2));
    assert_eq!(other, Err(Rejection::ClaimedByOther { by: "A1".into() }));
    let takeover = Command::Claim { kind: ClaimKind::Override };
    let theirs = mine.act(&takeover, &stamp(4, 2)).expect("a lead may").next;
    assert_eq!(theirs.claim().map(|c| c.generation), Some(2));
    assert_eq!(theirs.act(&takeover, &stamp(5, 1)), Err(Rejection::RoleTooLow));
}

#[test]
fn what_was_stored_reads_back_and_damage_is_named() {
    let (f, _) = walk(fulfillment(Method::Pickup), &pickup_day()[..4]);
    let text = f.to_json();
    assert_eq!(Fulfillment::from_json(&text).expect("just written"), f);
    let damaged = text.replacen("\"packed\":2", "\"packed\":3", 1);
    let error = Fulfillment::from_json(&damaged).expect_err("does not add up");
    assert_eq!(error.to_string(), "line 1: buckets add up to 3, not 2");
}

/// Positions of the two lines' SKUs, as the server's rows would count them.
#[derive(Default)]
struct Shelf([Position; 2]);

impl Shelf {
    fn apply(&mut self, events: &[LineStock]) {
        for event in events {
            self.0[event.line as usize - 1].apply(event.event, event.quantity.units());
        }
    }

    fn place(&self, line: u32, place: Place) -> i64 {
        let p = &self.0[line as usize - 1];
        match place {
            Place::Picked => p.picked,
            Place::Staged => p.staged,
            Place::HandedOver => p.handed_over,
            _ => p.shipped,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Any commands in any order from two devices, with a cancellation anywhere: sums hold, the stage
    /// follows, and the stock ledger agrees with the buckets to the unit.
    #[test]
    fn facts_are_never_refused_and_the_ledger_agrees(
        ship in any::<bool>(),
        cancel_at in 0usize..40,
        choices in prop::collection::vec((any::<u32>(), 1u8..3), 1..40),
    ) {
        use crate::buckets::Bucket;
        let mut f = fulfillment(if ship { Method::Ship } else { Method::Pickup });
        let mut shelf = Shelf::default();
        shelf.0[0].reserved = 2;
        shelf.0[1].reserved = 1;
        for (n, (choice, device)) in choices.into_iter().enumerate() {
            if n == cancel_at && let Ok(change) = f.clone().cancel(AT, "x".into()) {
                shelf.apply(&change.stock);
                f = change.next;
            }
            let command = any_command(choice);
            let settled = f.settle(&command, &stamp(n as u8, device));
            let refused = matches!(settled.verdict, Verdict::Rejected { .. });
            prop_assert!(!refused || command.is_request(), "{command:?} {:?}", settled.verdict);
            shelf.apply(&settled.stock);
            f = settled.next;
            prop_assert!(f.check().is_ok(), "{:?} after {command:?}", f.check());
            for line in f.lines() {
                let units = |bucket| i64::from(line.buckets.get(bucket));
                let (n, shelf) = (line.number, &shelf);
                prop_assert_eq!(shelf.place(n, Place::Picked), units(Bucket::Picked) + units(Bucket::Packed) + i64::from(line.excess));
                prop_assert_eq!(shelf.place(n, Place::Staged), units(Bucket::Staged));
                prop_assert_eq!(shelf.place(n, Place::HandedOver), units(Bucket::HandedOver));
                prop_assert_eq!(shelf.place(n, Place::Shipped), units(Bucket::Shipped));
                prop_assert_eq!(shelf.0[n as usize - 1].reserved, units(Bucket::Sourced));
                prop_assert!(shelf.0[n as usize - 1].is_conserved());
            }
        }
    }
}
