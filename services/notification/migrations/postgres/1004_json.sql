-- Documents are read and written whole: as text, they are not taken apart by the server.
ALTER TABLE notices ALTER COLUMN document TYPE JSON;
ALTER TABLE safety ALTER COLUMN barred TYPE JSON, ALTER COLUMN reported TYPE JSON;
