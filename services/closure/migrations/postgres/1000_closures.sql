-- A closure: the end of a case, from being considered to being closed.
CREATE TABLE closures (
    id        UUID PRIMARY KEY NOT NULL,
    authority TEXT NOT NULL,
    case_id   UUID NOT NULL,
    phase     TEXT NOT NULL CHECK (phase IN ('considered', 'closing', 'closed', 'declined')),
    version   BIGINT NOT NULL,
    document  JSONB NOT NULL
);

-- A case has one live closure at most.
CREATE UNIQUE INDEX closures_one_live_per_case ON closures (authority, case_id)
    WHERE phase IN ('considered', 'closing');
CREATE INDEX closures_in_order ON closures (authority, id);
CREATE INDEX closures_by_case ON closures (authority, case_id, id);
