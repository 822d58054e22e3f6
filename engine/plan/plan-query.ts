import type { CheckedQuery } from '../adql/check/check.ts';
import { chosenEngine } from './choice.ts';
import type { Plan } from './plan.ts';
import type { PlanOptions } from './plan-options.ts';
import { refusalsOf } from './refusals.ts';
import { scanOf } from './scan-of-query.ts';
import { positionJoinsOf } from './sky/position-joins.ts';
import { tableUses } from './table-uses.ts';
import { lookUpOf, pairsOf, pieceTable, scatteredUse } from './workload.ts';

/**
 * Which engine is to answer a query, and with what. The edge where it can answer in bounded memory and time, else PostgreSQL.
 * @throws PlanError in words for the user where no engine can, or not the one that is forced. AdqlCheckError for a REGION that
 *   is not understood.
 */
export function planQuery(query: CheckedQuery, options: PlanOptions): Plan {
  const { kernel, limits } = options;
  const uses = tableUses(query, options);
  const positionJoins = positionJoinsOf(query);
  const rows = uses.reduce((sum, use) => sum + use.rows, 0);
  const bytes = uses.reduce((sum, use) => sum + use.bytes, 0);
  const fits = bytes <= limits.bytes;
  const work = {
    uses,
    rows,
    bytes,
    fits,
    scan: scanOf(query, uses, kernel),
    pieces: fits || bytes > limits.pieceBytes ? null : pieceTable(query, uses),
    scattered: scatteredUse(uses),
    lookUp: lookUpOf(query, uses),
    pairs: pairsOf(query, uses, positionJoins),
  };
  const refusals = refusalsOf(work, options);
  const { engine, why } = chosenEngine(work, refusals, options);
  return {
    engine,
    why,
    refusals: { ...refusals, [engine]: null },
    uses,
    positionJoins,
    scan: engine === 'scan' && typeof work.scan !== 'string' ? work.scan : null,
    pieces: engine === 'duckdb' ? work.pieces : null,
    rows,
    bytes,
  };
}
