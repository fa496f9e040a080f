-- Whether guests may leave before their stay is paid for: the property says so.
ALTER TABLE property ADD COLUMN balance_rule TEXT NOT NULL DEFAULT 'ignored'
    CHECK (balance_rule IN ('ignored', 'required'));
