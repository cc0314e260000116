-- The ledger. A case is open exactly while it has a row here with `open`, and then one team is responsible.
CREATE TABLE cases (
    id        UUID PRIMARY KEY NOT NULL,
    authority TEXT NOT NULL,
    child_id  UUID NOT NULL,
    open      BOOLEAN NOT NULL,
    team_id   TEXT, -- the responsible team; none once closed
    worker_id TEXT, -- the case-responsible worker; none when unallocated or closed
    epoch     BIGINT NOT NULL,
    version   BIGINT NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    document  JSONB NOT NULL,

    -- An open case has exactly one responsible team (X-20); a closed one has nobody.
    CONSTRAINT cases_open_has_team CHECK (open = (team_id IS NOT NULL)),
    CONSTRAINT cases_closed_has_no_worker CHECK (open OR worker_id IS NULL)
);

-- A child has one open case at most.
CREATE UNIQUE INDEX cases_one_open_per_child ON cases (authority, child_id) WHERE open;
CREATE INDEX cases_by_child ON cases (authority, child_id, id);
CREATE INDEX cases_by_team ON cases (authority, team_id, id);
CREATE INDEX cases_by_worker ON cases (authority, worker_id, id);

-- Who was responsible from when until when (`effective_`, in the world), as believed from when until when
-- (`believed_`, by our clock). Nothing is overwritten: a change ends a belief and inserts the new one.
-- One table for both axes, since a team and a worker are followed in the same way.
CREATE TABLE spans (
    id              UUID PRIMARY KEY NOT NULL,
    authority       TEXT NOT NULL,
    case_id         UUID NOT NULL REFERENCES cases (id),
    axis            TEXT NOT NULL CHECK (axis IN ('team', 'worker')),
    team_id         TEXT NOT NULL,
    worker_id       TEXT NOT NULL, -- empty on the worker axis: nobody; always empty on the team axis
    effective_from  TIMESTAMPTZ NOT NULL,
    effective_until TIMESTAMPTZ,
    recorded_at     TIMESTAMPTZ NOT NULL, -- when the beginning of the span was first recorded
    believed_from   TIMESTAMPTZ NOT NULL,
    believed_until  TIMESTAMPTZ,
    epoch           BIGINT NOT NULL,
    cause_kind      TEXT NOT NULL CHECK (cause_kind IN ('placement', 'allocation', 'transfer')),
    cause_id        UUID, -- the referral or transfer; none for an allocation inside a team
    rules           JSONB NOT NULL,

    CONSTRAINT spans_forward CHECK (effective_until IS NULL OR effective_until >= effective_from),
    CONSTRAINT spans_team_axis CHECK (axis = 'worker' OR worker_id = ''),
    -- Nothing moves without a placement or a transfer that explains it.
    CONSTRAINT spans_explained CHECK ((cause_kind = 'allocation') = (cause_id IS NULL)),
    CONSTRAINT spans_team_not_allocated CHECK (axis = 'worker' OR cause_kind <> 'allocation')
);

-- One open span an axis, and one span an epoch and axis, among what is believed now.
CREATE UNIQUE INDEX spans_one_open ON spans (case_id, axis)
    WHERE effective_until IS NULL AND believed_until IS NULL;
CREATE UNIQUE INDEX spans_one_per_epoch ON spans (case_id, axis, epoch) WHERE believed_until IS NULL;
CREATE INDEX spans_in_order ON spans (case_id, axis, effective_from, epoch);

-- Contiguous: a span begins where another believed one ends, unless it is the first.
CREATE FUNCTION spans_contiguous() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.believed_until IS NULL
        AND EXISTS (SELECT 1 FROM spans s
            WHERE s.case_id = NEW.case_id AND s.axis = NEW.axis AND s.believed_until IS NULL)
        AND NOT EXISTS (SELECT 1 FROM spans s
            WHERE s.case_id = NEW.case_id AND s.axis = NEW.axis AND s.believed_until IS NULL
                AND s.effective_until = NEW.effective_from)
    THEN
        RAISE EXCEPTION 'a span begins where another ends';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER spans_contiguous BEFORE INSERT ON spans FOR EACH ROW EXECUTE FUNCTION spans_contiguous();

-- The only change to a span is the end of the belief in it.
CREATE FUNCTION spans_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.believed_until IS NOT NULL OR NEW.believed_until IS NULL
        OR (NEW.id, NEW.authority, NEW.case_id, NEW.axis, NEW.team_id, NEW.worker_id, NEW.effective_from,
            NEW.effective_until, NEW.recorded_at, NEW.believed_from, NEW.epoch, NEW.cause_kind, NEW.cause_id,
            NEW.rules)
        IS DISTINCT FROM
            (OLD.id, OLD.authority, OLD.case_id, OLD.axis, OLD.team_id, OLD.worker_id, OLD.effective_from,
            OLD.effective_until, OLD.recorded_at, OLD.believed_from, OLD.epoch, OLD.cause_kind, OLD.cause_id,
            OLD.rules)
    THEN
        RAISE EXCEPTION 'a span is never overwritten';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER spans_keep BEFORE UPDATE ON spans FOR EACH ROW EXECUTE FUNCTION spans_keep();

CREATE FUNCTION spans_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a span is never deleted';
END $$;
CREATE TRIGGER spans_stay BEFORE DELETE ON spans FOR EACH ROW EXECUTE FUNCTION spans_stay();
