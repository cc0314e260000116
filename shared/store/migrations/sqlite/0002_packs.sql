-- The texts of protocols that were ever activated here. A digest names one text for ever: a process pinned to it finds it,
-- whatever the binary brings by then.
CREATE TABLE packs (
    authority TEXT    NOT NULL,
    digest    TEXT    NOT NULL,
    content   TEXT    NOT NULL,
    stored_at INTEGER NOT NULL,
    PRIMARY KEY (authority, digest)
) STRICT;
CREATE TRIGGER packs_no_update BEFORE UPDATE ON packs
BEGIN SELECT RAISE(ABORT, 'packs never change'); END;
CREATE TRIGGER packs_no_delete BEFORE DELETE ON packs
BEGIN SELECT RAISE(ABORT, 'packs stay'); END;

-- From which day which pack is in force. Of two for the same day the later row wins.
CREATE TABLE pack_activations (
    position       INTEGER PRIMARY KEY AUTOINCREMENT,
    authority      TEXT    NOT NULL,
    digest         TEXT    NOT NULL,
    effective_from TEXT    NOT NULL,
    activated_at   INTEGER NOT NULL,
    FOREIGN KEY (authority, digest) REFERENCES packs (authority, digest)
) STRICT;
CREATE TRIGGER pack_activations_no_update BEFORE UPDATE ON pack_activations
BEGIN SELECT RAISE(ABORT, 'activations are append-only'); END;
CREATE TRIGGER pack_activations_no_delete BEFORE DELETE ON pack_activations
BEGIN SELECT RAISE(ABORT, 'activations are append-only'); END;
