-- Enquiries that concern no child: would-be carers, consultations, advice.
CREATE TABLE enquiries (
    id        UUID    NOT NULL PRIMARY KEY,
    authority TEXT    NOT NULL,
    version   BIGINT  NOT NULL,
    document  JSONB   NOT NULL
);

-- One row for each team in whose tray something has lain: its last check, and by when the next is due.
CREATE TABLE trays (
    id        UUID    NOT NULL PRIMARY KEY,
    authority TEXT    NOT NULL,
    team_id   TEXT    NOT NULL,
    version   BIGINT  NOT NULL,
    document  JSONB   NOT NULL,
    CONSTRAINT trays_team_key UNIQUE (authority, team_id)
);
