-- How an authority keeps its policy under review: one of them for each.
CREATE TABLE policy_reviews (
    authority TEXT NOT NULL PRIMARY KEY,
    id        BLOB NOT NULL UNIQUE,
    version   INTEGER NOT NULL,
    document  TEXT NOT NULL
) STRICT;

-- What its figures are counted from.
CREATE INDEX events_counted ON events (authority, recorded_at)
    WHERE event_type IN ('transfer.opened', 'transfer.completed', 'transfer.returned', 'transfer.withdrawn',
        'transfer.held', 'transfer.deadline_breached', 'transfer.meeting_recorded');
