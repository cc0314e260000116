-- Documents are read and written whole: as text, they are not taken apart by the server.
ALTER TABLE children ALTER COLUMN document TYPE JSON;
ALTER TABLE fact_history ALTER COLUMN value TYPE JSON;
ALTER TABLE contacts ALTER COLUMN document TYPE JSON;
ALTER TABLE enquiries ALTER COLUMN document TYPE JSON;
ALTER TABLE trays ALTER COLUMN document TYPE JSON;
