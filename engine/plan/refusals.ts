import type { NamedTable } from '../adql/syntax-tree.ts';
import { qualifiedName } from '../catalog/table.ts';
import type { Scan } from '../scan/scan.ts';
import { amount, size } from './amounts.ts';
import type { EngineName, TableUse } from './plan.ts';
import type { PlanOptions } from './plan-options.ts';

/** What a query asks of an engine. */
export interface Work {
  readonly uses: readonly TableUse[];
  readonly rows: number;
  readonly bytes: number;
  /** Whether DuckDB loads so many bytes. */
  readonly fits: boolean;
  /** Or why it is none. */
  readonly scan: Scan | string;
  /** The table that is read piece by piece, if it has to be and can. */
  readonly pieces: NamedTable | null;
  /** The table in which rows are looked for around the positions of an upload that are all over it. */
  readonly scattered: TableUse | null;
  /** The table that rows are looked for in by an identifier. */
  readonly lookUp: TableUse | null;
  /** Pairs of rows that are compared one by one. */
  readonly pairs: number;
}

export type Refusals = Readonly<Record<EngineName, string | null>>;

/** Pairs of rows that DuckDB compares in a few seconds. */
const MOST_PAIRS = 1e8;

/** Why engines cannot answer a query, as the end of a sentence; null for one that can. */
export function refusalsOf(work: Work, { available, unsupported, limits }: PlanOptions): Refusals {
  return {
    scan: available.scan ? noScan(work) : 'it is switched off',
    duckdb: available.duckdb
      ? (unsupported.duckdb ?? tooLarge(work, limits.bytes) ?? tooMany(work))
      : 'this service has none',
    postgresql: available.postgresql ? unsupported.postgresql : 'this service has no database',
  };
}

function noScan({ scan }: Work): string | null {
  if (typeof scan !== 'string') return null;
  return `it gives rows of one table as they are stored, or their number, and ${scan}`;
}

function tooLarge({ uses, bytes, fits, pieces }: Work, most: number): string | null {
  if (fits || pieces !== null) return null;
  const largest = uses.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  return `about ${size(bytes)} would have to be loaded, ${amount(largest.rows, 'row')} of ${qualifiedName(largest.table)} among them, and at most ${size(most)} are; a condition on the position makes it less, such as 1 = CONTAINS(POINT(ra, dec), CIRCLE(10, 20, 0.5))`;
}

function tooMany({ pairs }: Work): string | null {
  if (pairs <= MOST_PAIRS) return null;
  return `about ${pairs.toExponential(0).replace('e+', ' × 10^')} pairs of rows would have to be compared one by one; a condition that columns be equal, or positions close to each other, makes it less`;
}
