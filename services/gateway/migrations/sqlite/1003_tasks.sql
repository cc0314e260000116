-- What waits for whom: the open tasks of all services. A task that is done leaves; the journey keeps both.
CREATE TABLE tasks (
    authority TEXT NOT NULL,
    key TEXT NOT NULL,
    code TEXT NOT NULL,
    tray INTEGER NOT NULL,
    role TEXT NOT NULL,
    team_id TEXT NOT NULL,
    worker_id TEXT NOT NULL,
    area TEXT NOT NULL,
    -- The owner as one text: how a person's posts are matched in one statement.
    owner_key TEXT NOT NULL,
    due_on TEXT NOT NULL,
    overdue INTEGER NOT NULL,
    -- Most urgent first: overdue without a date, then by date, then without a limit.
    due_sort TEXT NOT NULL,
    since INTEGER NOT NULL,
    rules TEXT NOT NULL,
    refs TEXT NOT NULL,
    transfer_id TEXT NOT NULL,
    case_id BLOB,
    child_id BLOB,
    PRIMARY KEY (authority, key)
) STRICT;

CREATE INDEX tasks_of_tray ON tasks (authority, team_id, due_sort, since, key) WHERE tray;
CREATE INDEX tasks_of_owner ON tasks (authority, owner_key, due_sort, since, key);
CREATE INDEX tasks_of_case ON tasks (authority, case_id);
CREATE INDEX tasks_of_child ON tasks (authority, child_id);
CREATE INDEX tasks_of_transfer ON tasks (authority, transfer_id);
