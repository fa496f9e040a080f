-- Demand that was refused for want of room, in units: how many more could have been sold of a type, or of one room, on
-- a local date or in a local hour of it. Counters and nothing else: they name nobody, no event tells of them, and the
-- log does not rebuild them. `hour` is -1 for what is sold by the night; `room` is empty where any room of the type was
-- wanted.
CREATE TABLE turnaway (
    property  INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    hour      INTEGER NOT NULL CHECK (hour BETWEEN -1 AND 23),
    room_type BLOB NOT NULL,
    room      BLOB NOT NULL CHECK (length(room) IN (0, 16)),
    reason    TEXT NOT NULL CHECK (reason IN ('SOLD_OUT', 'NO_ROOM_FITS', 'ROOM_NOT_AVAILABLE', 'BOOKING_CONFLICT')),
    units     INTEGER NOT NULL CHECK (units > 0),
    PRIMARY KEY (property, day, hour, room_type, room, reason),
    FOREIGN KEY (property, room_type) REFERENCES room_type (property, id)
) STRICT, WITHOUT ROWID;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('turnaway', 'turnaway', '100000 10000 20 10 3 2 1');

-- Read what was written.
ANALYZE sqlite_schema;
