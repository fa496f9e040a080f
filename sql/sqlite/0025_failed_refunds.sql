-- Somebody has to look at what a provider refused, or what came back: it may be owed.
CREATE INDEX refund_failed ON refund (property, id) WHERE status = 'failed';

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('refund', 'refund_failed', '500 50 1');

-- Read what was written.
ANALYZE sqlite_schema;
