-- Documents are read and written whole: as text, they are not taken apart by the server.
ALTER TABLE tasks ALTER COLUMN rules TYPE JSON, ALTER COLUMN refs TYPE JSON;
ALTER TABLE tracker_tasks ALTER COLUMN rules TYPE JSON;
