-- The suspension of an authority's protocol. What it holds carries the hold itself; this is the decision, and its review.
CREATE TABLE suspensions (
    id         UUID    NOT NULL PRIMARY KEY,
    authority  TEXT    NOT NULL,
    active     BOOLEAN NOT NULL,
    version    BIGINT  NOT NULL,
    document   JSONB   NOT NULL
);

-- One in force at a time.
CREATE UNIQUE INDEX suspensions_one_active ON suspensions (authority) WHERE active;
CREATE INDEX suspensions_by_authority ON suspensions (authority, id);
