import { doubleLiteral, isLiteral } from './literals.ts';

/**
 * Cells of the sky for joins by position in DuckDB: zones of latitude of one height (Gray, Nieto-Santisteban & Szalay 2007),
 * each cut into equal pieces of longitude that are at least as wide as the zone is high. Rows join where they share a cell.
 */

/** No zone has more pieces. */
const ZONE = 16_777_216;
/** An arcminute. */
const LEAST_HEIGHT = 1 / 60;
/** Where the radius differs from row to row: few cells for the wide ones, few pairs for the others. */
const USUAL_HEIGHT = 2;
/** More than rounding adds to a latitude or longitude. */
const MARGIN = '1e-9';

/** The height of zones, in degrees, for a radius in degrees; null where it is no constant. */
export function zoneHeight(degrees: number | null): number {
  return degrees === null ? USUAL_HEIGHT : Math.min(Math.max(degrees, LEAST_HEIGHT), 180);
}

/** SQL of the one cell of a position, NULL off the sphere. */
export function cellOf(lon: string, lat: string, height: number): string {
  const zone = zoneOf(lat, height);
  const pieces = piecesOf(zone, height);
  const piece = `least(${pieces} - 1, floor(${turned(lon)} / 360 * ${pieces})::bigint)`;
  return `(CASE WHEN ${isPosition(lon, lat)} THEN ${zone} * ${ZONE} + ${piece} END)`;
}

/** SQL of the list of all cells that a circle touches, NULL if it is none. */
export function cellsOf(lon: string, lat: string, radius: string, height: number): string {
  const reach = isLiteral(radius) ? radius : `(${radius})`;
  const half =
    `(CASE WHEN abs(${lat}) + ${reach} < 89.999 THEN ` +
    `degrees(asin(least(1, sin(radians(${reach})) / cos(radians(${lat}))))) * (1 + 1e-12) + ${MARGIN} ELSE 180 END)`;
  const pieces = piecesOf('z', height);
  const edge = (sign: '+' | '-') => `floor((${turned(lon)} ${sign} ${half}) / 360 * ${pieces})::bigint`;
  const ranges = `CASE WHEN ${half} >= 180 THEN range(0, ${pieces}) ELSE range(${edge('-')}, ${edge('+')} + 1) END`;
  const first = zoneOf(`greatest(${lat} - ${reach} - ${MARGIN}, -90)`, height);
  const last = zoneOf(`least(${lat} + ${reach} + ${MARGIN}, 90)`, height);
  const cell = `z * ${ZONE} + (p % ${pieces} + ${pieces}) % ${pieces}`;
  return (
    `(CASE WHEN ${isPosition(lon, lat)} AND ${reach} >= 0 AND NOT isnan(${reach}) THEN ` +
    `list_distinct(flatten(list_transform(range(${first}, ${last} + 1), lambda z: list_transform(${ranges}, lambda p: ${cell})))) END)`
  );
}

function isPosition(lon: string, lat: string): string {
  return `abs(${lat}) <= 90 AND abs(${lon}) < 1e6`;
}

function zoneOf(lat: string, height: number): string {
  return `floor((${lat} + 90) / ${doubleLiteral(height)})::bigint`;
}

/** At the end of the zone that is nearer to a pole the pieces are narrowest. */
function piecesOf(zone: string, height: number): string {
  const h = doubleLiteral(height);
  const end = `least(90, greatest(abs(${zone} * ${h} - 90), abs((${zone} + 1) * ${h} - 90)))`;
  return `greatest(1, floor(360 * cos(radians(${end})) / ${h}))::bigint`;
}

function turned(lon: string): string {
  return `(${lon} - 360 * floor(${lon} / 360))`;
}
