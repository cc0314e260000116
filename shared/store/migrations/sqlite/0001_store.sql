-- The tables of the store itself. Instants are microseconds since 1970; ids are 16 bytes.

-- Facts about this database. `incarnation` names its life: another database has another.
CREATE TABLE store_meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- Requests that took effect, with their answers. Written in the transaction of the effect.
CREATE TABLE requests (
    authority  TEXT    NOT NULL,
    principal  TEXT    NOT NULL,
    method     TEXT    NOT NULL,
    request_id TEXT    NOT NULL,
    body_hash  BLOB    NOT NULL,
    response   BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (authority, principal, method, request_id)
) STRICT, WITHOUT ROWID;

-- What people wrote. Events carry the digest only; erasing a row breaks no chain.
CREATE TABLE private_values (
    authority TEXT NOT NULL,
    digest    TEXT NOT NULL,
    case_id   BLOB,
    salt      BLOB NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (authority, digest)
) STRICT;
CREATE INDEX private_values_case ON private_values (case_id) WHERE case_id IS NOT NULL;

-- Audit log, feed and journey at once. Append-only.
CREATE TABLE events (
    seq               INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id          BLOB    NOT NULL UNIQUE,
    authority         TEXT    NOT NULL,
    event_type        TEXT    NOT NULL,
    aggregate_id      BLOB    NOT NULL,
    aggregate_version INTEGER NOT NULL,
    case_id           BLOB,
    child_id          BLOB,
    family_id         BLOB,
    effective_at      INTEGER NOT NULL,
    recorded_at       INTEGER NOT NULL,
    traceparent       TEXT,
    body              TEXT    NOT NULL,
    digest            BLOB    NOT NULL
) STRICT;
CREATE INDEX events_aggregate ON events (aggregate_id, seq);
CREATE INDEX events_case ON events (case_id, seq) WHERE case_id IS NOT NULL;

CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

-- Events without a position yet. A queue, since the events themselves cannot be marked.
CREATE TABLE unsealed (
    seq INTEGER PRIMARY KEY REFERENCES events (seq)
) STRICT;
CREATE TRIGGER events_unsealed AFTER INSERT ON events
BEGIN INSERT INTO unsealed (seq) VALUES (new.seq); END;

-- The feed of an authority: a position without gaps, and the chain's hash there.
CREATE TABLE sealed (
    authority TEXT    NOT NULL,
    position  INTEGER NOT NULL CHECK (position > 0),
    event_id  BLOB    NOT NULL UNIQUE REFERENCES events (event_id),
    hash      BLOB    NOT NULL,
    PRIMARY KEY (authority, position)
) STRICT;
CREATE TRIGGER sealed_no_update BEFORE UPDATE ON sealed
BEGIN SELECT RAISE(ABORT, 'sealed events are append-only'); END;
CREATE TRIGGER sealed_no_delete BEFORE DELETE ON sealed
BEGIN SELECT RAISE(ABORT, 'sealed events are append-only'); END;

-- The end of each feed.
CREATE TABLE feed_heads (
    authority TEXT    NOT NULL PRIMARY KEY,
    position  INTEGER NOT NULL,
    hash      BLOB    NOT NULL
) STRICT;

-- One row; who seals holds it.
CREATE TABLE sealing_fence (
    id INTEGER PRIMARY KEY CHECK (id = 1)
) STRICT;
INSERT INTO sealing_fence (id) VALUES (1);

-- Where our subscriptions to others' feeds stand. Written in the transaction of the effect.
CREATE TABLE cursors (
    subscription TEXT    NOT NULL,
    authority    TEXT    NOT NULL,
    incarnation  TEXT    NOT NULL,
    position     INTEGER NOT NULL,
    hash         BLOB    NOT NULL,
    PRIMARY KEY (subscription, authority)
) STRICT;

-- What aggregates wait for. Open ones are worked off in due order; fired ones stay, so that none fires twice.
-- `retry_at` is real time, the others are business time.
CREATE TABLE deadlines (
    authority    TEXT    NOT NULL,
    aggregate_id BLOB    NOT NULL,
    name         TEXT    NOT NULL,
    due_at       INTEGER NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('open', 'fired')),
    body         TEXT    NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    retry_at     INTEGER,
    PRIMARY KEY (aggregate_id, name)
) STRICT;
CREATE INDEX deadlines_due ON deadlines (due_at) WHERE state = 'open';
