-- Which table a load made, not only what it was called: one that its owner has since put in its place is not ours to replace.

ALTER TABLE almagest.loaded_table ADD COLUMN relation oid;

UPDATE almagest.loaded_table SET relation = to_regclass(format('%I.%I', schema_name, table_name));
