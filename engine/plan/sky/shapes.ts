import type { Findings } from '../../adql/check/checking.ts';
import { isCompound, pairs, type Shape, type ShapePoint } from '../../adql/regions/shape.ts';
import type { Expression, PolygonConstructor } from '../../adql/syntax-tree.ts';
import { constantNumber } from './constants.ts';

type Known = Pick<Findings, 'types' | 'regions'>;

/**
 * The shape that an expression without columns gives; null if it has columns, or is no constant that is understood, or of several
 * shapes.
 */
export function constantShape(expression: Expression, findings: Known): Shape | null {
  const number = (value: Expression) => constantNumber(value, findings);
  const point = (value: Expression): ShapePoint | null => {
    const shape = constantShape(value, findings);
    return shape?.kind === 'point' ? shape : null;
  };
  switch (expression.kind) {
    case 'point': {
      const [lon, lat] = [number(expression.longitude), number(expression.latitude)];
      return lon === null || lat === null ? null : { kind: 'point', lon, lat };
    }
    case 'circle': {
      const [center, radius] = [point(expression.center), number(expression.radius)];
      return center === null || radius === null ? null : { ...center, kind: 'circle', radius };
    }
    case 'box': {
      const [width, height] = [number(expression.width), number(expression.height)];
      const center = point(expression.center);
      return center === null || width === null || height === null
        ? null
        : { ...center, kind: 'box', width, height };
    }
    case 'polygon': {
      const vertices = polygonVertices(expression, findings);
      return vertices === null ? null : { kind: 'polygon', vertices };
    }
    case 'region': {
      const region = findings.regions.get(expression)!;
      return isCompound(region) ? null : region;
    }
    default:
      return null;
  }
}

function polygonVertices({ vertices }: PolygonConstructor, findings: Known): readonly ShapePoint[] | null {
  if (findings.types.get(vertices[0]!)?.family === 'point') {
    const points = vertices.map((vertex) => constantShape(vertex, findings));
    if (!points.every((point) => point?.kind === 'point')) return null;
    return points.map(({ lon, lat }) => ({ lon, lat }));
  }
  const numbers = vertices.map((vertex) => constantNumber(vertex, findings));
  return numbers.every((value) => value !== null) ? pairs(numbers) : null;
}
