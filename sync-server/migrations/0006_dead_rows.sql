-- Who has dealt with a refused or held row, when, and why it was left out.

alter table dead_rows add column settled_by text not null default '';
alter table dead_rows add column settled_at_ms bigint;
alter table dead_rows add column note text not null default '';
