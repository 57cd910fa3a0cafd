//! Orders as they were placed: intake, one order's detail, cancelling what no location has. Where
//! the units of the lines are is in `fulfillments.rs`; the list is in `order_list.rs`.

use domain::{
    clock::TimeMs,
    fulfillment::short_code,
    ids::{ChannelId, ExternalNumber, LocationId, OrderId, Sku},
    location::Coordinates,
    order::{Address, Customer, Destination, OrderStage, PlacedLine, PlacedOrder},
};

use super::{DbError, Row, Rows, Tx};

/// An order as intake writes it.
#[derive(Debug, Clone)]
pub struct New<'a> {
    /// Its id.
    pub id: OrderId,
    /// As the channel sent it.
    pub placed: &'a PlacedOrder,
    /// Hash of what the channel sent.
    pub body_sha: [u8; 32],
    /// Where its goods go.
    pub to: WhereTo,
    /// When it is promised.
    pub promise_at: TimeMs,
    /// Who said so.
    pub promised_by: PromisedBy,
    /// What it wants.
    pub lines: Vec<NewLine>,
    /// Its kits, whose components are among the lines.
    pub kits: Vec<NewLine>,
    /// Who bought, as a keyed hash; empty when nobody says so.
    pub customer: String,
}

/// A line as intake writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    /// Its number.
    pub line: u32,
    /// The item.
    pub item_key: i64,
    /// Its SKU.
    pub sku: Sku,
    /// How many.
    pub units: u32,
    /// Price of one; 0 in a kit.
    pub price_minor: i64,
    /// The line of the kit that it is part of.
    pub kit_line: Option<u32>,
}

/// Who said when an order is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromisedBy {
    /// The channel: it stands.
    Channel,
    /// A promise that was made to its basket.
    Hold,
    /// The server, before it was known who sends it: it follows from who does.
    Server,
    /// The server, and all of it has been at locations.
    Sourced,
}

impl PromisedBy {
    const ALL: [Self; 4] = [Self::Channel, Self::Hold, Self::Server, Self::Sourced];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::Hold => "hold",
            Self::Server => "server",
            Self::Sourced => "sourced",
        }
    }

    pub(super) fn read(word: &str) -> Result<Self, DbError> {
        let found = Self::ALL.into_iter().find(|one| one.as_str() == word);
        found.ok_or_else(|| DbError::impossible("orders", "promised_by", word))
    }
}

/// An order that the server promised is due then.
///
/// # Errors
/// [`DbError`].
pub fn promise(tx: &mut Tx, id: OrderId, at: TimeMs, by: PromisedBy) -> Result<(), DbError> {
    tx.exec(
        "update orders set promise_at_ms = $2, promised_by = $3 where id = $1",
        &[&id.to_string(), &at.0, &by.as_str()],
    )?;
    Ok(())
}

/// Where an order's goods go, as far as it is no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhereTo {
    /// Where it is sent to; `None` for a pickup.
    pub at: Option<Coordinates>,
    /// The country of the customer.
    pub market: String,
    /// The location that the customer comes to.
    pub pickup_key: Option<i64>,
}

/// An order that a channel has sent before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub id: OrderId,
    /// Hash of what the channel sent.
    pub body_sha: Vec<u8>,
    /// When it is promised.
    pub promise_at: TimeMs,
    /// Whether it ships.
    pub ships: bool,
}

/// Finds an order by channel and external number.
///
/// # Errors
/// [`DbError`].
pub fn by_external(
    tx: &mut Tx,
    channel: &ChannelId,
    number: &ExternalNumber,
) -> Result<Option<Known>, DbError> {
    tx.query_opt(
        "select id, body_sha, promise_at_ms, method from orders
         where channel = $1 and external_number = $2",
        &[&channel.as_str(), &number.as_str()],
        |row| {
            Ok(Known {
                id: read_id(row.get(0)?)?,
                body_sha: row.get(1)?,
                promise_at: TimeMs(row.get(2)?),
                ships: row.get::<String>(3)? == "ship",
            })
        },
    )
}

/// An order's id from a column.
pub(super) fn read_id(text: String) -> Result<OrderId, DbError> {
    text.parse().map_err(|_| DbError::impossible("orders", "id", text))
}

