import type { Findings } from '../../adql/check/checking.ts';
import type { Expression, PolygonConstructor } from '../../adql/syntax-tree.ts';
import { constantNumber } from './constants.ts';
import { parseStcs } from './stcs.ts';

/** A position in degrees; the longitude as it was given, which may be outside of 0…360. */
export interface ShapePoint {
  readonly lon: number;
  readonly lat: number;
}

/** A constant geometry, in degrees, ICRS. */
export type Shape =
  | ({ readonly kind: 'point' } & ShapePoint)
  | ({ readonly kind: 'circle'; readonly radius: number } & ShapePoint)
  | ({ readonly kind: 'box'; readonly width: number; readonly height: number } & ShapePoint)
  | { readonly kind: 'polygon'; readonly vertices: readonly ShapePoint[] };

/**
 * The geometry that an expression without columns gives; null if it has columns, or is no constant that is understood.
 * @throws AdqlCheckError for a REGION that is not understood
 */
export function constantShape(expression: Expression, findings: Pick<Findings, 'types'>): Shape | null {
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
    case 'region':
      return parseStcs(expression.text);
    default:
      return null;
  }
}

function polygonVertices(
  { vertices }: PolygonConstructor,
  findings: Pick<Findings, 'types'>,
): readonly ShapePoint[] | null {
  if (findings.types.get(vertices[0]!)?.family === 'point') {
    const points = vertices.map((vertex) => constantShape(vertex, findings));
    if (!points.every((point) => point?.kind === 'point')) return null;
    return points.map(({ lon, lat }) => ({ lon, lat }));
  }
  const numbers = vertices.map((vertex) => constantNumber(vertex, findings));
  return numbers.every((value) => value !== null) ? pairs(numbers) : null;
}

/** Longitudes and latitudes in turn → positions. */
export function pairs(numbers: readonly number[]): ShapePoint[] {
  return Array.from({ length: numbers.length / 2 }, (_, at) => ({
    lon: numbers[2 * at]!,
    lat: numbers[2 * at + 1]!,
  }));
}
