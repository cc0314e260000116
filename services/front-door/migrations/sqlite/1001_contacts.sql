-- What arrived at the front door, who deals with it, and what was decided.
CREATE TABLE contacts (
    id        BLOB    NOT NULL PRIMARY KEY,
    authority TEXT    NOT NULL,
    child_id  BLOB    NOT NULL REFERENCES children (id),
    team_id   TEXT    NOT NULL,
    state     TEXT    NOT NULL CHECK (state IN ('launched', 'decided')),
    version   INTEGER NOT NULL,
    document  TEXT    NOT NULL
) STRICT;
-- Ids sort by when they were made: lists page by them.
CREATE INDEX contacts_team ON contacts (authority, team_id, id);
CREATE INDEX contacts_child ON contacts (authority, child_id, id);
