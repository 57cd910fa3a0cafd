-- How what a source writes reaches us, as JSON: by upload, in a folder, or through a stream.
alter table sources add column transport text not null default '{"kind":"upload"}';
