#![doc = include_str!("../STOCK.md")]
//! This module is that page as code; a test reads the page's table and compares.

use serde::{Deserialize, Serialize};

use crate::measure::Quantity;

/// Where a physical unit is, or came from, or went. Every movement is from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Outside: deliveries come from here.
    Received,
    /// Outside: customers' returns come from here.
    Returned,
    /// Sellable, where customers or pickers take it.
    Shelf,
    /// Shown to customers, not to be sold.
    Display,
    /// In the building, not to be sold.
    Damaged,
    /// Held until somebody has looked at it.
    Quality,
    /// In a tote or a package on the bench.
    Picked,
    /// In a staging slot.
    Staged,
    /// With the customer of an order.
    HandedOver,
    /// With a carrier.
    Shipped,
    /// Sold at a till.
    Sold,
    /// Found to be missing, or to be more (then movements come from here).
    AdjustedOut,
}

impl Place {
    /// Every place.
    pub const ALL: [Self; 12] = [
        Self::Received,
        Self::Returned,
        Self::Shelf,
        Self::Display,
        Self::Damaged,
        Self::Quality,
        Self::Picked,
        Self::Staged,
        Self::HandedOver,
        Self::Shipped,
        Self::Sold,
        Self::AdjustedOut,
    ];

    /// The word in the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Returned => "returned",
            Self::Shelf => "shelf",
            Self::Display => "display",
            Self::Damaged => "damaged",
            Self::Quality => "quality",
            Self::Picked => "picked",
            Self::Staged => "staged",
            Self::HandedOver => "handed_over",
            Self::Shipped => "shipped",
            Self::Sold => "sold",
            Self::AdjustedOut => "adjusted_out",
        }
    }

    /// Whether units come into the location's books from here.
    #[must_use]
    pub const fn is_source(self) -> bool {
        matches!(self, Self::Received | Self::Returned)
    }
}

/// What happened to units of one SKU at one location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockEvent {
    /// Sourcing promises units to an order line.
    Reserve,
    /// A promise is taken back.
    Release,
    /// Promised units leave the shelf.
    Pick,
    /// Units leave the shelf that nothing promised (double work, picked after a cancel).
    PickExcess,
    /// A pick is undone.
    Unpick,
    /// Promised units are not on the shelf.
    Short,
    /// Promised units are damaged.
    ShortDamaged,
    /// Promised units stay as the display piece: nothing moves, the promise ends.
    ShortDisplay,
    /// A package with the units is put into a slot.
    Stage,
    /// The customer takes units out of a slot.
    HandOver,
    /// The customer takes units that were never staged.
    HandOverUnstaged,
    /// The carrier takes units out of a slot.
    Ship,
    /// The carrier takes units that were never staged.
    ShipUnstaged,
    /// Picked units go back to the shelf.
    Restock,
    /// Staged units go back to the shelf.
    RestockStaged,
    /// A till sells units.
    TillSale,
    /// A delivery or a first load brings units.
    Receipt,
    /// A customer brings units back to the shelf.
    Return,
    /// A count or a snapshot finds fewer units.
    CountLess,
    /// A count or a snapshot finds more units.
    CountMore,
    /// A sale is taken back at the till before the goods left.
    TillVoid,
    /// Units leave for another location, or to their vendor.
    SendOut,
    /// A source states fewer display pieces.
    DisplayLess,
    /// A source states more display pieces.
    DisplayMore,
    /// A source states fewer damaged units.
    DamagedLess,
    /// A source states more damaged units.
    DamagedMore,
    /// A source states fewer units on quality hold.
    QualityLess,
    /// A source states more units on quality hold.
    QualityMore,
}

/// One line of the ledger: units from a place to a place, and what it does to the promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    /// Where the units come from, `None` when nothing physical moves.
    pub places: Option<(Place, Place)>,
    /// Change of the reserved units: -1, 0 or 1 for each unit.
    pub reserved: i8,
}

