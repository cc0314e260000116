-- The tables of the store itself.

-- Facts about this database. `incarnation` names its life: another database has another.
CREATE TABLE store_meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Requests that took effect, with their answers. Written in the transaction of the effect.
CREATE TABLE requests (
    authority  TEXT        NOT NULL,
    principal  TEXT        NOT NULL,
    method     TEXT        NOT NULL,
    request_id TEXT        NOT NULL,
    body_hash  BYTEA       NOT NULL,
    response   BYTEA       NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (authority, principal, method, request_id)
);

-- What people wrote. Events carry the digest only; erasing a row breaks no chain.
CREATE TABLE private_values (
    authority TEXT  NOT NULL,
    digest    TEXT  NOT NULL,
    case_id   UUID,
    salt      BYTEA NOT NULL,
    value     TEXT  NOT NULL,
    PRIMARY KEY (authority, digest)
);
CREATE INDEX private_values_case ON private_values (case_id) WHERE case_id IS NOT NULL;

-- Audit log, feed and journey at once. Append-only.
CREATE TABLE events (
    seq               BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id          UUID        NOT NULL UNIQUE,
    authority         TEXT        NOT NULL,
    event_type        TEXT        NOT NULL,
    aggregate_id      UUID        NOT NULL,
    aggregate_version BIGINT      NOT NULL,
    case_id           UUID,
    child_id          UUID,
    family_id         UUID,
    effective_at      TIMESTAMPTZ NOT NULL,
    recorded_at       TIMESTAMPTZ NOT NULL,
    traceparent       TEXT,
    body              JSONB       NOT NULL,
    digest            BYTEA       NOT NULL
);
CREATE INDEX events_aggregate ON events (aggregate_id, seq);
CREATE INDEX events_case ON events (case_id, seq) WHERE case_id IS NOT NULL;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
-- A statement trigger also refuses TRUNCATE, and a change that would hit no row.
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Events without a position yet. A queue, since the events themselves cannot be marked.
CREATE TABLE unsealed (
    seq BIGINT PRIMARY KEY
) WITH (autovacuum_vacuum_scale_factor = 0.01);
CREATE FUNCTION enqueue_unsealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO unsealed (seq) SELECT seq FROM new_events;
    RETURN NULL;
END $$;
CREATE TRIGGER events_unsealed AFTER INSERT ON events
    REFERENCING NEW TABLE AS new_events
    FOR EACH STATEMENT EXECUTE FUNCTION enqueue_unsealed();

-- The feed of an authority: a position without gaps, and the chain's hash there.
CREATE TABLE sealed (
    authority TEXT   NOT NULL,
    position  BIGINT NOT NULL CHECK (position > 0),
    event_id  UUID   NOT NULL UNIQUE REFERENCES events (event_id),
    hash      BYTEA  NOT NULL,
    PRIMARY KEY (authority, position)
);
CREATE TRIGGER sealed_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sealed
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The end of each feed.
CREATE TABLE feed_heads (
    authority TEXT   NOT NULL PRIMARY KEY,
    position  BIGINT NOT NULL,
    hash      BYTEA  NOT NULL
);

-- One row; who seals holds it.
CREATE TABLE sealing_fence (
    id BIGINT PRIMARY KEY CHECK (id = 1)
);
INSERT INTO sealing_fence (id) VALUES (1);

-- Where our subscriptions to others' feeds stand. Written in the transaction of the effect.
CREATE TABLE cursors (
    subscription TEXT   NOT NULL,
    authority    TEXT   NOT NULL,
    incarnation  TEXT   NOT NULL,
    position     BIGINT NOT NULL,
    hash         BYTEA  NOT NULL,
    PRIMARY KEY (subscription, authority)
);

-- What aggregates wait for. Open ones are worked off in due order; fired ones stay, so that none fires twice.
-- `retry_at` is real time, the others are business time.
CREATE TABLE deadlines (
    authority    TEXT        NOT NULL,
    aggregate_id UUID        NOT NULL,
    name         TEXT        NOT NULL,
    due_at       TIMESTAMPTZ NOT NULL,
    state        TEXT        NOT NULL CHECK (state IN ('open', 'fired')),
    body         JSONB       NOT NULL,
    attempts     BIGINT      NOT NULL DEFAULT 0,
    retry_at     TIMESTAMPTZ,
    PRIMARY KEY (aggregate_id, name)
) WITH (fillfactor = 70);
CREATE INDEX deadlines_due ON deadlines (due_at) WHERE state = 'open';
