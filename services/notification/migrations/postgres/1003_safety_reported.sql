-- Who said whom not to write to, and when, so that a letter can tell on whose word it was sent or kept back. Nothing for what
-- arrived before this was kept, and while it is unknown.
ALTER TABLE safety ADD COLUMN reported JSONB; -- source and both times as JSON
