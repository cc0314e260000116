-- Duties to tell somebody, from the event that started each to the proof of what became of it.
CREATE TABLE notices (
    id             UUID    NOT NULL PRIMARY KEY,
    authority      TEXT    NOT NULL,
    cause_key      TEXT    NOT NULL,
    kind           TEXT    NOT NULL,
    audience       TEXT    NOT NULL, -- whom the rule names: a role with its place, or `family/<child>`
    recipient_kind TEXT    NOT NULL,
    recipient_id   TEXT    NOT NULL, -- empty while nobody is found
    process_id     UUID    NOT NULL,
    case_id        UUID,
    child_id       UUID,
    state          TEXT    NOT NULL,
    retry_at       TIMESTAMPTZ,     -- real time: a medium that failed is tried again then
    version        BIGINT NOT NULL,
    document       JSONB   NOT NULL
);
-- One duty a cause, kind and audience, however often the event is applied; one notice a recipient of it.
CREATE UNIQUE INDEX notices_duty ON notices (authority, cause_key, kind, audience, recipient_id);
-- One letter a recipient and cause, also for somebody whom the rule names twice.
CREATE UNIQUE INDEX notices_recipient ON notices (authority, cause_key, kind, recipient_kind, recipient_id)
    WHERE recipient_id <> '';
-- What can be sent now, oldest first.
CREATE INDEX notices_ready ON notices (id) WHERE state = 'ready';
-- What waits for the facts of a child.
CREATE INDEX notices_child ON notices (authority, child_id, state);
CREATE INDEX notices_process ON notices (authority, process_id, kind);
CREATE INDEX notices_case ON notices (authority, case_id, id);
CREATE INDEX notices_to ON notices (authority, recipient_id, id);
