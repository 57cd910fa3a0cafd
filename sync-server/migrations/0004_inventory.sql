-- Inventory from many sources: what each says, when it was so, and what became of it.

-- In the building and never promised; on_hand is what is sellable.
alter table stock_positions add column display bigint not null default 0 check (display >= 0);
alter table stock_positions add column quality bigint not null default 0 check (quality >= 0);
-- The time of the newest count; older words about the shelf are in it already.
alter table stock_positions add column counted_at_ms bigint not null default 0;
-- The newest time at which units came to the shelf or left it, counts aside.
alter table stock_positions add column moved_at_ms bigint not null default 0;

-- A SKU that a source named before the catalogue did.
alter table items add column draft bigint not null default 0 check (draft in (0, 1));

-- Null is our own floor.
alter table stock_movements add column source_key bigint;
-- When it happened, by the clock of whoever says so; at_ms is when we heard of it.
alter table stock_movements add column happened_at_ms bigint;
update stock_movements set happened_at_ms = at_ms;
-- The log that every server's index follows: in the order of id with one writer, by transaction
-- with many, read only below the oldest that still runs.
alter table stock_movements add column tx transaction_id;
-- postgres only
create index stock_movements_log on stock_movements (tx);

-- Who tells us about stock: an ERP, a warehouse, tills, a supplier.
create table sources (
    key identity,
    id text not null unique,
    name text not null,
    kind text not null,
    -- How its files are read and what its counts include, as JSON.
    profile text not null,
    profile_version bigint not null default 1,
    -- A count that differs by more units waits for a person; null lets everything through.
    hold_above bigint check (hold_above >= 0),
    token_hash bytea unique,
    created_at_ms bigint not null,
    updated_at_ms bigint not null
);

-- One file or stream of a source. A batch that broke off is sent again under its id and goes on
-- after rows_done.
create table source_batches (
    key identity,
    source_key bigint not null references sources (key),
    id text not null,
    kind text not null,
    state text not null,
    as_of_ms bigint not null,
    sha bytea,
    bytes bigint not null default 0,
    rows_done bigint not null default 0,
    rows_accepted bigint not null default 0,
    rows_unchanged bigint not null default 0,
    rows_ignored bigint not null default 0,
    rows_refused bigint not null default 0,
    rows_held bigint not null default 0,
    started_at_ms bigint not null,
    touched_at_ms bigint not null,
    finished_at_ms bigint,
    -- Why it ended early, or what was left out; empty when there is nothing to say.
    message text not null default '',
    unique (source_key, id)
);
create index source_batches_newest on source_batches (source_key, started_at_ms);

-- Rows that were refused or held, as they came, until somebody has dealt with them.
create table dead_rows (
    key identity,
    batch_key bigint not null references source_batches (key),
    line bigint not null,
    field text not null,
    code text not null,
    message text not null,
    raw text not null,
    -- What could be read of it, by field, as JSON: to be corrected and sent again.
    fields text not null default '[]',
    state text not null default 'open',
    at_ms bigint not null
);
create index dead_rows_batch on dead_rows (batch_key, line);
create index dead_rows_open on dead_rows (state, key);

-- Events that were taken, so that none is taken twice. Trimmed by age.
create table source_events ( -- without rowid
    source_key bigint not null,
    event_id text not null,
    at_ms bigint not null,
    primary key (source_key, event_id)
);
create index source_events_age on source_events (at_ms);

-- A snapshot that says "what is absent is zero" covers a whole location: its time counts for every
-- position there, so that those it found unchanged need not be written.
create table location_counts ( -- without rowid
    location_key bigint not null primary key references locations (key),
    counted_at_ms bigint not null
);

-- What is on its way to a location: purchase orders, advance notices, transfers.
create table supplies ( -- hot
    key identity,
    source_key bigint not null references sources (key),
    kind text not null,
    reference text not null,
    line text not null,
    item_key bigint not null references items (key),
    location_key bigint not null references locations (key),
    quantity bigint not null check (quantity >= 0),
    received bigint not null default 0 check (received >= 0),
    expected_at_ms bigint not null,
    stated_at_ms bigint not null,
    unique (source_key, reference, line)
);
create index supplies_position on supplies (item_key, location_key, expected_at_ms);
