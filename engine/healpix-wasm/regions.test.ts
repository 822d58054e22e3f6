import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { type CellRanges, createKernel, type Position, type Region } from './index.ts';

// build.sh --check tests a fresh module by this variable.
const wasm = process.env.HEALPIX_WASM ?? new URL('healpix.wasm', import.meta.url);
const kernel = createKernel(new WebAssembly.Module(readFileSync(wasm)));

const degrees = Math.PI / 180;
const SKY: CellRanges = {
  start: BigInt64Array.of(0n),
  end: BigInt64Array.of(12n << 58n),
  full: Uint8Array.of(1),
};

type Vector = readonly [number, number, number];

const vector = ({ lon, lat }: Position): Vector => [
  Math.cos(lat * degrees) * Math.cos(lon * degrees),
  Math.cos(lat * degrees) * Math.sin(lon * degrees),
  Math.sin(lat * degrees),
];
const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** 1 in a full range, 0 in a partial one, undefined outside. */
function flagOf(ranges: CellRanges, { lon, lat }: Position): number | undefined {
  const cell = kernel.hash(Float64Array.of(lon), Float64Array.of(lat))[0]!;
  return ranges.full[ranges.start.findIndex((start, i) => start <= cell && cell < ranges.end[i]!)];
}

/** Which of the positions are in a region. */
function inside(region: Region, positions: readonly Position[], ranges = SKY): boolean[] {
  const lon = Float64Array.from(positions, (position) => position.lon);
  const lat = Float64Array.from(positions, (position) => position.lat);
  const cells = kernel.hash(lon, lat);
  const order = [...cells.keys()].sort((a, b) => (cells[a]! < cells[b]! ? -1 : 1));
  const index = kernel.rowIndex(BigInt64Array.from(order, (row) => cells[row]!));
  const sorted = (column: Float64Array) => Float64Array.from(order, (row) => column[row]!);
  const found = kernel.regionRows(region, sorted(lon), sorted(lat), index.inRanges(ranges));
  index.free();
  const rows = new Set([...found].map((row) => order[row]!));
  return positions.map((_, row) => rows.has(row));
}

const positions: fc.Arbitrary<Position> = fc.record({
  lon: fc.oneof(
    fc.double({ min: 0, max: 360, noNaN: true }),
    fc.constantFrom(0, 1e-9, 45, 90, 180, 315, 360),
  ),
  lat: fc.oneof(
    fc.double({ min: -90, max: 90, noNaN: true }),
    fc.constantFrom(-90, -89.999999, 0, 41.8103149, 90),
  ),
});
const sizes = fc
  .double({ min: -6, max: Math.log10(179), noNaN: true })
  .map((exponent) => Math.min(179, 10 ** exponent));
const zones = fc.tuple(positions, positions).map(
  ([a, b]): Region => ({
    kind: 'zone',
    west: a.lon,
    east: b.lon,
    south: Math.min(a.lat, b.lat),
    north: Math.max(a.lat, b.lat),
  }),
);
const boxes = fc
  .tuple(positions, sizes, sizes)
  .map(([{ lon, lat }, width, height]): Region => ({ kind: 'box', lon, lat, width, height }));
const triangles = fc
  .tuple(positions, positions, positions)
  .filter(([a, b, c]) => Math.abs(dot(cross(vector(a), vector(b)), vector(c))) > 1e-6)
  .map((vertices): Region => ({ kind: 'polygon', vertices }));

test('no region loses a position, and full ranges hold nothing else', () => {
  fc.assert(
    fc.property(
      fc.oneof(zones, boxes, triangles),
      fc.array(positions, { minLength: 1, maxLength: 30 }),
      (region, anywhere) => {
        const ranges = kernel.regionRanges(region);
        const corners = region.kind === 'polygon' ? region.vertices : [];
        const all = [...anywhere, ...corners];
        const found = inside(region, all);
        all.forEach((position, i) => {
          const flag = flagOf(ranges, position);
          if (found[i]) assert.notEqual(flag, undefined, `lost (${position.lon}, ${position.lat})`);
          else assert.notEqual(flag, 1, `(${position.lon}, ${position.lat}) is in a full range`);
        });
        assert.deepEqual(inside(region, all, ranges), found);
      },
    ),
    { numRuns: 1000 },
  );
});

