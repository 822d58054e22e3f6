import type { CheckedQuery } from '../../adql/check/check.ts';
import type { Shape, ShapePoint } from '../../adql/regions/shape.ts';
import type { Condition, Expression, Query } from '../../adql/syntax-tree.ts';
import type { Table } from '../../catalog/table.ts';
import { remembered } from '../../remembered.ts';
import { contentOf, isCommonTable, outputsOf, plainColumn, type Relation, selectsOf } from '../tree.ts';
import { constantNumber } from './constants.ts';
import { type Fact, factOf, writtenOut } from './facts.ts';
import { grown, type Vertices } from './grown.ts';
import { isAt, mainPlace, type Place, placeOf, placeOfPoint } from './places.ts';
import { constantShape } from './shapes.ts';
import { anyOf, both, EVERYWHERE, NOWHERE, type Sky, windowOf } from './sky.ts';

/** What conditions say of where a position is. */
export interface ConditionSkies {
  /** The columns that a point is of. */
  placeOf(point: Expression): Place | null;
  /** Where a position must be, at least, for a condition to be true. */
  of(condition: Condition, place: Place): Sky;
  /** What a condition that is no AND, OR or NOT says of positions. */
  fact(condition: Condition): Fact | null;
  /** The position that a region of a row is around, and how far it reaches, in degrees; null where nobody knows. */
  regionAt(region: Expression): { readonly place: Place; readonly reach: number } | null;
}

/** How far from the positions of a table's rows the insides of the polygons of a column are, in degrees; null where nobody knows. */
export type ReachOf = (table: Table, column: string) => number | null;

/** The haversine of a double loses digits towards the antipodes. */
const slack = (radius: number) => (radius > 90 ? 2e-6 : 1e-9);

