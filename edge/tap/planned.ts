import { planQuery } from '../../engine/plan/plan-query.ts';
import { untranslatable } from '../../engine/sql/translate.ts';
import type { TapQuery } from './checked-query.ts';
import type { PlannedQuery } from './engines/engines.ts';
import type { ForcedEngine } from './parameters.ts';
import type { Published } from './published.ts';
import type { TapService } from './service.ts';

/**
 * Chooses who answers a query.
 * @throws PlanError where nobody can; AdqlCheckError for what makes no sense on the sky.
 */
export function planned(
  { engine, engines, limits }: TapService,
  query: TapQuery,
  { releases }: Published,
  forced: ForcedEngine | null,
): PlannedQuery {
  const { checked } = query;
  const plan = planQuery(checked, {
    releases,
    kernel: engine.kernel,
    limits: { bytes: limits.edgeBytes, pieceBytes: limits.piecesBytes },
    available: {
      scan: engines.scan !== null,
      duckdb: engines.duckdb !== null,
      postgresql: engines.postgresql !== null,
    },
    forced,
    unsupported: {
      duckdb: untranslatable(checked, 'duckdb'),
      postgresql: untranslatable(checked, 'postgresql'),
    },
  });
  return { ...query, plan };
}
