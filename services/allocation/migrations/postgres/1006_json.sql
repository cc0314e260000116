-- Documents are read and written whole: as text, they are not taken apart by the server. The rules of a span stay as they are:
-- they are few, and the trigger that keeps spans compares them.
ALTER TABLE cases ALTER COLUMN document TYPE JSON;
ALTER TABLE discrepancies ALTER COLUMN document TYPE JSON;
