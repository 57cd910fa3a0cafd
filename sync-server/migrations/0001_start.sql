-- The first schema, in neutral words (see src/db/mod.rs): bigint, text and bytea columns only.
-- Times are UTC milliseconds (_ms), coordinates millionths of a degree (_e6), money minor units.
-- Yes and no are 1 and 0. JSON stands in text columns named body or *_json.

-- Single values: feed_epoch, the SSCC serial counter, …
create table meta ( -- without rowid
    key text not null primary key,
    value text not null
);

-- A store, warehouse, 3PL or drop-ship vendor that holds stock.
create table locations (
    key identity,
    id text not null unique,
    name text not null,
    kind text not null,
    street text not null default '',
    city text not null default '',
    region text not null default '',
    postcode text not null default '',
    country text not null,
    lat_e6 bigint not null check (lat_e6 between -90000000 and 90000000),
    lon_e6 bigint not null check (lon_e6 between -180000000 and 180000000),
    time_zone text not null,
    hours_json text not null default '{}',
    ships bigint not null default 0 check (ships in (0, 1)),
    pickup bigint not null default 0 check (pickup in (0, 1)),
    sales_region text not null default ''
);

-- A product that can be stocked and sold.
create table items (
    key identity,
    sku text not null unique,
    name text not null,
    gtin text,
    category text not null default '',
    department text not null default '',
    size_text text not null default '',
    price_minor bigint not null default 0 check (price_minor >= 0),
    currency text not null,
    weight_g bigint not null default 0 check (weight_g >= 0),
    picture text not null default ''
);

-- Every code that a scanner may read on an item.
create table item_barcodes ( -- without rowid
    barcode text not null primary key,
    item_key bigint not null references items (key)
);
create index item_barcodes_item on item_barcodes (item_key);

-- Quantities of one item at one location; each changes only under a guard.
create table stock_positions ( -- without rowid -- hot
    item_key bigint not null references items (key),
    location_key bigint not null references locations (key),
    on_hand bigint not null default 0,
    reserved bigint not null default 0 check (reserved >= 0),
    safety bigint not null default 0 check (safety >= 0),
    damaged bigint not null default 0 check (damaged >= 0),
    picked bigint not null default 0 check (picked >= 0),
    staged bigint not null default 0 check (staged >= 0),
    handed_over bigint not null default 0 check (handed_over >= 0),
    shipped bigint not null default 0 check (shipped >= 0),
    sold bigint not null default 0,
    received bigint not null default 0,
    returned bigint not null default 0,
    adjusted_out bigint not null default 0,
    shortage bigint not null default 0 check (shortage >= 0),
    rev bigint not null default 0,
    primary key (item_key, location_key),
    -- The second net under the guarded update: never promise what is not there.
    constraint never_oversold check (reserved <= on_hand + shortage)
);
create index stock_positions_location on stock_positions (location_key, item_key);

-- The ledger: one immutable row for each change of a position, with its cause.
create table stock_movements (
    id identity,
    item_key bigint not null,
    location_key bigint not null,
    cause text not null,
    cause_id text not null,
    from_bucket text not null,
    to_bucket text not null,
    quantity bigint not null,
    reserved_delta bigint not null default 0,
    at_ms bigint not null
);
create index stock_movements_position on stock_movements (item_key, location_key, id);
create index stock_movements_cause on stock_movements (cause_id);

-- An order as it was placed; where its lines stand is in its fulfillments.
create table orders (
    id text not null primary key,
    channel text not null,
    external_number text not null,
    body_sha bytea not null,
    method text not null,
    destination_json text not null default '{}',
    lat_e6 bigint,
    lon_e6 bigint,
    placed_at_ms bigint not null,
    promise_at_ms bigint not null,
    currency text not null,
    state text not null,
    created_at_ms bigint not null,
    search text not null default '',
    next_source_at_ms bigint,
    source_attempts bigint not null default 0,
    unique (channel, external_number)
);
create index orders_to_source on orders (next_source_at_ms) where next_source_at_ms is not null;
create index orders_created on orders (created_at_ms, id);
create index orders_state on orders (state, promise_at_ms);
create index orders_external on orders (external_number);

-- One SKU of an order and what became of its quantity.
create table order_lines ( -- without rowid -- hot
    order_id text not null references orders (id),
    line bigint not null check (line >= 1),
    item_key bigint not null references items (key),
    sku text not null,
    ordered bigint not null check (ordered > 0),
    unsourced bigint not null check (unsourced >= 0),
    cancelled bigint not null default 0 check (cancelled >= 0),
    price_minor bigint not null check (price_minor >= 0),
    primary key (order_id, line),
    check (unsourced + cancelled <= ordered)
);
create index order_lines_item on order_lines (item_key);

-- The customer of an order: the only table with personal data, so that erasing is one delete.
create table customers (
    order_id text not null primary key references orders (id),
    name text not null default '',
    phone text not null default '',
    email text not null default '',
    address_json text not null default '{}',
    notes text not null default '',
    search text not null default ''
);

-- Units promised to an order line at a location; the sum is the position's reserved.
create table reservations ( -- without rowid
    order_id text not null references orders (id),
    line bigint not null,
    item_key bigint not null,
    location_key bigint not null,
    fulfillment_id text not null,
    quantity bigint not null check (quantity > 0),
    primary key (order_id, line, location_key)
);
create index reservations_fulfillment on reservations (fulfillment_id);
create index reservations_position on reservations (item_key, location_key);

