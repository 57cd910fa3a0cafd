-- What rules look at beside an item's category: a list of `key=value`, ascending, as JSON.
alter table items add column attributes_json text not null default '[]';

-- What was promised while a rule that counts held: of an item, or of all items of the rule together (0);
-- to everybody (''), or to one customer, of whom only a keyed hash is known. A promise is made by the
-- guarded update of this row.
create table rule_counts ( -- without rowid
    rule_id text not null,
    item_key bigint not null,
    customer text not null,
    units bigint not null check (units >= 0),
    primary key (rule_id, item_key, customer)
);
create index rule_counts_item on rule_counts (item_key) where customer = '';

-- Which hold or order has taken how many units of an item from which count: what it gives back, once.
create table rule_takings ( -- without rowid
    owner text not null,
    rule_id text not null,
    counted_key bigint not null,
    customer text not null,
    item_key bigint not null,
    units bigint not null check (units > 0),
    primary key (owner, rule_id, counted_key, customer, item_key)
);

-- Whose order it is, for limits of one customer: a keyed hash of what the shop calls them.
alter table orders add column customer_hash text not null default '';
