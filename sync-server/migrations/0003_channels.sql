-- Who may place orders: one row for each sales channel, with the hash of its token.
create table channels (
    id text not null primary key,
    token_hash bytea not null unique,
    created_at_ms bigint not null
);
