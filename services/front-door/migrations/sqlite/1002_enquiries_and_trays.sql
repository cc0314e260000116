-- Enquiries that concern no child: would-be carers, consultations, advice.
CREATE TABLE enquiries (
    id        BLOB    NOT NULL PRIMARY KEY,
    authority TEXT    NOT NULL,
    version   INTEGER NOT NULL,
    document  TEXT    NOT NULL
) STRICT;

-- One row for each team in whose tray something has lain: its last check, and by when the next is due.
CREATE TABLE trays (
    id        BLOB    NOT NULL PRIMARY KEY,
    authority TEXT    NOT NULL,
    team_id   TEXT    NOT NULL,
    version   INTEGER NOT NULL,
    document  TEXT    NOT NULL,
    CONSTRAINT trays_team_key UNIQUE (authority, team_id)
) STRICT;
