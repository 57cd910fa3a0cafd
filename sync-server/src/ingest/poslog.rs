//! The ARTS/NRF POSLog: one XML document with the transactions of tills. Written from the published
//! structure and a real till's day; vendor's own elements are passed by. One transaction is held.

use std::{collections::VecDeque, io::Read};

use super::{
    cells::Cells,
    csv::invalid_text,
    limits::Limits,
    mapping::Column,
    plan::{Binding, Plan},
    refused::{Code, Refusal, Spot, cut},
    step::Step,
    stopped::Why,
    till::{TillLine, Transaction},
    window::Window,
    xml::{Piece, Xml},
};

pub use super::till::CELLS;

const NAMESPACE: &str = "http://www.nrf-arts.org/IXRetail/namespace/";
/// Totals of one transaction that are kept.
const TOTALS_MAX: usize = 100;
/// Units that are weights (UN/ECE Recommendation 20, and words that tills use).
const WEIGHTS: [&str; 8] = ["KGM", "GRM", "LBR", "ONZ", "KG", "G", "LB", "OZ"];

/// Transactions of a log.
pub struct Transactions<R> {
    xml: Xml<R>,
    limits: Limits,
    /// Names of the open elements from the transaction on, with slashes; empty outside of one.
    path: String,
    now: Transaction,
    line: Option<(TillLine, u64)>,
    ordinal: u64,
}

impl<R: Read> Transactions<R> {
    /// At the start of the text; reads nothing yet.
    pub fn new(window: Window<R>, limits: Limits) -> Self {
        Self {
            xml: Xml::new(window, NAMESPACE, limits),
            limits,
            path: String::new(),
            now: Transaction::default(),
            line: None,
            ordinal: 0,
        }
    }

    /// The next transaction with all its lines; `None` at the end of the log.
    ///
    /// # Errors
    /// [`Why`] the log cannot be read on; the transaction that it breaks off in is not given.
    pub fn next(&mut self) -> Result<Option<Transaction>, Why> {
        loop {
            match self.xml.next()? {
                Piece::Over if self.ordinal == 0 && self.xml.window().offset() == 0 => {
                    return Err(Why::Empty);
                }
                Piece::Over => return Ok(None),
                Piece::Start(name) => self.start(&name)?,
                Piece::End(text) => {
                    if self.end(text.trim())? {
                        let mut done = std::mem::take(&mut self.now);
                        done.match_voids();
                        return Ok(Some(done));
                    }
                }
            }
        }
    }

    fn start(&mut self, name: &str) -> Result<(), Why> {
        if self.path.is_empty() && name != "Transaction" {
            return Ok(());
        }
        self.path.push('/');
        self.path.push_str(name);
        let flag = |xml: &Xml<R>, name| matches!(xml.attribute(name), Some("true" | "1"));
        match self.path.as_str() {
            "/Transaction" => {
                let training = flag(&self.xml, "TrainingModeFlag");
                self.now.is_void = flag(&self.xml, "CancelFlag") || training;
            }
            "/Transaction/RetailTransaction" => {
                let status = self.xml.attribute("TransactionStatus").unwrap_or_default();
                self.now.status = status.to_owned();
            }
            "/Transaction/RetailTransaction/Total" if self.now.totals.len() < TOTALS_MAX => {
                let kind = self.xml.attribute("TotalType").unwrap_or_default().to_owned();
                self.now.totals.push((kind, String::new()));
            }
            "/Transaction/RetailTransaction/LineItem" => self.start_line()?,
            _ => self.start_in_line(name),
        }
        Ok(())
    }

    fn start_line(&mut self) -> Result<(), Why> {
        let max = self.limits.transaction_lines_max;
        if self.now.lines.len() >= max {
            return Err(Why::PieceTooLarge { max });
        }
        let is = |name| self.xml.attribute(name) == Some("true");
        let line =
            TillLine { void: is("VoidFlag"), weighed: is("weightItem"), ..Default::default() };
        let line = TillLine { spot: self.xml.spot(), ..line };
        self.line = Some((line, self.xml.invalid_passed()));
        self.xml.keeping = true;
        self.xml.had_unknown_entity();
        Ok(())
    }

    fn start_in_line(&mut self, name: &str) {
        let Some((line, _)) = &mut self.line else { return };
        let Some(inner) = self.path.strip_prefix("/Transaction/RetailTransaction/LineItem/") else {
            return;
        };
        if inner == name && is_goods(name) {
            name.clone_into(&mut line.act);
            let kind = self.xml.attribute("ItemType").unwrap_or_default();
            kind.clone_into(&mut line.item_type);
        } else if name == "Quantity" && inner.split('/').count() == 2 {
            let unit = self.xml.attribute("UnitOfMeasureCode").unwrap_or_default();
            unit.clone_into(&mut line.unit);
            line.weighed |= WEIGHTS.contains(&unit);
        }
    }

