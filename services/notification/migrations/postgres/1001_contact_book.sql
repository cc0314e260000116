-- How people are reached. The address itself is a private value; here is its digest only.
CREATE TABLE contact_book (
    authority      TEXT NOT NULL,
    kind           TEXT NOT NULL,
    id             TEXT NOT NULL,
    child_id       UUID,
    medium         TEXT NOT NULL,
    address_digest TEXT NOT NULL,
    PRIMARY KEY (authority, kind, id)
);
CREATE INDEX contact_book_child ON contact_book (authority, child_id, kind);
