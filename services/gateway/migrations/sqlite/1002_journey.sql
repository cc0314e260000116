-- Every event of every service, as the authority's outgoing feed numbers it.
CREATE TABLE journey (
    authority TEXT NOT NULL,
    position INTEGER NOT NULL,
    event_id BLOB NOT NULL UNIQUE,
    event_type TEXT NOT NULL,
    case_id BLOB,
    child_id BLOB,
    effective_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    event BLOB NOT NULL,
    PRIMARY KEY (authority, position)
) STRICT;

CREATE INDEX journey_of_case ON journey (authority, case_id, effective_at) WHERE case_id IS NOT NULL;
CREATE INDEX journey_of_child ON journey (authority, child_id, effective_at) WHERE child_id IS NOT NULL;

-- The last position given. Its row is locked while a batch is numbered, so that positions have no gap and
-- commit in order.
CREATE TABLE journey_heads (
    authority TEXT NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT;
