alter table events add constraint kind_is_short check (length(kind) <= 40);
