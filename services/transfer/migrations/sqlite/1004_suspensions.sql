-- The suspension of an authority's protocol. What it holds carries the hold itself; this is the decision, and its review.
CREATE TABLE suspensions (
    id         BLOB    NOT NULL PRIMARY KEY,
    authority  TEXT    NOT NULL,
    active     INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    document   TEXT    NOT NULL
) STRICT;

-- One in force at a time.
CREATE UNIQUE INDEX suspensions_one_active ON suspensions (authority) WHERE active = 1;
CREATE INDEX suspensions_by_authority ON suspensions (authority, id);
