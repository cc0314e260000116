-- The organisation: teams, workers, and posts with who holds or covers them over time.
-- Ids are chosen by the council and are unique within an authority only.
CREATE TABLE teams (
    authority TEXT NOT NULL,
    team_id   TEXT NOT NULL,
    kind      TEXT NOT NULL,
    area      TEXT NOT NULL, -- empty: the team serves the whole authority
    version   INTEGER NOT NULL,
    PRIMARY KEY (authority, team_id)
) STRICT;

CREATE TABLE workers (
    authority TEXT NOT NULL,
    worker_id TEXT NOT NULL,
    team_id   TEXT NOT NULL,
    grade     TEXT NOT NULL,
    version   INTEGER NOT NULL,
    PRIMARY KEY (authority, worker_id),
    FOREIGN KEY (authority, team_id) REFERENCES teams (authority, team_id)
) STRICT;

CREATE TABLE posts (
    authority TEXT NOT NULL,
    post_id   TEXT NOT NULL,
    role      TEXT NOT NULL,
    team_id   TEXT NOT NULL, -- empty: a post above teams
    area      TEXT NOT NULL, -- empty: a post of one team or of the whole authority
    version   INTEGER NOT NULL,
    PRIMARY KEY (authority, post_id)
) STRICT;

-- Dates are civil dates, `YYYY-MM-DD`, so that they sort as text. An empty `until_on` has no end.
CREATE TABLE holdings (
    authority    TEXT NOT NULL,
    post_id      TEXT NOT NULL,
    ordinal      INTEGER NOT NULL,
    worker_id    TEXT NOT NULL,
    from_on      TEXT NOT NULL,
    until_on     TEXT NOT NULL,
    covering_for TEXT NOT NULL, -- empty: the holder
    PRIMARY KEY (authority, post_id, ordinal),
    FOREIGN KEY (authority, post_id) REFERENCES posts (authority, post_id)
) STRICT;

CREATE INDEX holdings_by_worker ON holdings (authority, worker_id);
