-- What a booking costs, in minor units of the property's currency, where that is known; and how far it is paid. The
-- second follows from the payments and is kept beside the booking, because every event of it shows it.
ALTER TABLE booking ADD COLUMN price_minor INTEGER CHECK (price_minor >= 0);
ALTER TABLE booking ADD COLUMN payment_status TEXT NOT NULL DEFAULT 'none'
    CHECK (payment_status IN ('none', 'required', 'authorized', 'captured', 'partially_refunded', 'refunded', 'failed',
                              'voided'));
UPDATE booking SET payment_status = payment WHERE payment = 'required';
