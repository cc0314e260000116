-- Every task of a transfer, done or not, with its due date and whether it was done in time (W-072).
CREATE TABLE tracker_tasks (
    authority TEXT NOT NULL,
    transfer_id TEXT NOT NULL,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    -- Empty without a limit.
    due_on TEXT NOT NULL,
    breach_at TIMESTAMPTZ,
    state TEXT NOT NULL CHECK (state IN ('open', 'breached', 'done', 'cancelled')),
    done_at TIMESTAMPTZ,
    reported_at TIMESTAMPTZ,
    inherited BOOLEAN NOT NULL,
    rules JSONB NOT NULL,
    PRIMARY KEY (authority, transfer_id, name)
);

ALTER TABLE tracker ADD COLUMN worker_id TEXT NOT NULL DEFAULT '';
-- The earliest limit that a live transfer has to meet; after every date when it has none, empty once it ended.
ALTER TABLE tracker ADD COLUMN due_sort TEXT NOT NULL DEFAULT '';
-- When it ended, by our clock. Those that ended before this column came count from the day on which it came.
ALTER TABLE tracker ADD COLUMN ended_at TIMESTAMPTZ;
UPDATE tracker SET due_sort = '9999-99-99' WHERE live;
UPDATE tracker SET ended_at = now() WHERE NOT live;
CREATE INDEX tracker_ended ON tracker (ended_at) WHERE NOT live;
