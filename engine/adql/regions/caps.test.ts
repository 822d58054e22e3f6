import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { kernel } from '../../../test/sky.ts';
import type { Region as KernelRegion } from '../../healpix-wasm/kernel.ts';
import { constantContained, constantsIntersect } from './caps.ts';
import type { Region, Shape } from './shape.ts';
import { parseStcs } from './stcs.ts';

const region = (text: string): Region =>
  parseStcs({ kind: 'text', text, position: { start: 0, end: 1, line: 1, column: 1 } });

test('what regions have in common is worked out from their borders', () => {
  const triple = (radius: number) =>
    `Intersection (Circle 0 1 ${radius} Circle 0.866025 -0.5 ${radius} Circle -0.866025 -0.5 ${radius})`;
  for (const [a, b, intersects] of [
    // Each two of the circles meet, and all three from a radius of 1 on.
    [triple(0.99), 'Circle 0 0 90', false],
    [triple(1.01), 'Circle 0 0 90', true],
    [triple(1.01), 'Circle 0 0.5 0.1', false],
    ['Intersection (Circle 10 0 1 Circle 12 0 1)', 'Circle 11 0 0', true],
    ['Intersection (Circle 10 0 1 Circle 12.00001 0 1)', 'Circle 11 0 10', false],
    ['Intersection (Box 0 0 4 4 Not (Circle 0 0 2))', 'Circle 0 0 2', false],
    ['Intersection (Box 0 0 4 4 Not (Circle 0 0 2))', 'Circle 0 0 2.1', true],
    ['Intersection (Box 0 0 4 4 Not (Circle 0 0 3))', 'Circle 0 0 180', false],
    ['Not (Union (Circle 0 0 100 Circle 180 0 80.1))', 'Circle 0 0 180', false],
    ['Not (Union (Circle 0 0 100 Circle 180 0 79.9))', 'Circle 0 0 180', true],
    ['Not (Box 0 0 60 60)', 'Not (Box 180 0 60 60)', true],
    ['Intersection (Position 1 2 Circle 1 2 3)', 'Position 1 2', true],
  ] as const) {
    assert.equal(constantsIntersect(region(a), region(b)), intersects, `${a}, ${b}`);
    assert.equal(constantsIntersect(region(b), region(a)), intersects, `${b}, ${a}`);
  }
});

test('and what lies in another', () => {
  for (const [inner, outer, lies] of [
    ['Box 0 0 4 4', 'Union (Box -1 0 2 4.1 Box 1 0 2.001 4.1)', true],
    ['Box 0 0 4 4', 'Union (Box -1 0 1.9 4.1 Box 1 0 2 4.1)', false],
    ['Intersection (Circle 10 0 2 Circle 12 0 2)', 'Circle 11 0 1.8', true],
    ['Intersection (Circle 10 0 2 Circle 12 0 2)', 'Circle 11 0 1.7', false],
    ['Intersection (Circle 10 0 2 Circle 20 0 2)', 'Circle 11 0 100', false],
    ['Not (Circle 0 0 100)', 'Union (Circle 180 0 70 Not (Circle 180 0 60))', true],
    ['Union (Position 1 2 Intersection (Circle 1 2 3 Circle 30 40 2))', 'Circle 1 3 1', true],
    ['Union (Position 1 2 Intersection (Circle 1 2 3 Circle 30 40 2))', 'Circle 1 4 1', false],
  ] as const)
    assert.equal(constantContained(region(inner), region(outer)), lies, `${inner}, ${outer}`);
});

test('polygons that are not convex, and too many parts, are not looked at', () => {
  const circle = region('Circle 0 0 180');
  for (const text of ['Polygon 0 0 10 0 5 2 5 10', 'Box 0 0 0 4', 'Polygon 0 0 10 0 20 0'])
    assert.equal(constantsIntersect(region(text), circle), null, text);
  const many = `Union (${Array.from({ length: 300 }, (_, n) => `Circle ${n} 0 1`).join(' ')})`;
  assert.equal(constantsIntersect(region(many), circle), null);
});

const decimals = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const shapes: fc.Arbitrary<Shape> = fc.oneof(
  fc
    .record({ lon: decimals(0, 360), lat: decimals(-80, 80), radius: decimals(10, 150) })
    .map((circle): Shape => ({ kind: 'circle', ...circle })),
  fc
    .record({
      lon: decimals(0, 360),
      lat: decimals(-80, 80),
      width: decimals(20, 120),
      height: decimals(20, 120),
    })
    .map((box): Shape => ({ kind: 'box', ...box })),
);
const regions = fc.array(fc.tuple(shapes, fc.boolean()), { minLength: 1, maxLength: 4 }).map(
  (parts): Region => ({
    kind: 'intersection',
    parts: parts.map(([shape, negated]): Region => (negated ? { kind: 'not', part: shape } : shape)),
  }),
);

/** So that there are some degrees from its border to that of the region. */
function smaller(region: Region, by: number): Region {
  switch (region.kind) {
    case 'intersection':
      return { ...region, parts: region.parts.map((part) => smaller(part, by)) };
    case 'not':
      return { kind: 'not', part: smaller(region.part, -by) };
    case 'circle':
      return { ...region, radius: region.radius - by };
    case 'box':
      return { ...region, width: region.width - 2 * by, height: region.height - 2 * by };
    default:
      return region;
  }
}

/** Positions all over the sky, about one and a half degrees apart. */
const COUNT = 20_000;
const LON = Float64Array.from({ length: COUNT }, (_, n) => (n * 137.50776405) % 360);
const LAT = Float64Array.from(
  { length: COUNT },
  (_, n) => (Math.asin((2 * n + 1) / COUNT - 1) * 180) / Math.PI,
);

const common = (a: ReadonlySet<number>, b: ReadonlySet<number>) =>
  new Set([...a].filter((each) => b.has(each)));
const without = (a: ReadonlySet<number>, b: ReadonlySet<number>) =>
  new Set([...a].filter((each) => !b.has(each)));

/** The positions that the kernel finds in a region. */
function held(region: Region): ReadonlySet<number> {
  switch (region.kind) {
    case 'intersection':
      return region.parts.map(held).reduce(common);
    case 'not':
      return without(new Set(LON.keys()), held(region.part));
    case 'circle':
      return new Set(kernel.coneRows({ ...region }, LON, LAT, null).row);
    default:
      return new Set(kernel.regionRows(region as KernelRegion, LON, LAT, null));
  }
}

test('positions that the kernel finds are found in common', () => {
  let meetings = 0;
  fc.assert(
    fc.property(regions, regions, (a, b) => {
      const [inA, inB] = [held(a), held(b)];
      const both = common(inA, inB);
      const intersects = constantsIntersect(a, b);
      if (intersects === null) return;
      if (both.size > 0) meetings++;
      if (both.size > 0) assert.ok(intersects);
      if (both.size === 0) assert.ok(!constantsIntersect(smaller(a, 6), smaller(b, 6)));
      if (without(inA, inB).size > 0) assert.notEqual(constantContained(a, b), true);
    }),
    { numRuns: 300 },
  );
  assert.ok(meetings > 30);
});
