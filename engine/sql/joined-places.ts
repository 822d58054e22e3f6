import { DOUBLE } from '../adql/check/value-type.ts';
import type { JoinedPosition, JoinedRegion, PositionJoin } from '../plan/plan.ts';
import { doubleLiteral } from './literals.ts';
import { shape } from './shapes.ts';
import type { Translation } from './translation.ts';
import { valueAs } from './values.ts';
import { cellsOf } from './zone-cells.ts';

type Circle = readonly [lon: string, lat: string, radius: string];

/** SQL of the longitude and latitude of a row. */
export function coordinates(
  { longitude, latitude }: JoinedPosition,
  translation: Translation,
): [lon: string, lat: string] {
  const [lon, lat] = [longitude, latitude].map((each) => valueAs(each, DOUBLE, translation));
  return [lon!, lat!];
}

/** The same of the centre of the circle around a region. */
export function coordinatesOf(
  place: JoinedPosition | JoinedRegion,
  translation: Translation,
): [lon: string, lat: string] {
  if (!('region' in place)) return coordinates(place, translation);
  const [lon, lat] = parts(boundsOf(place, translation), place);
  return [lon, lat];
}

/** SQL for PostgreSQL of the zones of the circle in which positions meet a row. */
export function zoneWindows(
  place: JoinedPosition | JoinedRegion,
  join: PositionJoin,
  translation: Translation,
): string {
  return `almagest.zone_windows(${circleOf(place, join, translation).join(', ')})`;
}

/** SQL for DuckDB of the cells that this circle touches. */
export function circleCells(
  place: JoinedPosition | JoinedRegion,
  join: PositionJoin,
  height: number,
  translation: Translation,
): string {
  if (!('region' in place)) return cellsOf(...circleOf(place, join, translation), height);
  const cells = cellsOf(...parts('b', place), height);
  return `list_transform([${boundsOf(place, translation)}], lambda b: ${cells})[1]`;
}

function circleOf(
  place: JoinedPosition | JoinedRegion,
  { degrees, radius }: PositionJoin,
  translation: Translation,
): Circle {
  if ('region' in place) return parts(boundsOf(place, translation), place);
  const reach = degrees === null ? valueAs(radius, DOUBLE, translation) : doubleLiteral(degrees);
  return [...coordinates(place, translation), reach];
}

/** The numbers of an array of them; the radius is never more than half of the way around. */
function parts(bounds: string, { reach }: JoinedRegion): Circle {
  const [lon, lat, radius] = [1, 2, 3].map((at) => `(${bounds})[${at}]`);
  return [lon!, lat!, reach === 0 ? radius! : `least(180, ${radius} + ${doubleLiteral(reach)})`];
}

function boundsOf({ region }: JoinedRegion, translation: Translation): string {
  return `almagest.polygon_bounds(${shape(region, translation)})`;
}