impl StockEvent {
    /// Every event.
    pub const ALL: [Self; 28] = [
        Self::Reserve,
        Self::Release,
        Self::Pick,
        Self::PickExcess,
        Self::Unpick,
        Self::Short,
        Self::ShortDamaged,
        Self::ShortDisplay,
        Self::Stage,
        Self::HandOver,
        Self::HandOverUnstaged,
        Self::Ship,
        Self::ShipUnstaged,
        Self::Restock,
        Self::RestockStaged,
        Self::TillSale,
        Self::Receipt,
        Self::Return,
        Self::CountLess,
        Self::CountMore,
        Self::TillVoid,
        Self::SendOut,
        Self::DisplayLess,
        Self::DisplayMore,
        Self::DamagedLess,
        Self::DamagedMore,
        Self::QualityLess,
        Self::QualityMore,
    ];

    /// The word in the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reserve => "reserve",
            Self::Release => "release",
            Self::Pick => "pick",
            Self::PickExcess => "pick_excess",
            Self::Unpick => "unpick",
            Self::Short => "short",
            Self::ShortDamaged => "short_damaged",
            Self::ShortDisplay => "short_display",
            Self::Stage => "stage",
            Self::HandOver => "hand_over",
            Self::HandOverUnstaged => "hand_over_unstaged",
            Self::Ship => "ship",
            Self::ShipUnstaged => "ship_unstaged",
            Self::Restock => "restock",
            Self::RestockStaged => "restock_staged",
            Self::TillSale => "till_sale",
            Self::Receipt => "receipt",
            Self::Return => "return",
            Self::CountLess => "count_less",
            Self::CountMore => "count_more",
            Self::TillVoid => "till_void",
            Self::SendOut => "send_out",
            Self::DisplayLess => "display_less",
            Self::DisplayMore => "display_more",
            Self::DamagedLess => "damaged_less",
            Self::DamagedMore => "damaged_more",
            Self::QualityLess => "quality_less",
            Self::QualityMore => "quality_more",
        }
    }

    /// What one unit of the event does.
    #[must_use]
    pub const fn movement(self) -> Movement {
        use Place::{
            AdjustedOut, Damaged, Display, HandedOver, Picked, Quality, Received, Returned, Shelf,
            Shipped, Sold, Staged,
        };
        let (places, reserved) = match self {
            Self::Reserve => (None, 1),
            Self::Release | Self::ShortDisplay => (None, -1),
            Self::Pick => (Some((Shelf, Picked)), -1),
            Self::PickExcess => (Some((Shelf, Picked)), 0),
            Self::Unpick => (Some((Picked, Shelf)), 1),
            Self::Short => (Some((Shelf, AdjustedOut)), -1),
            Self::ShortDamaged => (Some((Shelf, Damaged)), -1),
            Self::Stage => (Some((Picked, Staged)), 0),
            Self::HandOver => (Some((Staged, HandedOver)), 0),
            Self::HandOverUnstaged => (Some((Picked, HandedOver)), 0),
            Self::Ship => (Some((Staged, Shipped)), 0),
            Self::ShipUnstaged => (Some((Picked, Shipped)), 0),
            Self::Restock => (Some((Picked, Shelf)), 0),
            Self::RestockStaged => (Some((Staged, Shelf)), 0),
            Self::TillSale => (Some((Shelf, Sold)), 0),
            Self::Receipt => (Some((Received, Shelf)), 0),
            Self::Return => (Some((Returned, Shelf)), 0),
            Self::CountLess => (Some((Shelf, AdjustedOut)), 0),
            Self::CountMore => (Some((AdjustedOut, Shelf)), 0),
            Self::TillVoid => (Some((Sold, Shelf)), 0),
            Self::SendOut => (Some((Shelf, Shipped)), 0),
            Self::DisplayLess => (Some((Display, AdjustedOut)), 0),
            Self::DisplayMore => (Some((AdjustedOut, Display)), 0),
            Self::DamagedLess => (Some((Damaged, AdjustedOut)), 0),
            Self::DamagedMore => (Some((AdjustedOut, Damaged)), 0),
            Self::QualityLess => (Some((Quality, AdjustedOut)), 0),
            Self::QualityMore => (Some((AdjustedOut, Quality)), 0),
        };
        Movement { places, reserved }
    }
}

/// A stock event of some units of an order line's SKU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineStock {
    /// The order line.
    pub line: u32,
    /// What happened.
    pub event: StockEvent,
    /// To how many units.
    pub quantity: Quantity,
}

