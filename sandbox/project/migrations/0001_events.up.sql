create table events (
  id bigint generated always as identity primary key,
  kind text not null,
  user_id bigint not null,
  at timestamptz not null default now()
);
create index events_by_kind on events (kind, at);
