-- Why more is sold on a night than it has: each record by the night, so that each falls on its own when a unit comes
-- free. It is over when its quantity is 0. What a night is overcommitted by is the sum of its records.
CREATE TABLE overcommit (
    property  INTEGER NOT NULL,
    night     INTEGER NOT NULL,
    room_type BLOB NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('closure', 'overstay')),
    subject   BLOB NOT NULL CHECK (length(subject) = 16), -- the closure, or the booking that overstays
    quantity  INTEGER NOT NULL CHECK (quantity >= 0),
    PRIMARY KEY (property, night, room_type, subject),
    FOREIGN KEY (property, room_type) REFERENCES room_type (property, id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER overcommit_is_recorded_insert BEFORE INSERT ON inventory_night
WHEN NEW.overcommit <> 0
BEGIN
    SELECT RAISE(ABORT, 'a night is not opened with an overcommit');
END;

CREATE TRIGGER overcommit_is_recorded_update BEFORE UPDATE OF overcommit ON inventory_night
BEGIN
    SELECT RAISE(ABORT, 'an overcommit is not what its records say')
    FROM (SELECT COALESCE(sum(quantity), 0) AS recorded FROM overcommit
          WHERE property = NEW.property AND night = NEW.night AND room_type = NEW.room_type)
    WHERE recorded <> NEW.overcommit;
END;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('overcommit', 'overcommit', '1000 100 10 5 1');

-- Read what was written.
ANALYZE sqlite_schema;
