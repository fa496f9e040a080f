-- In which rooms' histories an event is that has a booking or a closure for its subject. What is done to a room itself
-- is found by its subject.
CREATE TABLE room_event (
    property INTEGER NOT NULL,
    room     BLOB NOT NULL CHECK (length(room) = 16),
    seq      INTEGER NOT NULL CHECK (seq > 0),
    PRIMARY KEY (property, room, seq)
) STRICT, WITHOUT ROWID;

-- What was logged before has its place too. Bodies name rooms as the outside knows them, in base32 of 20 bytes: property
-- and id, five bits a letter, here out of their hexadecimal digits. Where guests are is only said while they are in.
WITH RECURSIVE
letter(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM letter WHERE i < 31),
digits(property, room, hex) AS (SELECT property, id, printf('%08X', property) || hex(id) FROM room),
named(property, room, name) AS (
    SELECT d.property, d.room, 'rom_' || (
        SELECT group_concat(substr('abcdefghijklmnopqrstuvwxyz234567', 1 + five, 1), '') FROM (
            SELECT (((instr('123456789ABCDEF', substr(d.hex, i * 5 / 4 + 1, 1)) * 16
                      + instr('123456789ABCDEF', substr(d.hex, i * 5 / 4 + 2, 1))) >> (3 - i * 5 % 4)) & 31) AS five
            FROM letter ORDER BY i))
    FROM digits d),
told(property, seq, body, before) AS (
    SELECT property, seq, body, lag(body) OVER (PARTITION BY property, subject ORDER BY seq)
    FROM event WHERE subject_kind = 'bkg'),
had(property, seq, stretch, name) AS (
    SELECT t.property, t.seq, json_remove(c.value, '$.pinned'), json_extract(c.value, '$.room_id')
    FROM told t, json_each(t.before, '$.claims') c),
has(property, seq, stretch, name) AS (
    SELECT t.property, t.seq, json_remove(c.value, '$.pinned'), json_extract(c.value, '$.room_id')
    FROM told t, json_each(t.body, '$.claims') c),
moved(property, seq, had, has) AS (
    SELECT property, seq,
           CASE WHEN json_extract(before, '$.status') = 'CHECKED_IN' THEN json_extract(before, '$.room_id') END,
           CASE WHEN json_extract(body, '$.status') = 'CHECKED_IN' THEN json_extract(body, '$.room_id') END
    FROM told),
about(property, seq, name) AS (
    SELECT property, seq, name FROM (SELECT * FROM had EXCEPT SELECT * FROM has)
    UNION SELECT property, seq, name FROM (SELECT * FROM has EXCEPT SELECT * FROM had)
    UNION SELECT property, seq, had FROM moved WHERE had IS NOT has
    UNION SELECT property, seq, has FROM moved WHERE had IS NOT has
    UNION SELECT property, seq, json_extract(body, '$.room_id') FROM event WHERE subject_kind = 'clo')
INSERT INTO room_event (property, room, seq)
SELECT a.property, n.room, a.seq FROM about a JOIN named n ON n.property = a.property AND n.name = a.name;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('room_event', 'room_event', '1000000 100000 1000 1');

-- Read what was written.
ANALYZE sqlite_schema;
