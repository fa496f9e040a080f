-- What people write about people: the reason of a cancellation, of a booking confirmed unpaid. The log is hashed and
-- never changed, so it refers to such a text by its id alone; the text itself can go, and the chain holds all the same.
-- No key of `event` refers to it, for the same reason. `event.reason` is what was logged before there was this table.
CREATE TABLE text (
    property   INTEGER NOT NULL,
    id         BLOB NOT NULL CHECK (length(id) = 16),
    content    TEXT NOT NULL CHECK (content <> ''),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (property, id)
) STRICT;

ALTER TABLE event ADD COLUMN reason_id BLOB
    CHECK (reason_id IS NULL OR (length(reason_id) = 16 AND reason IS NULL));
