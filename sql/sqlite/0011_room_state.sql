-- What is going on in a room. A fault and a note to housekeeping are what people write, so the room has the id of a
-- text and no key to it (see 0006): the words can go. The attendant is a user, who is the installation's, so no key can
-- lead there either. No fault was ever stored in words: nothing is lost with the old columns.
ALTER TABLE room DROP COLUMN fault_since;
ALTER TABLE room DROP COLUMN fault;
ALTER TABLE room ADD COLUMN fault BLOB CHECK (length(fault) = 16);
ALTER TABLE room ADD COLUMN fault_since INTEGER CHECK ((fault IS NULL) = (fault_since IS NULL));
ALTER TABLE room ADD COLUMN note BLOB CHECK (length(note) = 16);
ALTER TABLE room ADD COLUMN attendant BLOB CHECK (length(attendant) = 16);

-- Who is in which room now: one party in a room, and a party in one room.
CREATE TABLE occupancy (
    property INTEGER NOT NULL,
    room     BLOB NOT NULL,
    booking  BLOB NOT NULL,
    PRIMARY KEY (property, room),
    UNIQUE (property, booking),
    FOREIGN KEY (property, room) REFERENCES room (property, id),
    FOREIGN KEY (property, booking) REFERENCES booking (property, id)
) STRICT, WITHOUT ROWID;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('occupancy', 'occupancy', '1000 100 1'),
    ('occupancy', 'sqlite_autoindex_occupancy_2', '1000 100 1');

-- Read what was written.
ANALYZE sqlite_schema;