    /// Takes the text of the element that ends; true when it is the transaction.
    fn end(&mut self, text: &str) -> Result<bool, Why> {
        if self.path.is_empty() {
            return Ok(false);
        }
        let path = self.path.as_str();
        let set = |field: &mut String| text.clone_into(field);
        match path.strip_prefix("/Transaction").unwrap_or_default() {
            "/RetailStoreID" => set(&mut self.now.store),
            "/WorkstationID" => set(&mut self.now.till),
            "/BusinessDayDate" => set(&mut self.now.business_day),
            "/SequenceNumber" => set(&mut self.now.sequence),
            "/EndDateTime" => set(&mut self.now.at),
            "/BeginDateTime" | "/RetailTransaction/ReceiptDateTime" if self.now.at.is_empty() => {
                set(&mut self.now.at);
            }
            "/RetailTransaction/SpecialOrderNumber" => set(&mut self.now.order),
            "/RetailTransaction/Total" => {
                self.now.totals.last_mut().into_iter().for_each(|total| set(&mut total.1));
            }
            "/RetailTransaction/!ItemCount" | "/RetailTransaction/ItemCount" => {
                self.now.totals.push(("ItemCount".to_owned(), text.to_owned()));
            }
            "/RetailTransaction/LineItem" => self.end_line(),
            inner => {
                if let Some(inner) = inner.strip_prefix("/RetailTransaction/LineItem/") {
                    self.line.iter_mut().for_each(|(line, _)| take(line, inner, text));
                }
            }
        }
        let parent = self.path.rfind('/').unwrap_or(0);
        self.path.truncate(parent);
        Ok(self.path.is_empty())
    }

    fn end_line(&mut self) {
        self.xml.keeping = false;
        let Some((mut line, invalid_before)) = self.line.take() else { return };
        if line.act.is_empty() {
            return;
        }
        self.ordinal += 1;
        line.spot.ordinal = self.ordinal;
        line.raw = self.xml.kept();
        if self.xml.invalid_passed() > invalid_before {
            line.refusal = Some(invalid_text());
        } else if self.xml.had_unknown_entity() {
            let message = "a reference to an entity that XML does not know by itself";
            line.refusal = Some(Refusal::row(Code::UnknownEntity, message));
        }
        self.now.lines.push(line);
    }
}

/// The elements of a line that hand goods over, or promise to.
fn is_goods(name: &str) -> bool {
    let words = ["Sale", "Return"];
    let later = ["ForDelivery", "ForPickup"];
    words.iter().any(|word| {
        name.strip_prefix(word).is_some_and(|rest| rest.is_empty() || later.contains(&rest))
    })
}

fn take(line: &mut TillLine, path: &str, text: &str) {
    let set = |field: &mut String| text.clone_into(field);
    if path == "SequenceNumber" {
        return set(&mut line.number);
    }
    let Some(inner) = path.strip_prefix(line.act.as_str()).filter(|_| !line.act.is_empty()) else {
        return;
    };
    match inner {
        "/ItemID" => set(&mut line.item),
        "/POSIdentity/POSItemID" => set(&mut line.pos_item),
        "/Quantity" => set(&mut line.quantity),
        "/ExtendedAmount" => set(&mut line.amount),
        "/SpecialOrderNumber" | "/InventoryReservationID" => set(&mut line.order),
        _ => {}
    }
}

/// Lines of goods of a log, as rows.
pub struct PoslogRows<R> {
    transactions: Transactions<R>,
    held: Transaction,
    waiting: VecDeque<TillLine>,
    line: TillLine,
    raw_bytes_max: usize,
    used: Vec<&'static str>,
}

impl<R: Read> PoslogRows<R> {
    /// At the start of the text; reads nothing yet.
    pub fn new(window: Window<R>, limits: Limits) -> Self {
        Self {
            transactions: Transactions::new(window, limits),
            held: Transaction::default(),
            waiting: VecDeque::new(),
            line: TillLine::default(),
            raw_bytes_max: limits.raw_bytes_max,
            used: Vec::new(),
        }
    }

    /// The text behind the rows.
    pub fn window(&mut self) -> &Window<R> {
        self.transactions.xml.window()
    }

    /// The text of the row given last, and its start when it is long.
    pub fn raw(&self) -> &str {
        &self.line.raw
    }

    /// Finds the cells that the plan maps.
    ///
    /// # Errors
    /// [`Why::MissingColumn`].
    pub fn start(&mut self, plan: &Plan) -> Result<Binding, Why> {
        plan.bind(|column| {
            let known = CELLS.into_iter().find(|cell| *column == Column::from(*cell));
            let known = known.ok_or_else(|| Why::MissingColumn(column.to_string()))?;
            let used = self.used.iter().position(|used| *used == known);
            Ok(used.unwrap_or_else(|| {
                self.used.push(known);
                self.used.len() - 1
            }))
        })
    }

    /// The next row, taken apart.
    ///
    /// # Errors
    /// [`Why`] the log cannot be read on.
    pub fn next(&mut self, cells: &mut Cells) -> Result<Option<Step>, Why> {
        while self.waiting.is_empty() {
            let Some(mut transaction) = self.transactions.next()? else { return Ok(None) };
            self.waiting = std::mem::take(&mut transaction.lines).into();
            self.held = transaction;
        }
        self.line = self.waiting.pop_front().expect("not empty");
        cells.reset(0);
        for name in &self.used {
            cells.push_made(|made| made.push_str(self.held.cell(&self.line, name)));
        }
        let Spot { line, ordinal, offset } = self.line.spot;
        let spot = Spot { line, ordinal, offset };
        debug_assert!(!cut(&self.line.raw, self.raw_bytes_max + 1).1);
        Ok(Some(Step { spot, refusal: self.line.refusal.clone() }))
    }
}
