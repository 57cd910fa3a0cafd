-- How items are sold beyond what is there and coming: pre-orders, backorders, kits.

-- One row of an item that is, or was, sold so. `rev` grows with every change of any row: whoever follows
-- asks for what is newer than the newest that it knows.
create table item_terms ( -- without rowid
    item_key bigint not null primary key references items (key),
    -- Units that may wait; 0: none.
    backorder_limit bigint not null default 0 check (backorder_limit >= 0),
    lead_days bigint not null default 0 check (lead_days >= 0),
    release_at_ms bigint,
    rev bigint not null
);
create index item_terms_rev on item_terms (rev);

-- The newest rev, in one row: whoever states terms updates it first, so that they are stated one after
-- the other.
create table item_terms_newest ( -- without rowid
    one bigint not null primary key check (one = 1),
    rev bigint not null
);

-- What a kit is made of. A kit is no part of another; `rev` of its row of item_terms grows with it.
create table kit_parts ( -- without rowid
    kit_key bigint not null references items (key),
    item_key bigint not null references items (key),
    -- Units in one kit.
    quantity bigint not null check (quantity > 0),
    primary key (kit_key, item_key)
);
create index kit_parts_item on kit_parts (item_key);

-- Lines of an order that are kits, as the customer bought them; their components are lines of
-- order_lines, which name the line of their kit.
create table order_kits ( -- without rowid
    order_id text not null references orders (id),
    line bigint not null check (line >= 1),
    item_key bigint not null references items (key),
    sku text not null,
    ordered bigint not null check (ordered > 0),
    price_minor bigint not null check (price_minor >= 0),
    primary key (order_id, line)
);
alter table order_lines add column kit_line bigint;
