-- Versions of the rows of published tables that keep them: a table in almagest_history for each, with the transaction that each version
-- came with, and the one that it went with. Which of them a snapshot saw is what pg_visible_in_snapshot says, of any release.

CREATE SCHEMA almagest_history;
COMMENT ON SCHEMA almagest_history IS 'Versions of rows, kept by Almagest';

CREATE TABLE almagest.history (
  schema_name  text NOT NULL,
  table_name   text NOT NULL,
  -- Anew with each history that is begun: releases name it.
  id           text NOT NULL DEFAULT gen_random_uuid()::text,
  history_name text NOT NULL UNIQUE,
  -- The columns of the table whose values are kept.
  columns      text[] NOT NULL,
  -- Those of them that no two rows have the same values of.
  key          text[] NOT NULL,
  server       text NOT NULL,
  -- Of history_facts, when the history was that of the table.
  facts        text NOT NULL,
  PRIMARY KEY (schema_name, table_name)
);
COMMENT ON TABLE almagest.history IS 'Published tables whose versions of rows are kept';

-- A table that was rewritten has another; TRUNCATE says which.
CREATE TABLE almagest.history_file (history_name text NOT NULL, relfilenode oid NOT NULL);
COMMENT ON TABLE almagest.history_file IS 'Files of published tables that have what their histories say';

CREATE TABLE almagest.history_fault (history_name text NOT NULL);
COMMENT ON TABLE almagest.history_fault IS 'Tables into which somebody wrote what their histories could not keep';

-- Whoever is a reader need have no rights on what this reads.
ALTER FUNCTION almagest.server_identity() SECURITY DEFINER;

-- In another server the numbers of transactions are others.
CREATE VIEW almagest.histories AS
SELECT schema_name, table_name, history_name, id FROM almagest.history WHERE server = almagest.server_identity();
COMMENT ON VIEW almagest.histories IS 'Published tables that can be asked as of their releases';

CREATE FUNCTION almagest.column_shapes(relation oid, columns text[]) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT array_agg(format('%s %s %s %s', attnum, attname, atttypid, atttypmod) ORDER BY attnum)
  FROM pg_attribute WHERE attrelid = relation AND attname = ANY (columns) AND attnum > 0 AND NOT attisdropped
$$;
COMMENT ON FUNCTION almagest.column_shapes IS 'Numbers, names and types of columns of a table';

-- While these are what they were, no row has changed unnoticed: a trigger that was disabled for a while has another xmin.
CREATE FUNCTION almagest.history_facts(relation oid, columns text[], key text[]) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT json_build_array(c.oid, c.relpersistence, c.relrowsecurity, almagest.column_shapes(relation, columns),
    ARRAY(SELECT format('%s %s %s', t.oid, t.xmin, t.tgenabled) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
          WHERE t.tgrelid = relation AND p.pronamespace = 'almagest_history'::regnamespace ORDER BY t.oid),
    -- Without it the history would have one of the rows of a key.
    EXISTS (SELECT FROM pg_index i
            WHERE i.indrelid = relation AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
              AND key = ARRAY(SELECT attname::text FROM generate_series(0, i.indnkeyatts - 1) AS at
                              JOIN pg_attribute a ON a.attrelid = relation AND a.attnum = i.indkey[at] AND a.attnotnull ORDER BY at)),
    ARRAY(SELECT format('%s %s', inhrelid, inhparent) FROM pg_inherits WHERE relation IN (inhrelid, inhparent) ORDER BY 1))::text
  FROM pg_class c WHERE c.oid = relation
$$;
COMMENT ON FUNCTION almagest.history_facts IS 'What tells whether the history of a table has noticed all that happened to it';

-- Of a row that the current transaction, writer, sees: one that another has written has an xmin that is before the horizon of its snapshot
-- and not in progress. Numbers of 32 bits are those that are nearest to the writer's.
CREATE FUNCTION almagest.is_own(row_xmin xid, writer xid8, horizon xid8) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  own   constant bigint := writer::text::bigint;
  found constant bigint := own + (row_xmin::text::bigint - own % 4294967296 + 6442450944) % 4294967296 - 2147483648;
BEGIN
  IF found <= own THEN RETURN found = own; END IF;
  RETURN found >= horizon::text::bigint OR pg_xact_status(found::text::xid8) = 'in progress';
END
$$;
COMMENT ON FUNCTION almagest.is_own IS 'Whether a transaction has written a row that it sees';
