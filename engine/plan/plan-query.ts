import type { CheckedQuery } from '../adql/check/check.ts';
import type { Release } from '../catalog/release.ts';
import { qualifiedName, type Table } from '../catalog/table.ts';
import type { HealpixKernel } from '../healpix-wasm/kernel.ts';
import { amount, size } from './amounts.ts';
import type { EngineName, Plan, TableUse } from './plan.ts';
import { PlanError } from './plan-error.ts';
import { scanOf } from './scan-of-query.ts';
import { positionJoinsOf } from './sky/position-joins.ts';
import { tableUses } from './table-uses.ts';
import { lookUpOf, pairsOf, pieceTable } from './workload.ts';

export interface EdgeLimits {
  /** Bytes of all tables that DuckDB loads for a query at most, decoded. */
  readonly bytes: number;
  /** Bytes that are read for a query at most where they need not be in memory all at once, decoded. */
  readonly pieceBytes: number;
}

export interface PlanOptions {
  /** Of the tables that the query was checked against; those without one are of TAP_SCHEMA. */
  readonly releases: ReadonlyMap<Table, Release>;
  readonly kernel: Pick<HealpixKernel, 'coneRanges' | 'regionRanges' | 'vertices'>;
  readonly limits: EdgeLimits;
  /** Engines that are there. */
  readonly available: Readonly<Record<EngineName, boolean>>;
  /** The engine that is to answer, whether it is the best one or not; `edge` is scan or duckdb. */
  readonly forced: EngineName | 'edge' | null;
  /** Why a dialect cannot say the query, as the end of a sentence; null where it can. */
  readonly unsupported: Readonly<Record<'duckdb' | 'postgresql', string | null>>;
}

/** Pairs of rows that DuckDB compares in a few seconds. */
const MOST_PAIRS = 1e8;

/** A look-up in a table of more than this share of the limit is quicker by an index than by loading it. */
const LOOK_UP_SHARE = 1 / 4;

/**
 * Which engine is to answer a query, and with what. The edge where it can answer in bounded memory and time, else PostgreSQL.
 * @throws PlanError in words for the user where no engine can, or not the one that is forced. AdqlCheckError for a REGION that
 *   is not understood.
 */
export function planQuery(query: CheckedQuery, options: PlanOptions): Plan {
  const { kernel, limits, available, unsupported, forced } = options;
  const uses = tableUses(query, options.releases, kernel);
  const positionJoins = positionJoinsOf(query);
  const rows = total(uses, ({ rows }) => rows);
  const bytes = total(uses, ({ bytes }) => bytes);
  const scan = scanOf(query, uses, kernel);
  const fits = bytes <= limits.bytes;
  const piece = fits || bytes > limits.pieceBytes ? null : pieceTable(query, uses);
  const pairs = pairsOf(query, uses, positionJoins);

  const refusals: Record<EngineName, string | null> = {
    scan: !available.scan
      ? 'it is switched off'
      : typeof scan === 'string'
        ? `it gives rows of one table as they are stored, or their number, and ${scan}`
        : null,
    duckdb: !available.duckdb
      ? 'this service has none'
      : (unsupported.duckdb ?? tooLarge(fits || piece !== null, uses, bytes, limits) ?? tooMany(pairs)),
    postgresql: !available.postgresql ? 'this service has no database' : unsupported.postgresql,
  };

  const choice = forced === null ? freeChoice() : forcedChoice(forced);
  return {
    ...choice,
    refusals: { ...refusals, [choice.engine]: null },
    uses,
    positionJoins,
    scan: choice.engine === 'scan' && typeof scan !== 'string' ? scan : null,
    pieces: choice.engine === 'duckdb' ? piece : null,
    rows,
    bytes,
  };

  function freeChoice(): Pick<Plan, 'engine' | 'why'> {
    const can = (engine: EngineName) => refusals[engine] === null;
    if (can('postgresql')) {
      const lookUp = lookUpOf(query, uses);
      if (lookUp !== null && lookUp.bytes > limits.bytes * LOOK_UP_SHARE) {
        return {
          engine: 'postgresql',
          why: `it looks for rows of ${qualifiedName(lookUp.table)} by an identifier, which the database has an index of`,
        };
      }
    }
    const filtered = typeof scan !== 'string' && scan.comparisons.length > 0;
    const resident = filtered && uses[0]!.ranges === null && fits && can('duckdb');
    const long = filtered && bytes > limits.pieceBytes && can('postgresql');
    if (can('scan') && !resident && !long) return { engine: 'scan', why: reasonFor('scan') };
    for (const engine of ['duckdb', 'postgresql'] as const) {
      if (can(engine)) return { engine, why: reasonFor(engine) };
    }
    throw new PlanError(
      `This query cannot be answered here: at the edge ${refusals.duckdb}; in PostgreSQL ${refusals.postgresql}`,
    );
  }

  function forcedChoice(engine: EngineName | 'edge'): Pick<Plan, 'engine' | 'why'> {
    const asked = engine === 'edge' ? (['scan', 'duckdb'] as const) : [engine];
    const found = asked.find((each) => refusals[each] === null);
    if (found !== undefined) return { engine: found, why: 'it was asked for' };
    throw new PlanError(`The engine ${engine} cannot answer this query: ${refusals[asked.at(-1)!]}`);
  }

  function reasonFor(engine: EngineName): string {
    switch (engine) {
      case 'scan':
        if (typeof scan !== 'string' && scan.columns === 'count')
          return 'it wants a number of rows, which the index tells but for those at the rim of a region';
        return uses[0]!.ranges === null
          ? 'it wants rows as they are stored, which are read until there are enough'
          : `it wants rows as they are stored, in a part of the sky with about ${amount(rows, 'row')}`;
      case 'duckdb':
        return piece === null
          ? `all that can matter is about ${amount(rows, 'row')}, ${size(bytes)}`
          : `each row can be answered by itself, and there are about ${amount(rows, 'row')}, ${size(bytes)}`;
      case 'postgresql':
        return `at the edge ${refusals.duckdb ?? refusals.scan ?? `it would take longer: there are about ${amount(rows, 'row')} to read`}`;
    }
  }
}

function tooLarge(
  bounded: boolean,
  uses: readonly TableUse[],
  bytes: number,
  limits: EdgeLimits,
): string | null {
  if (bounded) return null;
  const largest = uses.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  return `about ${size(bytes)} would have to be loaded, ${amount(largest.rows, 'row')} of ${qualifiedName(largest.table)} among them, and at most ${size(limits.bytes)} are; a condition on the position makes it less, such as 1 = CONTAINS(POINT(ra, dec), CIRCLE(10, 20, 0.5))`;
}

function tooMany(pairs: number): string | null {
  if (pairs <= MOST_PAIRS) return null;
  return `about ${pairs.toExponential(0).replace('e+', ' × 10^')} pairs of rows would have to be compared one by one; a condition that columns be equal, or positions close to each other, makes it less`;
}

function total(uses: readonly TableUse[], of: (use: TableUse) => number): number {
  return uses.reduce((sum, use) => sum + of(use), 0);
}
