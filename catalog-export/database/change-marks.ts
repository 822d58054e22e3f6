import type pg from 'pg';
import type { Table } from '../../engine/catalog/table.ts';
import { quotedTable } from './identifier.ts';
import { inTransaction } from './transaction.ts';

/** How long writers may have to wait for us while we wait for the lock on a table that triggers are put on. */
const LOCK_TIMEOUT = '2s';
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * The tables whose writers change what a table ($1, quoted) has: itself, its partitions or inheritance children, and those that
 * it is a part of. Statements fire the triggers of the table that they name, whichever of them has the rows.
 */
export const FAMILY = `
  WITH RECURSIVE above AS (
    SELECT to_regclass($1)::oid AS oid
    UNION SELECT inhparent FROM pg_inherits JOIN above ON inhrelid = oid
  ), below AS (
    SELECT to_regclass($1)::oid AS oid
    UNION SELECT inhrelid FROM pg_inherits JOIN below ON inhparent = oid
  ), family AS (
    SELECT oid FROM above UNION SELECT oid FROM below
  )`;

/** pg_trigger.tgtype: AFTER INSERT (4), DELETE (8), UPDATE (16), TRUNCATE (32); FOR EACH ROW (1). */
const STATEMENT_TRIGGER = 60;
const ROW_TRIGGER = 29;

/** That a trigger, t, leaves a mark whatever happens to the table. */
export const LEAVES_MARKS = `
  t.tgfoid = 'almagest.mark_change()'::regprocedure AND t.tgqual IS NULL AND cardinality(t.tgattr::int2[]) = 0
    AND (t.tgtype, t.tgenabled) IN ((${STATEMENT_TRIGGER}, 'A'), (${ROW_TRIGGER}, 'R'))`;

/** A table of the family, and the triggers that it lacks. */
interface Member {
  readonly owned: boolean;
  /** SQL; none where it has all. */
  readonly statements: readonly string[];
}

/**
 * Has writers of a published table leave marks, by triggers on it. Views, materialized views and foreign tables get none.
 * @param concurrently in transactions of its own, one for each table, so that nobody waits for long; else in the caller's.
 * @returns SQL that somebody who owns the table must run, where this user may not, or somebody is writing into it for long.
 */
export async function markChanges(
  client: pg.Client,
  table: Table,
  { concurrently }: { readonly concurrently: boolean },
): Promise<string[]> {
  const missing: string[] = [];
  for (const { owned, statements } of await members(client, table)) {
    const run = () => client.query(statements.join('; '));
    if (statements.length === 0) continue;
    if (!owned) missing.push(...statements);
    else if (!concurrently) await run();
    else if (!(await withoutWaiting(client, run))) missing.push(...statements);
  }
  return missing;
}

/** Adds up the marks of a table, of which there are as many as transactions have written into it. Not in a transaction that goes on. */
export async function compactMarks(client: pg.Client, table: Table): Promise<void> {
  await client.query(`${FAMILY} SELECT almagest.compact_changes(oid) FROM family`, [quotedTable(table)]);
}

/**
 * Has writers of a table leave no marks any more, but where another published table has the same rows. Call it in a transaction.
 * @param others published tables, without this one
 * @returns SQL that somebody who owns a part of the table must run, where this user may not.
 */
export async function unmarkChanges(
  client: pg.Client,
  table: Table,
  others: readonly Table[],
): Promise<string[]> {
  const needed = await Promise.all(others.map((other) => familyOf(client, other)));
  const free = (await familyOf(client, table)).filter((oid) => !needed.some((oids) => oids.includes(oid)));
  const { rows } = await client.query<{ statement: string; owned: boolean }>(
    `SELECT format('DROP TRIGGER %I ON %I.%I', t.tgname, n.nspname, c.relname) AS statement, pg_has_role(c.relowner, 'USAGE') AS owned
     FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE t.tgfoid = 'almagest.mark_change()'::regprocedure AND c.oid = ANY ($1)
     ORDER BY c.oid, t.tgname`,
    [free],
  );
  for (const { statement, owned } of rows) if (owned) await client.query(statement);
  // Marks of triggers that stay must stay: published once more, the table would seem to be as it was before the changes.
  await client.query(
    `DELETE FROM almagest.changes WHERE relation = ANY ($1)
       AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = relation AND t.tgfoid = 'almagest.mark_change()'::regprocedure)`,
    [free],
  );
  return rows.filter(({ owned }) => !owned).map(({ statement }) => statement);
}

async function familyOf(client: pg.Client, table: Table): Promise<string[]> {
  const { rows } = await client.query<{ oid: string }>(
    `${FAMILY} SELECT oid::text FROM family WHERE oid IS NOT NULL`,
    [quotedTable(table)],
  );
  return rows.map(({ oid }) => oid);
}

/** Whether a transaction got its locks before writers had to wait for it for long. */
async function withoutWaiting(client: pg.Client, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await inTransaction(client, async () => {
      await client.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
      await work();
    });
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}

async function members(client: pg.Client, table: Table): Promise<Member[]> {
  const { rows } = await client.query<Relation>(
    `${FAMILY}
     SELECT format('%I.%I', n.nspname, c.relname) AS relation, c.relkind AS kind, pg_has_role(c.relowner, 'USAGE') AS owned,
            ARRAY(SELECT tgname::text FROM pg_trigger t WHERE tgrelid = c.oid) AS present,
            ARRAY(SELECT tgname::text FROM pg_trigger t WHERE tgrelid = c.oid AND ${LEAVES_MARKS}) AS working
     FROM family JOIN pg_class c USING (oid) JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p')
     ORDER BY c.oid`,
    [quotedTable(table)],
  );
  return rows.map((row) => ({ owned: row.owned, statements: lacking(row) }));
}

interface Relation {
  readonly relation: string;
  /** pg_class.relkind */
  readonly kind: 'r' | 'p';
  readonly owned: boolean;
  /** Names of its triggers. */
  readonly present: readonly string[];
  readonly working: readonly string[];
}

function lacking({ relation, kind, present, working }: Relation): string[] {
  return TRIGGERS.filter(({ name, kinds }) => kinds.includes(kind) && !working.includes(name)).flatMap(
    ({ name, events, level, role }) => [
      ...(present.includes(name) ? [`DROP TRIGGER ${name} ON ${relation}`] : []),
      `CREATE TRIGGER ${name} AFTER ${events} ON ${relation} FOR EACH ${level} EXECUTE FUNCTION almagest.mark_change()`,
      `ALTER TABLE ONLY ${relation} ENABLE ${role} TRIGGER ${name}`,
    ],
  );
}

/** A subscription of logical replication fires the triggers of rows alone, as a replica. A partitioned table has no rows. */
const TRIGGERS = [
  {
    name: 'almagest_changes',
    kinds: 'rp',
    events: 'INSERT OR UPDATE OR DELETE OR TRUNCATE',
    level: 'STATEMENT',
    role: 'ALWAYS',
  },
  {
    name: 'almagest_replicated_changes',
    kinds: 'r',
    events: 'INSERT OR UPDATE OR DELETE',
    level: 'ROW',
    role: 'REPLICA',
  },
] as const;
