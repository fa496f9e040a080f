-- What was paid and what goes back, in whole minor units of the property's currency. The amounts of a payment are
-- cumulative and hold each other in bounds; its status follows from them and is not stored.
CREATE TABLE payment (
    property      INTEGER NOT NULL,
    id            BLOB NOT NULL CHECK (length(id) = 16),
    booking       BLOB,
    booking_group BLOB,
    method        TEXT NOT NULL CHECK (method IN ('card', 'cash', 'card_at_desk', 'bank_transfer', 'other')),
    reference     TEXT CHECK (reference <> '' AND (method <> 'card' OR reference IS NOT NULL)),
    currency      TEXT NOT NULL CHECK (length(currency) = 3),
    authorized    INTEGER NOT NULL,
    captured      INTEGER NOT NULL,
    refunded      INTEGER NOT NULL,
    authorized_at INTEGER CHECK ((authorized_at IS NOT NULL) = (authorized > 0)),
    captured_at   INTEGER CHECK ((captured_at IS NOT NULL) = (captured > 0)),
    failed_at     INTEGER,
    voided_at     INTEGER,
    created_at    INTEGER NOT NULL,
    version       INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (property, id),
    CHECK ((booking IS NULL) <> (booking_group IS NULL)),
    CHECK (0 <= refunded AND refunded <= captured AND captured <= authorized),
    FOREIGN KEY (property, booking) REFERENCES booking (property, id),
    FOREIGN KEY (property, booking_group) REFERENCES booking_group (property, id)
) STRICT;

CREATE INDEX payment_by_booking ON payment (property, booking) WHERE booking IS NOT NULL;
CREATE INDEX payment_by_group ON payment (property, booking_group) WHERE booking_group IS NOT NULL;
-- A provider's payment is one payment here, whatever is said of it and how often.
CREATE UNIQUE INDEX payment_by_reference ON payment (property, reference) WHERE method = 'card';

CREATE TABLE refund (
    property           INTEGER NOT NULL,
    id                 BLOB NOT NULL CHECK (length(id) = 16),
    payment            BLOB NOT NULL,
    booking            BLOB,
    amount             INTEGER NOT NULL CHECK (amount > 0),
    status             TEXT NOT NULL CHECK (status IN ('due', 'sent', 'settled', 'failed', 'withdrawn')),
    automatic          INTEGER NOT NULL CHECK (automatic IN (0, 1)),
    attempts           INTEGER NOT NULL CHECK (attempts >= 0),
    sent_at            INTEGER CHECK ((sent_at IS NOT NULL) = (attempts > 0)),
    settled_at         INTEGER CHECK (settled_at IS NOT NULL OR status <> 'settled'),
    failed_at          INTEGER CHECK (failed_at IS NOT NULL OR status <> 'failed'),
    provider_reference TEXT CHECK (provider_reference <> ''),
    failure            TEXT CHECK (failure <> ''),
    created_at         INTEGER NOT NULL,
    version            INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (property, id),
    CHECK (status <> 'sent' OR attempts > 0),
    FOREIGN KEY (property, payment) REFERENCES payment (property, id)
) STRICT;

CREATE INDEX refund_by_payment ON refund (property, payment);
CREATE INDEX refund_open ON refund (property, id) WHERE status IN ('due', 'sent');

-- Events of a provider's that had an effect: none has a second one.
CREATE TABLE payment_notice (
    property     INTEGER NOT NULL,
    event        TEXT NOT NULL CHECK (event <> ''),
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('pay', 'rfd', 'psa')),
    subject      BLOB NOT NULL CHECK (length(subject) = 16),
    at           INTEGER NOT NULL,
    PRIMARY KEY (property, event)
) STRICT, WITHOUT ROWID;

-- Events of a provider's that were genuine and could not be applied, for somebody to look at.
CREATE TABLE set_aside (
    property    INTEGER NOT NULL,
    id          BLOB NOT NULL CHECK (length(id) = 16),
    event       TEXT NOT NULL CHECK (event <> ''),
    kind        TEXT NOT NULL,
    cause       TEXT NOT NULL CHECK (cause IN ('amount', 'currency', 'account', 'booking')),
    reference   TEXT,
    named       TEXT,
    amount      INTEGER NOT NULL CHECK (amount >= 0),
    currency    TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    resolved_at INTEGER,
    version     INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (property, id)
) STRICT;

-- How a property takes part with a provider; secrets are sealed with the key of the server's key file.
CREATE TABLE payment_provider (
    property       INTEGER NOT NULL PRIMARY KEY,
    id             BLOB NOT NULL CHECK (length(id) = 16),
    account        TEXT,
    api_base       TEXT,
    sealed_secret  TEXT NOT NULL CHECK (sealed_secret <> ''),
    sealed_api_key TEXT,
    created_at     INTEGER NOT NULL,
    version        INTEGER NOT NULL CHECK (version > 0),
    CHECK (sealed_api_key IS NULL OR api_base IS NOT NULL)
) STRICT;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('payment', 'sqlite_autoindex_payment_1', '300000 30000 1'),
    ('payment', 'payment_by_booking', '250000 25000 1'),
    ('payment', 'payment_by_group', '50000 5000 1'),
    ('payment', 'payment_by_reference', '200000 20000 1'),
    ('refund', 'sqlite_autoindex_refund_1', '50000 5000 1'),
    ('refund', 'refund_by_payment', '50000 5000 1'),
    ('refund', 'refund_open', '100 10 1'),
    ('payment_notice', 'payment_notice', '500000 50000 1'),
    ('set_aside', 'sqlite_autoindex_set_aside_1', '1000 100 1'),
    ('payment_provider', NULL, '10');

-- Read what was written.
ANALYZE sqlite_schema;
