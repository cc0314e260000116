-- Who must not be written to about a child, as the front door's feed has it. `facts_version` is the version of the
-- family's facts that this row has seen: a notice decided on newer facts waits for them.
CREATE TABLE safety (
    authority     TEXT    NOT NULL,
    child_id      BLOB    NOT NULL,
    family_id     BLOB    NOT NULL,
    facts_version INTEGER NOT NULL,
    barred        TEXT, -- codes of recipients as JSON; nothing while it is unknown
    PRIMARY KEY (authority, child_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX safety_family ON safety (authority, family_id);
