-- A promise that looks at more than one row (a pool's sum, dated supply) is made behind the item's gate:
-- its row is updated first, so that two such promises of an item never look at the same time.
create table gates ( -- without rowid
    item_key bigint not null primary key references items (key),
    rev bigint not null
);

-- Whose customer an order is, as far as rules ask: the country, and where they come to.
alter table orders add column market text not null default '';
alter table orders add column pickup_key bigint;

-- When units last came with the line: a word that is newer counts from there.
alter table supplies add column received_at_ms bigint not null default 0;

-- Holds that may be over: those whose orders wait for the rest, too.
drop index holds_open;
create index holds_open on holds (expires_at_ms) where state in ('open', 'ordered', 'waiting');

-- Units of a hold that are still to come, promised from supply: when they are there, and where, for a
-- pickup.
create table hold_later ( -- without rowid
    hold_id text not null references holds (id),
    item_key bigint not null,
    quantity bigint not null check (quantity > 0),
    at_ms bigint not null,
    pickup_key bigint,
    primary key (hold_id, item_key)
);
create index hold_later_item on hold_later (item_key);