/// Writes a new order; sourcing finds it at `now`. `false`, and nothing is written, when another
/// copy of the same order has just been taken.
///
/// # Errors
/// [`DbError`].
pub fn insert(tx: &mut Tx, new: &New<'_>, now: TimeMs) -> Result<bool, DbError> {
    let placed = new.placed;
    let (method, pickup) = match &placed.method {
        Destination::Pickup { location } => ("pickup", Some(location)),
        Destination::Ship { .. } => ("ship", None),
    };
    // Without the address: personal data stands in `customers` alone.
    let destination = match pickup {
        Some(location) => serde_json::json!({ "kind": "pickup", "location": location }),
        None => serde_json::json!({ "kind": "ship" }),
    };
    let search = format!("{} {}", placed.external_number, short_code(new.id)).to_lowercase();
    let added = tx.exec(
        "insert into orders (id, channel, external_number, body_sha, method, destination_json,
            lat_e6, lon_e6, placed_at_ms, promise_at_ms, currency, state, created_at_ms, search,
            next_source_at_ms, market, pickup_key, customer_hash, promised_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'unsourced', $12, $13, $12, $14, $15,
            $16, $17)
         on conflict (channel, external_number) do nothing",
        &[
            &new.id.to_string(),
            &placed.channel.as_str(),
            &placed.external_number.as_str(),
            &new.body_sha,
            &method,
            &destination.to_string(),
            &new.to.at.map(|to| to.lat_e6),
            &new.to.at.map(|to| to.lon_e6),
            &placed.placed_at.0,
            &new.promise_at.0,
            &placed.currency,
            &now.0,
            &search,
            &new.to.market,
            &new.to.pickup_key,
            &new.customer,
            &new.promised_by.as_str(),
        ],
    )?;
    if added == 1 {
        insert_lines(tx, new)?;
        insert_customer(tx, new)?;
    }
    Ok(added == 1)
}

fn insert_lines(tx: &mut Tx, new: &New<'_>) -> Result<(), DbError> {
    tx.exec_bulk(
        "insert into order_lines (order_id, line, item_key, sku, ordered, unsourced, price_minor,
            kit_line)
         select $1, line, item_key, sku, units, units, price_minor, kit_line from {rows}",
        &[&new.id.to_string()],
        &rows_of(&new.lines),
    )?;
    if !new.kits.is_empty() {
        tx.exec_bulk(
            "insert into order_kits (order_id, line, item_key, sku, ordered, price_minor)
             select $1, line, item_key, sku, units, price_minor from {rows}",
            &[&new.id.to_string()],
            &rows_of(&new.kits),
        )?;
    }
    Ok(())
}

fn rows_of(lines: &[NewLine]) -> Rows<'_> {
    let each = || lines.iter();
    Rows::new()
        .i64("line", each().map(|l| i64::from(l.line)))
        .i64("item_key", each().map(|l| l.item_key))
        .text("sku", each().map(|l| l.sku.as_str()))
        .i64("units", each().map(|l| i64::from(l.units)))
        .i64("price_minor", each().map(|l| l.price_minor))
        .i64("kit_line", each().map(|l| l.kit_line.map(i64::from)))
}

fn insert_customer(tx: &mut Tx, new: &New<'_>) -> Result<(), DbError> {
    let customer = &new.placed.customer;
    let address = match &new.placed.method {
        Destination::Ship { address } => {
            serde_json::to_string(address).expect("an address is plain data")
        }
        Destination::Pickup { .. } => "{}".to_owned(),
    };
    let (phone, email) = (customer.phone.clone(), customer.email.clone());
    let (phone, email) = (phone.unwrap_or_default(), email.unwrap_or_default());
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let search = format!("{} {email} {phone} {digits}", customer.name).to_lowercase();
    let notes = new.placed.note.clone().unwrap_or_default();
    tx.exec(
        "insert into customers (order_id, name, phone, email, address_json, notes, search)
         values ($1, $2, $3, $4, $5, $6, $7)",
        &[&new.id.to_string(), &customer.name, &phone, &email, &address, &notes, &search],
    )?;
    Ok(())
}

/// An order's own facts, for its detail.
#[derive(Debug, Clone)]
pub struct Facts {
    /// How the goods get to the customer; an address that is forgotten is empty.
    pub destination: Destination,
    /// Who bought; `None` once forgotten.
    pub customer: Option<Customer>,
}

