-- Work that is too much for one command: done in steps, each a command of its own, from where the one before left off.
-- One of a kind runs in a property at a time.
CREATE TABLE job (
    property   INTEGER NOT NULL,
    id         BLOB NOT NULL CHECK (length(id) = 16),
    kind       TEXT NOT NULL,
    status     TEXT NOT NULL CHECK (status IN ('RUNNING', 'COMPLETED')),
    day        INTEGER NOT NULL, -- the business date that it is about
    phase      INTEGER NOT NULL CHECK (phase >= 0),
    after      BLOB CHECK (length(after) = 16), -- within the phase: what was looked at last
    tally_1    INTEGER NOT NULL CHECK (tally_1 >= 0),
    tally_2    INTEGER NOT NULL CHECK (tally_2 >= 0),
    tally_3    INTEGER NOT NULL CHECK (tally_3 >= 0),
    tally_4    INTEGER NOT NULL CHECK (tally_4 >= 0),
    tally_5    INTEGER NOT NULL CHECK (tally_5 >= 0),
    items      INTEGER NOT NULL CHECK (items >= 0), -- how many there are in job_item
    started_by TEXT NOT NULL CHECK (started_by <> ''),
    created_at INTEGER NOT NULL,
    ended_at   INTEGER CHECK ((ended_at IS NOT NULL) = (status <> 'RUNNING')),
    version    INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (property, id),
    FOREIGN KEY (property) REFERENCES property (property)
) STRICT;

CREATE UNIQUE INDEX job_running ON job (property, kind) WHERE status = 'RUNNING';
CREATE INDEX job_by_day ON job (property, kind, day);

-- What a job has to report, in the order in which it came upon it.
CREATE TABLE job_item (
    property INTEGER NOT NULL,
    job      BLOB NOT NULL,
    number   INTEGER NOT NULL CHECK (number > 0),
    tally    INTEGER NOT NULL CHECK (tally BETWEEN 1 AND 5), -- under which of the job's it is counted
    booking  BLOB NOT NULL,
    room     BLOB CHECK (length(room) = 16),
    PRIMARY KEY (property, job, number),
    FOREIGN KEY (property, job) REFERENCES job (property, id),
    FOREIGN KEY (property, booking) REFERENCES booking (property, id)
) STRICT, WITHOUT ROWID;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('job', 'sqlite_autoindex_job_1', '10000 1000 1'),
    ('job', 'job_running', '10 1 1'),
    ('job', 'job_by_day', '10000 1000 500 1'),
    ('job_item', 'job_item', '100000 10000 10 1');

-- Read what was written.
ANALYZE sqlite_schema;
