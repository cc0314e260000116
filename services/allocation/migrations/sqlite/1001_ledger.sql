-- The ledger. A case is open exactly while it has a row here with `open`, and then one team is responsible.
CREATE TABLE cases (
    id        BLOB PRIMARY KEY NOT NULL,
    authority TEXT NOT NULL,
    child_id  BLOB NOT NULL,
    open      INTEGER NOT NULL,
    team_id   TEXT, -- the responsible team; none once closed
    worker_id TEXT, -- the case-responsible worker; none when unallocated or closed
    epoch     INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    document  TEXT NOT NULL,

    -- An open case has exactly one responsible team (X-20); a closed one has nobody.
    CONSTRAINT cases_open_has_team CHECK (open = (team_id IS NOT NULL)),
    CONSTRAINT cases_closed_has_no_worker CHECK (open OR worker_id IS NULL)
) STRICT;

-- A child has one open case at most.
CREATE UNIQUE INDEX cases_one_open_per_child ON cases (authority, child_id) WHERE open;
CREATE INDEX cases_by_child ON cases (authority, child_id, id);
CREATE INDEX cases_by_team ON cases (authority, team_id, id);
CREATE INDEX cases_by_worker ON cases (authority, worker_id, id);

-- Who was responsible from when until when (`effective_`, in the world), as believed from when until when
-- (`believed_`, by our clock). Nothing is overwritten: a change ends a belief and inserts the new one.
-- One table for both axes, since a team and a worker are followed in the same way.
CREATE TABLE spans (
    id              BLOB PRIMARY KEY NOT NULL,
    authority       TEXT NOT NULL,
    case_id         BLOB NOT NULL REFERENCES cases (id),
    axis            TEXT NOT NULL CHECK (axis IN ('team', 'worker')),
    team_id         TEXT NOT NULL,
    worker_id       TEXT NOT NULL, -- empty on the worker axis: nobody; always empty on the team axis
    effective_from  INTEGER NOT NULL,
    effective_until INTEGER,
    recorded_at     INTEGER NOT NULL, -- when the beginning of the span was first recorded
    believed_from   INTEGER NOT NULL,
    believed_until  INTEGER,
    epoch           INTEGER NOT NULL,
    cause_kind      TEXT NOT NULL CHECK (cause_kind IN ('placement', 'allocation', 'transfer')),
    cause_id        BLOB, -- the referral or transfer; none for an allocation inside a team
    rules           TEXT NOT NULL,

    CONSTRAINT spans_forward CHECK (effective_until IS NULL OR effective_until >= effective_from),
    CONSTRAINT spans_team_axis CHECK (axis = 'worker' OR worker_id = ''),
    -- Nothing moves without a placement or a transfer that explains it.
    CONSTRAINT spans_explained CHECK ((cause_kind = 'allocation') = (cause_id IS NULL)),
    CONSTRAINT spans_team_not_allocated CHECK (axis = 'worker' OR cause_kind <> 'allocation')
) STRICT;

-- One open span an axis, and one span an epoch and axis, among what is believed now.
CREATE UNIQUE INDEX spans_one_open ON spans (case_id, axis)
    WHERE effective_until IS NULL AND believed_until IS NULL;
CREATE UNIQUE INDEX spans_one_per_epoch ON spans (case_id, axis, epoch) WHERE believed_until IS NULL;
CREATE INDEX spans_in_order ON spans (case_id, axis, effective_from, epoch);

-- Contiguous: a span begins where another believed one ends, unless it is the first.
CREATE TRIGGER spans_contiguous BEFORE INSERT ON spans
WHEN NEW.believed_until IS NULL
    AND EXISTS (SELECT 1 FROM spans s
        WHERE s.case_id = NEW.case_id AND s.axis = NEW.axis AND s.believed_until IS NULL)
    AND NOT EXISTS (SELECT 1 FROM spans s
        WHERE s.case_id = NEW.case_id AND s.axis = NEW.axis AND s.believed_until IS NULL
            AND s.effective_until = NEW.effective_from)
BEGIN
    SELECT RAISE(ABORT, 'a span begins where another ends');
END;

-- The only change to a span is the end of the belief in it.
CREATE TRIGGER spans_keep BEFORE UPDATE ON spans
WHEN OLD.believed_until IS NOT NULL OR NEW.believed_until IS NULL
    OR NEW.id IS NOT OLD.id OR NEW.authority IS NOT OLD.authority OR NEW.case_id IS NOT OLD.case_id
    OR NEW.axis IS NOT OLD.axis OR NEW.team_id IS NOT OLD.team_id
    OR NEW.worker_id IS NOT OLD.worker_id OR NEW.effective_from IS NOT OLD.effective_from
    OR NEW.effective_until IS NOT OLD.effective_until OR NEW.recorded_at IS NOT OLD.recorded_at
    OR NEW.believed_from IS NOT OLD.believed_from OR NEW.epoch IS NOT OLD.epoch
    OR NEW.cause_kind IS NOT OLD.cause_kind OR NEW.cause_id IS NOT OLD.cause_id
    OR NEW.rules IS NOT OLD.rules
BEGIN
    SELECT RAISE(ABORT, 'a span is never overwritten');
END;

CREATE TRIGGER spans_stay BEFORE DELETE ON spans
BEGIN
    SELECT RAISE(ABORT, 'a span is never deleted');
END;
