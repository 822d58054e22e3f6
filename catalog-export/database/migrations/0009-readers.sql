-- The users as whom TAP reads what is published, and nothing else. They belong to the server, which may not have them where this
-- database is restored.

CREATE TABLE almagest.reader (role_name text PRIMARY KEY);
