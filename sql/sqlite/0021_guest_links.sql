-- Links with which guests see and cancel one booking. Of the secret only the BLAKE2b-256 is kept. A booking has one open
-- link at most: a newer one replaces it.
CREATE TABLE guest_link (
    property     INTEGER NOT NULL,
    id           BLOB NOT NULL CHECK (length(id) = 16),
    hash         BLOB NOT NULL CHECK (length(hash) = 32),
    booking      BLOB NOT NULL,
    withdrawn_at INTEGER,
    created_at   INTEGER NOT NULL,
    version      INTEGER NOT NULL CHECK (version = CASE WHEN withdrawn_at IS NULL THEN 1 ELSE 2 END),
    PRIMARY KEY (property, id),
    FOREIGN KEY (property, booking) REFERENCES booking (property, id)
) STRICT;

CREATE UNIQUE INDEX guest_link_open ON guest_link (property, booking) WHERE withdrawn_at IS NULL;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('guest_link', 'sqlite_autoindex_guest_link_1', '1000000 100000 1'),
    ('guest_link', 'guest_link_open', '1000000 100000 1');

-- Read what was written.
ANALYZE sqlite_schema;
