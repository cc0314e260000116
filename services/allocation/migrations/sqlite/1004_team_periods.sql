-- When a team works, and who comes in its place. Civil dates, `YYYY-MM-DD`; empty: no limit, nobody.
ALTER TABLE teams ADD COLUMN from_on TEXT NOT NULL DEFAULT '';
ALTER TABLE teams ADD COLUMN until_on TEXT NOT NULL DEFAULT '';
ALTER TABLE teams ADD COLUMN successor_id TEXT NOT NULL DEFAULT '';
