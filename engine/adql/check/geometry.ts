import { AdqlCheckError } from '../errors.ts';
import type { Expression, Geometry, RegionConstructor } from '../syntax-tree.ts';
import { writeAdqlExpression } from '../write.ts';
import { constantNumber } from './constants.ts';
import {
  CIRCLE,
  DOUBLE,
  described,
  INTEGER,
  isGeometry,
  isNumber,
  POINT,
  POLYGON,
  TEXT,
  type ValueType,
} from './value-type.ts';

type TypeOf = (expression: Expression) => ValueType;

/**
 * The type of a geometry function (ADQL 2.1 §4.2).
 * @throws AdqlCheckError for arguments of another type, and for constants that are off the sky
 */
export function geometryType(node: Exclude<Geometry, RegionConstructor>, typeOf: TypeOf): ValueType {
  const name = node.kind.toUpperCase();
  const want = (expression: Expression, fits: (type: ValueType) => boolean, wanted: string) => {
    const type = typeOf(expression);
    if (!fits(type))
      throw new AdqlCheckError(`${name} takes ${wanted} here, not ${described(type)}`, expression.position);
  };
  const numbers = (...expressions: readonly Expression[]) => {
    for (const expression of expressions) want(expression, isNumber, 'a number');
  };
  const point = (expression: Expression) => want(expression, isPoint, 'a point');
  const geometry = (expression: Expression) => want(expression, isGeometry, 'a geometry');
  switch (node.kind) {
    case 'point':
      numbers(node.longitude, node.latitude);
      refusePosition(node.longitude, node.latitude, typeOf);
      return POINT;
    case 'circle':
      point(node.center);
      numbers(node.radius);
      refuseConstant(node.radius, 0, 180, 'A radius lies between 0 and 180 degrees');
      return CIRCLE;
    case 'box':
      point(node.center);
      numbers(node.width, node.height);
      refuseSize(node.width, 'width');
      refuseSize(node.height, 'height');
      return POLYGON;
    case 'polygon':
      polygon(node.vertices, typeOf);
      return POLYGON;
    case 'contains':
    case 'intersects':
      geometry(node.left);
      geometry(node.right);
      return INTEGER;
    case 'distance':
      point(node.left);
      point(node.right);
      return { ...DOUBLE, unit: 'deg', ucd: 'pos.angDistance' };
    case 'area':
      geometry(node.geometry);
      return { ...DOUBLE, unit: 'deg**2', ucd: 'phys.angArea' };
    case 'centroid':
      geometry(node.geometry);
      return POINT;
    case 'coord1':
    case 'coord2':
      point(node.geometry);
      return { ...DOUBLE, unit: 'deg' };
    case 'coordsys':
      geometry(node.geometry);
      return TEXT;
  }
}

/** Points, or pairs of numbers: the first vertex tells which. */
function polygon(vertices: readonly Expression[], typeOf: TypeOf): void {
  const types = vertices.map(typeOf);
  const points = types[0]!.family === 'point';
  const odd = types.findIndex((type) => !(points ? isPoint(type) : isNumber(type)));
  if (odd >= 0) {
    const wanted = points ? 'points only' : 'points, or pairs of numbers';
    throw new AdqlCheckError(
      `POLYGON takes ${wanted}, not ${described(types[odd]!)}`,
      vertices[odd]!.position,
    );
  }
  if (points) return;
  if (vertices.length % 2 === 1 || vertices.length < 6) {
    throw new AdqlCheckError(
      'POLYGON takes three or more pairs of numbers, longitude before latitude',
      vertices.at(-1)!.position,
    );
  }
  for (let index = 0; index < vertices.length; index += 2) {
    refusePosition(vertices[index]!, vertices[index + 1]!, typeOf);
  }
}

function isPoint({ family }: ValueType): boolean {
  return family === 'point' || family === 'null';
}

function refusePosition(longitude: Expression, latitude: Expression, typeOf: TypeOf): void {
  refuseConstant(longitude, -Number.MAX_VALUE, Number.MAX_VALUE, 'A longitude is a finite number of degrees');
  refuseConstant(
    latitude,
    -90,
    90,
    'A latitude lies between -90 and 90 degrees: is it given before the longitude?',
  );
  const [first, second] = [longitude, latitude].map((expression) => coordinateOf(typeOf(expression)));
  if (first !== 'latitude' || second !== 'longitude') return;
  throw new AdqlCheckError(
    `“${writeAdqlExpression(longitude)}” is a latitude and “${writeAdqlExpression(latitude)}” a longitude: the longitude comes first`,
    longitude.position,
  );
}

/** What a column's UCD says of it (UCD1+ 1.5). */
function coordinateOf({ ucd }: ValueType): 'longitude' | 'latitude' | null {
  const word = ucd?.toLowerCase().split(';')[0] ?? '';
  if (/^pos\.(?:eq\.ra|[a-z]+\.lon)$/.test(word)) return 'longitude';
  return /^pos\.(?:eq\.dec|[a-z]+\.lat)$/.test(word) ? 'latitude' : null;
}

/** Wider and higher ones have no sides on great circles. */
function refuseSize(expression: Expression, what: 'width' | 'height'): void {
  const value = constantNumber(expression);
  if (value !== null && !(value >= 0 && value < 180)) {
    throw new AdqlCheckError(`A ${what} is less than 180 degrees, and not negative`, expression.position);
  }
}

/** DALI 1.1 §3.3.5 */
function refuseConstant(expression: Expression, least: number, most: number, problem: string): void {
  const value = constantNumber(expression);
  if (value !== null && !(value >= least && value <= most))
    throw new AdqlCheckError(problem, expression.position);
}
