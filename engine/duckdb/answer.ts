import { requireFeasible } from './effort.ts';
import { tableOfGroups } from './load.ts';
import { findTable } from './loaded-tables.ts';
import type { Pace } from './pace.ts';
import { piecesOf } from './pieces.ts';
import type { DuckdbQuery } from './query.ts';
import { type OpenedTable, openTable, showTable } from './query-tables.ts';
import { type ReleaseReader, releaseBytes, sqlColumns } from './release-rows.ts';
import { rowsOf, run, runEither } from './run.ts';
import type { Session } from './session.ts';

/** A query's, with their parameters written in. */
export type Statements = Pick<DuckdbQuery, 'quick' | 'sql'>;

/** A whole table that takes more is not loaded for a query that can have it piece by piece. */
const WHOLE_BYTES = 16 << 20;

/**
 * The answer to a query as Arrow IPC messages, the schema first; not many more rows than are wanted.
 * @throws DuckdbError, CorruptReleaseError, StorageError
 */
export async function* answer(
  reader: ReleaseReader,
  session: Session,
  query: DuckdbQuery,
  statements: Statements,
  pace: Pace,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { sql } = statements;
  session.instance.makeFunctions(sql);
  const table = await tableInPieces(reader, session, query);
  const messages =
    table === null
      ? allAtOnce(reader, session, query, statements, pace)
      : inPieces(reader, session, table, sql, pace);
  let rows = 0;
  for await (const message of messages) {
    yield message;
    rows += rowsOf(message);
    if (rows >= query.rows) return;
  }
}

async function* allAtOnce(
  reader: ReleaseReader,
  session: Session,
  { tables, deadline }: DuckdbQuery,
  { quick, sql }: Statements,
  pace: Pace,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const table of tables) await showTable(reader, session, table, pace);
  if (mayJoin(sql, tables)) {
    requireFeasible(session.connection, sql, deadline);
    pace.shorten();
  }
  const { failed } = session.instance;
  const groups = quick && groupsOf(quick, tables);
  if (groups === null || failed.has(groups)) yield* run(session, sql, pace);
  else yield* runEither(session, [quick!, sql], () => failed.set(groups, true), pace);
}

/** What makes a quicker statement fail, or not: its groups, but no conditions and no constants, which differ from query to query. */
function groupsOf(quick: string, tables: DuckdbQuery['tables']): string {
  const rows = tables.map((table) => {
    if ('blocks' in table) return 'upload';
    return 'tapSchema' in table ? table.tapSchema : `${table.catalog}@${table.release}`;
  });
  return `${rows}${/ GROUP BY .*$/s.exec(quick)?.[0] ?? quick}`;
}

/** One table that stands there once is joined with nothing. */
function mayJoin(sql: string, tables: DuckdbQuery['tables']): boolean {
  const uses = tables.flatMap(({ name }) => [...sql.matchAll(new RegExp(`\\b${name}\\b(?!\\.)`, 'g'))]);
  return uses.length > 1 || /\bWITH\b/i.test(sql);
}

async function* inPieces(
  reader: ReleaseReader,
  session: Session,
  opened: OpenedTable,
  sql: string,
  pace: Pace,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { name, release, columns } = opened;
  let first = true;
  for await (const groups of piecesOf(reader, opened)) {
    const table = await tableOfGroups(reader, session, release, columns, groups, pace);
    session.show(table, name, sqlColumns(release, columns));
    let schema = true;
    for await (const message of run(session, sql, pace)) {
      if (first || !schema) yield message;
      schema = false;
    }
    first = false;
    session.leave(table);
  }
}

/** The table whose row groups answer the query one after others; null where all are better loaded. */
async function tableInPieces(
  reader: ReleaseReader,
  { instance }: Session,
  { tables, pieces }: DuckdbQuery,
): Promise<OpenedTable | null> {
  const [table] = tables;
  if (tables.length !== 1 || table!.name !== pieces || !('release' in table!)) return null;
  const opened = await openTable(reader, table);
  const { release, columns, ranges } = opened;
  if (ranges !== null) return opened;
  if (findTable(instance, release, columns) !== null) return null;
  return (await releaseBytes(reader, release, columns)) > WHOLE_BYTES ? opened : null;
}
