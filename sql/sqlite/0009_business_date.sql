-- A property's date may be rolled by the night audit instead of by the clock: it is stored then, and moves on when the
-- audit is through. Where there is no audit it follows from the clock, and nothing is stored.
ALTER TABLE property ADD COLUMN night_audit TEXT NOT NULL DEFAULT 'none'
    CHECK (night_audit IN ('none', 'automatic', 'by_hand'));
ALTER TABLE property ADD COLUMN business_date INTEGER CHECK ((business_date IS NULL) = (night_audit = 'none'));
