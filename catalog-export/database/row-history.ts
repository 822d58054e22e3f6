import { createHash } from 'node:crypto';
import type pg from 'pg';
import { qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { BORN, DIED, HISTORY_SCHEMA } from '../../engine/postgres/table-history.ts';
import {
  agree,
  type ColumnShape,
  historyFunction,
  historyPath,
  historyTriggers,
  TRIGGERS,
  type VersionedTable,
} from './history-triggers.ts';
import { firstBytes, quoted, quotedTable } from './identifier.ts';
import { type HistoryColumn, readVersioned } from './versioned-table.ts';

/** How long writers wait for us at most while we wait for one of them. */
const LOCK_TIMEOUT = '5s';
const LOCK_NOT_AVAILABLE = '55P03';

/** A row of almagest.history. */
interface Kept {
  readonly id: string;
  readonly history_name: string;
  readonly columns: string[];
  /** Whether the numbers of its transactions are this server's. */
  readonly same_server: boolean;
  /** Whether it has noticed all that happened to the table. */
  readonly intact: boolean;
}

/**
 * Keeps the versions of a published table's rows from now on, or has its history go on after the table was made anew or published with other
 * columns. Nobody can write into the table meanwhile; reading goes on. Versions of before can only be kept where columns have their types still and
 * the server is the same: else the history begins anew. Call it in a transaction.
 * @param anew whether it may
 * @throws Error when the table cannot have a history, is not this user's, or somebody writes into it for long.
 */
export async function keepHistory(
  client: pg.Client,
  table: Table,
  { anew = true }: { readonly anew?: boolean } = {},
): Promise<void> {
  const { key, columns } = await readVersioned(client, table);
  const names = columns.map(({ name }) => name);
  if (goesOn(await readKept(client, table), names)) return;
  await lock(client, table);
  const kept = await readKept(client, table);
  if (goesOn(kept, names)) return;
  const fits = kept?.same_server === true && (await typesFit(client, kept.history_name, columns));
  if (kept !== null && !fits) {
    if (!anew) throw new Error('columns have other types now, or it is another server');
    await dropHistory(client, table);
  }
  const historyName = fits ? kept.history_name : await createHistory(client, table, columns);
  if (fits) await addColumns(client, historyName, columns);
  const shapes = await client.query<ColumnShape>(
    `SELECT attname, attnum, atttypid, atttypmod FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attname = ANY ($2) AND NOT attisdropped`,
    [quotedTable(table), names],
  );
  const { rows } = await client.query<{ agreed: string }>('SELECT pg_current_xact_id()::text AS agreed');
  const relation = quotedTable(table);
  const versioned = {
    relation,
    historyName,
    key,
    columns,
    shapes: shapes.rows,
    agreed: rows[0]!.agreed,
  };
  await client.query(
    `DROP INDEX IF EXISTS ${historyPath(keyIndex(historyName))}; ${historyFunction(versioned)}`,
  );
  await putTriggers(client, versioned);
  await client.query(agree(versioned, null, 'pg_current_xact_id()'));
  await indexKey(client, versioned);
  await register(client, table, versioned);
}

/** Forgets the versions of a table's rows, and keeps none from now on. Call it in a transaction. */
export async function dropHistory(client: pg.Client, table: Table): Promise<void> {
  const kept = await readKept(client, table);
  if (kept === null) return;
  const history = historyPath(kept.history_name);
  await dropTriggers(client, kept.history_name, null);
  await client.query(`DROP FUNCTION IF EXISTS ${history}(); DROP TABLE IF EXISTS ${history}`);
  await forgetNotes(client, kept.history_name);
  await client.query('DELETE FROM almagest.history WHERE schema_name = $1 AND table_name = $2', [
    table.schema,
    table.name,
  ]);
}

/** The history of a published table, with the columns that are published, as a table that can be indexed and read; null where there is none. */
export async function historyTable(client: pg.Client, table: Table): Promise<Table | null> {
  const kept = await readKept(client, table);
  return kept === null ? null : { ...table, schema: HISTORY_SCHEMA, name: kept.history_name };
}

/**
 * Which history can tell later what the transaction's snapshot sees of the table: a release that names it can be asked for in PostgreSQL.
 * @returns null where none can: no versions are kept, or not all that happened to the table was noticed.
 */
export async function historyId(client: pg.Client, table: Table): Promise<string | null> {
  const kept = await readKept(client, table);
  return kept?.same_server && kept.intact ? kept.id : null;
}

/** Why the history of a table cannot tell what is in it now, and what to do; null where it can or there is none. */
export async function historyFault(client: pg.Client, table: Table): Promise<string | null> {
  const kept = await readKept(client, table);
  if (kept === null || (kept.same_server && kept.intact)) return null;
  const name = qualifiedName(table);
  const reason = kept.same_server
    ? 'the table was rewritten, or written by what its triggers could not follow'
    : 'the database was restored into another server or to an earlier time, where its transactions have other numbers';
  return `the history of ${name} does not go on: ${reason}. "almagest publish ${name} --replace --history" has it go on, or begin anew`;
}

/**
 * Removes the versions that no release needs any more.
 * @param kept the manifests of all releases that stay
 * @returns how many were removed
 */
export async function pruneHistory(
  client: pg.Client,
  table: Table,
  kept: readonly { readonly snapshot: string; readonly history: string | null }[],
): Promise<number> {
  const history = await readKept(client, table);
  if (!history?.same_server) return 0;
  const snapshots = kept.filter(({ history: id }) => id === history.id).map(({ snapshot }) => snapshot);
  if (snapshots.length === 0) return 0;
  const { rowCount } = await client.query(
    `DELETE FROM ${historyPath(history.history_name)}
     WHERE ${DIED} IS NOT NULL
       AND (SELECT bool_and(pg_visible_in_snapshot(${DIED}, snapshot)) FROM unnest($1::pg_snapshot[]) AS snapshot)`,
    [snapshots],
  );
  return rowCount ?? 0;
}

async function readKept(client: pg.Client, table: Table): Promise<Kept | null> {
  const { rows } = await client.query<Kept>(
    `SELECT id, history_name, columns, server = almagest.server_identity() AS same_server,
            facts IS NOT DISTINCT FROM almagest.history_facts(to_regclass($3), columns, key)
              AND NOT EXISTS (SELECT FROM almagest.history_fault f WHERE f.history_name = h.history_name)
              AND EXISTS (SELECT FROM almagest.history_file f JOIN pg_class c USING (relfilenode)
                          WHERE f.history_name = h.history_name AND c.oid = to_regclass($3)) AS intact
     FROM almagest.history h WHERE schema_name = $1 AND table_name = $2`,
    [table.schema, table.name, quotedTable(table)],
  );
  return rows[0] ?? null;
}

function goesOn(kept: Kept | null, columns: readonly string[]): boolean {
  if (!kept?.same_server || !kept.intact) return false;
  return kept.columns.length === columns.length && kept.columns.every((name) => columns.includes(name));
}

async function lock(client: pg.Client, table: Table): Promise<void> {
  await client.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
  try {
    await client.query(`LOCK TABLE ${quotedTable(table)} IN SHARE ROW EXCLUSIVE MODE`);
  } catch (error) {
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
    throw new Error(
      `the history of ${qualifiedName(table)} cannot begin while somebody writes into the table for long: try again`,
      { cause: error },
    );
  }
}

async function createHistory(
  client: pg.Client,
  table: Table,
  columns: readonly HistoryColumn[],
): Promise<string> {
  const name = historyNameOf(table);
  const definitions = columns.map((column) => `${quoted(column.name)} ${column.type}`);
  await client.query(
    `CREATE TABLE ${historyPath(name)} (${BORN} xid8 NOT NULL, ${DIED} xid8, ${definitions.join(', ')})`,
  );
  return name;
}

/** The index by which the triggers find the version of a row that is there. */
async function indexKey(client: pg.Client, { historyName, key }: VersionedTable): Promise<void> {
  const history = historyPath(historyName);
  await client.query(
    `CREATE UNIQUE INDEX ${quoted(keyIndex(historyName))} ON ${history} (${key.map(quoted).join(', ')}) WHERE ${DIED} IS NULL;
     ANALYZE ${history}`,
  );
}

function keyIndex(historyName: string): string {
  return `${historyName}${KEY_SUFFIX}`;
}

const KEY_SUFFIX = '_key';
const NAME_BYTES = 63 - KEY_SUFFIX.length;
const DIGEST_LETTERS = 12;

/** `schema.table`, as far as PostgreSQL's 63 bytes go; a digest tells apart those that are longer. */
function historyNameOf(table: Table): string {
  const name = qualifiedName(table);
  if (Buffer.byteLength(name) <= NAME_BYTES) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST_LETTERS);
  return `${firstBytes(name, NAME_BYTES - DIGEST_LETTERS - 1)}-${digest}`;
}

