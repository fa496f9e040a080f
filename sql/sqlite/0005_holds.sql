-- A hold keeps the party it was asked for, so that confirming it books for as many, and what it was confirmed into, so
-- that who confirms it once more is told. Neither is known of holds that were taken before.
ALTER TABLE hold ADD COLUMN party INTEGER CHECK (party > 0);
ALTER TABLE hold ADD COLUMN booking BLOB CHECK (booking IS NULL OR status = 'CONFIRMED');
ALTER TABLE hold ADD COLUMN booking_group BLOB
    CHECK (booking_group IS NULL OR (status = 'CONFIRMED' AND booking IS NULL));
