-- What can be promised: the rules over the stock, and demand that waits.

-- Pools and rules as people stated them, one row a version; versions are never changed.
create table atp_rules (
    version bigint not null primary key,
    author text not null,
    comment text not null,
    created_at_ms bigint not null,
    rules_json text not null
);

-- Few lines wait for a location at any time.
create index order_lines_unsourced on order_lines (item_key) where unsourced > 0;
