-- Differences between the ledger and the holder that a record system reported. They never change the ledger.
CREATE TABLE discrepancies (
    id        UUID PRIMARY KEY NOT NULL,
    authority TEXT NOT NULL,
    case_id   UUID NOT NULL REFERENCES cases (id),
    open      BOOLEAN NOT NULL,
    document  JSONB NOT NULL
);

-- A case has one open difference at most: a newer report takes the place of an older one.
CREATE UNIQUE INDEX discrepancies_one_open ON discrepancies (case_id) WHERE open;
CREATE INDEX discrepancies_in_order ON discrepancies (authority, id);
