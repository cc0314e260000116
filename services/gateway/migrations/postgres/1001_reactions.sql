-- What the gateway does across services in answer to one cause: the cause, the answers so far, and the next
-- command frozen before it is first sent.
CREATE TABLE reactions (
    id UUID NOT NULL PRIMARY KEY,
    authority TEXT NOT NULL,
    kind TEXT NOT NULL,
    cause_key TEXT NOT NULL,
    -- Reactions of one lane (a family) run one after another, oldest first.
    lane TEXT NOT NULL,
    -- The reaction whose step led to this one, and the report whose receipt waits for both.
    parent_id UUID,
    report_id UUID,
    phase TEXT NOT NULL CHECK (phase IN ('runnable', 'parked', 'done')),
    steps_done BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    -- Real time, never the business clock: a simulated day does not stop a retry.
    next_at TIMESTAMPTZ NOT NULL,
    -- Grows with each write. Compared before any: a runner that lost its lease writes nothing.
    version BIGINT NOT NULL,
    -- Cause, answers and the frozen command hold facts: they go when the reaction is done.
    cause BYTEA,
    answers BYTEA,
    frozen_path TEXT,
    frozen_request BYTEA,
    frozen_context BYTEA,
    parked_because TEXT NOT NULL,
    parked_owner BYTEA NOT NULL,
    traceparent TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (authority, cause_key),
    CHECK (phase <> 'done' OR (cause IS NULL AND answers IS NULL AND frozen_path IS NULL)),
    CHECK ((frozen_path IS NULL) = (frozen_request IS NULL) AND (frozen_path IS NULL) = (frozen_context IS NULL))
) WITH (fillfactor = 70);

CREATE INDEX reactions_runnable ON reactions (authority, lane, id) WHERE phase = 'runnable';
CREATE INDEX reactions_parked ON reactions (authority, id) WHERE phase = 'parked';
CREATE INDEX reactions_of_parent ON reactions (parent_id) WHERE parent_id IS NOT NULL;

-- Who runs a lane, and until when if nothing is heard of them. Real time.
CREATE TABLE lanes (
    authority TEXT NOT NULL,
    lane TEXT NOT NULL,
    holder UUID NOT NULL,
    held_until TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (authority, lane)
) WITH (fillfactor = 70);
