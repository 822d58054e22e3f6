import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  at,
  CELLS,
  catalogue,
  cones,
  degrees,
  flagOf,
  kernel,
  rangesOf,
  separation,
} from '../../test/sky.ts';
import type { CellRanges, Cone } from './index.ts';

const SKY: Cone = { lon: 0, lat: 0, radius: 180 };
const ALL = rangesOf([0n, CELLS]);
const MILLIARCSECOND = 1 / 3.6e6;

function everyRow(rows: number): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, row) => row);
}

function inRanges(cells: BigInt64Array, ranges: CellRanges): number[] {
  const index = kernel.rowIndex(cells);
  try {
    return [...index.inRanges(ranges)];
  } finally {
    index.free();
  }
}

/** Bits of an order-29 cell that are left out, so that the cells of a row group are within 2³² of the first. */
function bitsLeftOut(index: BigInt64Array): bigint {
  let bits = 0n;
  while ((index.at(-1)! >> bits) - (index[0]! >> bits) >= 1n << 32n) bits += 2n;
  return bits;
}

test('rows are found in the ranges where a scan finds them', () => {
  const { index } = catalogue(3000, 2);
  const bits = bitsLeftOut(index);
  const sorted = fc.uniqueArray(fc.bigInt({ min: 0n, max: CELLS }), { minLength: 2, maxLength: 40 });
  fc.assert(
    fc.property(sorted, fc.boolean(), (borders, onRows) => {
      const edges = onRows ? borders.map((border) => index[Number(border % 3000n)]!) : borders;
      edges.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      const ranges = rangesOf(
        ...Array.from(
          { length: edges.length >> 1 },
          (_, i) => [edges[2 * i]!, edges[2 * i + 1]!] as [bigint, bigint],
        ),
      );
      const hasPart = (cell: bigint) =>
        ranges.start.some((start, i) => start >> bits <= cell && cell <= (ranges.end[i]! - 1n) >> bits);
      const found = inRanges(index, ranges);
      assert.deepEqual(
        found,
        [...index.keys()].filter((row) => hasPart(index[row]! >> bits)),
      );
      const missing = [...index.keys()].filter(
        (row) => flagOf(ranges, index[row]!) !== undefined && !found.includes(row),
      );
      assert.deepEqual(missing, []);
    }),
  );
});

test('rows of equal cells stay together; no rows and no ranges are taken', () => {
  const index = BigInt64Array.of(5n, 5n, 5n, 9n);
  assert.deepEqual(inRanges(index, rangesOf([5n, 6n], [6n, 9n])), [0, 1, 2]);
  assert.deepEqual(inRanges(new BigInt64Array(0), rangesOf([5n, 6n])), []);
  assert.deepEqual(inRanges(index, rangesOf()), []);
});

test('candidates and their distances together find the rows of a scan', () => {
  const { index, lon, lat } = catalogue(4000, 3);
  const resident = kernel.rowIndex(index);
  fc.assert(
    fc.property(cones, (cone) => {
      const candidates = resident.candidates(cone, kernel.coneRanges(cone));
      const found = kernel.coneRows(cone, lon, lat, candidates);
      const expected = [...index.keys()].filter(
        (row) => separation(cone, lon[row]!, lat[row]!) <= cone.radius,
      );
      assert.deepEqual([...found.row], expected);
      found.row.forEach((row, i) => {
        const exact = separation(cone, lon[row]!, lat[row]!);
        // The haversine loses half its digits at the antipode.
        const tolerance = exact > 179 ? 1e-6 : 1e-13 * Math.max(1, exact);
        assert.ok(
          Math.abs(found.separation[i]! - exact) <= tolerance,
          `${found.separation[i]} is not ${exact}`,
        );
        assert.ok(found.separation[i]! <= cone.radius);
      });
    }),
    { numRuns: 300 },
  );
  resident.free();
});

