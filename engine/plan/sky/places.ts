import type { Findings } from '../../adql/check/checking.ts';
import type { SourceColumn } from '../../adql/check/scope.ts';
import type { Expression, Select } from '../../adql/syntax-tree.ts';
import { positionColumns, type Table } from '../../catalog/table.ts';
import { type Output, outputsOf, plainColumn, type Relation } from '../tree.ts';

/** The columns of an item of FROM that hold one position of its rows, by name. */
export interface Place {
  readonly relation: Relation;
  readonly lon: ReadonlySet<string>;
  readonly lat: ReadonlySet<string>;
  /** Columns that are the point itself. */
  readonly points: ReadonlySet<string>;
}

/** The result columns of a query that hold one position, by number. */
export interface Carried {
  readonly lon: ReadonlySet<number>;
  readonly lat: ReadonlySet<number>;
  readonly points: ReadonlySet<number>;
}

/** The main position of a table; null if it has none. */
export function mainPlace(relation: Relation, table: Table): Place | null {
  const position = positionColumns(table);
  if (position === null) return null;
  const { ra, dec } = position;
  return { relation, lon: new Set([ra.name]), lat: new Set([dec.name]), points: new Set() };
}

/** The place of two coordinates that are columns of one item of FROM; null for anything else. */
export function placeOf(longitude: Expression, latitude: Expression, findings: Findings): Place | null {
  return placeOfColumns(plainColumn(longitude, findings), plainColumn(latitude, findings));
}

function placeOfColumns(lon: SourceColumn | null, lat: SourceColumn | null): Place | null {
  if (lon === null || lat === null || lon.source !== lat.source || lon.source.kind === 'joined-table')
    return null;
  return {
    relation: lon.source,
    lon: new Set([lon.column.name]),
    lat: new Set([lat.column.name]),
    points: new Set(),
  };
}

/** The place of a point: of its coordinates, or the column that is the point. */
export function placeOfPoint(point: Expression, findings: Findings): Place | null {
  if (point.kind === 'point') return placeOf(point.longitude, point.latitude, findings);
  const column = plainColumn(point, findings);
  if (column === null || column.source.kind === 'joined-table') return null;
  return {
    relation: column.source,
    lon: new Set(),
    lat: new Set(),
    points: new Set([column.column.name]),
  };
}

/** Whether two places are the same one, as far as they are known. */
export function isAt(place: Place, other: Place | null): boolean {
  if (other === null || other.relation !== place.relation) return false;
  const within = (a: ReadonlySet<string>, b: ReadonlySet<string>) => [...a].every((name) => b.has(name));
  return within(other.lon, place.lon) && within(other.lat, place.lat) && within(other.points, place.points);
}

/** The result columns of a SELECT that hold a position of its FROM. */
export function carriedBy(select: Select, place: Place, findings: Findings): Carried {
  const outputs = outputsOf(select, findings);
  const numbers = (test: (output: Output) => boolean) =>
    new Set(outputs.flatMap((output, at) => (test(output) ? [at] : [])));
  const named = (names: ReadonlySet<string>) =>
    numbers(({ source }) => source?.source === place.relation && names.has(source.column.name));
  const points = numbers(
    ({ expression }) => expression?.kind === 'point' && isAt(place, placeOfPoint(expression, findings)),
  );
  return {
    lon: named(place.lon),
    lat: named(place.lat),
    points: new Set([...points, ...named(place.points)]),
  };
}

/** Where in the FROM of a SELECT a position of its result comes from; null if that is nowhere, or unknown. */
export function placeBehind(select: Select, carried: Carried, findings: Findings): Place | null {
  const outputs = outputsOf(select, findings);
  const [point] = carried.points;
  if (point !== undefined) {
    const { source, expression } = outputs[point]!;
    if (expression !== null) return placeOfPoint(expression, findings);
    if (source === null || source.source.kind === 'joined-table') return null;
    const points = new Set([source.column.name]);
    return { relation: source.source, lon: new Set(), lat: new Set(), points };
  }
  const source = ([at]: ReadonlySet<number>) => (at === undefined ? null : outputs[at]!.source);
  return placeOfColumns(source(carried.lon), source(carried.lat));
}

/** A place of an item of FROM as result columns of the query behind it. */
export function asCarried({ lon, lat, points }: Place, names: readonly string[]): Carried {
  const numbers = (wanted: ReadonlySet<string>) =>
    new Set(names.flatMap((name, at) => (wanted.has(name) ? [at] : [])));
  return { lon: numbers(lon), lat: numbers(lat), points: numbers(points) };
}

/** Result columns of a query as a place of the item of FROM that it is behind. A name that two columns have means neither. */
export function asPlace(relation: Relation, carried: Carried, names: readonly string[]): Place {
  const named = (numbers: ReadonlySet<number>) => {
    const found = [...numbers].map((at) => names[at]!);
    return new Set(found.filter((name) => names.indexOf(name) === names.lastIndexOf(name)));
  };
  return {
    relation,
    lon: named(carried.lon),
    lat: named(carried.lat),
    points: named(carried.points),
  };
}
