-- The move of one case from one team to another. Columns are what is asked for; the document is the rest.
CREATE TABLE transfers (
    id         UUID        NOT NULL PRIMARY KEY,
    authority  TEXT        NOT NULL,
    case_id    UUID        NOT NULL,
    child_id   UUID        NOT NULL,
    phase      TEXT        NOT NULL,
    live       BOOLEAN     NOT NULL,
    version    BIGINT      NOT NULL,
    opened_at  TIMESTAMPTZ NOT NULL,
    document   JSONB       NOT NULL,
    CONSTRAINT transfers_phase_check CHECK (phase IN
        ('open', 'placed', 'completing', 'completed', 'withdrawn', 'lapsed', 'superseded')),
    CONSTRAINT transfers_live_check CHECK (live = (phase IN ('open', 'placed', 'completing')))
) WITH (fillfactor = 70);

-- Never two live transfers for one case.
CREATE UNIQUE INDEX transfers_one_live ON transfers (authority, case_id) WHERE live;
CREATE INDEX transfers_by_child ON transfers (authority, child_id, id);
CREATE INDEX transfers_by_case ON transfers (authority, case_id, id);
CREATE INDEX transfers_by_authority ON transfers (authority, id);
