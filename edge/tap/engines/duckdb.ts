import { arrowRows, sqlColumn } from '../../../engine/duckdb/arrow-rows.ts';
import { askDuckdb, type Fetcher } from '../../../engine/duckdb/client.ts';
import type { DuckdbQuery, DuckdbTable, UploadTable } from '../../../engine/duckdb/query.ts';
import type { TableUse } from '../../../engine/plan/plan.ts';
import { translate } from '../../../engine/sql/translate.ts';
import { arrowType } from '../../../engine/table/arrow.ts';
import type { Upload } from '../../../engine/upload/upload.ts';
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
  const { table, release, upload, columns, ranges } = use;
  const name = `t${at}`;
  if (upload !== undefined) return uploadTable(name, upload, columns);
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

/** COUNT(*) names no column: one tells how many rows there are. */
function uploadTable(name: string, { table, rows, blocks }: Upload, used: readonly number[]): UploadTable {
  const columns = (used.length > 0 ? used : [0]).map((number) => {
    const { datatype, arraysize, xtype } = table.columns[number]!;
    return { number, datatype, arraysize, xtype };
  });
  const sqlColumns = columns.map((column) => sqlColumn(`c${column.number}`, column, arrowType(column)));
  return {
    name,
    columns,
    rows,
    blocks: blocks.map((block) =>
      arrowRows(
        sqlColumns,
        columns.map(({ number }) => block.columns[number]!),
      ),
    ),
  };
}

const digits = (cells: BigInt64Array): string[] => Array.from(cells, String);
