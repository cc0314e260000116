-- What is watched for an open case: routes that open by themselves once facts hold or a day has come.
CREATE TABLE watches (
    case_id    BLOB    NOT NULL PRIMARY KEY,
    authority  TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    document   TEXT    NOT NULL
) STRICT;