/** Facts and constants are found once for each condition, however many places ask. */
export function conditionSkies(query: CheckedQuery, vertices: Vertices, reachOf: ReachOf): ConditionSkies {
  const { findings } = query;
  const mains = new Map<Relation, Map<string, boolean>>();

  const fact = remembered((condition: Condition) => factOf(condition, findings));
  const shapeOf = remembered((expression: Expression) => constantShape(expression, findings));
  const placeAt = remembered((point: Expression) => placeOfPoint(point, findings));

  const regionAt = remembered((region: Expression) => {
    const found = plainColumn(region, findings);
    if (found?.source.kind !== 'named-table') return null;
    const table = findings.tables.get(found.source)!;
    if (isCommonTable(table)) return null;
    const [place, reach] = [mainPlace(found.source, table), reachOf(table, found.column.name)];
    return place === null || reach === null ? null : { place, reach };
  });

  function of(condition: Condition, place: Place): Sky {
    switch (condition.kind) {
      case 'and':
        return condition.operands.map((operand) => of(operand, place)).reduce(both);
      case 'or':
        return anyOf(condition.operands.map((operand) => of(operand, place)));
      case 'not':
        return EVERYWHERE;
      default: {
        const parts = writtenOut(condition, findings);
        if (parts !== null) return of(parts, place);
        const found = fact(condition);
        return found === null ? EVERYWHERE : skyOf(found, place);
      }
    }
  }

  function skyOf(found: Fact, place: Place): Sky {
    switch (found.kind) {
      case 'never':
        return NOWHERE;
      case 'between':
        return betweenSky(found, place);
      case 'near': {
        const { left, right } = found;
        const other = isPointAt(left, place) ? right : isPointAt(right, place) ? left : null;
        const radius = other && constantNumber(found.radius, findings);
        return other === null || radius === null ? EVERYWHERE : grownShape(shapeOf(other), radius);
      }
      case 'inside':
        if (isPointAt(found.point, place)) return skyOfShape(shapeOf(found.region));
        return aroundRegion(found, 0, place);
      case 'close': {
        const radius = constantNumber(found.radius, findings);
        if (radius === null) return EVERYWHERE;
        if (isPointAt(found.point, place)) return grownShape(shapeOf(found.region), radius);
        return aroundRegion(found, radius, place);
      }
      case 'cells': {
        const { point, order, cells } = found;
        const here =
          'kind' in point ? isPointAt(point, place) : isAt(place, placeOf(point[0], point[1], findings));
        return here ? { kind: 'cells', order, cells } : EVERYWHERE;
      }
    }
  }

  /** A region that holds a point, or comes near to it, is of a row whose position is not far. */
  function aroundRegion(
    { point, region }: { readonly point: Expression; readonly region: Expression },
    radius: number,
    place: Place,
  ): Sky {
    const found = regionAt(region);
    return found !== null && isAt(place, found.place)
      ? grownShape(shapeOf(point), radius + found.reach)
      : EVERYWHERE;
  }

  function isPointAt(point: Expression, place: Place): boolean {
    return isAt(place, placeAt(point));
  }

  function betweenSky({ column, low, high }: Fact & { kind: 'between' }, place: Place): Sky {
    const source = plainColumn(column, findings);
    if (source === null || source.source !== place.relation) return EVERYWHERE;
    const { name } = source.column;
    const open = {
      west: Number.NEGATIVE_INFINITY,
      east: Number.POSITIVE_INFINITY,
      south: Number.NEGATIVE_INFINITY,
      north: Number.POSITIVE_INFINITY,
    };
    if (place.lon.has(name) && isMain(place.relation, name, 'ra'))
      return windowOf({ ...open, west: low, east: high });
    if (place.lat.has(name) && isMain(place.relation, name, 'dec'))
      return windowOf({ ...open, south: low, north: high });
    return EVERYWHERE;
  }

  /**
   * Whether a column is the main coordinate of a table, which a release has in 0…360 and -90…90: others may go around the sky
   * in other ways, and say nothing by their values.
   */
  function isMain(relation: Relation, name: string, which: 'ra' | 'dec'): boolean {
    const key = `${which} ${name}`;
    const known = mains.get(relation)?.get(key);
    if (known !== undefined) return known;
    const content = contentOf(relation, query);
    const found =
      'schema' in content
        ? mainPlace(relation, content)?.[which === 'ra' ? 'lon' : 'lat'].has(name) === true
        : isMainOutput(content, name, which);
    mains.set(relation, new Map(mains.get(relation)).set(key, found));
    return found;
  }

  function isMainOutput(content: Query, name: string, which: 'ra' | 'dec'): boolean {
    const at = findings.results.get(content)!.findIndex((column) => column.name === name);
    return selectsOf(content.body).every((select) => {
      const source = outputsOf(select, findings)[at]?.source ?? null;
      if (source === null || source.source.kind === 'joined-table') return false;
      return isMain(source.source, source.column.name, which);
    });
  }

  function grownShape(shape: Shape | null, radius: number): Sky {
    return grown(skyOfShape(shape), radius + slack(radius), vertices);
  }

  return { of, fact, placeOf: placeAt, regionAt };
}

/** Where a constant geometry is; everywhere for what the kernel does not take. */
function skyOfShape(shape: Shape | null): Sky {
  if (shape === null) return EVERYWHERE;
  const points = shape.kind === 'polygon' ? shape.vertices : [shape];
  if (!points.every(({ lat }) => Math.abs(lat) <= 90)) return EVERYWHERE;
  switch (shape.kind) {
    case 'point':
      return { kind: 'cone', cone: { ...onCircle(shape), radius: 0 } };
    case 'circle': {
      const radius = shape.radius + slack(shape.radius);
      if (!(shape.radius >= 0)) return NOWHERE;
      return radius < 180 ? { kind: 'cone', cone: { ...onCircle(shape), radius } } : EVERYWHERE;
    }
    case 'box': {
      const { width, height } = shape;
      if (!(width > 0 && width < 180 && height > 0 && height < 180)) return EVERYWHERE;
      return { kind: 'box', region: { kind: 'box', ...onCircle(shape), width, height } };
    }
    case 'polygon':
      return { kind: 'polygon', region: { kind: 'polygon', vertices: shape.vertices.map(onCircle) } };
  }
}

/** With the longitude in 0…360, the very same number where it is there already. */
export function onCircle({ lon, lat }: ShapePoint): ShapePoint {
  if (lon >= 0 && lon <= 360) return { lon, lat };
  const rest = lon % 360;
  return { lon: rest < 0 ? rest + 360 : rest, lat };
}
