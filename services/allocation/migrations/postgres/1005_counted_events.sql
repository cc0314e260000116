-- What the figures for the review of a policy are counted from.
CREATE INDEX events_counted ON events (authority, recorded_at)
    WHERE event_type IN ('case.placed', 'case.allocated', 'responsibility.moved', 'case.unallocated', 'case.ended');
