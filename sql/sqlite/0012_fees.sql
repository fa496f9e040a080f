-- What a house keeps when guests call off late or do not come, in percent of the price, and until how many hours before
-- the day of arrival calling off is free; and what was kept of a booking, in minor units.
ALTER TABLE property ADD COLUMN cancellation_window_h INTEGER NOT NULL DEFAULT 0
    CHECK (cancellation_window_h BETWEEN 0 AND 8784);
ALTER TABLE property ADD COLUMN cancellation_fee_percent INTEGER NOT NULL DEFAULT 0
    CHECK (cancellation_fee_percent BETWEEN 0 AND 100);
ALTER TABLE property ADD COLUMN no_show_fee_percent INTEGER NOT NULL DEFAULT 0
    CHECK (no_show_fee_percent BETWEEN 0 AND 100);
ALTER TABLE booking ADD COLUMN fee_minor INTEGER
    CHECK (fee_minor IS NULL OR (fee_minor > 0 AND status IN ('CANCELLED', 'NO_SHOW') AND price_minor IS NOT NULL
                                 AND fee_minor <= price_minor));
