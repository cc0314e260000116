-- The transfers of a team, in and out.
CREATE TABLE tracker (
    authority TEXT NOT NULL,
    transfer_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    child_id TEXT NOT NULL,
    route TEXT NOT NULL,
    phase TEXT NOT NULL,
    live INTEGER NOT NULL,
    from_team_id TEXT NOT NULL,
    to_team_id TEXT NOT NULL,
    point_on TEXT NOT NULL,
    PRIMARY KEY (authority, transfer_id)
) STRICT;

CREATE INDEX tracker_from ON tracker (authority, from_team_id);
CREATE INDEX tracker_to ON tracker (authority, to_team_id);
