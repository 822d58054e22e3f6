import { askDuckdb, type Fetcher } from '../../../engine/duckdb/client.ts';
import type { DuckdbQuery, DuckdbTable } from '../../../engine/duckdb/query.ts';
import type { TableUse } from '../../../engine/plan/plan.ts';
import { translate } from '../../../engine/sql/translate.ts';
import type { PlannedQuery, RunLimits, RunQuery } from './engines.ts';

/** DuckDB, which reads the releases' row groups in a worker of its own. */
export function duckdbEngine(worker: Fetcher): RunQuery {
  return (query, limits, signal) =>
    askDuckdb(worker, duckdbQuery(query, limits), query.checked.columns, signal);
}

function duckdbQuery({ checked, plan }: PlannedQuery, { rows, seconds }: RunLimits): DuckdbQuery {
  const { uses, positionJoins, pieces } = plan;
  const limit = rows + 1;
  const { text, quick, parameters, healpix } = translate(checked, 'duckdb', { uses, positionJoins, limit });
  const tables = uses.map((use, at) => duckdbTable(use, at, healpix[at]!));
  return {
    sql: text,
    parameters,
    quick,
    tables,
    rows: limit,
    pieces: pieces && tables[uses.findIndex(({ node }) => node === pieces)]!.name,
    deadline: 1000 * seconds,
  };
}

/** The nth use is called `t<n>` in the SQL. */
function duckdbTable(use: TableUse, at: number, healpix: boolean): DuckdbTable {
  const { table, release, columns, ranges } = use;
  const name = `t${at}`;
  if (release === null) return { name, tapSchema: table.name, columns };
  return {
    name,
    catalog: release.manifest.catalog,
    release: release.manifest.release,
    columns,
    healpix,
    ranges: ranges && { start: digits(ranges.start), end: digits(ranges.end) },
  };
}

const digits = (cells: BigInt64Array): string[] => Array.from(cells, String);