test('candidates are the rows of the cone and of a rim of a milliarcsecond', () => {
  // In milliarcseconds from the rim.
  const offset = fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.constantFrom(-1e-6, 0, 1e-6));
  const offsets = fc.array(fc.tuple(offset, fc.double({ min: 0, max: 360, noNaN: true })), { minLength: 1 });
  fc.assert(
    fc.property(cones, offsets, (cone, offsets) => {
      const positions = offsets.map(([offset, bearing]) =>
        at(cone, Math.min(180, Math.abs(cone.radius + offset * MILLIARCSECOND)), bearing),
      );
      const ranges = kernel.coneRanges(cone);
      for (const [lon, lat] of positions) {
        const index = kernel.rowIndex(kernel.hash(Float64Array.of(lon), Float64Array.of(lat)));
        const distance = separation(cone, lon, lat);
        const candidates = [index.candidates(cone, ranges), index.candidates(cone, ALL)];
        index.free();
        for (const candidate of candidates) {
          if (distance <= cone.radius) assert.deepEqual([...candidate], [0], `lost (${lon}, ${lat})`);
          else if (distance > cone.radius + MILLIARCSECOND && distance < 179)
            assert.deepEqual([...candidate], [], `(${lon}, ${lat}) is no candidate`);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('a row group that spans much has candidates as near the rim as its cells are wide', () => {
  const { index, lon, lat } = catalogue(4000, 8);
  const resident = kernel.rowIndex(index);
  assert.equal(resident.bytes, 16_000);
  // Twice the largest half-diagonal of the cells kept, those of order 14 on the whole sky.
  const diameter = 2.2 / 2 ** (29 - Number(bitsLeftOut(index)) / 2) / degrees;
  fc.assert(
    fc.property(cones, (cone) => {
      const candidates = resident.candidates(cone, kernel.coneRanges(cone));
      for (const row of candidates) {
        const distance = separation(cone, lon[row]!, lat[row]!);
        assert.ok(distance <= cone.radius + diameter || distance > 170, `row ${row} at ${distance}`);
      }
    }),
    { numRuns: 300 },
  );
  resident.free();
});

test('rows of full ranges are candidates untested', () => {
  const index = BigInt64Array.from({ length: 1000 }, (_, i) => BigInt(i) * 1000n);
  const resident = kernel.rowIndex(index);
  const nowhere = { lon: 12, lat: 34, radius: 0 };
  const middle = index[500]!;
  const halves = rangesOf([0n, middle], [middle, CELLS]);
  assert.deepEqual(
    [...resident.candidates(nowhere, { ...halves, full: Uint8Array.of(0, 1) })],
    [...everyRow(1000).subarray(500)],
  );
  assert.deepEqual([...resident.candidates(nowhere, halves)], []);
  assert.deepEqual([...resident.inRanges(halves)], [...everyRow(1000)]);
  resident.free();
});

test('ranges held by the kernel do not outlive the next ones', () => {
  const { index } = catalogue(4000, 5);
  const resident = kernel.rowIndex(index);
  const coneList = [1, 20, 3, 60, 0.1].map((radius) => ({ lon: 4 * radius, lat: 30, radius }));
  const covers = coneList.map((cone) => kernel.coneRanges(cone));
  const first = covers.map((ranges, i) => resident.candidates(coneList[i]!, ranges));
  const many = rangesOf(
    ...Array.from(
      { length: 5000 },
      (_, i) => [BigInt(i) << 45n, (BigInt(i) << 45n) + 9n] as [bigint, bigint],
    ),
  );
  assert.deepEqual(resident.inRanges(many), resident.inRanges({ ...many }));
  for (const i of [4, 0, 0, 2, 1, 3, 3]) {
    assert.deepEqual(resident.candidates(coneList[i]!, covers[i]!), first[i]);
    assert.deepEqual(resident.candidates(coneList[i]!, structuredClone(covers[i]!)), first[i]);
  }
  assert.throws(() => resident.inRanges(rangesOf([5n, 4n])), { name: 'KernelError' });
  assert.deepEqual(resident.candidates(coneList[3]!, covers[3]!), first[3]);
  resident.free();
});

test('positions that are NaN or infinite match nothing', () => {
  const lon = Float64Array.of(10, Number.NaN, 10, Number.POSITIVE_INFINITY, 10);
  const lat = Float64Array.of(20, 20, Number.NaN, 20, 20);
  const { row, separation } = kernel.coneRows({ lon: 10, lat: 20, radius: 180 }, lon, lat, everyRow(5));
  assert.deepEqual([...row], [0, 4]);
  assert.deepEqual([...separation], [0, 0]);
});

test('the rim belongs to the cone', () => {
  const lon = Float64Array.of(0, 0, 0);
  const lat = Float64Array.of(1 - 1e-12, 1, 1 + 1e-12);
  const found = kernel.coneRows({ lon: 0, lat: 0, radius: 1 }, lon, lat, everyRow(3));
  assert.deepEqual([...found.row], [0, 1]);
  const cone = { lon: 20, lat: 5, radius: 180 };
  const antipode = kernel.coneRows(cone, Float64Array.of(200), Float64Array.of(-5), everyRow(1));
  assert.deepEqual([...antipode.separation], [180]);
});

test('only the rows asked for are answered, in their numbers', () => {
  const { lon, lat } = catalogue(5000, 6);
  const half: Cone = { lon: 200, lat: -10, radius: 70 };
  const all = kernel.coneRows(half, lon, lat, everyRow(5000));
  const third = everyRow(5000).filter((row) => row % 3 === 1);
  const found = kernel.coneRows(half, lon, lat, third);
  const places = [...all.row.keys()].filter((at) => all.row[at]! % 3 === 1);
  assert.deepEqual(
    [...found.row],
    places.map((at) => all.row[at]),
  );
  assert.deepEqual(
    [...found.separation],
    places.map((at) => all.separation[at]),
  );
  assert.deepEqual(kernel.coneRows(half, lon, lat, null), all);
  assert.equal(kernel.coneRows(half, lon, lat, new Uint32Array(0)).row.length, 0);

  const zone = { kind: 'zone', west: 350, east: 100, south: -20, north: 60 } as const;
  const inZone = (row: number) =>
    (lon[row]! >= 350 || lon[row]! <= 100) && lat[row]! >= -20 && lat[row]! <= 60;
  assert.deepEqual([...kernel.regionRows(zone, lon, lat, third)], [...third].filter(inZone));
  assert.deepEqual([...kernel.regionRows(zone, lon, lat, null)], [...everyRow(5000)].filter(inZone));
  assert.equal(kernel.regionRows(zone, lon, lat, new Uint32Array(0)).length, 0);
});

test('results survive later calls and memory growth', () => {
  const { index, lon, lat } = catalogue(1000, 7);
  const resident = kernel.rowIndex(index);
  const rows = resident.inRanges(ALL);
  const near = kernel.coneRows({ ...SKY, radius: 50 }, lon, lat, rows);
  const copies = structuredClone([rows, near]);
  const large = new Float64Array(2_000_000);
  assert.equal(kernel.coneRows(SKY, large, large, everyRow(2_000_000)).row.length, 2_000_000);
  assert.deepEqual([rows, near], copies);
  assert.deepEqual(resident.inRanges(ALL), rows);
  resident.free();
});

test('bad lengths, rows, ranges and cones are refused', () => {
  const throws = (call: () => unknown, message: RegExp) =>
    assert.throws(call, { name: 'KernelError', message });
  const [two, three] = [new Float64Array(2), new Float64Array(3)];
  throws(() => kernel.coneRows(SKY, two, three, everyRow(2)), /lon 2, lat 3/);
  throws(() => kernel.coneRows(SKY, three, three, everyRow(4)), /there is no row 3 in columns of 3/);
  const zone = { kind: 'zone', west: 0, east: 1, south: 0, north: 1 } as const;
  throws(() => kernel.regionRows(zone, three, three, Uint32Array.of(7)), /there is no row 7 in columns of 3/);
  throws(() => kernel.regionRows({ ...zone, south: 2 }, three, three, everyRow(3)), /the zone's south/);
  throws(() => kernel.coneRows({ ...SKY, radius: -1 }, three, three, everyRow(3)), /the cone's radius is -1/);

  const index = kernel.rowIndex(new BigInt64Array(3));
  throws(() => index.candidates({ ...SKY, lat: 91 }, ALL), /the cone's lat is 91/);
  throws(() => index.inRanges({ ...ALL, end: BigInt64Array.of(2n, 3n) }), /start 1, end 2, full 1/);
  throws(() => index.candidates(SKY, { ...ALL, full: new Uint8Array(0) }), /start 1, end 1, full 0/);
  for (const ranges of [rangesOf([5n, 4n]), rangesOf([1n, 4n], [3n, 6n]), rangesOf([4n, 5n], [1n, 2n])]) {
    throws(() => index.candidates(SKY, ranges), /cell ranges are not ascending and disjoint/);
    throws(() => index.inRanges(ranges), /cell ranges are not ascending and disjoint/);
  }
  index.free();
  for (const cells of [BigInt64Array.of(5n, 4n), BigInt64Array.of(-1n), BigInt64Array.of(CELLS)]) {
    throws(() => kernel.rowIndex(cells), /the cells of a row index must ascend, in \[0, 12·4\^29\)/);
  }
});

test('a freed index gives its memory back and answers no more', () => {
  const cells = new BigInt64Array(1_000_000);
  // 1,000 times 4 MB fit in 4 GB of memory only if they are given back; and they are, once.
  for (let round = 0; round < 1200; round++) {
    const index = kernel.rowIndex(cells);
    assert.equal(index.bytes, 4_000_000);
    assert.equal(index.alive, true);
    index.free();
    if (round % 100 > 0) continue;
    index.free();
    assert.equal(index.alive, false);
    const gone = { name: 'KernelError', message: 'this row index is no longer in the kernel' };
    assert.throws(() => index.candidates(SKY, ALL), gone);
    assert.throws(() => index.inRanges(ALL), gone);
  }
});
