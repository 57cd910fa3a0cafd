-- Webhooks: who is told when what can be promised changes, and what each has been told.

create table webhooks (
    key identity,
    id text not null unique,
    name text not null,
    url text not null,
    -- Whose numbers: the pool for such a shopper is looked up anew each time.
    channel text,
    market text,
    region text,
    method text not null,
    -- units or bands
    kind text not null,
    debounce_ms bigint not null check (debounce_ms >= 0),
    batch_max bigint not null check (batch_max > 0),
    enabled bigint not null check (enabled in (0, 1)),
    -- Why the server has stopped it; empty when it has not.
    stopped text not null default '',
    -- Grows when an operator changes something: whoever delivers begins anew then.
    version bigint not null default 1,
    -- The secret itself is derived from the server's key and this number.
    secret bigint not null default 1,
    secret_since_ms bigint not null,
    -- Deliveries that were acknowledged.
    sequence bigint not null default 0,
    -- The delivery under way: sent as it is, under its number, until it is acknowledged.
    message_id text,
    message_body text,
    tries bigint not null default 0,
    next_try_at_ms bigint not null default 0,
    failing_since_ms bigint,
    -- The server that delivers; only one does at a time.
    lease_holder text not null default '',
    lease_until_ms bigint not null default 0,
    created_at_ms bigint not null,
    updated_at_ms bigint not null
);

-- What a receiver has acknowledged last: units of an item, or the number of its band.
create table webhook_told ( -- without rowid
    webhook_key bigint not null references webhooks (key),
    item_key bigint not null references items (key),
    told bigint not null,
    primary key (webhook_key, item_key)
);

-- The last tries of each, a bounded number.
create table webhook_tries (
    key identity,
    webhook_key bigint not null references webhooks (key),
    message_id text not null,
    -- changes or test
    what text not null,
    items bigint not null,
    at_ms bigint not null,
    took_ms bigint not null,
    -- taken, refused, gone, timeout or unreachable
    outcome text not null,
    -- What it answered with; 0 where it did not answer.
    status bigint not null
);
create index webhook_tries_newest on webhook_tries (webhook_key, key);
