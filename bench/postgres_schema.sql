-- The tables a booking touches, as PostgreSQL would have them: the same columns and indexes as sql/sqlite, and a room
-- with an exclusion constraint in the place of a claim.
CREATE EXTENSION IF NOT EXISTS btree_gist;

DROP TABLE IF EXISTS head, guest, booking, booking_word, inventory_night, event, idempotency;
DROP SEQUENCE IF EXISTS event_seq, id_seq;

CREATE TABLE head (property int PRIMARY KEY, seq bigint NOT NULL, hash bytea NOT NULL, decided_at bigint NOT NULL,
    next_code bigint NOT NULL, house_version bigint NOT NULL);
INSERT INTO head VALUES (1, 0, decode(repeat('00', 32), 'hex'), 0, 0, 1);
CREATE SEQUENCE event_seq CACHE 32;
CREATE SEQUENCE id_seq CACHE 32; -- ids grow with time, as do the numbers of codes

CREATE TABLE guest (property int NOT NULL, id uuid NOT NULL, name text NOT NULL, email text, phone text,
    created_at bigint NOT NULL, version int NOT NULL CHECK (version > 0), words text NOT NULL, PRIMARY KEY (property, id));

CREATE TABLE booking (property int NOT NULL, id uuid NOT NULL, code text NOT NULL, booking_group uuid,
    room_type int NOT NULL, charged_room_type int NOT NULL, status text NOT NULL, by_minute int NOT NULL,
    starts bigint NOT NULL, ends bigint NOT NULL, turnaround_ms bigint NOT NULL, local_starts text, local_ends text,
    party int NOT NULL CHECK (party > 0), guest uuid, owner text NOT NULL, payment text NOT NULL, placement text NOT NULL,
    expires_at bigint, checked_in_at bigint, checked_out_at bigint, cancelled_at bigint, created_at bigint NOT NULL,
    version int NOT NULL CHECK (version > 0), room int NOT NULL, code_number bigint NOT NULL, PRIMARY KEY (property, id), UNIQUE (property, code_number),
    CHECK (starts < ends), FOREIGN KEY (property, guest) REFERENCES guest (property, id),
    EXCLUDE USING gist (property WITH =, room WITH =, int8range(starts, ends) WITH &&));
CREATE INDEX booking_blocking_by_start ON booking (property, room_type, starts, ends)
    WHERE status IN ('PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED', 'CHECKED_IN');
CREATE INDEX booking_ended_by_start ON booking (property, room_type, starts, ends)
    WHERE status IN ('CHECKED_OUT', 'CANCELLED', 'DECLINED', 'NO_SHOW', 'EXPIRED');
CREATE INDEX booking_by_guest ON booking (property, guest);
CREATE INDEX booking_by_group ON booking (property, booking_group) WHERE booking_group IS NOT NULL;
CREATE INDEX booking_expiring ON booking (property, expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE booking_word (property int NOT NULL, part bigint NOT NULL CHECK (part >= 0), word text COLLATE "C" NOT NULL,
    booking uuid NOT NULL, PRIMARY KEY (property, part, word, booking));

CREATE TABLE inventory_night (property int NOT NULL, room_type int NOT NULL, night int NOT NULL, units int NOT NULL,
    closed int NOT NULL DEFAULT 0, sold int NOT NULL DEFAULT 0, held int NOT NULL DEFAULT 0,
    allowance int NOT NULL DEFAULT 0, overcommit int NOT NULL DEFAULT 0, fixed int NOT NULL DEFAULT 0,
    PRIMARY KEY (property, room_type, night), CHECK (sold + held <= units - closed + allowance + overcommit));
INSERT INTO inventory_night (property, room_type, night, units)
    SELECT 1, type, night, 1000 FROM generate_series(1, 20) type, generate_series(0, 730) night;

CREATE TABLE event (property int NOT NULL, seq bigint NOT NULL, at bigint NOT NULL, kind text NOT NULL,
    subject_kind text NOT NULL, subject uuid NOT NULL, actor text NOT NULL, from_status text, to_status text,
    reason text, request_id text, v int NOT NULL, body text NOT NULL, hash bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (property, seq));
CREATE INDEX event_by_subject ON event (property, subject, seq);

CREATE TABLE idempotency (property int NOT NULL, key_hash bytea NOT NULL, request bytea NOT NULL,
    first_seq bigint NOT NULL, event_count int NOT NULL, at bigint NOT NULL, PRIMARY KEY (property, key_hash));
VACUUM ANALYZE;
