-- What the planner is told about the tables. Without figures SQLite takes every property for ten rows, and reads all of
-- its claims, or two years of nights, where an index would lead to one. The figures are those of ten houses of a hundred
-- rooms with a million bookings, rounded; they are fixed, so that a plan that was tested is the plan that runs, whatever
-- the database holds. Nobody runs ANALYZE. In each text: rows, then rows per value of one, two, ... columns of the index.
ANALYZE;

DELETE FROM sqlite_stat1;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('property', NULL, '10'),
    ('head', NULL, '10'),
    ('room_type', 'sqlite_autoindex_room_type_1', '100 10 1'),
    ('room_type', 'room_type_name', '100 10 1'),
    ('room', 'sqlite_autoindex_room_1', '1000 100 1'),
    ('room', 'room_number', '1000 100 50 1'),
    ('room', 'room_by_type', '1000 100 10'),
    ('claim', 'claim', '200000 20000 200 1'),
    ('claim', 'claim_by_owner', '200000 20000 1'),
    ('inventory_night', 'inventory_night', '70000 7000 700 1'),
    ('inventory_night', 'inventory_night_fixed', '700 70 35 1'),
    ('guest', 'sqlite_autoindex_guest_1', '1000000 100000 1'),
    ('booking_group', 'sqlite_autoindex_booking_group_1', '50000 5000 1'),
    ('booking_group', 'sqlite_autoindex_booking_group_2', '50000 5000 1'),
    ('booking', 'sqlite_autoindex_booking_1', '1000000 100000 1'),
    ('booking', 'sqlite_autoindex_booking_2', '1000000 100000 1'),
    ('booking_word', 'booking_word', '2000000 200000 1000 2 1'),
    ('booking', 'booking_by_guest', '1000000 100000 1'),
    ('booking', 'booking_by_group', '100000 10000 2'),
    ('booking', 'booking_expiring', '1000 100 1'),
    ('hold', 'sqlite_autoindex_hold_1', '1000000 100000 1'),
    ('hold', 'hold_expiring', '1000 100 1'),
    ('hold', 'hold_by_owner', '1000 100 2'),
    ('event', 'sqlite_autoindex_event_1', '3000000 300000 1'),
    ('event', 'event_by_subject', '3000000 300000 3 1'),
    ('idempotency_0', 'idempotency_0', '100000 10000 1'),
    ('idempotency_1', 'idempotency_1', '100000 10000 1'),
    ('idempotency_2', 'idempotency_2', '100000 10000 1');

-- Read what was written.
ANALYZE sqlite_schema;
