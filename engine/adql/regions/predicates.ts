import { constantContained, constantsIntersect } from './caps.ts';
import type { Region, Shape } from './shape.ts';
import { isCompound } from './shape.ts';

/** The predicates of ADQL (ADQL 2.1 §4.2). */
export type Predicate = 'contains' | 'intersects';

/** A geometry that is one shape: given by the query, or the one that differs from row to row. */
export type Single = Shape | 'own';

/** A predicate of regions, written out in predicates of single shapes. */
export type PredicateTree =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly PredicateTree[] }
  | { readonly kind: 'not'; readonly operand: PredicateTree }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: Predicate; readonly left: Single; readonly right: Single };

/** Regions whose predicate is no combination of their parts' predicates. */
export class UndecidedRegions extends Error {
  override readonly name = 'UndecidedRegions';
}

/** A part of the sky without any Not but of single shapes. */
type Part =
  | { readonly kind: 'shape'; readonly shape: Single; readonly isPoint: boolean }
  | { readonly kind: 'outside'; readonly shape: Shape }
  | { readonly kind: 'union'; readonly parts: readonly Part[] }
  | { readonly kind: 'intersection'; readonly parts: readonly Part[] };

const WHOLE_SKY: Shape = { kind: 'circle', lon: 0, lat: 0, radius: 180 };

/** An operand of a predicate: `own` is a geometry of each row. */
export type Operand = Region | { readonly kind: 'own'; readonly isPoint: boolean };

/**
 * What CONTAINS or INTERSECTS of regions mean, exactly: a point is in a union if it is in one part, …; a shape is in what is
 * outside of another if they do not meet, and meets it if it is not in the other.
 * Of two regions that the query gives it is worked out what their parts have in common.
 * @throws UndecidedRegions where the parts of a region do not tell of a shape that differs from row to row: several of a union may
 * cover it together, and what parts have in common is no shape
 */
export function predicateTree(predicate: Predicate, left: Operand, right: Operand): PredicateTree {
  const [a, b] = [partOf(left), partOf(right)];
  try {
    return predicate === 'contains' ? contained(a, b) : intersecting(a, b);
  } catch (error) {
    if (!(error instanceof UndecidedRegions) || left.kind === 'own' || right.kind === 'own') throw error;
    const value = predicate === 'contains' ? constantContained(left, right) : constantsIntersect(left, right);
    if (value === null) throw error;
    return { kind: 'constant', value };
  }
}

function partOf(operand: Operand): Part {
  if (operand.kind === 'own') return { kind: 'shape', shape: 'own', isPoint: operand.isPoint };
  return signed(operand, false);
}

/** By De Morgan's laws. */
function signed(region: Region, negated: boolean): Part {
  if (!isCompound(region))
    return negated
      ? { kind: 'outside', shape: region }
      : { kind: 'shape', shape: region, isPoint: region.kind === 'point' };
  if (region.kind === 'not') return signed(region.part, !negated);
  const kind = (region.kind === 'union') === negated ? 'intersection' : 'union';
  return { kind, parts: region.parts.map((part) => signed(part, negated)) };
}

/** Whether all of the first is in the second. */
function contained(a: Part, b: Part): PredicateTree {
  if (b.kind === 'intersection') return all(b.parts.map((part) => contained(a, part)));
  if (a.kind === 'union') return all(a.parts.map((part) => contained(part, b)));
  if (a.kind === 'intersection') return undecided(OVERLAP);
  if (b.kind === 'union')
    return isPoint(a)
      ? any(b.parts.map((part) => contained(a, part)))
      : undecided(
          'Whether a shape lies in a Union is told of points only: several parts may hold it together',
        );
  if (a.kind === 'shape') {
    return b.kind === 'shape'
      ? { kind: 'contains', left: a.shape, right: b.shape }
      : outsideOf(a.shape, { kind: 'intersects', left: a.shape, right: b.shape });
  }
  // What is outside of one is outside of whatever lies in it.
  if (b.kind === 'outside') return { kind: 'contains', left: b.shape, right: a.shape };
  return { kind: 'contains', left: turnedInsideOut(a.shape), right: b.shape };
}

function intersecting(a: Part, b: Part): PredicateTree {
  if (a.kind === 'union') return any(a.parts.map((part) => intersecting(part, b)));
  if (b.kind === 'union') return any(b.parts.map((part) => intersecting(a, part)));
  if (a.kind === 'intersection')
    return isPoint(b) ? all(a.parts.map((part) => intersecting(b, part))) : undecided(OVERLAP);
  if (b.kind === 'intersection')
    return isPoint(a) ? all(b.parts.map((part) => intersecting(a, part))) : undecided(OVERLAP);
  if (a.kind === 'shape') {
    return b.kind === 'shape'
      ? { kind: 'intersects', left: a.shape, right: b.shape }
      : outsideOf(a.shape, { kind: 'contains', left: a.shape, right: b.shape });
  }
  if (b.kind === 'shape') return intersecting(b, a);
  const [round, other] = b.shape.kind === 'circle' ? [b.shape, a.shape] : [a.shape, b.shape];
  const inner = turnedInsideOut(round);
  return outsideOf(inner, { kind: 'contains', left: inner, right: other });
}

const OVERLAP =
  'What meets an Intersection, and in what one lies, is told of points only: the shape that its parts have in common is not worked out';

function isPoint(part: Part): boolean {
  return part.kind === 'shape' && part.isPoint;
}

/** What is nowhere on the sky is not outside either. */
function outsideOf(shape: Single, operand: PredicateTree): PredicateTree {
  return all([
    { kind: 'intersects', left: shape, right: WHOLE_SKY },
    { kind: 'not', operand },
  ]);
}

/** The circle that the outside of another is, but for its rim. */
function turnedInsideOut(shape: Shape): Shape {
  const radius = shape.kind === 'circle' ? shape.radius : shape.kind === 'point' ? 0 : 180;
  if (shape.kind === 'polygon' || shape.kind === 'box')
    return undecided('Where all but a polygon or box lies is not worked out');
  if (radius >= 180) return undecided('Not of the whole sky is nothing, which lies nowhere');
  return { kind: 'circle', lon: shape.lon + 180, lat: -shape.lat, radius: 180 - radius };
}

function undecided(problem: string): never {
  throw new UndecidedRegions(problem);
}

function all(operands: readonly PredicateTree[]): PredicateTree {
  return combined('and', operands);
}

function any(operands: readonly PredicateTree[]): PredicateTree {
  return combined('or', operands);
}

function combined(kind: 'and' | 'or', operands: readonly PredicateTree[]): PredicateTree {
  return operands.length === 1 ? operands[0]! : { kind, operands };
}
