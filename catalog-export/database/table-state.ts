import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Table } from '../../engine/catalog/table.ts';
import { FAMILY, LEAVES_MARKS } from './change-marks.ts';
import { quotedTable } from './identifier.ts';

/**
 * The state of a published table in the transaction's snapshot, without its rows being read: where it is what it was, an export would write
 * the same files again. It differs when a transaction that wrote into the table became visible, or the table was truncated, rewritten, made
 * anew or described differently.
 * @param layout what else decides what an export writes, as JSON has it
 * @returns null where that cannot be told: for views and foreign tables, unlogged ones, which a crash empties, those with
 * row-level security, whose rows depend on who asks, and tables (or parts of them) without working triggers of `markChanges`.
 */
export async function tableState(client: pg.Client, table: Table, layout: unknown): Promise<string | null> {
  const { rows } = await client.query<{ known: boolean | null; facts: string }>(STATE, [
    quotedTable(table),
    table.columns.map(({ name }) => name),
  ]);
  const { known, facts } = rows[0]!;
  if (known !== true) return null;
  return createHash('sha256')
    .update(JSON.stringify([facts, table, layout]))
    .digest('hex');
}

/**
 * A trigger that was disabled for a while has another xmin. Rows of another meaning without a write: a column dropped and added again under
 * its name has another number, a virtual column its expression, an enumeration its labels.
 */
const STATE = `
  ${FAMILY}, members AS (
    SELECT c.oid, c.relfilenode, c.relkind, c.relpersistence,
           ARRAY(SELECT ARRAY[t.tgtype::text, t.oid::text, t.xmin::text] FROM pg_trigger t
                 WHERE t.tgrelid = c.oid AND ${LEAVES_MARKS} ORDER BY t.oid) AS triggers,
           (SELECT ARRAY[sum(marks), sum(digest)] FROM almagest.changes WHERE relation = c.oid) AS marks
    FROM family JOIN pg_class c USING (oid)
  ), columns AS (
    SELECT a.attname, a.attnum, a.atttypid, a.atttypmod,
           (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef d
            WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated <> '') AS expression,
           ARRAY(WITH RECURSIVE types AS (
                   SELECT a.atttypid AS oid
                   UNION SELECT unnest(ARRAY[typbasetype, typelem]) FROM pg_type JOIN types USING (oid)
                 )
                 SELECT ARRAY[e.oid::text, e.enumlabel::text] FROM pg_enum e JOIN types ON e.enumtypid = types.oid
                 ORDER BY e.oid) AS labels
    FROM pg_attribute a
    WHERE a.attrelid = to_regclass($1) AND a.attname = ANY ($2) AND a.attnum > 0 AND NOT a.attisdropped
  )
  SELECT (SELECT bool_and(relkind IN ('r', 'p') AND relpersistence = 'p'
                          AND cardinality(triggers) = CASE relkind WHEN 'r' THEN 6 ELSE 3 END) FROM members)
         AND NOT row_security_active(to_regclass($1)) AS known,
         json_build_array(
           almagest.server_identity(),
           (SELECT json_agg(json_build_array(oid, relfilenode, triggers, marks) ORDER BY oid) FROM members),
           (SELECT json_agg(json_build_array(attname, attnum, atttypid, atttypmod, expression, labels) ORDER BY attnum) FROM columns)
         )::text AS facts`;
