import type { Comparison, Expression, GeometryPredicate, NumberLiteral } from '../adql/syntax-tree.ts';
import { condition } from './conditions.ts';
import { refuseCorrelatedPolygon } from './correlated.ts';
import { indexedCircle } from './indexed-circles.ts';
import { shape, shapeKind, withNumbers } from './shapes.ts';
import type { Translation } from './translation.ts';

/**
 * SQL of `1 = CONTAINS(…)`, `INTERSECTS(…) = 0` and the like, as the bare predicate or its negation; null for any other
 * comparison.
 */
export function predicateCondition(
  { operator, left, right }: Comparison,
  translation: Translation,
): string | null {
  if (operator !== '=' && operator !== '<>') return null;
  const [node, number] = isPredicate(left) ? [left, right] : [right, left];
  if (!isPredicate(node) || !isBit(number)) return null;
  const found = predicate(node, translation);
  return (BigInt(number.text) === 1n) === (operator === '=') ? found : `(NOT ${found})`;
}

function isPredicate(node: Expression): node is GeometryPredicate {
  return node.kind === 'contains' || node.kind === 'intersects';
}

function isBit(node: Expression): node is NumberLiteral {
  return node.kind === 'number' && node.form === 'integer' && BigInt(node.text) <= 1n;
}

/** SQL of CONTAINS and INTERSECTS as a boolean. */
export function predicate(node: GeometryPredicate, translation: Translation): string {
  const parts = translation.findings.compounds.get(node);
  if (parts === undefined) return singlePredicate(node, translation);
  const own = [node.left, node.right].find(({ kind }) => kind !== 'region');
  if (own === undefined) return condition(parts, translation);
  const partsWith = (named: readonly string[] | string) =>
    condition(parts, { ...translation, named: new Map([...translation.named, [own, named]]) });
  return shapeKind(own, translation) === 'polygon'
    ? translation.dialect.sharing([shape(own, translation)], ([array]) => partsWith(array!))
    : withNumbers([own], translation, (numbers) => partsWith(numbers!));
}

function singlePredicate(node: GeometryPredicate, translation: Translation): string {
  const { kind, left, right } = node;
  const [a, b] = [shapeKind(left, translation), shapeKind(right, translation)];
  if (a === null || b === null) return 'NULL::boolean';
  if (a === 'polygon' || b === 'polygon') refuseCorrelatedPolygon(node, translation);
  if (kind === 'contains') return contained(left, right, translation);
  if (a === 'point') return contained(left, right, translation);
  if (b === 'point') return contained(right, left, translation);
  const [first, second] = a === 'polygon' && b === 'circle' ? [right, left] : [left, right];
  const name =
    a === b ? (a === 'circle' ? 'circles_intersect' : 'polygons_intersect') : 'circle_intersects_polygon';
  return `almagest.${name}(${shape(first, translation)}, ${shape(second, translation)})`;
}

/** Whether the first is within the second. */
function contained(inner: Expression, outer: Expression, translation: Translation): string {
  const [a, b] = [shapeKind(inner, translation), shapeKind(outer, translation)];
  if (a === 'point' && b === 'polygon') {
    const area = shape(outer, translation);
    return withNumbers(
      [inner],
      translation,
      (point) => `almagest.point_in_polygon(${point!.join(', ')}, ${area})`,
    );
  }
  if (a === 'point') {
    const exact = withNumbers([inner, outer], translation, (point, round) =>
      b === 'circle'
        ? `almagest.point_in_circle(${[...point!, ...round!].join(', ')})`
        : `(almagest.distance(${[...point!, ...round!].join(', ')}) = 0)`,
    );
    return outer.kind === 'circle'
      ? indexedCircle(exact, [inner, outer.center], outer.radius, translation)
      : exact;
  }
  // A point has nothing in it but circles without a radius.
  const region =
    b === 'point'
      ? withNumbers([outer], translation, (point) => {
          const circle = `${translation.dialect.array([...point!, '0e0'])}::double precision[]`;
          return `(CASE WHEN ${point!.map((text) => `${text} IS NOT NULL`).join(' AND ')} THEN ${circle} END)`;
        })
      : shape(outer, translation);
  const name = `${a}_in_${b === 'point' ? 'circle' : b}`;
  return `almagest.${name}(${shape(inner, translation)}, ${region})`;
}
