//! One transaction of a till's log, and what its lines mean for stock.
//!
//! - A line with `VoidFlag` and a negative quantity takes back an earlier line of its transaction (the same
//!   item, the latest with enough left): a void. With a positive quantity it was voided itself: ignored.
//! - Items that are not `Stock` (deposits, fees, services) and transactions that were cancelled, suspended
//!   or in training move nothing: ignored. What was voided after its end is refused, for a person to see.

use super::refused::{Code, Refusal, Spot};

/// The names of the cells of a till line; profiles map them.
pub const CELLS: [&str; 15] = [
    "store",
    "till",
    "business_day",
    "sequence",
    "line",
    "kind",
    "item",
    "pos_item",
    "quantity",
    "unit",
    "weighed",
    "at",
    "order",
    "voided_line",
    "status",
];

/// A transaction as it stands in the log.
#[derive(Debug, Clone, Default)]
pub struct Transaction {
    /// The store.
    pub store: String,
    /// The workstation.
    pub till: String,
    /// The business day.
    pub business_day: String,
    /// Number at the till.
    pub sequence: String,
    /// When it ended, or else began.
    pub at: String,
    /// The order that the whole receipt belongs to.
    pub order: String,
    /// The word of `TransactionStatus`.
    pub status: String,
    /// Cancelled, or in training.
    pub is_void: bool,
    /// The goods.
    pub lines: Vec<TillLine>,
    /// What the till says of itself: totals by their type, and `ItemCount`.
    pub totals: Vec<(String, String)>,
}

/// A line of goods.
#[derive(Debug, Clone, Default)]
pub struct TillLine {
    /// Where it stands.
    pub spot: Spot,
    /// Its text, cut to the limit.
    pub raw: String,
    /// Why it cannot be read.
    pub refusal: Option<Refusal>,
    /// `Sale`, `Return`, or another word.
    pub act: String,
    /// Its number.
    pub number: String,
    /// `ItemType`; empty means stock.
    pub item_type: String,
    /// Whether it has the void flag.
    pub void: bool,
    /// Whether the quantity is a weight.
    pub weighed: bool,
    /// The item's number.
    pub item: String,
    /// What was scanned.
    pub pos_item: String,
    /// Signed.
    pub quantity: String,
    /// The unit of the quantity.
    pub unit: String,
    /// Signed, in the till's currency.
    pub amount: String,
    /// The order that it belongs to.
    pub order: String,
    /// The line that it takes back.
    pub voided_line: String,
}

impl TillLine {
    /// The item, or else what was scanned.
    #[must_use]
    pub fn code(&self) -> &str {
        if self.item.is_empty() { &self.pos_item } else { &self.item }
    }

    /// Whether it is about stock at all.
    #[must_use]
    pub fn is_stock(&self) -> bool {
        self.item_type.is_empty() || self.item_type == "Stock"
    }
}

impl Transaction {
    /// What a line is, as a canonical kind word or the log's own.
    #[must_use]
    pub fn kind<'a>(&self, line: &'a TillLine) -> &'a str {
        let moved = matches!(
            self.status.as_str(),
            "" | "Delivered" | "Totaled" | "Tendered" | "Finished" | "SuspendedRetrieved"
        );
        match line.act.as_str() {
            _ if self.is_void || !moved || !line.is_stock() => "ignored",
            _ if line.void && !line.quantity.starts_with('-') => "ignored",
            "Sale" if line.void => "void",
            "Return" if line.void => "ignored",
            "Sale" => "sale",
            "Return" => "return",
            other => other,
        }
    }

    /// Finds for every void the line that it takes back.
    pub fn match_voids(&mut self) {
        if self.status == "PostVoided" {
            let message = "the transaction was voided after its end";
            for line in &mut self.lines {
                line.refusal.get_or_insert_with(|| Refusal::row(Code::UnexpectedKind, message));
            }
            return;
        }
        let mut taken = vec![false; self.lines.len()];
        for at in 0..self.lines.len() {
            let line = &self.lines[at];
            if self.kind(line) != "void" || line.refusal.is_some() {
                continue;
            }
            let found = (0..at).rev().find(|earlier| {
                let sold = &self.lines[*earlier];
                !taken[*earlier]
                    && self.kind(sold) == "sale"
                    && sold.code() == line.code()
                    && holds(&sold.quantity, &line.quantity)
            });
            match found {
                Some(earlier) => {
                    taken[earlier] = true;
                    self.lines[at].voided_line = self.lines[earlier].number.clone();
                }
                None => {
                    let message = "no earlier line of the transaction sold this";
                    self.lines[at].refusal = Some(Refusal::row(Code::VoidOfNothing, message));
                }
            }
        }
    }

    /// The text of a cell of one of its lines.
    #[must_use]
    pub fn cell<'a>(&'a self, line: &'a TillLine, name: &str) -> &'a str {
        match name {
            "store" => &self.store,
            "till" => &self.till,
            "business_day" => &self.business_day,
            "sequence" => &self.sequence,
            "line" => &line.number,
            "kind" => self.kind(line),
            "item" => line.code(),
            "pos_item" => &line.pos_item,
            // A void says how many it takes back.
            "quantity" if line.void => line.quantity.trim_start_matches('-'),
            "quantity" => &line.quantity,
            "unit" => &line.unit,
            "weighed" if line.weighed => "true",
            "at" => &self.at,
            "order" if line.order.is_empty() => &self.order,
            "order" => &line.order,
            "voided_line" => &line.voided_line,
            "status" => &self.status,
            _ => "",
        }
    }
}

/// Whether a sold quantity holds a voided one, which is negative: the same text, or more whole units.
fn holds(sold: &str, voided: &str) -> bool {
    let voided = voided.trim_start_matches('-');
    let more = sold.parse::<i64>().ok().zip(voided.parse::<i64>().ok());
    sold == voided || more.is_some_and(|(sold, voided)| sold >= voided)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: &str, item: &str, quantity: &str, void: bool) -> TillLine {
        TillLine {
            act: "Sale".to_owned(),
            number: number.to_owned(),
            item: item.to_owned(),
            quantity: quantity.to_owned(),
            void,
            ..TillLine::default()
        }
    }

    #[test]
    fn a_void_takes_back_the_latest_line_that_fits() {
        let mut log = Transaction {
            lines: vec![
                line("1", "A", "1", false),
                line("2", "A", "3", false),
                line("3", "B", "0.65", false),
                line("4", "A", "-2", true),
                line("5", "A", "-1", true),
                line("6", "A", "-1", true),
                line("7", "B", "-0.65", true),
                line("8", "C", "1", true),
            ],
            ..Transaction::default()
        };
        log.match_voids();
        let found: Vec<_> = log.lines.iter().map(|line| line.voided_line.as_str()).collect();
        assert_eq!(found, ["", "", "", "2", "1", "", "3", ""]);
        let refused = log.lines[5].refusal.as_ref().map(|refusal| refusal.code);
        assert_eq!(refused, Some(Code::VoidOfNothing));
        assert_eq!(log.kind(&log.lines[7]), "ignored");
    }

    #[test]
    fn what_never_happened_moves_nothing() {
        let mut log = Transaction { lines: vec![line("1", "A", "1", false)], ..Default::default() };
        assert_eq!(log.kind(&log.lines[0]), "sale");
        log.status = "Suspended".to_owned();
        assert_eq!(log.kind(&log.lines[0]), "ignored");
        log.status = "PostVoided".to_owned();
        log.match_voids();
        assert!(log.lines[0].refusal.is_some());
    }
}