test('a triangle holds what is on the inner side of its three great circles, whichever way it winds', () => {
  fc.assert(
    fc.property(triangles, fc.array(positions, { maxLength: 30 }), (region, anywhere) => {
      if (region.kind !== 'polygon') return;
      const [a, b, c] = region.vertices.map(vector) as [Vector, Vector, Vector];
      const turn = Math.sign(dot(cross(a, b), c));
      const margins = anywhere.map((position) => {
        const v = vector(position);
        return Math.min(dot(cross(a, b), v) * turn, dot(cross(b, c), v) * turn, dot(cross(c, a), v) * turn);
      });
      const found = inside(region, anywhere);
      const reversed = inside({ kind: 'polygon', vertices: region.vertices.toReversed() }, anywhere);
      margins.forEach((margin, i) => {
        if (Math.abs(margin) < 1e-12) return;
        assert.equal(found[i], margin > 0, `(${anywhere[i]!.lon}, ${anywhere[i]!.lat}) by ${margin}`);
        assert.equal(reversed[i], margin > 0);
      });
    }),
    { numRuns: 500 },
  );
});

test('an edge that goes over a pole to a vertex beside it ends in the pole', () => {
  const beside: Position = { lon: 0, lat: 89.99999999999945 };
  const region: Region = { kind: 'polygon', vertices: [{ lon: 315, lat: 0 }, { lon: 180, lat: 0 }, beside] };
  const positions: Position[] = [
    { lon: 0, lat: 0 },
    { lon: 360, lat: 0 },
    { lon: 90, lat: 45 },
    { lon: 250, lat: 45 },
  ];
  assert.deepEqual(inside(region, positions), [false, false, false, true]);
});

test('a zone holds its borders, and goes over lon 0', () => {
  const zone: Region = { kind: 'zone', west: 350, east: 10, south: -5, north: 5 };
  const at = (lon: number, lat: number): Position => ({ lon, lat });
  const positions = [at(350, 5), at(0, 0), at(360, -5), at(10, 0), at(10.1, 0), at(349.9, 0), at(0, 5.1)];
  assert.deepEqual(inside(zone, positions), [true, true, true, true, false, false, false]);
  const sky = kernel.regionRanges({ kind: 'zone', west: 0, east: 360, south: -90, north: 90 });
  assert.deepEqual(sky, SKY);
});

test('a box at a pole and over lon 0 is the box anywhere', () => {
  const at = (lon: number, lat: number): Position => ({ lon, lat });
  const pole: Region = { kind: 'box', lon: 0, lat: 90, width: 4, height: 2 };
  assert.deepEqual(inside(pole, [at(90, 88.1), at(90, 87.9), at(180, 89.1), at(180, 88.9), at(7, 90)]), [
    true,
    false,
    true,
    false,
    true,
  ]);
  const wrap: Region = { kind: 'box', lon: 0.5, lat: 0, width: 4, height: 2 };
  assert.deepEqual(inside(wrap, [at(358.6, 0), at(358.4, 0), at(2.4, 0.9), at(2.6, 0)]), [
    true,
    false,
    true,
    false,
  ]);
});

test('bad regions are refused by name and value', () => {
  const vertices = [
    { lon: 0, lat: 0 },
    { lon: 1, lat: 0 },
  ];
  const zone = { kind: 'zone', west: 0, east: 1, south: 0, north: 1 } as const;
  const box = { kind: 'box', lon: 0, lat: 0, width: 1, height: 1 } as const;
  const bad: [Region, RegExp][] = [
    [{ kind: 'polygon', vertices: [] }, /the polygon is none: it needs three vertices/],
    [{ kind: 'polygon', vertices }, /three vertices at different positions/],
    [{ kind: 'polygon', vertices: [...vertices, vertices[1]!] }, /three vertices at different positions/],
    [{ kind: 'polygon', vertices: [...vertices, { lon: 181, lat: 0 }] }, /must not be antipodes/],
    [
      { kind: 'polygon', vertices: [...vertices, { lon: 1, lat: 91 }] },
      /^the lat of the polygon's vertex 2 is 91: it must be in \[-90, 90\] degrees$/,
    ],
    [{ ...box, width: 180 }, /^the box's width is 180: it must be above 0 and below 180 degrees$/],
    [{ ...box, height: Number.NaN }, /^the box's height is NaN/],
    [{ ...box, lon: -1 }, /^the box's lon is -1: it must be in \[0, 360\] degrees$/],
    [{ ...zone, south: 2 }, /^the zone's south, 2, is north of its north, 1$/],
    [{ ...zone, east: 361 }, /^the zone's east is 361/],
  ];
  const none = new Float64Array(0);
  for (const [region, message] of bad) {
    assert.throws(() => kernel.regionRanges(region), { name: 'KernelError', message });
    assert.throws(() => kernel.regionRows(region, none, none, new Uint32Array(0)), {
      name: 'KernelError',
      message,
    });
  }
});
