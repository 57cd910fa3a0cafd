-- Units that are held for a basket until its order comes, or until it is too late.

create table holds (
    id text not null primary key,
    channel text not null,
    -- The shop's own name for the basket: the same again is the same hold.
    basket text not null,
    -- What was asked for: where to, and how many of what.
    asked_sha bytea not null,
    -- open, ordered (its order is being sourced), used (by its order) or released.
    state text not null,
    expires_at_ms bigint not null,
    created_at_ms bigint not null,
    order_id text,
    unique (channel, basket)
);
create index holds_open on holds (expires_at_ms) where state in ('open', 'ordered');
create index holds_order on holds (order_id) where order_id is not null;

-- Units of a hold; those of open and ordered holds are part of the position's reserved.
create table hold_units ( -- without rowid
    hold_id text not null references holds (id),
    item_key bigint not null,
    location_key bigint not null,
    quantity bigint not null check (quantity > 0),
    primary key (hold_id, item_key, location_key)
);
create index hold_units_position on hold_units (item_key, location_key);
