-- When a location works, beside its weekly hours, and how many orders it gets ready in a day.

-- Days with other hours, as JSON.
alter table locations add column holidays_json text not null default '[]';
-- HH:MM, null: when it closes.
alter table locations add column cut_off text;
-- Null: by its kind.
alter table locations add column picking_minutes bigint;
-- Orders in a day, null: any number.
alter table locations add column capacity bigint;

-- One order's place in a day of a location: of a hold, then of its order, then of the work itself.
create table capacity_uses ( -- without rowid
    -- The id of a hold, an order or a fulfillment.
    owner text not null,
    location_key bigint not null references locations (key),
    -- The local day, as days since 1970-01-01.
    day bigint not null,
    -- When it is to be ready, or to leave.
    due_at_ms bigint not null,
    primary key (owner, location_key, day)
);
create index capacity_uses_day on capacity_uses (location_key, day);

-- The gate of a day of a location that does not take any number: its row is updated before its uses are
-- counted, so that of two promises the second sees the first.
create table capacity_days ( -- without rowid -- hot
    location_key bigint not null references locations (key),
    day bigint not null,
    rev bigint not null,
    primary key (location_key, day)
);

-- Who said when an order is due: channel, hold, server (until all of it is sourced), or sourced.
alter table orders add column promised_by text not null default 'channel';
