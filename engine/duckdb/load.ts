import type { Data } from 'apache-arrow';
import type { Release, RowGroup } from '../catalog/release.ts';
import { arrowRows, rowBytes, type SqlColumn, tableBytes } from './arrow-rows.ts';
import { covers, createTable, findTable, type LoadedTable, type Loading, makeRoom } from './loaded-tables.ts';
import type { Pace } from './pace.ts';
import {
  type ReleaseColumns,
  type ReleaseReader,
  releaseBytes,
  releaseRows,
  rowGroupBytes,
  sqlColumns,
} from './release-rows.ts';
import type { Session } from './session.ts';

/** Milliseconds between looks at what another query loads, and after which it is believed dead. */
const LOOK = 10;
const PATIENCE = 5000;

/** Blocks after which what is loaded so far is made smaller. */
const COMPRESSED_BLOCKS = 8;

/** All rows of a release, as a table that stays. */
export async function wholeTable(
  reader: ReleaseReader,
  session: Session,
  release: Release,
  wanted: ReleaseColumns,
  groups: AsyncIterable<RowGroup>,
  pace: Pace,
): Promise<LoadedTable> {
  const { instance } = session;
  for (;;) {
    const found = findTable(instance, release, wanted);
    if (found !== null) {
      session.hold(found);
      return found;
    }
    const fresh = Date.now() - PATIENCE;
    const others = [...instance.loading].filter(({ progress }) => progress > fresh);
    if (!others.some((other) => covers(other, release, wanted))) break;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
    await pace.step();
  }
  const loading: Loading = { prefix: release.prefix, columns: wanted, progress: Date.now() };
  instance.loading.add(loading);
  try {
    let blocks = 0;
    const columns = sqlColumns(release, wanted);
    const ofRows = await releaseBytes(reader, release, wanted);
    const bytes = tableBytes(columns, release.manifest.rows, ofRows);
    const table = await fill(session, columns, bytes, async (insert) => {
      for await (const block of releaseRows(reader, release, wanted, groups)) {
        insert(block);
        if (++blocks % COMPRESSED_BLOCKS === 0) compress(session);
        loading.progress = Date.now();
        await pace.step();
      }
    });
    compress(session);
    table.whole = { prefix: release.prefix, columns: wanted };
    return table;
  } finally {
    instance.loading.delete(loading);
  }
}

/** Tables become smaller by a checkpoint, for which DuckDB would wait for ever while another query reads. */
function compress({ instance, connection }: Session): void {
  if (instance.busy.size === 1) connection.run('CHECKPOINT');
}

/** Rows of some row groups, as a table of one query. */
export function tableOfGroups(
  reader: ReleaseReader,
  session: Session,
  release: Release,
  wanted: ReleaseColumns,
  groups: readonly RowGroup[],
  pace: Pace,
): Promise<LoadedTable> {
  const columns = sqlColumns(release, wanted);
  const ofRows = groups.reduce((sum, group) => sum + rowGroupBytes(group, wanted), 0);
  const rows = groups.reduce((sum, { leaf, at }) => sum + leaf.rows[at]!, 0);
  const bytes = tableBytes(columns, rows, ofRows);
  return fill(session, columns, bytes, async (insert) => {
    if (groups.length === 0) return;
    for await (const block of releaseRows(reader, release, wanted, groups)) {
      insert(block);
      await pace.step();
    }
  });
}

/** Rows that are at hand, as a table of one query. */
export function tableOfRows(
  session: Session,
  columns: readonly SqlColumn[],
  data: readonly Data[],
): Promise<LoadedTable> {
  const rows = data[0]!.length;
  const bytes = tableBytes(columns, rows, rows * rowBytes(columns));
  return fill(session, columns, bytes, async (insert) => insert(arrowRows(columns, data)));
}

/**
 * Rows that came with the query, as a table of it.
 * @param blocks Arrow IPC streams.
 */
export function tableOfBlocks(
  session: Session,
  columns: readonly SqlColumn[],
  rows: number,
  blocks: readonly Uint8Array[],
  pace: Pace,
): Promise<LoadedTable> {
  const bytes = tableBytes(columns, rows, rows * rowBytes(columns));
  return fill(session, columns, bytes, async (insert) => {
    for (const block of blocks) {
      insert(block);
      await pace.step();
    }
  });
}

/**
 * An empty table, filled and held by the session.
 * @param bytes that it takes, about. Where texts and arrays turn out to be longer, more room is made.
 * @throws DuckdbError 'memory'; what `insertAll` throws. No table is left then.
 */
async function fill(
  session: Session,
  columns: readonly SqlColumn[],
  bytes: number,
  insertAll: (insert: (stream: Uint8Array) => void) => Promise<void>,
): Promise<LoadedTable> {
  const { instance, connection } = session;
  makeRoom(instance, bytes);
  const table: LoadedTable = { name: instance.newName(), whole: null, bytes, readers: new Set() };
  instance.tables.add(table);
  session.hold(table);
  try {
    createTable(connection, table.name, columns);
    let inserted = 0;
    await insertAll((stream) => {
      inserted += stream.length;
      if (inserted > table.bytes) {
        makeRoom(instance, inserted - table.bytes);
        table.bytes = inserted;
      }
      connection.insert(table.name, stream);
    });
  } catch (error) {
    session.leave(table);
    throw error;
  }
  return table;
}
