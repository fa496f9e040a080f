-- Who comes along with a booking, beside the guest who booked. The booking has their number, so that nothing more is read
-- of the many that name nobody else, and so that the row itself refuses to name more than its party.
CREATE TABLE booking_guest (
    property INTEGER NOT NULL,
    booking  BLOB NOT NULL,
    guest    BLOB NOT NULL,
    PRIMARY KEY (property, booking, guest),
    FOREIGN KEY (property, booking) REFERENCES booking (property, id),
    FOREIGN KEY (property, guest) REFERENCES guest (property, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX booking_guest_by_guest ON booking_guest (property, guest);

ALTER TABLE booking ADD COLUMN companions INTEGER NOT NULL DEFAULT 0 CHECK (companions >= 0 AND companions < party);

-- Whoever booked is named by the booking itself.
CREATE TRIGGER booking_guest_is_another BEFORE INSERT ON booking_guest
BEGIN
    SELECT RAISE(ABORT, 'the guest who booked comes along with themselves')
    FROM booking WHERE property = NEW.property AND id = NEW.booking AND guest = NEW.guest;
END;

CREATE TRIGGER booking_companions_are_counted BEFORE UPDATE OF companions ON booking
WHEN NEW.companions <> OLD.companions
BEGIN
    SELECT RAISE(ABORT, 'the number of those who come along is not how many are named')
    FROM (SELECT count(*) AS named FROM booking_guest WHERE property = NEW.property AND booking = NEW.id)
    WHERE named <> NEW.companions;
END;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('booking_guest', 'booking_guest', '100000 10000 2 1'),
    ('booking_guest', 'booking_guest_by_guest', '100000 10000 1 1');

-- Read what was written.
ANALYZE sqlite_schema;
