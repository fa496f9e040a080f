-- When a guest was erased: the row stays, because bookings name it, and says nothing of the person any more.
ALTER TABLE guest ADD COLUMN erased_at INTEGER
    CHECK (erased_at IS NULL OR (name = '' AND email IS NULL AND phone IS NULL AND words = ''));
