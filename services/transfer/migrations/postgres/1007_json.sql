-- Documents are read and written whole: as text, they are not taken apart by the server.
ALTER TABLE transfers ALTER COLUMN document TYPE JSON;
ALTER TABLE considerations ALTER COLUMN document TYPE JSON;
ALTER TABLE watches ALTER COLUMN document TYPE JSON;
ALTER TABLE suspensions ALTER COLUMN document TYPE JSON;
ALTER TABLE policy_reviews ALTER COLUMN document TYPE JSON;
