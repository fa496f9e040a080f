-- What was paid and given back in a day or a shift is told from the log, which says when and who.
CREATE INDEX event_of_payments ON event (property, at, seq) WHERE subject_kind = 'pay';

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('event', 'event_of_payments', '500000 50000 2 1');

-- Read what was written.
ANALYZE sqlite_schema;