-- The work one location does for an order: the aggregate is the body, the rest is for queries.
create table fulfillments ( -- hot
    id text not null primary key,
    order_id text not null references orders (id),
    location_key bigint not null references locations (key),
    stage text not null,
    kind text not null,
    rev bigint not null,
    body text not null,
    promise_at_ms bigint not null,
    at_risk_from_ms bigint not null,
    units_open bigint not null default 0 check (units_open >= 0),
    created_at_ms bigint not null,
    closed_at_ms bigint
);
create index fulfillments_order on fulfillments (order_id);
create index fulfillments_open on fulfillments (location_key, promise_at_ms, id) where closed_at_ms is null;
create index fulfillments_risk on fulfillments (at_risk_from_ms) where closed_at_ms is null;
create index fulfillments_closed on fulfillments (location_key, closed_at_ms) where closed_at_ms is not null;

-- What happened to an order, for people to read.
create table order_history (
    order_id text not null references orders (id),
    seq bigint not null,
    at_ms bigint not null,
    kind text not null,
    actor text not null,
    body text not null default '{}',
    primary key (order_id, seq)
);

-- Why an order was sourced as it was, one row for each attempt.
create table sourcing_decisions (
    order_id text not null references orders (id),
    attempt bigint not null,
    at_ms bigint not null,
    body text not null,
    primary key (order_id, attempt)
);

-- Record and reality disagree; a person decides.
create table exceptions (
    id text not null primary key,
    order_id text not null references orders (id),
    fulfillment_id text not null,
    location_key bigint not null references locations (key),
    kind text not null,
    state text not null,
    body text not null,
    rev bigint not null default 1,
    raised_at_ms bigint not null,
    settled_at_ms bigint
);
create index exceptions_open on exceptions (location_key, raised_at_ms) where settled_at_ms is null;
create index exceptions_fulfillment on exceptions (fulfillment_id);

-- The newest cursor of each location's feed; locked last in a transaction.
create table feed_heads ( -- without rowid -- hot
    location_key bigint not null primary key references locations (key),
    cursor bigint not null default 0
);

-- What a location's tablets pull: full state of an entity at a revision, gapless by location.
create table feed (
    location_key bigint not null,
    cursor bigint not null,
    kind text not null,
    id text not null,
    rev bigint not null,
    op text not null,
    body text not null default '',
    cause text not null default '',
    primary key (location_key, cursor)
);
create index feed_entity on feed (location_key, kind, id);

-- Every command ever decided, with the exact bytes and the outcome: this is what makes it once.
create table command_log (
    device_id text not null,
    epoch bigint not null,
    seq bigint not null,
    id text not null unique,
    location_key bigint not null,
    sha bytea not null,
    body bytea not null,
    outcome text not null,
    received_at_ms bigint not null,
    primary key (device_id, epoch, seq)
);

-- How far each device's commands are decided.
create table device_progress ( -- without rowid -- hot
    device_id text not null,
    epoch bigint not null,
    last_seq bigint not null,
    last_seen_ms bigint not null,
    primary key (device_id, epoch)
);

-- An enrolled tablet.
create table devices ( -- hot
    id text not null primary key,
    location_key bigint not null references locations (key),
    name text not null,
    public_key bytea not null,
    epoch bigint not null,
    state text not null,
    app text not null default '',
    platform text not null default '',
    created_at_ms bigint not null,
    last_seen_ms bigint,
    queue_json text not null default '{}'
);
create index devices_location on devices (location_key);

-- A code that enrols one device once; only its hash is kept.
create table pairing_codes (
    id text not null primary key,
    location_key bigint not null references locations (key),
    code_hash bytea not null unique,
    device_name text not null default '',
    created_by text not null,
    created_at_ms bigint not null,
    expires_at_ms bigint not null,
    used_at_ms bigint,
    tries bigint not null default 0
);

-- Who picks, packs and hands over, valid from and to: facts are judged as of their time.
create table associates (
    id text not null primary key,
    location_key bigint not null references locations (key),
    name text not null,
    role text not null,
    pin_verifier text not null,
    valid_from_ms bigint not null,
    valid_to_ms bigint,
    rev bigint not null default 1
);
create index associates_location on associates (location_key);

-- The version of each location's roster of devices and associates.
create table rosters ( -- without rowid
    location_key bigint not null primary key references locations (key),
    epoch bigint not null
);

-- Who runs the network or one store, in the console; location_key null means all.
create table operators (
    id text not null primary key,
    login text not null unique,
    name text not null,
    password_hash text not null,
    role text not null,
    location_key bigint references locations (key),
    state text not null default 'active',
    failed_tries bigint not null default 0,
    locked_until_ms bigint
);

-- A signed-in operator; only the token's hash is kept.
create table sessions (
    token_hash bytea not null primary key,
    operator_id text not null references operators (id),
    created_at_ms bigint not null,
    seen_at_ms bigint not null,
    expires_at_ms bigint not null
);
create index sessions_expiry on sessions (expires_at_ms);

-- Serial numbers for package labels, leased to a device in blocks.
create table sscc_blocks ( -- without rowid
    device_id text not null references devices (id),
    first_serial bigint not null,
    serial_count bigint not null check (serial_count > 0),
    leased_at_ms bigint not null,
    primary key (device_id, first_serial)
);

-- Where a postcode lies, for sourcing by distance.
create table postcodes ( -- without rowid
    country text not null,
    postcode text not null,
    place text not null,
    lat_e6 bigint not null,
    lon_e6 bigint not null,
    primary key (country, postcode)
);

-- One run of an import and how its rows fared.
create table imports (
    id text not null primary key,
    kind text not null,
    source text not null,
    rows_accepted bigint not null default 0,
    rows_ignored bigint not null default 0,
    rows_refused bigint not null default 0,
    started_at_ms bigint not null,
    finished_at_ms bigint,
    body text not null default '{}'
);
create index imports_started on imports (started_at_ms);
