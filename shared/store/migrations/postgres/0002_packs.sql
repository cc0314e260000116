-- The texts of protocols that were ever activated here. A digest names one text for ever: a process pinned to it finds it,
-- whatever the binary brings by then.
CREATE TABLE packs (
    authority TEXT        NOT NULL,
    digest    TEXT        NOT NULL,
    content   TEXT        NOT NULL,
    stored_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (authority, digest)
);
CREATE TRIGGER packs_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON packs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- From which day which pack is in force. Of two for the same day the later row wins.
CREATE TABLE pack_activations (
    position       BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    authority      TEXT        NOT NULL,
    digest         TEXT        NOT NULL,
    effective_from TEXT        NOT NULL,
    activated_at   TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (authority, digest) REFERENCES packs (authority, digest)
);
CREATE TRIGGER pack_activations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON pack_activations
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
