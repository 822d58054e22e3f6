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
  published: Published,
  forced: ForcedEngine | null,
): PlannedQuery {
  const { checked, sources, uploads } = query;
  const plan = planQuery(checked, {
    releases: sources,
    uploads,
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
      postgresql: untranslatable(checked, 'postgresql') ?? withoutHistory(query, published),
    },
  });
  return { ...query, plan };
}

/** Why PostgreSQL has not the rows of a release that the query names by date; null where it has all. */
function withoutHistory({ releases }: TapQuery, { releases: latest }: Published): string | null {
  const current = new Set(latest.values());
  const gone = releases.find((release) => !current.has(release) && release.manifest.history === null);
  if (gone === undefined) return null;
  const { catalog, release } = gone.manifest;
  return `it keeps no versions of the rows of ${catalog}, whose release ${release} is not the latest`;
}
