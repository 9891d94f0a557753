alter table events drop constraint kind_is_short;
