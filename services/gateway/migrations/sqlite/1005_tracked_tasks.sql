-- Every task of a transfer, done or not, with its due date and whether it was done in time (W-072).
CREATE TABLE tracker_tasks (
    authority TEXT NOT NULL,
    transfer_id TEXT NOT NULL,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    -- Empty without a limit.
    due_on TEXT NOT NULL,
    breach_at INTEGER,
    state TEXT NOT NULL CHECK (state IN ('open', 'breached', 'done', 'cancelled')),
    done_at INTEGER,
    reported_at INTEGER,
    inherited INTEGER NOT NULL,
    rules TEXT NOT NULL,
    PRIMARY KEY (authority, transfer_id, name)
) STRICT;

ALTER TABLE tracker ADD COLUMN worker_id TEXT NOT NULL DEFAULT '';
-- The earliest limit that a live transfer has to meet; after every date when it has none, empty once it ended.
ALTER TABLE tracker ADD COLUMN due_sort TEXT NOT NULL DEFAULT '';
-- When it ended, by our clock. Those that ended before this column came count from the day on which it came.
ALTER TABLE tracker ADD COLUMN ended_at INTEGER;
UPDATE tracker SET due_sort = '9999-99-99' WHERE live;
UPDATE tracker SET ended_at = CAST(strftime('%s', 'now') AS INTEGER) * 1000000 WHERE NOT live;
CREATE INDEX tracker_ended ON tracker (ended_at) WHERE NOT live;
