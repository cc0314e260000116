-- Documents are read and written whole: as text, they are not taken apart by the server.
ALTER TABLE closures ALTER COLUMN document TYPE JSON;
