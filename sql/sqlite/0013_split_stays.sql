-- Whether a stay may be planned in several rooms, one after another: the property says so.
ALTER TABLE property ADD COLUMN splits_stays INTEGER NOT NULL DEFAULT 0 CHECK (splits_stays IN (0, 1));
