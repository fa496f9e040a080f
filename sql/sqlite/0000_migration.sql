-- What the database knows of its own history; made before the first migration. The checksum is BLAKE2b-256 of the
-- script's bytes, applied_at milliseconds since 1970-01-01T00:00:00Z.

CREATE TABLE migration (
    number     INTEGER PRIMARY KEY CHECK (number > 0),
    name       TEXT NOT NULL,
    checksum   BLOB NOT NULL CHECK (length(checksum) = 32),
    applied_at INTEGER NOT NULL
) STRICT;
