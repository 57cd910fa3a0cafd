-- What the associate did and what only this tablet knows. Never wiped; changes are additive.
-- Times are milliseconds since 1970 by the tablet's own clock where not said otherwise.

create table setting (
  key text primary key,
  value text not null
) strict;

-- One row a command: the bytes that travel, written once. Numbers are contiguous within an epoch.
create table command (
  epoch integer not null,
  seq integer not null,
  id text not null unique,
  kind text not null,
  version integer not null,
  fulfillment text not null,
  body blob not null,
  sha256 blob not null,
  made_at integer not null,
  decided integer not null default 0,
  outcome text,
  attention integer not null default 0,
  seen integer not null default 0,
  decided_at integer,
  -- Where in which server history the effect is visible: the overlay stays until the replica is there.
  outcome_epoch text,
  outcome_cursor integer,
  -- The same in the history before the last restore of the server.
  former_epoch text,
  former_cursor integer,
  primary key (epoch, seq)
) strict;
create index command_pending on command (epoch, seq) where decided = 0;
create index command_fulfillment on command (fulfillment, epoch, seq);
create index command_attention on command (epoch, seq) where attention = 1 and seen = 0;
create index command_outcome on command (outcome_epoch, outcome_cursor);
create index command_decided on command (decided_at) where decided = 1;

-- Leased serial numbers of package labels. A used-up block stays, so that it is not taken twice.
create table sscc_block (
  prefix text not null,
  extension integer not null,
  first integer not null,
  next integer not null,
  past integer not null,
  primary key (prefix, extension, first)
) strict;

-- Wrong PINs and codes, by person or fulfillment.
create table lockout (
  subject text primary key,
  failures integer not null,
  until integer not null
) strict;

-- Customers verified in the current session.
create table verified (
  fulfillment text primary key,
  session text not null,
  verification text not null
) strict;

create table printer (
  name text primary key,
  place integer not null,
  connection text not null,
  dpi integer not null
) strict;

create table print_entry (
  entry integer primary key autoincrement,
  what text not null,
  fulfillment text not null,
  package text not null,
  actor text not null,
  label text not null,
  printer text not null,
  state text not null,
  tries integer not null default 0,
  error text,
  not_before integer not null,
  made_at integer not null
) strict;
create index print_entry_open on print_entry (entry) where state in ('waiting', 'sending', 'unsure');
create index print_entry_package on print_entry (package);
