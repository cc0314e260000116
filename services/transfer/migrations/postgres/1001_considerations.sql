-- A trigger that could not be decided on, because facts are unknown. It waits for them, with an owner and a deadline.
CREATE TABLE considerations (
    id         UUID    NOT NULL PRIMARY KEY,
    authority  TEXT    NOT NULL,
    case_id    UUID    NOT NULL,
    child_id   UUID    NOT NULL,
    open       BOOLEAN NOT NULL,
    version    BIGINT  NOT NULL,
    document   JSONB   NOT NULL
);

-- One undecided trigger for a case at a time: a newer one takes its place.
CREATE UNIQUE INDEX considerations_one_open ON considerations (authority, case_id) WHERE open;
CREATE INDEX considerations_by_child ON considerations (authority, child_id) WHERE open;
