-- What record systems reported, one row an event and revision. The natural key makes a repeated report one.
-- The report itself is not kept: its hash tells a repeat from another report under the same key.
CREATE TABLE reports (
    id BLOB NOT NULL PRIMARY KEY,
    authority TEXT NOT NULL,
    source TEXT NOT NULL,
    event_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    body_hash BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    -- What became of it. Absent while the reaction runs or is parked.
    receipt BLOB,
    UNIQUE (authority, source, event_id, revision)
) STRICT;
