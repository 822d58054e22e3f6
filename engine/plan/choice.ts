import { qualifiedName } from '../catalog/table.ts';
import { amount, size } from './amounts.ts';
import type { EngineName, Plan } from './plan.ts';
import { PlanError } from './plan-error.ts';
import type { PlanOptions } from './plan-options.ts';
import type { Refusals, Work } from './refusals.ts';

type Choice = Pick<Plan, 'engine' | 'why'>;

/** A look-up in a table of more than this share of the limit is quicker by an index than by loading it. */
const LOOK_UP_SHARE = 1 / 4;

/** @throws PlanError where no engine can answer, or not the one that is forced */
export function chosenEngine(work: Work, refusals: Refusals, { forced, limits }: PlanOptions): Choice {
  if (forced !== null) return forcedEngine(forced, refusals);
  const can = (engine: EngineName) => refusals[engine] === null;
  const { lookUp } = work;
  if (lookUp !== null && lookUp.bytes > limits.bytes * LOOK_UP_SHARE && can('postgresql')) {
    return {
      engine: 'postgresql',
      why: `it looks for rows of ${qualifiedName(lookUp.table)} by an identifier, which the database has an index of`,
    };
  }
  if (work.scattered !== null && can('postgresql')) {
    return {
      engine: 'postgresql',
      why: `the positions that came with it are all over ${qualifiedName(work.scattered.table)}, where the database finds them by an index`,
    };
  }
  if (can('scan') && !isQuickerElsewhere(work, refusals, limits))
    return { engine: 'scan', why: whyScan(work) };
  if (can('duckdb')) return { engine: 'duckdb', why: whyDuckdb(work) };
  if (can('postgresql')) return { engine: 'postgresql', why: whyPostgresql(work, refusals) };
  throw new PlanError(
    `This query cannot be answered here: at the edge ${refusals.duckdb}; in PostgreSQL ${refusals.postgresql}`,
  );
}

function forcedEngine(forced: EngineName | 'edge', refusals: Refusals): Choice {
  const asked = forced === 'edge' ? (['scan', 'duckdb'] as const) : [forced];
  const engine = asked.find((each) => refusals[each] === null);
  if (engine !== undefined) return { engine, why: 'it was asked for' };
  throw new PlanError(`The engine ${forced} cannot answer this query: ${refusals[asked.at(-1)!]}`);
}

/**
 * Comparisons without a region make a scan read all of a table, while most of it may be left out: DuckDB does that sooner
 * with a table that it holds, and PostgreSQL with one that takes long to read.
 */
function isQuickerElsewhere(
  { scan, uses, fits, bytes }: Work,
  refusals: Refusals,
  limits: PlanOptions['limits'],
): boolean {
  if (typeof scan === 'string' || scan.comparisons.length === 0) return false;
  if (fits) return uses[0]!.ranges === null && refusals.duckdb === null;
  return bytes > limits.pieceBytes && refusals.postgresql === null;
}

function whyScan({ scan, uses, rows }: Work): string {
  if (typeof scan !== 'string' && scan.columns === 'count')
    return 'it wants a number of rows, which the index tells but for those at the rim of a region';
  return uses[0]!.ranges === null
    ? 'it wants rows as they are stored, which are read until there are enough'
    : `it wants rows as they are stored, in a part of the sky with about ${amount(rows, 'row')}`;
}

function whyDuckdb({ pieces, rows, bytes }: Work): string {
  return pieces === null
    ? `all that can matter is about ${amount(rows, 'row')}, ${size(bytes)}`
    : `each row can be answered by itself, and there are about ${amount(rows, 'row')}, ${size(bytes)}`;
}

function whyPostgresql({ rows }: Work, refusals: Refusals): string {
  const why = refusals.duckdb ?? `it would take longer: there are about ${amount(rows, 'row')} to read`;
  return `at the edge ${why}`;
}
