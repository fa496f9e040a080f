-- Which room guests who did not come had: it is theirs again if they come after all and nobody else has it by then.
ALTER TABLE booking ADD COLUMN lost_room BLOB
    CHECK (lost_room IS NULL OR (length(lost_room) = 16 AND status = 'NO_SHOW'));
