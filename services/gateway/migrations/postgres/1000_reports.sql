-- What record systems reported, one row an event and revision. The natural key makes a repeated report one.
-- The report itself is not kept: its hash tells a repeat from another report under the same key.
CREATE TABLE reports (
    id UUID NOT NULL PRIMARY KEY,
    authority TEXT NOT NULL,
    source TEXT NOT NULL,
    event_id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    body_hash BYTEA NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    -- What became of it. Absent while the reaction runs or is parked.
    receipt BYTEA,
    UNIQUE (authority, source, event_id, revision)
);
