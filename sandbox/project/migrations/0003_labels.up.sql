alter table events add column label text;
create index events_by_label on events (label) where label is not null;
