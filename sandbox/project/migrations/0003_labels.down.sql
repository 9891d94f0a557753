drop index events_by_label;
alter table events drop column label;
