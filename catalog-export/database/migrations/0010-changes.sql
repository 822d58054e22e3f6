-- Whether a table has changed since a release was made. Each transaction that writes into a published table leaves a mark; which marks a
-- snapshot sees tells which writers it sees, in whatever order they committed. Marks are random numbers, and marks that are there for
-- good are added up in one row: the sum that a snapshot sees is the same before and after.

CREATE TABLE almagest.changes (
  relation oid NOT NULL,
  marks    bigint NOT NULL,
  digest   numeric NOT NULL
);
COMMENT ON TABLE almagest.changes IS 'Marks of the transactions that wrote into published tables';

CREATE FUNCTION almagest.compact_changes(changed oid) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
  -- Nobody ever waits for a mark: those that another compaction holds are left to it.
  WITH free AS (
    SELECT ctid FROM almagest.changes WHERE relation = changed FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM almagest.changes USING free WHERE changes.ctid = free.ctid RETURNING marks, digest
  )
  INSERT INTO almagest.changes (relation, marks, digest)
  SELECT changed, sum(marks), sum(digest) FROM gone HAVING count(*) > 0
$$;
COMMENT ON FUNCTION almagest.compact_changes IS 'Adds up the marks of a table in one row';
REVOKE EXECUTE ON FUNCTION almagest.compact_changes FROM PUBLIC;

-- Whoever may write into the table leaves the mark, and needs no rights on what is Almagest's.
CREATE FUNCTION almagest.mark_change() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  -- One mark for a transaction. A savepoint that is rolled back takes its mark and this setting with it.
  setting text := 'almagest.marked_' || TG_RELID;
  writer  text := pg_current_xact_id()::text;
  mark    bigint;
BEGIN
  IF current_setting(setting, true) IS DISTINCT FROM writer THEN
    mark := hashtextextended(gen_random_uuid()::text, 0);
    INSERT INTO almagest.changes (relation, marks, digest) VALUES (TG_RELID, 1, mark);
    PERFORM set_config(setting, writer, true);
    -- In the other levels of isolation a mark that somebody else compacts meanwhile would be an error of the writer's.
    IF mark % 1000 = 0 AND current_setting('transaction_isolation') = 'read committed' THEN
      PERFORM almagest.compact_changes(TG_RELID);
    END IF;
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION almagest.mark_change IS 'Leaves a mark that a transaction wrote into a published table';

-- Numbers of transactions and files mean something in one server only, and in one timeline of it.
CREATE FUNCTION almagest.server_identity() RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT system_identifier FROM pg_control_system()) || '/' || (SELECT timeline_id FROM pg_control_checkpoint());
EXCEPTION WHEN insufficient_privilege THEN
  RETURN 'unknown';
END
$$;
COMMENT ON FUNCTION almagest.server_identity IS 'Which server this is, and which timeline of it';
