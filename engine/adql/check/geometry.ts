import { AdqlCheckError } from '../errors.ts';
import type { Expression, Geometry } from '../syntax-tree.ts';
import {
  CIRCLE,
  DOUBLE,
  described,
  INTEGER,
  isGeometry,
  isNumber,
  POINT,
  POLYGON,
  REGION,
  TEXT,
  type ValueType,
} from './value-type.ts';

type TypeOf = (expression: Expression) => ValueType;

/**
 * The type of a geometry function (ADQL 2.1 §4.2).
 * @throws AdqlCheckError for arguments of another type, and for constants that are off the sky
 */
export function geometryType(node: Geometry, typeOf: TypeOf): ValueType {
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
      refuseLatitude(node.latitude);
      return POINT;
    case 'circle':
      point(node.center);
      numbers(node.radius);
      refuseConstant(node.radius, 0, 180, 'A radius lies between 0 and 180 degrees');
      return CIRCLE;
    case 'box':
      point(node.center);
      numbers(node.width, node.height);
      refuseConstant(node.width, 0, 360, 'A width lies between 0 and 360 degrees');
      refuseConstant(node.height, 0, 180, 'A height lies between 0 and 180 degrees');
      return POLYGON;
    case 'polygon':
      polygon(node.vertices, typeOf);
      return POLYGON;
    case 'region':
      return REGION;
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
  for (const [index, vertex] of vertices.entries()) if (index % 2 === 1) refuseLatitude(vertex);
}

function isPoint({ family }: ValueType): boolean {
  return family === 'point' || family === 'null';
}

function refuseLatitude(latitude: Expression): void {
  const problem = 'A latitude lies between -90 and 90 degrees: is it given before the longitude?';
  refuseConstant(latitude, -90, 90, problem);
}

/** DALI 1.1 §3.3.5 */
function refuseConstant(expression: Expression, least: number, most: number, problem: string): void {
  const value = constant(expression);
  if (value !== null && !(value >= least && value <= most))
    throw new AdqlCheckError(problem, expression.position);
}

function constant(expression: Expression): number | null {
  if (expression.kind === 'number') return Number(expression.text);
  if (expression.kind !== 'sign' || expression.operator === '~') return null;
  const value = constant(expression.operand);
  return value === null || expression.operator === '+' ? value : -value;
}
