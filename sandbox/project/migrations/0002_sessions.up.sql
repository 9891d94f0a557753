create table sessions (
  id bigint primary key,
  user_id bigint not null,
  first_event bigint references events (id)
);
