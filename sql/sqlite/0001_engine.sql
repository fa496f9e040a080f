-- The tables of the engine. The property leads every key, so that the schema can be distributed by property.
-- Instants are milliseconds since 1970-01-01T00:00:00Z, dates days since 1970-01-01, spans half-open, ids 16 bytes,
-- booleans 0 or 1, hashes BLAKE2b-256. NULL means "not", never "unknown".

CREATE TABLE property (
    property         INTEGER PRIMARY KEY CHECK (property > 0),
    id               BLOB NOT NULL CHECK (length(id) = 16),
    name             TEXT NOT NULL,
    time_zone        TEXT NOT NULL,
    currency         TEXT NOT NULL CHECK (length(currency) = 3),
    day_rolls_at_min INTEGER NOT NULL CHECK (day_rolls_at_min BETWEEN 0 AND 1439),
    payment_ttl_ms   INTEGER NOT NULL CHECK (payment_ttl_ms > 0),
    approval_ttl_ms  INTEGER NOT NULL CHECK (approval_ttl_ms > 0),
    shows_holders    INTEGER NOT NULL CHECK (shows_holders IN (0, 1)),
    created_at       INTEGER NOT NULL,
    version          INTEGER NOT NULL CHECK (version > 0)
) STRICT;

-- One row per log, the installation's (property 0) included. Whoever writes to a property takes its head first.
CREATE TABLE head (
    property      INTEGER PRIMARY KEY CHECK (property >= 0),
    seq           INTEGER NOT NULL CHECK (seq >= 0),
    hash          BLOB NOT NULL CHECK (length(hash) = 32),
    decided_at    INTEGER NOT NULL,
    next_code     INTEGER NOT NULL CHECK (next_code >= 0),
    house_version INTEGER NOT NULL CHECK (house_version >= 0)
) STRICT;

INSERT INTO head (property, seq, hash, decided_at, next_code, house_version) VALUES (0, 0, zeroblob(32), 0, 0, 0);

CREATE TABLE room_type (
    property         INTEGER NOT NULL REFERENCES property (property),
    id               BLOB NOT NULL CHECK (length(id) = 16),
    name             TEXT NOT NULL,
    sold_by          TEXT NOT NULL CHECK (sold_by IN ('night', 'minute')),
    stock            TEXT NOT NULL CHECK (stock IN ('rooms', 'count') AND (sold_by = 'night' OR stock = 'rooms')),
    max_guests       INTEGER NOT NULL CHECK (max_guests > 0),
    features         TEXT NOT NULL,
    needs_approval   INTEGER NOT NULL CHECK (needs_approval IN (0, 1)),
    hold_ttl_ms      INTEGER NOT NULL CHECK (hold_ttl_ms > 0),
    opens_min        INTEGER NOT NULL CHECK (opens_min BETWEEN 0 AND 1439),
    closes_min       INTEGER NOT NULL CHECK (closes_min BETWEEN 1 AND 1440 AND closes_min > opens_min),
    turnaround_min   INTEGER NOT NULL CHECK (turnaround_min >= 0),
    length_min       INTEGER NOT NULL CHECK (length_min > 0),
    length_max       INTEGER NOT NULL CHECK (length_max >= length_min),
    notice_min       INTEGER NOT NULL CHECK (notice_min >= 0),
    quota_per_booker INTEGER NOT NULL CHECK (quota_per_booker >= 0),
    created_at       INTEGER NOT NULL,
    version          INTEGER NOT NULL CHECK (version > 0),
    deleted_at       INTEGER,
    PRIMARY KEY (property, id)
) STRICT;

-- What is deleted stays as a row, because past bookings name it; only its name is free again.
CREATE UNIQUE INDEX room_type_name ON room_type (property, name) WHERE deleted_at IS NULL;

CREATE TABLE room (
    property    INTEGER NOT NULL,
    id          BLOB NOT NULL CHECK (length(id) = 16),
    room_type   BLOB NOT NULL,
    number      TEXT NOT NULL,
    floor       TEXT NOT NULL,
    building    TEXT NOT NULL,
    features    TEXT NOT NULL,
    max_guests  INTEGER NOT NULL CHECK (max_guests >= 0),
    cleanliness TEXT NOT NULL CHECK (cleanliness IN ('DIRTY', 'CLEANING', 'CLEANED', 'INSPECTED')),
    fault       TEXT,
    fault_since INTEGER CHECK ((fault IS NULL) = (fault_since IS NULL)),
    created_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL CHECK (version > 0),
    deleted_at  INTEGER,
    PRIMARY KEY (property, id),
    FOREIGN KEY (property, room_type) REFERENCES room_type (property, id)
) STRICT;

CREATE UNIQUE INDEX room_number ON room (property, building, number) WHERE deleted_at IS NULL;
CREATE INDEX room_by_type ON room (property, room_type);

