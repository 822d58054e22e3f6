import type { Findings } from '../../adql/check/checking.ts';
import type {
  Comparison,
  ComparisonOperator,
  Condition,
  Distance,
  Expression,
  FunctionCall,
  GeometryPredicate,
} from '../../adql/syntax-tree.ts';
import { constantNumber } from './constants.ts';
import type { CellSpan } from './sky.ts';

/** What a condition says of positions where it is true. */
export type Fact =
  /** The distance of two points is at most a radius, in degrees. */
  | {
      readonly kind: 'near';
      readonly left: Expression;
      readonly right: Expression;
      readonly radius: Expression;
      /** Less than the radius. */
      readonly strict: boolean;
      /** Said by a circle that holds the other point, not by a distance. */
      readonly circle: boolean;
      /** The condition says this and nothing more. */
      readonly exact: boolean;
    }
  /** A point is in a geometry that is not given as a circle. */
  | {
      readonly kind: 'inside';
      readonly point: Expression;
      readonly region: Expression;
      readonly exact: boolean;
    }
  /** A point is within a radius of a geometry. */
  | {
      readonly kind: 'close';
      readonly point: Expression;
      readonly region: Expression;
      readonly radius: Expression;
    }
  /** A column has a value between bounds, included. */
  | { readonly kind: 'between'; readonly column: Expression; readonly low: number; readonly high: number }
  /** A position is in one of some cells. */
  | {
      readonly kind: 'cells';
      readonly point: Expression | readonly [longitude: Expression, latitude: Expression];
      readonly order: number;
      readonly cells: readonly CellSpan[];
    }
  | { readonly kind: 'never' };

type Known = Pick<Findings, 'types'>;

/** What a condition that is no AND, OR or NOT says of positions; null if nothing that is understood. */
export function factOf(condition: Condition, findings: Known): Fact | null {
  switch (condition.kind) {
    case 'comparison':
      return comparisonFact(condition, findings);
    case 'between': {
      if (condition.negated) return null;
      if (condition.operand.kind === 'distance') return nearFact(condition.operand, condition.high, '=');
      const low = constantNumber(condition.low, findings);
      const high = constantNumber(condition.high, findings);
      return low === null || high === null ? null : boundsFact(condition.operand, low, high, findings);
    }
    case 'in': {
      if (condition.negated || 'kind' in condition.values || condition.operand.kind !== 'function')
        return null;
      const cells = condition.values.map((value) => constantNumber(value, findings));
      return cells.every((cell) => cell !== null)
        ? cellsFact(
            condition.operand,
            cells.map((cell) => [cell, cell]),
            findings,
          )
        : null;
    }
    default:
      return null;
  }
}

const MIRRORED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
};

/** A comparison with what is to be compared on the left: a function of geometry, or anything but a constant. */
export function turned(
  { left, operator, right }: Comparison,
  findings: Known,
): Omit<Comparison, 'kind' | 'position'> {
  const turn = isAsked(right) || (!isAsked(left) && constantNumber(left, findings) !== null);
  return turn ? { left: right, operator: MIRRORED[operator], right: left } : { left, operator, right };
}

function isAsked({ kind }: Expression): boolean {
  return kind === 'contains' || kind === 'intersects' || kind === 'distance';
}

function comparisonFact(comparison: Comparison, findings: Known): Fact | null {
  const { left, operator, right } = turned(comparison, findings);
  if (left.kind === 'distance' && (operator === '<' || operator === '<=' || operator === '=')) {
    return nearFact(left, right, operator);
  }
  const value = constantNumber(right, findings);
  if (value === null) return null;
  if (left.kind === 'contains' || left.kind === 'intersects')
    return predicateFact(left, operator, value, findings);
  switch (operator) {
    case '=':
      return boundsFact(left, value, value, findings);
    case '<':
    case '<=':
      return boundsFact(left, Number.NEGATIVE_INFINITY, value, findings);
    case '>':
    case '>=':
      return boundsFact(left, value, Number.POSITIVE_INFINITY, findings);
    case '<>':
      return null;
  }
}

function nearFact({ left, right }: Distance, radius: Expression, operator: '<' | '<=' | '='): Fact {
  const [strict, exact] = [operator === '<', operator !== '='];
  return { kind: 'near', left, right, radius, strict, circle: false, exact };
}

/** What a comparison says that is true where a predicate of a region of several shapes is; null for any other. */
export function writtenOut(
  condition: Condition,
  findings: Pick<Findings, 'types' | 'compounds'>,
): Condition | null {
  if (condition.kind !== 'comparison') return null;
  const { left, operator, right } = turned(condition, findings);
  if (left.kind !== 'contains' && left.kind !== 'intersects') return null;
  const value = constantNumber(right, findings);
  const isTrue = value !== null && compare(1, operator, value) && !compare(0, operator, value);
  return isTrue ? (findings.compounds.get(left) ?? null) : null;
}

