-- The number under which families and agencies reach a team (L-035). Empty: none is given.
ALTER TABLE teams ADD COLUMN phone TEXT NOT NULL DEFAULT '';
