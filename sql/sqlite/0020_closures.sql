-- Rooms that are closed for a time. One that is out of order has a claim as well, as long as it is open.
CREATE TABLE closure (
    property    INTEGER NOT NULL,
    id          BLOB NOT NULL CHECK (length(id) = 16),
    room        BLOB NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('out_of_order', 'out_of_service')),
    status      TEXT NOT NULL CHECK (status IN ('OPEN', 'REOPENED')),
    by_minute   INTEGER NOT NULL CHECK (by_minute IN (0, 1)),
    starts      INTEGER NOT NULL,
    ends        INTEGER NOT NULL,
    reason      BLOB CHECK (length(reason) = 16), -- a text
    created_by  TEXT NOT NULL CHECK (created_by <> ''),
    created_at  INTEGER NOT NULL,
    reopened_at INTEGER CHECK ((reopened_at IS NOT NULL) = (status = 'REOPENED')),
    version     INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (property, id),
    CHECK (starts < ends),
    FOREIGN KEY (property, room) REFERENCES room (property, id)
) STRICT;

CREATE INDEX closure_by_room ON closure (property, room, id);
CREATE INDEX closure_open ON closure (property, ends) WHERE status = 'OPEN';

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('closure', 'sqlite_autoindex_closure_1', '10000 1000 1'),
    ('closure', 'closure_by_room', '10000 1000 10 1'),
    ('closure', 'closure_open', '1000 100 5');

-- Read what was written.
ANALYZE sqlite_schema;