/** The predicate gives 0 or 1: which of them satisfies the comparison. */
function predicateFact(
  node: GeometryPredicate,
  operator: ComparisonOperator,
  value: number,
  findings: Known,
): Fact | null {
  if (compare(0, operator, value)) return null;
  if (!compare(1, operator, value)) return { kind: 'never' };
  return node.kind === 'contains' ? containsFact(node, findings) : intersectsFact(node, findings);
}

function containsFact({ left, right }: GeometryPredicate, findings: Known): Fact | null {
  if (isPoint(left, findings)) {
    if (right.kind === 'circle') return within(left, right.center, right.radius);
    return { kind: 'inside', point: left, region: right, exact: true };
  }
  // A circle that is inside has its centre inside, and a circle that holds something is around each of its points.
  if (left.kind === 'circle') {
    if (right.kind === 'circle') return { ...within(left.center, right.center, right.radius), exact: false };
    return { kind: 'inside', point: left.center, region: right, exact: false };
  }
  if (right.kind !== 'circle') return null;
  return { kind: 'close', point: right.center, region: left, radius: right.radius };
}

function intersectsFact({ left, right }: GeometryPredicate, findings: Known): Fact | null {
  if (isPoint(left, findings)) return containsFact({ left, right } as GeometryPredicate, findings);
  if (isPoint(right, findings))
    return containsFact({ left: right, right: left } as GeometryPredicate, findings);
  const constant = (circle: Expression) =>
    circle.kind === 'circle' && constantNumber(circle.radius, findings) !== null;
  // Of two circles the one whose centre is a column's is asked for its surroundings.
  const first = constant(left) && (right.kind !== 'circle' || !isConstantPoint(left, findings));
  const [circle, region] = first ? [left, right] : [right, left];
  if (circle.kind !== 'circle') return null;
  return { kind: 'close', point: circle.center, region, radius: circle.radius };
}

function isConstantPoint(circle: Expression, findings: Known): boolean {
  if (circle.kind !== 'circle' || circle.center.kind !== 'point') return false;
  return constantNumber(circle.center.longitude, findings) !== null;
}

function within(left: Expression, right: Expression, radius: Expression): Fact & { kind: 'near' } {
  return { kind: 'near', left, right, radius, strict: false, circle: true, exact: true };
}

function isPoint(expression: Expression, { types }: Known): boolean {
  return types.get(expression)?.family === 'point';
}

/** A value between bounds, one of which may be infinite. */
function boundsFact(operand: Expression, low: number, high: number, findings: Known): Fact | null {
  switch (operand.kind) {
    case 'column':
      return { kind: 'between', column: operand, low, high };
    case 'function':
      return cellsFact(operand, [[low, high]], findings);
    default:
      return null;
  }
}

/** `ivo_healpix_index(order, …)` with values between bounds. */
function cellsFact(
  { name, arguments: given }: FunctionCall,
  bounds: readonly (readonly [low: number, high: number])[],
  findings: Known,
): Fact | null {
  if (name.toLowerCase() !== 'ivo_healpix_index') return null;
  const order = constantNumber(given[0]!, findings);
  if (order === null || !(order >= 0 && order <= 29) || !Number.isInteger(order)) return null;
  const last = 12n * 4n ** BigInt(order) - 1n;
  // Larger ones are compared as rounded.
  const rounded = (value: number) => Number.isFinite(value) && Math.abs(value) > Number.MAX_SAFE_INTEGER;
  if (bounds.some(([low, high]) => rounded(low) || rounded(high))) return null;
  const cells: CellSpan[] = [];
  for (const [low, high] of bounds) {
    const from = low === Number.NEGATIVE_INFINITY ? 0n : BigInt(Math.max(0, Math.ceil(low)));
    const to = high === Number.POSITIVE_INFINITY ? last : BigInt(Math.floor(high));
    if (from <= to && from <= last) cells.push({ first: from, last: to < last ? to : last });
  }
  if (cells.length === 0) return { kind: 'never' };
  const point = given.length === 2 ? given[1]! : ([given[1]!, given[2]!] as const);
  return { kind: 'cells', point, order, cells };
}

function compare(a: number, operator: ComparisonOperator, b: number): boolean {
  switch (operator) {
    case '=':
      return a === b;
    case '<>':
      return a !== b;
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
  }
}
