-- Who was sold beyond what could be shown to fit is asked for wherever what is sold does not fit any more: they are few
-- among many.
CREATE INDEX booking_unproven ON booking (property, ends) WHERE placement = 'unproven'
    AND status IN ('PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED', 'CHECKED_IN');

-- A closure that was forced may take a room from somebody who was promised one.
ALTER TABLE closure ADD COLUMN placement TEXT NOT NULL DEFAULT 'proven' CHECK (placement IN ('proven', 'unproven'));
CREATE INDEX closure_unproven ON closure (property, ends) WHERE placement = 'unproven' AND status = 'OPEN';

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('booking', 'booking_unproven', '500 50 2'),
    ('closure', 'closure_unproven', '50 5 1');

-- Read what was written.
ANALYZE sqlite_schema;