/// Reads how and to whom an order goes.
///
/// # Errors
/// [`DbError`].
pub fn facts(tx: &mut Tx, id: OrderId) -> Result<Option<Facts>, DbError> {
    tx.query_opt(
        "select o.destination_json, c.name, c.phone, c.email, coalesce(c.address_json, '{}')
         from orders o left join customers c on c.order_id = o.id where o.id = $1",
        &[&id.to_string()],
        read_facts,
    )
}

#[derive(serde::Deserialize)]
struct StoredDestination {
    location: Option<LocationId>,
}

fn read_facts(row: &Row<'_>) -> Result<Facts, DbError> {
    let stored: StoredDestination = row.json(0)?;
    let some = |text: String| (!text.is_empty()).then_some(text);
    let customer = match row.get::<Option<String>>(1)? {
        None => None,
        Some(name) => Some(Customer { name, phone: some(row.get(2)?), email: some(row.get(3)?) }),
    };
    let destination = match stored.location {
        Some(location) => Destination::Pickup { location },
        None => Destination::Ship { address: read_address(row, 4)? },
    };
    Ok(Facts { destination, customer })
}

fn read_address(row: &Row<'_>, column: usize) -> Result<Address, DbError> {
    if row.get::<String>(column)? != "{}" {
        return row.json(column);
    }
    let none = String::new;
    let (name, street, city, region) = (none(), none(), none(), none());
    Ok(Address { name, street, city, region, postcode: none(), country: none() })
}

/// The lines of an order as bought, with the items' names, by ascending line.
///
/// # Errors
/// [`DbError`].
pub fn lines(tx: &mut Tx, id: OrderId) -> Result<Vec<(PlacedLine, String, Option<u32>)>, DbError> {
    tx.query(
        "select l.line, l.sku, l.ordered, l.price_minor, i.name, l.kit_line
         from order_lines l join items i on i.key = l.item_key
         where l.order_id = $1 order by l.line",
        &[&id.to_string()],
        |row| {
            let kit_line = row.get::<Option<i64>>(5)?.map(super::search::small);
            Ok((read_line(row)?, row.get(4)?, kit_line))
        },
    )
}

/// The kits of an order as bought, with their names, by ascending line.
///
/// # Errors
/// [`DbError`].
pub fn kits(tx: &mut Tx, id: OrderId) -> Result<Vec<(PlacedLine, String)>, DbError> {
    tx.query(
        "select k.line, k.sku, k.ordered, k.price_minor, i.name
         from order_kits k join items i on i.key = k.item_key
         where k.order_id = $1 order by k.line",
        &[&id.to_string()],
        |row| Ok((read_line(row)?, row.get(4)?)),
    )
}

fn read_line(row: &Row<'_>) -> Result<PlacedLine, DbError> {
    let (line, quantity): (i64, i64) = (row.get(0)?, row.get(2)?);
    let wrong = |_| DbError::impossible("order_lines", "ordered", quantity.to_string());
    Ok(PlacedLine {
        line: super::search::small(line),
        sku: super::items::read_sku(row.get(1)?)?,
        quantity: quantity.try_into().map_err(wrong)?,
        price_minor: row.get(3)?,
    })
}

/// Locks an order until the end of the transaction and says where it stands.
///
/// # Errors
/// [`DbError`].
pub fn lock(tx: &mut Tx, id: OrderId) -> Result<Option<OrderStage>, DbError> {
    tx.query_opt("select state from orders where id = $1 {lock}", &[&id.to_string()], |row| {
        let state: String = row.get(0)?;
        state.parse().map_err(|_| DbError::impossible("orders", "state", state))
    })
}

/// Cancels the units that no location has been asked for, and asks none any more; says how many.
///
/// # Errors
/// [`DbError`].
pub fn cancel_unsourced(tx: &mut Tx, id: OrderId) -> Result<u64, DbError> {
    let id = id.to_string();
    let units: i64 = tx.query_one(
        "select cast(coalesce(sum(unsourced), 0) as bigint) from order_lines where order_id = $1",
        &[&id],
        |row| row.get(0),
    )?;
    tx.exec(
        "update order_lines set cancelled = cancelled + unsourced, unsourced = 0
         where order_id = $1 and unsourced > 0",
        &[&id],
    )?;
    tx.exec("update orders set next_source_at_ms = null where id = $1", &[&id])?;
    Ok(units.unsigned_abs())
}
