-- Children, the family groups they belong to, and what is and was known about them.

-- One counter for all facts of a group: who has seen version 7 has seen everything up to it. A group that was merged
-- into another stays, so that events which name it can be followed.
CREATE TABLE families (
    id          UUID    NOT NULL PRIMARY KEY,
    authority   TEXT    NOT NULL,
    version     BIGINT NOT NULL,
    merged_into UUID REFERENCES families (id)
);

-- `document` holds the household and the current value of each fact.
CREATE TABLE children (
    id            UUID    NOT NULL PRIMARY KEY,
    authority     TEXT    NOT NULL,
    family_id     UUID    NOT NULL REFERENCES families (id),
    registered_at TIMESTAMPTZ NOT NULL,
    document      JSONB    NOT NULL
);
CREATE INDEX children_family ON children (authority, family_id);

-- What other systems call a child. A reference names one child only.
CREATE TABLE child_references (
    authority TEXT NOT NULL,
    system    TEXT NOT NULL,
    reference TEXT NOT NULL,
    child_id  UUID NOT NULL REFERENCES children (id),
    PRIMARY KEY (authority, system, reference)
);
CREATE INDEX child_references_child ON child_references (child_id);

-- Every value that was ever reported, on both axes of time (X-24). Never changed: a correction is a further row.
CREATE TABLE fact_history (
    id           UUID    NOT NULL PRIMARY KEY,
    authority    TEXT    NOT NULL,
    child_id     UUID    NOT NULL REFERENCES children (id),
    key          TEXT    NOT NULL,
    value        JSONB    NOT NULL,
    effective_at TIMESTAMPTZ NOT NULL,
    recorded_at  TIMESTAMPTZ NOT NULL,
    source       TEXT    NOT NULL,
    cause_id     TEXT    NOT NULL
);
CREATE INDEX fact_history_child ON fact_history (child_id, key, effective_at);
