-- What the gateway does across services in answer to one cause: the cause, the answers so far, and the next
-- command frozen before it is first sent.
CREATE TABLE reactions (
    id BLOB NOT NULL PRIMARY KEY,
    authority TEXT NOT NULL,
    kind TEXT NOT NULL,
    cause_key TEXT NOT NULL,
    -- Reactions of one lane (a family) run one after another, oldest first.
    lane TEXT NOT NULL,
    -- The reaction whose step led to this one, and the report whose receipt waits for both.
    parent_id BLOB,
    report_id BLOB,
    phase TEXT NOT NULL CHECK (phase IN ('runnable', 'parked', 'done')),
    steps_done INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    -- Real time, never the business clock: a simulated day does not stop a retry.
    next_at INTEGER NOT NULL,
    -- Grows with each write. Compared before any: a runner that lost its lease writes nothing.
    version INTEGER NOT NULL,
    -- Cause, answers and the frozen command hold facts: they go when the reaction is done.
    cause BLOB,
    answers BLOB,
    frozen_path TEXT,
    frozen_request BLOB,
    frozen_context BLOB,
    parked_because TEXT NOT NULL,
    parked_owner BLOB NOT NULL,
    traceparent TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (authority, cause_key),
    CHECK (phase <> 'done' OR (cause IS NULL AND answers IS NULL AND frozen_path IS NULL)),
    CHECK ((frozen_path IS NULL) = (frozen_request IS NULL) AND (frozen_path IS NULL) = (frozen_context IS NULL))
) STRICT;

CREATE INDEX reactions_runnable ON reactions (authority, lane, id) WHERE phase = 'runnable';
CREATE INDEX reactions_parked ON reactions (authority, id) WHERE phase = 'parked';
CREATE INDEX reactions_of_parent ON reactions (parent_id) WHERE parent_id IS NOT NULL;

-- Who runs a lane, and until when if nothing is heard of them. Real time.
CREATE TABLE lanes (
    authority TEXT NOT NULL,
    lane TEXT NOT NULL,
    holder BLOB NOT NULL,
    held_until INTEGER NOT NULL,
    PRIMARY KEY (authority, lane)
) STRICT;
