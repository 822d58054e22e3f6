import type { CheckedQuery } from '../adql/check/check.ts';
import type { SourceColumn } from '../adql/check/scope.ts';
import type { AllColumns, ColumnReference, JoinedTable, NamedTable } from '../adql/syntax-tree.ts';
import { type Column, isText } from '../catalog/column.ts';
import { skymapOf } from '../catalog/coverage.ts';
import type { Release } from '../catalog/release.ts';
import { footprintColumns } from '../footprints/columns.ts';
import type { CellRanges } from '../healpix-wasm/kernel.ts';
import type { TableUse } from './plan.ts';
import type { PlanOptions } from './plan-options.ts';
import { coversOf } from './sky/covers.ts';
import { EVERYWHERE, rangesOf } from './sky/sky.ts';
import { uploadSky } from './sky/upload-sky.ts';
import { isCommonTable, nodesOf, sourceOf } from './tree.ts';

/** TAP_SCHEMA has about so many rows in all. */
const SCHEMA_ROWS = 1000;

/** A text that is not told to be shorter has about so many bytes. */
const TEXT_BYTES = 16;

const VALUE_BYTES: Readonly<Record<Column['datatype'], number>> = {
  boolean: 1,
  unsignedByte: 1,
  short: 2,
  int: 4,
  long: 8,
  float: 4,
  double: 8,
  char: 1,
  unicodeChar: 1,
};

/** The cell of a row, which is read where no column is. */
const CELL_BYTES = 8;

/** The published tables of a query, in the order of the text, and what of each can matter to the answer. */
export function tableUses(
  query: CheckedQuery,
  { releases, uploads, kernel }: Pick<PlanOptions, 'releases' | 'uploads' | 'kernel'>,
): TableUse[] {
  const columns = columnsUsed(query);
  const covers = coversOf(
    query,
    kernel.vertices,
    (table, place) => {
      const upload = uploads.get(table);
      return upload === undefined ? EVERYWHERE : uploadSky(upload, place, kernel);
    },
    (table, column) => {
      const isRegion = footprintColumns(table)?.region.name === column;
      return (isRegion ? releases.get(table)?.manifest.footprints?.reach : null) ?? null;
    },
  );
  const uses: TableUse[] = [];
  for (const [node, table] of query.findings.tables) {
    if (isCommonTable(table)) continue;
    const release = releases.get(table) ?? null;
    const upload = uploads.get(table);
    const numbers = [...(columns.get(node) ?? [])].sort((a, b) => a - b);
    const cover = release === null ? null : rangesOf(covers.get(node) ?? EVERYWHERE, kernel);
    const ranges = cover && uploads.size > 0 && isMostOf(release!, cover) ? null : cover;
    const rows = release === null ? (upload?.rows ?? SCHEMA_ROWS) : rowsIn(release, ranges);
    const bytes = rows * rowBytes(numbers.map((at) => table.columns[at]!));
    uses.push({ node, table, release, ...(upload && { upload }), columns: numbers, ranges, rows, bytes });
  }
  return uses.sort((a, b) => a.node.position.start - b.node.position.start);
}

/** Numbers of the columns of each table that the text names, be it by `*`, USING or NATURAL. */
function columnsUsed(query: CheckedQuery): ReadonlyMap<NamedTable, ReadonlySet<number>> {
  const { statement, findings } = query;
  const used = new Map<NamedTable, Set<number>>();
  const use = (node: NamedTable, name: string) => {
    const table = findings.tables.get(node)!;
    if (isCommonTable(table)) return;
    const numbers = used.get(node) ?? new Set();
    used.set(node, numbers.add(table.columns.findIndex((column) => column.name === name)));
  };
  const useColumn = ({ source, column }: SourceColumn) => {
    if (source.kind === 'named-table') use(source, column.name);
  };
  for (const node of nodesOf(statement)) {
    if (node.kind === 'column') {
      const source = sourceOf(node as ColumnReference, findings);
      if (source !== null) useColumn(source);
    } else if (node.kind === 'all-columns') {
      for (const column of findings.expansions.get(node as AllColumns)!) useColumn(column);
    } else if (node.kind === 'joined-table') {
      for (const { left, right } of findings.merges.get(node as JoinedTable) ?? []) {
        useColumn(left);
        useColumn(right);
      }
    }
  }
  return used;
}

/** From this share of its row groups on a table is better had as a whole, which may be there already. */
const MOST_OF = 1 / 3;

function isMostOf(release: Release, ranges: CellRanges): boolean {
  return rowGroupsIn(release, ranges) * GROUP_ROWS > release.manifest.rows * MOST_OF;
}

/** Rows of a row group, about. */
const GROUP_ROWS = 1024;

/** About so many row groups have rows in some cells, by the skymap. */
export function rowGroupsIn(release: Release, { start, end }: CellRanges): number {
  const { order, rows } = skymapOf(release);
  const size = 4 ** (29 - order);
  let before = 0;
  let counted = 0;
  /** Rows in the cells before one. */
  const place = (at: bigint): number => {
    const cell = Math.floor(Number(at) / size);
    for (; counted < cell; counted++) before += rows[counted] ?? 0;
    return before + (rows[cell] ?? 0) * (Number(at) / size - cell);
  };
  let groups = 0;
  let last = -1;
  for (let at = 0; at < start.length; at++) {
    const first = Math.floor(place(start[at]!) / GROUP_ROWS);
    const until = Math.floor(place(end[at]!) / GROUP_ROWS);
    groups += Math.max(0, until - Math.max(first, last + 1) + 1);
    last = Math.max(last, until);
  }
  return groups;
}

/** About so many rows lie in some cells: as the skymap counts them, spread evenly over each of its cells. */
export function rowsIn(release: Release, ranges: CellRanges | null): number {
  if (ranges === null) return release.manifest.rows;
  const { order, rows } = skymapOf(release);
  const size = 4 ** (29 - order);
  let found = 0;
  for (let at = 0; at < ranges.start.length; at++) {
    const [start, end] = [Number(ranges.start[at]!), Number(ranges.end[at]!)];
    for (let cell = Math.floor(start / size); cell * size < end; cell++) {
      const share = Math.min(end, (cell + 1) * size) - Math.max(start, cell * size);
      found += (rows[cell] ?? 0) * (share / size);
    }
  }
  return Math.ceil(found);
}

/** What a row takes in memory, about. */
export function rowBytes(columns: readonly Column[]): number {
  return columns.length === 0 ? CELL_BYTES : columns.reduce((sum, column) => sum + valueBytes(column), 0);
}

function valueBytes(column: Column): number {
  if (column.xtype === 'timestamp') return 8;
  const lengths = column.arraysize?.split('x').map((length) => Number.parseInt(length, 10)) ?? [1];
  const count = lengths.reduce((product, length) => product * (length || TEXT_BYTES), 1);
  return VALUE_BYTES[column.datatype] * count + (isText(column) ? 4 : 0);
}
