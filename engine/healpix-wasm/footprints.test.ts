import assert from 'node:assert/strict';
import test from 'node:test';
import type { Footprints, Region } from './index.ts';
import { loadKernel } from './node.ts';

const kernel = loadKernel();

/** Boxes of a size around positions, as polygons; those of size 0 have no polygon, and a diameter of 2°. */
function footprints(boxes: readonly (readonly [lon: number, lat: number, size: number])[]): Footprints {
  const polygons = boxes.map(([lon, lat, size]) => {
    const [west, east] = [(lon - size / 2 + 360) % 360, (lon + size / 2) % 360];
    const [south, north] = [lat - size / 2, lat + size / 2];
    return size === 0 ? [] : [west, south, east, south, east, north, west, north];
  });
  let end = 0;
  const offsets = polygons.map(({ length }) => {
    end += length;
    return end;
  });
  return {
    vertices: Float64Array.from(polygons.flat()),
    offsets: Int32Array.of(0, ...offsets),
    lon: Float64Array.from(boxes, ([lon]) => lon),
    lat: Float64Array.from(boxes, ([, lat]) => lat),
    diameter: new Float64Array(boxes.length).fill(2),
  };
}

const SKY = footprints([
  [0, 0, 1],
  [10, 0, 1],
  [359.9, 0.4, 1],
  [10.9, 0, 0],
  [180, 89, 1.5],
  [20, -60, 30],
]);

test('footprints that overlap a circle, a polygon, a zone', () => {
  const at = (lon: number, lat: number, radius: number) => ({ lon, lat, radius });
  const found = (region: Region | ReturnType<typeof at>) => [
    ...kernel.footprintRows(region, SKY, 'overlaps'),
  ];
  assert.deepEqual(found(at(0.2, 0.2, 0)), [0, 2]);
  assert.deepEqual(found(at(10.6, 0, 0)), [3]);
  assert.deepEqual(found(at(10.6, 0, 0.2)), [1, 3]);
  assert.deepEqual(found(at(0, 0, 180)), [0, 1, 2, 3, 4, 5]);
  const corners = [10.45, 10.55, 10.55].map((lon, i) => ({ lon, lat: [0, 0, 0.05][i]! }));
  assert.deepEqual(found({ kind: 'polygon', vertices: corners }), [1, 3]);
  assert.deepEqual(found({ kind: 'zone', west: 359.3, east: 359.45, south: -1, north: 1 }), [2]);
  assert.deepEqual(found({ kind: 'zone', west: 0, east: 360, south: 85, north: 90 }), [4]);
});

test('footprints that cover a region, and those that it encloses', () => {
  const box = (size: number): Region => ({ kind: 'box', lon: 10, lat: 0, width: size, height: size });
  assert.deepEqual([...kernel.footprintRows(box(0.5), SKY, 'covers')], [1]);
  assert.deepEqual([...kernel.footprintRows(box(1.5), SKY, 'covers')], []);
  assert.deepEqual([...kernel.footprintRows(box(1.5), SKY, 'enclosed')], [1]);
  assert.deepEqual([...kernel.footprintRows(box(4), SKY, 'enclosed')], [1, 3]);
});

test('cells cover footprints, few of them, also in several calls of the module', () => {
  const many = footprints(
    Array.from({ length: 2500 }, (_, i) => [(i * 137.5) % 360, ((i * 7.3) % 160) - 80, 0.01 * (1 + (i % 9))]),
  );
  const { cell, footprint } = kernel.footprintCells(many, 16);
  const counts = new Map<number, number>();
  for (const owner of footprint) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  assert.equal(counts.size, 2500);
  assert.ok([...counts.values()].every((count) => count <= 16));
  assert.deepEqual(footprint, footprint.toSorted());
  const centres = kernel.hash(many.lon, many.lat);
  const held = new Set<number>();
  cell.forEach((uniq, at) => {
    const order = (uniq.toString(2).length - 1) / 2 - 1;
    const depth = Math.floor(order);
    const number = uniq - (4n << BigInt(2 * depth));
    if (centres[footprint[at]!]! >> BigInt(2 * (29 - depth)) === number) held.add(footprint[at]!);
  });
  assert.equal(held.size, 2500, 'the centre of each is in one of its cells');
});

test('what is no polygon is a circle, and what is neither has no cell', () => {
  const odd: Footprints = {
    vertices: Float64Array.of(1, 1, 2, 1, Number.NaN, 2),
    offsets: Int32Array.of(0, 6, 6),
    lon: Float64Array.of(50, Number.NaN),
    lat: Float64Array.of(5, 5),
    diameter: Float64Array.of(1, 1),
  };
  const near = { lon: 50.4, lat: 5, radius: 0 };
  assert.deepEqual([...kernel.footprintRows(near, odd, 'overlaps')], [0]);
  assert.deepEqual([...new Set(kernel.footprintCells(odd, 12).footprint)], [0]);
});

test('what makes no sense is refused', () => {
  const near = { lon: 0, lat: 0, radius: 1 };
  const fails = (part: Partial<Footprints>, message: RegExp) =>
    assert.throws(() => kernel.footprintRows(near, { ...SKY, ...part }, 'overlaps'), {
      name: 'KernelError',
      message,
    });
  fails({ lat: new Float64Array(3) }, /different lengths/);
  fails({ offsets: Int32Array.of(0, 4) }, /offsets/);
  fails({ offsets: SKY.offsets.map((offset) => -offset) }, /offsets/);
  fails({ vertices: new Float64Array(4) }, /offsets/);
  assert.throws(() => kernel.footprintCells(SKY, 11), /12 or more/);
  assert.throws(() => kernel.footprintRows({ ...near, radius: 181 }, SKY, 'overlaps'), /radius is 181/);
  assert.throws(
    () => kernel.footprintRows({ kind: 'zone', west: 0, east: 1, south: 0, north: 1 }, SKY, 'covers'),
    /zone/,
  );
  const flat: Region = { kind: 'polygon', vertices: [near, near, near] };
  assert.throws(() => kernel.footprintRows(flat, SKY, 'overlaps'), /polygon is none/);
});
