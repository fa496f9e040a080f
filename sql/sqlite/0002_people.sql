-- Who may do what: users and their roles, tokens, sessions, invitations, password resets. All of it belongs to the
-- installation, so `property` is 0 throughout and leads every key; `of_property` says where a role is held (0: the
-- installation). Secrets are kept as hashes only: passwords as argon2id strings, all others as BLAKE2b-256.

CREATE TABLE user_account (
    property      INTEGER NOT NULL CHECK (property = 0),
    id            BLOB NOT NULL CHECK (length(id) = 16),
    email         TEXT NOT NULL CHECK (email = lower(email) AND email <> ''),
    name          TEXT NOT NULL,
    locale        TEXT,
    password      TEXT,
    owner         INTEGER NOT NULL CHECK (owner IN (0, 1)),
    disabled_at   INTEGER,
    sessions_from INTEGER NOT NULL, -- sessions that began before are over
    created_at    INTEGER NOT NULL,
    version       INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (property, id),
    UNIQUE (property, email)
) STRICT;

CREATE TABLE user_role (
    property     INTEGER NOT NULL,
    user_account BLOB NOT NULL,
    of_property  INTEGER NOT NULL CHECK (of_property > 0),
    role         TEXT NOT NULL CHECK (role IN ('viewer', 'booker', 'housekeeping', 'front_desk', 'manager', 'admin')),
    PRIMARY KEY (property, user_account, of_property),
    FOREIGN KEY (property, user_account) REFERENCES user_account (property, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX user_role_by_property ON user_role (property, of_property, user_account);

CREATE TABLE token (
    property     INTEGER NOT NULL CHECK (property = 0),
    id           BLOB NOT NULL CHECK (length(id) = 16),
    hash         BLOB NOT NULL CHECK (length(hash) = 32),
    name         TEXT NOT NULL,
    user_account BLOB,
    of_property  INTEGER NOT NULL CHECK (of_property >= 0),
    role         TEXT NOT NULL CHECK (role IN ('viewer', 'booker', 'housekeeping', 'front_desk', 'manager', 'admin',
                                               'owner') AND (role = 'owner') = (of_property = 0)),
    trusted      INTEGER NOT NULL CHECK (trusted IN (0, 1)),
    expires_at   INTEGER,
    revoked_at   INTEGER,
    created_at   INTEGER NOT NULL,
    version      INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (property, id),
    FOREIGN KEY (property, user_account) REFERENCES user_account (property, id)
) STRICT;

CREATE TABLE session (
    property     INTEGER NOT NULL CHECK (property = 0),
    id           BLOB NOT NULL CHECK (length(id) = 16),
    hash         BLOB NOT NULL CHECK (length(hash) = 32),
    user_account BLOB NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    PRIMARY KEY (property, id),
    FOREIGN KEY (property, user_account) REFERENCES user_account (property, id)
) STRICT;

CREATE INDEX session_by_user ON session (property, user_account, expires_at);

CREATE TABLE invitation (
    property    INTEGER NOT NULL CHECK (property = 0),
    id          BLOB NOT NULL CHECK (length(id) = 16),
    hash        BLOB NOT NULL CHECK (length(hash) = 32),
    email       TEXT CHECK (email = lower(email) AND email <> ''),
    of_property INTEGER NOT NULL CHECK (of_property >= 0),
    role        TEXT NOT NULL CHECK (role IN ('viewer', 'booker', 'housekeeping', 'front_desk', 'manager', 'admin',
                                              'owner') AND (role = 'owner') = (of_property = 0)),
    is_setup    INTEGER NOT NULL CHECK (is_setup IN (0, 1) AND (is_setup = 1) = (email IS NULL)),
    expires_at  INTEGER NOT NULL,
    used_at     INTEGER,
    void_at     INTEGER CHECK (void_at IS NULL OR used_at IS NULL),
    created_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (property, id)
) STRICT;

-- The links for the first owner that are still open; there is one at most once a server has started.
CREATE INDEX invitation_setup ON invitation (property, id) WHERE is_setup = 1 AND used_at IS NULL AND void_at IS NULL;

CREATE TABLE password_reset (
    property     INTEGER NOT NULL CHECK (property = 0),
    id           BLOB NOT NULL CHECK (length(id) = 16),
    hash         BLOB NOT NULL CHECK (length(hash) = 32),
    user_account BLOB NOT NULL,
    expires_at   INTEGER NOT NULL,
    used_at      INTEGER,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (property, id),
    FOREIGN KEY (property, user_account) REFERENCES user_account (property, id)
) STRICT;
