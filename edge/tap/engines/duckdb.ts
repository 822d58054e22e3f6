import type { RecordBatch } from 'apache-arrow';
import { askDuckdb } from '../../../engine/duckdb/client.ts';
import type { DuckdbQuery, DuckdbTable } from '../../../engine/duckdb/query.ts';
import type { TableUse } from '../../../engine/plan/plan.ts';
import { translate } from '../../../engine/sql/translate.ts';
import type { Batch, Overflow } from '../../../engine/table/result.ts';
import type { PlannedQuery, RunLimits, RunQuery } from './engines.ts';

/** The DuckDB worker's binding. */
export interface Fetcher {
  fetch(request: Request): Promise<Response>;
}

/** DuckDB, which reads the releases' row groups in a worker of its own. */
export function duckdbEngine(fetcher: Fetcher): RunQuery {
  return async function* (query, limits, signal) {
    const batches = await askDuckdb(fetcher, duckdbQuery(query, limits), signal);
    return yield* firstRows(batches, limits.rows);
  };
}

function duckdbQuery({ checked, plan }: PlannedQuery, { rows, seconds }: RunLimits): DuckdbQuery {
  const { uses, positionJoins, pieces } = plan;
  const limit = rows + 1;
  const { text, parameters } = translate(checked, 'duckdb', { uses, positionJoins, limit });
  const tables = uses.map(duckdbTable);
  return {
    sql: text,
    parameters,
    tables,
    rows: limit,
    pieces: pieces && tables[uses.findIndex(({ node }) => node === pieces)]!.name,
    deadline: 1000 * seconds,
  };
}

/** The nth use is called `t<n>` in the SQL. */
function duckdbTable({ table, release, columns, ranges }: TableUse, at: number): DuckdbTable {
  const name = `t${at}`;
  if (release === null) return { name, tapSchema: table.name, columns };
  return {
    name,
    catalog: release.manifest.catalog,
    release: release.manifest.release,
    columns,
    healpix: columns.length === 0 || ranges !== null,
    ranges: ranges && { start: digits(ranges.start), end: digits(ranges.end) },
  };
}

const digits = (cells: BigInt64Array): string[] => Array.from(cells, String);

/** At most so many rows of an answer that may have one more, which tells of an overflow. */
async function* firstRows(
  batches: AsyncGenerator<RecordBatch>,
  rows: number,
): AsyncGenerator<Batch, Overflow, undefined> {
  let left = rows;
  for await (const { numRows, data } of batches) {
    const length = Math.min(numRows, left);
    if (length > 0) yield batchOf(data.children, length, numRows);
    if (numRows > left) return { overflow: true };
    left -= numRows;
  }
  return { overflow: false };
}

function batchOf(columns: RecordBatch['data']['children'], length: number, all: number): Batch {
  const rows = length === all ? null : Uint32Array.from({ length }, (_, row) => row);
  return { length, columns: columns.map((data) => ({ data, rows })) };
}
