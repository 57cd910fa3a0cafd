-- What the sync side needs beside the first schema, in the same neutral words.

-- Units promised to a line of a fulfillment; the sum is the position's reserved. By fulfillment,
-- so that a location that is asked twice for one order line has two promises.
drop table reservations;
create table reservations ( -- without rowid
    fulfillment_id text not null,
    line bigint not null,
    order_id text not null references orders (id),
    item_key bigint not null,
    location_key bigint not null,
    quantity bigint not null check (quantity > 0),
    primary key (fulfillment_id, line)
);
create index reservations_order on reservations (order_id);
create index reservations_position on reservations (item_key, location_key);

-- What happened to an order, for people to read. The database numbers the rows: two locations may
-- write about one order at once.
drop table order_history;
create table order_history (
    seq identity,
    order_id text not null references orders (id),
    at_ms bigint not null,
    kind text not null,
    actor text not null,
    body text not null default '{}'
);
create index order_history_order on order_history (order_id, seq);

-- Rows at or below the floor have been trimmed: an older cursor starts from a snapshot.
alter table feed_heads add column floor bigint not null default 0;

-- Up to here a device's commands are in a completed backup as well.
alter table device_progress add column durable_seq bigint not null default 0;

-- Finds a code by its first half; the second half is what five tries are for.
alter table pairing_codes add column selector bytea;
create index pairing_codes_selector on pairing_codes (selector);

-- Commands that this server could not apply; their bytes are in command_log.
create table parked_commands (
    device_id text not null,
    epoch bigint not null,
    seq bigint not null,
    location_key bigint not null,
    state text not null,
    reason text not null,
    parked_at_ms bigint not null,
    decided_at_ms bigint,
    decided_cursor bigint,
    primary key (device_id, epoch, seq)
);
create index parked_commands_open on parked_commands (parked_at_ms) where decided_at_ms is null;

-- The staging slots of a location, in walking order; without rows it has the default ones.
create table staging_slots ( -- without rowid
    location_key bigint not null references locations (key),
    place bigint not null,
    slot text not null,
    primary key (location_key, place)
);
