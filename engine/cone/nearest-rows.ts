import type { Release } from '../catalog/release.ts';
import type { Engine } from '../engine.ts';
import type { Cone } from '../healpix-wasm/kernel.ts';
import { takeRows } from '../table/rows.ts';
import { coneMatches } from './matches.ts';
import { nearbyRadius, widerRadius } from './nearby-radius.ts';
import { nearest, type RowsWithSeparation } from './nearest.ts';

export interface NearestRows {
  /** Ascending by separation, those at the same separation in the order of storage; null where there are none. */
  readonly rows: RowsWithSeparation | null;
  /** How many there would be without a limit. */
  readonly found: number;
}

/**
 * The nearest rows of a cone.
 * @param count so many; null for all.
 * @param limit most that are kept of them.
 */
export async function nearestRows(
  engine: Engine,
  release: Release,
  cone: Cone,
  names: readonly string[],
  count: number | null,
  limit: number,
): Promise<NearestRows> {
  const wanted = count ?? Number.POSITIVE_INFINITY;
  let radius = count === null ? cone.radius : firstRadius(engine, release, cone, count);
  for (;;) {
    const { rows, found } = await collect(
      engine,
      release,
      { ...cone, radius },
      names,
      Math.min(wanted, limit),
    );
    // The nearest of all are among those within any radius that has enough of them.
    if (found >= wanted || radius === cone.radius) return { rows, found: Math.min(found, wanted) };
    radius = widerRadius(radius, cone.radius);
  }
}

function firstRadius(
  { kernel }: Engine,
  release: Release,
  { lon, lat, radius }: Cone,
  count: number,
): number {
  const [cell] = kernel.hash(Float64Array.of(lon), Float64Array.of(lat));
  return Math.min(nearbyRadius(release, cell!, count), radius);
}

async function collect(
  engine: Engine,
  release: Release,
  cone: Cone,
  names: readonly string[],
  limit: number,
): Promise<NearestRows> {
  const collected = nearest(limit);
  let found = 0;
  for await (const matches of coneMatches(engine, release, cone, names)) {
    found += matches.row.length;
    const { horizon } = collected;
    const row = matches.row.filter((_, at) => matches.separation[at]! <= horizon);
    if (row.length === 0 || limit === 0) continue;
    const separation = matches.separation.filter((distance) => distance <= horizon);
    collected.add(
      matches.columns.map((data) => takeRows(data, row)),
      separation,
    );
  }
  return { rows: collected.take(), found };
}