/// The counters of one SKU at one location. On hand is what stands on the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Position {
    /// Units on the shelf by our books; negative when facts show that the books were wrong.
    pub on_hand: i64,
    /// Units promised and not yet picked.
    pub reserved: i64,
    /// Units never promised.
    pub safety: i64,
    /// Units promised that are not on the shelf: at least reserved − on hand, never negative.
    pub shortage: i64,
    /// Display pieces.
    pub display: i64,
    /// Units in the building that are not to be sold.
    pub damaged: i64,
    /// Units held until somebody has looked at them.
    pub quality: i64,
    /// Units in totes and on benches.
    pub picked: i64,
    /// Units in staging slots.
    pub staged: i64,
    /// Units that customers took.
    pub handed_over: i64,
    /// Units that carriers took.
    pub shipped: i64,
    /// Units that tills sold.
    pub sold: i64,
    /// Units ever received.
    pub received: i64,
    /// Units ever returned.
    pub returned: i64,
    /// Units found missing less units found.
    pub adjusted_out: i64,
}

impl Position {
    /// What can still be promised here.
    #[must_use]
    pub const fn available(&self) -> i64 {
        self.on_hand - self.reserved - self.safety
    }

    /// Applies an event of some units. Promises are guarded elsewhere, by the database's row.
    pub fn apply(&mut self, event: StockEvent, units: u32) {
        let (units, movement) = (i64::from(units), event.movement());
        if let Some((from, to)) = movement.places {
            self.carry(from, to, units);
        }
        self.reserved += i64::from(movement.reserved) * units;
        self.shortage = (self.reserved - self.on_hand).max(0);
    }

    /// Moves units from a place to another; promises stay.
    pub fn carry(&mut self, from: Place, to: Place, units: i64) {
        let sign = if from.is_source() { 1 } else { -1 };
        *self.counter(from) += sign * units;
        *self.counter(to) += units;
        self.shortage = (self.reserved - self.on_hand).max(0);
    }

    fn counter(&mut self, place: Place) -> &mut i64 {
        match place {
            Place::Received => &mut self.received,
            Place::Returned => &mut self.returned,
            Place::Shelf => &mut self.on_hand,
            Place::Display => &mut self.display,
            Place::Damaged => &mut self.damaged,
            Place::Quality => &mut self.quality,
            Place::Picked => &mut self.picked,
            Place::Staged => &mut self.staged,
            Place::HandedOver => &mut self.handed_over,
            Place::Shipped => &mut self.shipped,
            Place::Sold => &mut self.sold,
            Place::AdjustedOut => &mut self.adjusted_out,
        }
    }

    /// Stock is conserved: what came in is somewhere.
    #[must_use]
    pub const fn is_conserved(&self) -> bool {
        self.received + self.returned
            == self.on_hand
                + self.display
                + self.damaged
                + self.quality
                + self.picked
                + self.staged
                + self.handed_over
                + self.shipped
                + self.sold
                + self.adjusted_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The page's table, row by row: event, from, to, reserved.
    fn page() -> Vec<[String; 4]> {
        include_str!("../STOCK.md")
            .lines()
            .filter(|line| line.starts_with("| `"))
            .map(|line| {
                let cells: Vec<_> =
                    line.split('|').map(|c| c.trim().trim_matches('`').to_owned()).collect();
                [cells[1].clone(), cells[2].clone(), cells[3].clone(), cells[4].clone()]
            })
            .collect()
    }

    #[test]
    fn the_page_and_the_code_say_the_same() {
        let rows = page();
        assert_eq!(rows.len(), StockEvent::ALL.len());
        for (row, event) in rows.iter().zip(StockEvent::ALL) {
            let movement = event.movement();
            let (from, to) =
                movement.places.map_or(("–", "–"), |(f, t)| (f.as_str(), t.as_str()));
            let reserved = match movement.reserved {
                0 => "0",
                1 => "+1",
                _ => "−1",
            };
            assert_eq!(row.each_ref().map(String::as_str), [event.as_str(), from, to, reserved]);
        }
    }

    proptest! {
        #[test]
        fn any_events_conserve_stock(events in prop::collection::vec((0usize..StockEvent::ALL.len(), 1u32..20), 0..60)) {
            let mut position = Position::default();
            for (event, units) in events {
                position.apply(StockEvent::ALL[event], units);
                prop_assert!(position.is_conserved());
                prop_assert!(position.reserved <= position.on_hand + position.shortage);
            }
        }
    }
}
