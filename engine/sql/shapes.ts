import { DOUBLE } from '../adql/check/value-type.ts';
import { AdqlCheckError } from '../adql/errors.ts';
import { isCompound, type Shape } from '../adql/regions/shape.ts';
import type { Expression, PolygonConstructor } from '../adql/syntax-tree.ts';
import { doubleLiteral, isLiteral } from './literals.ts';
import { type Translation, typeOf } from './translation.ts';
import { value, valueAs } from './values.ts';

/** Geometries are arrays of doubles: [lon, lat], [lon, lat, radius], and a polygon's coordinates in turn. */
export type ShapeKind = 'point' | 'circle' | 'polygon';

/** What shape a geometry has; null for a NULL without a type. */
export function shapeKind(node: Expression, translation: Translation): ShapeKind | null {
  const { family } = typeOf(node, translation);
  if (family !== 'region') return family === 'null' ? null : (family as ShapeKind);
  const { kind } = regionOf(node, translation);
  return kind === 'box' ? 'polygon' : kind;
}

/** SQL of a geometry as an array; NULL if one of its numbers is. */
export function shape(node: Expression, translation: Translation): string {
  const named = translation.named.get(node);
  if (named !== undefined) return typeof named === 'string' ? named : array(named, translation);
  switch (node.kind) {
    case 'region':
      return regionShape(regionOf(node, translation), translation);
    case 'point':
    case 'circle':
      return withNumbers([node], translation, (numbers) => array(numbers!, translation));
    case 'polygon':
      return polygon(node, translation);
    case 'box': {
      const [width, height] = coordinates([node.width, node.height], translation);
      return withNumbers(
        [node.center],
        translation,
        (center) => `almagest.box(${center!.join(', ')}, ${width}, ${height})`,
      );
    }
    default:
      return typeOf(node, translation).family === 'null'
        ? 'NULL::double precision[]'
        : value(node, translation);
  }
}

/** Uses the numbers of points and circles, which constructors give without an array. */
export function withNumbers(
  nodes: readonly Expression[],
  translation: Translation,
  use: (...numbers: readonly string[][]) => string,
): string {
  const parts = nodes.map((node) => numbersOf(node, translation));
  const all = parts.flatMap(({ values }) => values);
  const shared = all.filter((text) => !isLiteral(text));
  return translation.dialect.sharing(shared, (names) => {
    let next = 0;
    const named = parts.map(({ values, of }) =>
      of(values.map((text) => (isLiteral(text) ? text : names[next++]!))),
    );
    return use(...named);
  });
}

/** The numbers of a shape, made of values that may be long. */
interface Numbers {
  readonly values: readonly string[];
  of(values: readonly string[]): string[];
}

function numbersOf(node: Expression, translation: Translation): Numbers {
  const named = translation.named.get(node);
  if (typeof named === 'object') return { values: named, of: (values) => [...values] };
  if (node.kind === 'point') {
    return { values: coordinates([node.longitude, node.latitude], translation), of: (values) => [...values] };
  }
  if (node.kind === 'circle') {
    const center = numbersOf(node.center, translation);
    const [radius] = coordinates([node.radius], translation);
    return {
      values: [...center.values, radius!],
      of: (values) => [...center.of(values.slice(0, -1)), values.at(-1)!],
    };
  }
  if (node.kind === 'region') {
    const values = numbersOfShape(regionOf(node, translation)).map(doubleLiteral);
    return { values, of: () => values };
  }
  const count = shapeKind(node, translation) === 'circle' ? 3 : 2;
  return {
    values: [shape(node, translation)],
    of: ([all]) => Array.from({ length: count }, (_, index) => `(${all})[${index + 1}]`),
  };
}

function coordinates(expressions: readonly Expression[], translation: Translation): string[] {
  return expressions.map((expression) => valueAs(expression, DOUBLE, translation));
}

/** An array of numbers; NULL if one of them is. */
function array(numbers: readonly string[], { dialect }: Translation): string {
  const all = `${dialect.array(numbers)}::double precision[]`;
  const nullable = numbers.filter((text) => !isLiteral(text));
  if (nullable.length === 0) return all;
  return `(CASE WHEN ${nullable.map((text) => `${text} IS NULL`).join(' OR ')} THEN NULL ELSE ${all} END)`;
}

function polygon({ vertices }: PolygonConstructor, translation: Translation): string {
  if (typeOf(vertices[0]!, translation).family === 'point') {
    return withNumbers(vertices, translation, (...points) => array(points.flat(), translation));
  }
  const numbers = coordinates(vertices, translation);
  const shared = numbers.filter((text) => !isLiteral(text));
  return translation.dialect.sharing(shared, (names) => {
    let next = 0;
    return array(
      numbers.map((text) => (isLiteral(text) ? text : names[next++]!)),
      translation,
    );
  });
}

function regionShape(constant: Shape, { dialect }: Translation): string {
  const numbers = numbersOfShape(constant).map(doubleLiteral);
  if (constant.kind === 'box') return `almagest.box(${numbers.join(', ')})`;
  return `${dialect.array(numbers)}::double precision[]`;
}

function numbersOfShape(constant: Shape): number[] {
  switch (constant.kind) {
    case 'point':
      return [constant.lon, constant.lat];
    case 'circle':
      return [constant.lon, constant.lat, constant.radius];
    case 'box':
      return [constant.lon, constant.lat, constant.width, constant.height];
    case 'polygon':
      return constant.vertices.flatMap(({ lon, lat }) => [lon, lat]);
  }
}

/** @throws AdqlCheckError for a region that is no constant, or of several shapes: it has no form as numbers */
function regionOf(node: Expression, { findings }: Translation): Shape {
  const region = node.kind === 'region' ? findings.regions.get(node)! : null;
  if (region !== null && !isCompound(region)) return region;
  throw new AdqlCheckError(
    region === null
      ? "Only a region that the query gives is understood here, as REGION('Circle ICRS 10 20 0.5')"
      : 'A region of several shapes, as Union, Intersection and Not make one, stands in CONTAINS and INTERSECTS alone: here one shape is wanted',
    node.position,
  );
}
