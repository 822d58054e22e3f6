import { AdqlSyntaxError } from './errors.ts';
import { type Position, span } from './position.ts';
import type { Expression, Geometry, PointConstructor, TextLiteral } from './syntax-tree.ts';

/** How each function is called (ADQL 2.1 §4.2); the coordinate system is ADQL 2.0's. */
const FORMS = {
  AREA: 'AREA(geometry)',
  BOX: "BOX(['system',] longitude, latitude, width, height) or BOX(['system',] point, width, height)",
  CENTROID: 'CENTROID(geometry)',
  CIRCLE: "CIRCLE(['system',] longitude, latitude, radius) or CIRCLE(['system',] point, radius)",
  CONTAINS: 'CONTAINS(geometry, geometry)',
  COORD1: 'COORD1(point)',
  COORD2: 'COORD2(point)',
  COORDSYS: 'COORDSYS(geometry)',
  DISTANCE: 'DISTANCE(point, point) or DISTANCE(longitude, latitude, longitude, latitude)',
  INTERSECTS: 'INTERSECTS(geometry, geometry)',
  POINT: "POINT(['system',] longitude, latitude)",
  POLYGON:
    "POLYGON(['system',] longitude, latitude, longitude, latitude, longitude, latitude, …) or POLYGON(['system',] point, point, point, …)",
  REGION: "REGION('STC-S')",
} as const;

export type GeometryName = keyof typeof FORMS;

export function isGeometryName(upper: string): upper is GeometryName {
  return Object.hasOwn(FORMS, upper);
}

/**
 * The node of a geometry function, its coordinates gathered to points.
 * @throws AdqlSyntaxError for arguments that the grammar does not take
 */
export function geometryCall(
  name: GeometryName,
  given: readonly Expression[],
  position: Position,
): Expression {
  const node = shapeConstructor(name, given, position) ?? geometryFunction(name, given, position);
  if (node !== null) return node;
  throw new AdqlSyntaxError(`${name} is called as ${FORMS[name]}`, position);
}

function shapeConstructor(
  name: GeometryName,
  given: readonly Expression[],
  position: Position,
): Geometry | null {
  const coordinateSystem = given[0]?.kind === 'text' ? given[0] : null;
  const rest = coordinateSystem !== null || given[0]?.kind === 'null' ? given.slice(1) : given;
  const [a, b, c, d] = rest;
  const shape = { position, coordinateSystem };
  switch (`${name} ${rest.length}`) {
    case 'POINT 2':
      return areNumbers(rest) ? { kind: 'point', ...shape, longitude: a!, latitude: b! } : null;
    case 'CIRCLE 2':
      return mayBeGeometry(a!) && isNumber(b!) ? { kind: 'circle', ...shape, center: a!, radius: b! } : null;
    case 'CIRCLE 3':
      return areNumbers(rest) ? { kind: 'circle', ...shape, center: point(a!, b!, null), radius: c! } : null;
    case 'BOX 3':
      if (!mayBeGeometry(a!) || !areNumbers([b!, c!])) return null;
      return { kind: 'box', ...shape, center: a!, width: b!, height: c! };
    case 'BOX 4':
      if (!areNumbers(rest)) return null;
      return { kind: 'box', ...shape, center: point(a!, b!, null), width: c!, height: d! };
    default:
      return name === 'POLYGON' && isRing(rest) ? { kind: 'polygon', ...shape, vertices: rest } : null;
  }
}

function geometryFunction(
  name: GeometryName,
  given: readonly Expression[],
  position: Position,
): Geometry | null {
  const [a, b, c, d] = given;
  switch (`${name} ${given.length}`) {
    case 'AREA 1':
    case 'CENTROID 1':
    case 'COORD1 1':
    case 'COORD2 1':
    case 'COORDSYS 1': {
      const kind = name.toLowerCase() as 'area' | 'centroid' | 'coord1' | 'coord2' | 'coordsys';
      return mayBeGeometry(a!) ? { kind, position, geometry: a! } : null;
    }
    case 'CONTAINS 2':
    case 'INTERSECTS 2': {
      const kind = name.toLowerCase() as 'contains' | 'intersects';
      return mayBeGeometry(a!) && mayBeGeometry(b!) ? { kind, position, left: a!, right: b! } : null;
    }
    case 'DISTANCE 2':
      return mayBeGeometry(a!) && mayBeGeometry(b!)
        ? { kind: 'distance', position, left: a!, right: b! }
        : null;
    case 'DISTANCE 4':
      if (!areNumbers(given)) return null;
      return { kind: 'distance', position, left: point(a!, b!, null), right: point(c!, d!, null) };
    case 'REGION 1':
      return a!.kind === 'text' ? { kind: 'region', position, text: a! } : null;
    default:
      return null;
  }
}

function point(
  longitude: Expression,
  latitude: Expression,
  coordinateSystem: TextLiteral | null,
): PointConstructor {
  const position = span(longitude.position, latitude.position);
  return { kind: 'point', position, coordinateSystem, longitude, latitude };
}

/** Three or more points, or three or more pairs of coordinates. */
function isRing(vertices: readonly Expression[]): boolean {
  if (vertices.every(mayBeGeometry) && vertices.length >= 3) return true;
  return areNumbers(vertices) && vertices.length >= 6 && vertices.length % 2 === 0;
}

function areNumbers(expressions: readonly Expression[]): boolean {
  return expressions.every(isNumber);
}

/** Whether the syntax allows a number; columns and functions are known by the checker only. */
function isNumber({ kind }: Expression): boolean {
  return !isOnlyGeometry(kind) && kind !== 'text' && kind !== 'boolean';
}

/** Whether the syntax allows a geometry (ADQL 2.1 §4.2.3). */
function mayBeGeometry({ kind }: Expression): boolean {
  return isOnlyGeometry(kind) || MAY_BE_EITHER.has(kind);
}

function isOnlyGeometry(kind: Expression['kind']): boolean {
  return ONLY_GEOMETRY.has(kind);
}

const ONLY_GEOMETRY: ReadonlySet<string> = new Set<Expression['kind']>([
  'point',
  'circle',
  'box',
  'polygon',
  'region',
  'centroid',
]);

const MAY_BE_EITHER: ReadonlySet<string> = new Set<Expression['kind']>([
  'column',
  'function',
  'aggregate',
  'cast',
  'searched-case',
  'simple-case',
  'subquery',
  'null',
]);
