-- The server's word on this location. A cache: of another schema or damaged, it is dropped and loaded again.

create table meta (
  key text primary key,
  value text not null
) strict;

create table entity (
  kind text not null,
  id text not null,
  rev integer not null,
  body text,
  unique (kind, id)
) strict;

-- Barcodes of the items, to find them by a scan.
create table item_code (
  code text not null,
  sku text not null,
  primary key (code, sku)
) strict, without rowid;
create index item_code_sku on item_code (sku);