/** Whether the columns that a history has already have their types still. */
async function typesFit(
  client: pg.Client,
  historyName: string,
  columns: readonly HistoryColumn[],
): Promise<boolean> {
  const has = await historyColumns(client, historyName);
  return has.size > 0 && columns.every(({ name, type }) => (has.get(name) ?? type) === type);
}

async function addColumns(
  client: pg.Client,
  historyName: string,
  columns: readonly HistoryColumn[],
): Promise<void> {
  const has = await historyColumns(client, historyName);
  for (const { name, type } of columns) {
    if (has.has(name)) continue;
    await client.query(`ALTER TABLE ${historyPath(historyName)} ADD ${quoted(name)} ${type}`);
  }
}

/** Types of a history's columns; none where somebody has dropped it. */
async function historyColumns(client: pg.Client, historyName: string): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`,
    [historyPath(historyName)],
  );
  return new Map(rows.map(({ name, type }) => [name, type]));
}

/** Those that are there and work stay: to drop one takes a lock that readers wait for. */
async function putTriggers(client: pg.Client, versioned: VersionedTable): Promise<void> {
  const { relation, historyName } = versioned;
  const { rows } = await client.query<{ name: string; enabled: string }>(
    `SELECT tgname AS name, tgenabled AS enabled FROM pg_trigger
     WHERE tgrelid = to_regclass($1) AND tgfoid = to_regproc($2)`,
    [relation, historyPath(historyName)],
  );
  const work = TRIGGERS.every(({ name, role }) =>
    rows.some((row) => row.name === name && row.enabled === (role === 'ALWAYS' ? 'A' : 'R')),
  );
  await dropTriggers(client, historyName, work ? relation : null);
  if (!work) await client.query(historyTriggers(versioned));
}

/** From whatever table they are on, but one that may keep them: it may have been renamed. */
async function dropTriggers(client: pg.Client, historyName: string, except: string | null): Promise<void> {
  const { rows } = await client.query<{ sql: string }>(
    `SELECT format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass) AS sql FROM pg_trigger
     WHERE tgfoid = to_regproc($1) AND tgrelid IS DISTINCT FROM to_regclass($2)`,
    [historyPath(historyName), except],
  );
  for (const { sql } of rows) await client.query(sql);
}

async function register(client: pg.Client, table: Table, versioned: VersionedTable): Promise<void> {
  const { historyName, columns, key } = versioned;
  await forgetNotes(client, historyName);
  await client.query(
    'INSERT INTO almagest.history_file SELECT $1, relfilenode FROM pg_class WHERE oid = to_regclass($2)',
    [historyName, quotedTable(table)],
  );
  await client.query(
    `INSERT INTO almagest.history (schema_name, table_name, history_name, columns, key, server, facts)
     VALUES ($1, $2, $3, $4, $5, almagest.server_identity(), almagest.history_facts(to_regclass($6), $4, $5))
     ON CONFLICT (schema_name, table_name) DO UPDATE SET columns = excluded.columns, key = excluded.key, facts = excluded.facts`,
    [table.schema, table.name, historyName, columns.map(({ name }) => name), key, quotedTable(table)],
  );
}

async function forgetNotes(client: pg.Client, historyName: string): Promise<void> {
  for (const notes of ['history_fault', 'history_file'])
    await client.query(`DELETE FROM almagest.${notes} WHERE history_name = $1`, [historyName]);
}
