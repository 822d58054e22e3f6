import type { TableIndexes } from '../postgres/table-indexes.ts';

/** Degrees. Q3C and pgSphere have bounds on radii, and round otherwise than Almagest. */
const WIDEST = 20;
const SLACK = 1e-6;

type LonLat = readonly [lon: string, lat: string];

/**
 * SQL that holds for all positions of a table within a radius of another, and that Q3C or pgSphere find by their indexes; null
 * where they have none or the radius is too wide. To be AND-ed with the exact condition.
 * @param position the table's columns, without casts, as the index has them
 * @param center in double precision: constants, or of another table
 * @param radius degrees
 */
export function circleIndexCondition(
  indexes: TableIndexes,
  position: LonLat,
  center: LonLat,
  radius: number,
): string | null {
  if (!(radius >= 0 && radius <= WIDEST)) return null;
  const [lon, lat] = position;
  const [centerLon, centerLat] = center;
  const reach = radius + SLACK;
  if (indexes.q3c) return `q3c_join(${centerLon}, ${centerLat}, ${lon}, ${lat}, ${reach}::double precision)`;
  if (!indexes.pgsphere) return null;
  const middle = `spoint(radians(${centerLon}), radians(${centerLat}))`;
  return `spoint(radians(${lon}), radians(${lat})) <@ scircle(${middle}, radians(${reach}::double precision))`;
}
