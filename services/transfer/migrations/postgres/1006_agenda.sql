-- Which regular meeting has a transfer before it. Follows from the transfer: a row is written with it.
CREATE TABLE agenda (
    transfer_id UUID NOT NULL REFERENCES transfers (id),
    kind        TEXT NOT NULL,
    authority   TEXT NOT NULL,
    day         TEXT NOT NULL,
    area        TEXT NOT NULL,
    from_team   TEXT NOT NULL,
    to_team     TEXT NOT NULL,
    PRIMARY KEY (transfer_id, kind)
);

CREATE INDEX agenda_by_day ON agenda (authority, day, kind, area, transfer_id);
