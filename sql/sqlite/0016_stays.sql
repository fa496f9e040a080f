-- The business dates on which guests came and left, by which either can be undone as long as the day lasts, and the room
-- they left from: a stay that ends on the day of arrival has no claim that would say it.
ALTER TABLE booking ADD COLUMN checked_in_on INTEGER
    CHECK ((checked_in_on IS NOT NULL) = (status IN ('CHECKED_IN', 'CHECKED_OUT')));
ALTER TABLE booking ADD COLUMN checked_out_on INTEGER CHECK ((checked_out_on IS NOT NULL) = (status = 'CHECKED_OUT'));
ALTER TABLE booking ADD COLUMN left_room BLOB
    CHECK ((left_room IS NOT NULL) = (status = 'CHECKED_OUT') AND (left_room IS NULL OR length(left_room) = 16));