-- Who has which room when: the only record of it, and the guarantee that nobody else does.
CREATE TABLE claim (
    property   INTEGER NOT NULL,
    room       BLOB NOT NULL,
    starts     INTEGER NOT NULL,
    ends       INTEGER NOT NULL,
    owner_kind TEXT NOT NULL CHECK (owner_kind IN ('booking', 'hold', 'closure')),
    owner      BLOB NOT NULL CHECK (length(owner) = 16),
    pinned     INTEGER NOT NULL CHECK (pinned IN (0, 1)),
    PRIMARY KEY (property, room, starts),
    CHECK (starts < ends),
    FOREIGN KEY (property, room) REFERENCES room (property, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX claim_by_owner ON claim (property, owner);

-- Claims on a room are disjoint, so among those that start before the new one ends only the nearest can reach into it.
CREATE TRIGGER claim_overlap_insert BEFORE INSERT ON claim
BEGIN
    SELECT RAISE(ABORT, 'claim overlaps another on this room')
    FROM (SELECT ends FROM claim
          WHERE property = NEW.property AND room = NEW.room AND starts < NEW.ends
          ORDER BY starts DESC LIMIT 1)
    WHERE ends > NEW.starts;
END;

CREATE TRIGGER claim_overlap_update BEFORE UPDATE OF property, room, starts, ends ON claim
BEGIN
    SELECT RAISE(ABORT, 'claim overlaps another on this room')
    FROM (SELECT ends FROM claim
          WHERE property = NEW.property AND room = NEW.room AND starts < NEW.ends
            AND NOT (property = OLD.property AND room = OLD.room AND starts = OLD.starts)
          ORDER BY starts DESC LIMIT 1)
    WHERE ends > NEW.starts;
END;

CREATE TABLE inventory_night (
    property   INTEGER NOT NULL,
    room_type  BLOB NOT NULL,
    night      INTEGER NOT NULL,
    units      INTEGER NOT NULL CHECK (units >= 0),
    closed     INTEGER NOT NULL DEFAULT 0 CHECK (closed >= 0),
    sold       INTEGER NOT NULL DEFAULT 0 CHECK (sold >= 0),
    held       INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
    allowance  INTEGER NOT NULL DEFAULT 0 CHECK (allowance >= 0),
    overcommit INTEGER NOT NULL DEFAULT 0 CHECK (overcommit >= 0),
    fixed      INTEGER NOT NULL DEFAULT 0 CHECK (fixed >= 0),
    PRIMARY KEY (property, room_type, night),
    CHECK (sold + held <= units - closed + allowance + overcommit),
    FOREIGN KEY (property, room_type) REFERENCES room_type (property, id)
) STRICT, WITHOUT ROWID;

-- Almost no nights have claims that can't be re-shuffled; whether a type has any is asked at every booking.
CREATE INDEX inventory_night_fixed ON inventory_night (property, room_type, night) WHERE fixed > 0;

CREATE TABLE guest (
    property   INTEGER NOT NULL,
    id         BLOB NOT NULL CHECK (length(id) = 16),
    name       TEXT NOT NULL,
    email      TEXT,
    phone      TEXT,
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0),
    words      TEXT NOT NULL, -- of the name, without case and accents, with a blank between
    PRIMARY KEY (property, id)
) STRICT;

CREATE TABLE booking_group (
    property   INTEGER NOT NULL,
    id         BLOB NOT NULL CHECK (length(id) = 16),
    code       TEXT NOT NULL,
    guest      BLOB NOT NULL,
    owner      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (property, id),
    UNIQUE (property, code),
    FOREIGN KEY (property, guest) REFERENCES guest (property, id)
) STRICT;

CREATE TABLE booking (
    property          INTEGER NOT NULL,
    id                BLOB NOT NULL CHECK (length(id) = 16),
    code              TEXT NOT NULL,
    code_number       INTEGER NOT NULL CHECK (code_number >= 0), -- whose permutation the code is
    booking_group     BLOB,
    room_type         BLOB NOT NULL,
    charged_room_type BLOB NOT NULL,
    status            TEXT NOT NULL CHECK (status IN ('PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED', 'CHECKED_IN',
                                                      'CHECKED_OUT', 'CANCELLED', 'DECLINED', 'NO_SHOW', 'EXPIRED')),
    by_minute         INTEGER NOT NULL CHECK (by_minute IN (0, 1)),
    starts            INTEGER NOT NULL,
    ends              INTEGER NOT NULL,
    turnaround_ms     INTEGER NOT NULL CHECK (turnaround_ms >= 0 AND (by_minute = 1 OR turnaround_ms = 0)),
    local_starts      TEXT CHECK ((local_starts IS NOT NULL) = (by_minute = 1)),
    local_ends        TEXT CHECK ((local_ends IS NOT NULL) = (by_minute = 1)),
    party             INTEGER NOT NULL CHECK (party > 0),
    guest             BLOB NOT NULL,
    owner             TEXT NOT NULL,
    payment           TEXT NOT NULL CHECK (payment IN ('none', 'required')),
    placement         TEXT NOT NULL CHECK (placement IN ('proven', 'unproven')),
    expires_at        INTEGER,
    checked_in_at     INTEGER CHECK ((checked_in_at IS NOT NULL) = (status IN ('CHECKED_IN', 'CHECKED_OUT'))),
    checked_out_at    INTEGER CHECK ((checked_out_at IS NOT NULL) = (status = 'CHECKED_OUT')),
    cancelled_at      INTEGER CHECK ((cancelled_at IS NOT NULL) = (status = 'CANCELLED')),
    created_at        INTEGER NOT NULL,
    version           INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (property, id),
    UNIQUE (property, code_number),
    CHECK (starts < ends),
    FOREIGN KEY (property, room_type) REFERENCES room_type (property, id),
    FOREIGN KEY (property, guest) REFERENCES guest (property, id)
) STRICT;

CREATE INDEX booking_by_guest ON booking (property, guest);
CREATE INDEX booking_by_group ON booking (property, booking_group) WHERE booking_group IS NOT NULL;
CREATE INDEX booking_expiring ON booking (property, expires_at)
    WHERE expires_at IS NOT NULL AND status IN ('PENDING_PAYMENT', 'PENDING_APPROVAL');

-- By which words of their guests' names bookings are found. `part` is code_number / 512; the words of a part come when
-- it is complete, all at once and in order, so that the table grows at its end and not all over.
CREATE TABLE booking_word (
    property INTEGER NOT NULL,
    part     INTEGER NOT NULL CHECK (part >= 0),
    word     TEXT NOT NULL CHECK (word <> ''),
    booking  BLOB NOT NULL CHECK (length(booking) = 16),
    PRIMARY KEY (property, part, word, booking)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold (
    property      INTEGER NOT NULL,
    id            BLOB NOT NULL CHECK (length(id) = 16),
    status        TEXT NOT NULL CHECK (status IN ('ACTIVE', 'CONFIRMED', 'RELEASED', 'EXPIRED')),
    owner         TEXT NOT NULL,
    room_type     BLOB NOT NULL,
    room          BLOB,
    by_minute     INTEGER NOT NULL CHECK (by_minute IN (0, 1)),
    starts        INTEGER NOT NULL,
    ends          INTEGER NOT NULL,
    turnaround_ms INTEGER NOT NULL CHECK (turnaround_ms >= 0),
    quantity      INTEGER NOT NULL CHECK (quantity > 0 AND (room IS NULL OR quantity = 1)),
    expires_at    INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    version       INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (property, id),
    CHECK (starts < ends),
    FOREIGN KEY (property, room_type) REFERENCES room_type (property, id)
) STRICT;

CREATE INDEX hold_expiring ON hold (property, expires_at) WHERE status = 'ACTIVE';
CREATE INDEX hold_by_owner ON hold (property, owner) WHERE status = 'ACTIVE';

CREATE TABLE event (
    property     INTEGER NOT NULL,
    seq          INTEGER NOT NULL CHECK (seq > 0),
    at           INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject      BLOB NOT NULL CHECK (length(subject) = 16),
    actor        TEXT NOT NULL CHECK (actor <> ''),
    from_status  TEXT,
    to_status    TEXT,
    reason       TEXT,
    request_id   TEXT,
    v            INTEGER NOT NULL,
    body         TEXT NOT NULL,
    hash         BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (property, seq)
) STRICT;

CREATE INDEX event_by_subject ON event (property, subject, seq);

CREATE TRIGGER event_is_append_only_update BEFORE UPDATE ON event
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only');
END;

CREATE TRIGGER event_is_append_only_delete BEFORE DELETE ON event
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only');
END;

-- What was done under which Idempotency-Key: a stretch of the log, from which the reply is written again. Keys are
-- 16-byte hashes of (caller, route, key). A table takes the keys of one day (day number modulo 3) and is emptied whole
-- when its day comes round again, so that a key is kept for at least 24 hours and none is ever deleted singly.
CREATE TABLE idempotency_0 (
    property    INTEGER NOT NULL,
    key_hash    BLOB NOT NULL CHECK (length(key_hash) = 16),
    request     BLOB NOT NULL CHECK (length(request) = 16),
    first_seq   INTEGER NOT NULL,
    event_count INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (property, key_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_1 (
    property    INTEGER NOT NULL,
    key_hash    BLOB NOT NULL CHECK (length(key_hash) = 16),
    request     BLOB NOT NULL CHECK (length(request) = 16),
    first_seq   INTEGER NOT NULL,
    event_count INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (property, key_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_2 (
    property    INTEGER NOT NULL,
    key_hash    BLOB NOT NULL CHECK (length(key_hash) = 16),
    request     BLOB NOT NULL CHECK (length(request) = 16),
    first_seq   INTEGER NOT NULL,
    event_count INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (property, key_hash)
) STRICT, WITHOUT ROWID;

-- Which day number the keys of today are stored under; one row.
CREATE TABLE idempotency_day (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    day INTEGER NOT NULL
) STRICT;

INSERT INTO idempotency_day (one, day) VALUES (1, 0);
