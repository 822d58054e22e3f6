import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { at, separation } from '../../../test/sky.ts';
import {
  type Predicate,
  type PredicateTree,
  predicateTree,
  type Single,
  UndecidedRegions,
} from './predicates.ts';
import type { Region, Shape, ShapePoint } from './shape.ts';

type Circle = Shape & { readonly kind: 'circle' };

const apart = (a: ShapePoint, b: ShapePoint) => separation({ ...a, radius: 0 }, b.lon, b.lat);

/** A region of circles holds a position. */
function holds(region: Region, position: ShapePoint): boolean {
  switch (region.kind) {
    case 'union':
      return region.parts.some((part) => holds(part, position));
    case 'intersection':
      return region.parts.every((part) => holds(part, position));
    case 'not':
      return !holds(region.part, position);
    default:
      return apart(region as Circle, position) <= (region as Circle).radius;
  }
}

/** Of circles, of which a point is one without a radius. */
function truth(tree: PredicateTree, own: Circle): boolean {
  const circle = (single: Single) => (single === 'own' ? own : (single as Circle));
  switch (tree.kind) {
    case 'and':
      return tree.operands.every((operand) => truth(operand, own));
    case 'or':
      return tree.operands.some((operand) => truth(operand, own));
    case 'not':
      return !truth(tree.operand, own);
    case 'constant':
      return tree.value;
    default: {
      const [a, b] = [circle(tree.left), circle(tree.right)];
      const between = apart(a, b);
      return tree.kind === 'intersects'
        ? between <= a.radius + b.radius
        : between + a.radius <= b.radius || b.radius >= 180;
    }
  }
}

const decimals = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const circles = fc
  .record({ lon: decimals(0, 360), lat: decimals(-80, 80), radius: decimals(5, 120) })
  .map((circle): Circle => ({ kind: 'circle', ...circle }));
const { region: regions } = fc.letrec<{ region: Region }>((tie) => ({
  region: fc.oneof(
    { maxDepth: 3 },
    circles,
    fc.record({
      kind: fc.constantFrom('union', 'intersection'),
      parts: fc.array(tie('region'), { minLength: 2, maxLength: 3 }),
    }) as fc.Arbitrary<Region>,
    fc.record({ kind: fc.constant('not'), part: tie('region') }) as fc.Arbitrary<Region>,
  ),
}));

test('of a point, predicates say whether the region holds it', () => {
  fc.assert(
    fc.property(regions, decimals(0, 360), decimals(-90, 90), (region, lon, lat) => {
      const own: Circle = { kind: 'circle', lon, lat, radius: 0 };
      for (const predicate of ['contains', 'intersects'] as const) {
        const tree = predicateTree(predicate, { kind: 'own', isPoint: true }, region);
        assert.equal(truth(tree, own), holds(region, { lon, lat }));
      }
    }),
    { numRuns: 500 },
  );
});

/** Positions all over a circle. */
function within(circle: Circle): ShapePoint[] {
  return Array.from({ length: 400 }, (_, n) => {
    const [lon, lat] = at(circle, circle.radius * Math.sqrt((n + 0.5) / 400), n * 137.5077);
    return { lon, lat };
  });
}

/** Positions all over the circles that a region is made of, and around them. */
function samples(region: Region): ShapePoint[] {
  if (region.kind === 'not') return samples(region.part);
  if ('parts' in region) return region.parts.flatMap(samples);
  return [...within(region as Circle), ...within({ ...(region as Circle), radius: 180 })];
}

/** Degrees that positions lie apart at most. */
const STEP = 12;

test('of a shape, they say what all of its positions say, or nothing', () => {
  const told = { contains: 0, intersects: 0 };
  fc.assert(
    fc.property(
      regions,
      circles,
      fc.constantFrom<Predicate>('contains', 'intersects'),
      fc.boolean(),
      (region, own, predicate, turned) => {
        const shape = { kind: 'own', isPoint: false } as const;
        let tree: PredicateTree;
        try {
          tree = turned ? predicateTree(predicate, region, shape) : predicateTree(predicate, shape, region);
        } catch (error) {
          assert.ok(error instanceof UndecidedRegions);
          return;
        }
        told[predicate]++;
        const positions = [...within(own), ...samples(region)];
        const meets = positions.some((position) => holds(region, position) && holds(own, position));
        const leaves = positions.some(
          (position) =>
            holds(region, position) !== holds(own, position) && holds(turned ? region : own, position),
        );
        const [smaller, larger] = [-STEP, STEP].map((more) => ({ ...own, radius: own.radius + more }));
        if (predicate === 'intersects') {
          if (meets) assert.ok(truth(tree, own));
          else assert.ok(smaller!.radius < 0 || !truth(tree, smaller!));
        } else {
          if (leaves) assert.ok(!truth(tree, own));
          else assert.ok(turned ? truth(tree, larger!) : smaller!.radius < 0 || truth(tree, smaller!));
        }
      },
    ),
    { numRuns: 1500 },
  );
  assert.ok(told.contains > 150 && told.intersects > 150, JSON.stringify(told));
});
