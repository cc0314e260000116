-- A trigger that could not be decided on, because facts are unknown. It waits for them, with an owner and a deadline.
CREATE TABLE considerations (
    id         BLOB    NOT NULL PRIMARY KEY,
    authority  TEXT    NOT NULL,
    case_id    BLOB    NOT NULL,
    child_id   BLOB    NOT NULL,
    open       INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    document   TEXT    NOT NULL
) STRICT;

-- One undecided trigger for a case at a time: a newer one takes its place.
CREATE UNIQUE INDEX considerations_one_open ON considerations (authority, case_id) WHERE open = 1;
CREATE INDEX considerations_by_child ON considerations (authority, child_id) WHERE open = 1;
