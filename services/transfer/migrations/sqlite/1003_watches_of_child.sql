-- What was watched for a child whose case has ended is found by the child. Rows of before name theirs in the document.
ALTER TABLE watches ADD COLUMN child_id BLOB;
CREATE INDEX watches_by_child ON watches (authority, child_id);
