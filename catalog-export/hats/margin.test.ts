import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { marginsOf, wholeSky } from './margin.ts';
import type { Cell } from './partitioning.ts';

const kernel = loadKernel();
const FINEST = 20;
const CELLS = 12 * 4 ** FINEST;

/** Cells of several orders that do not overlap, in the order of the index. */
const partitions: fc.Arbitrary<Cell[]> = fc
  .array(
    fc.tuple(
      fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 9, max: 17 })),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    ),
    {
      maxLength: 30,
    },
  )
  .map((wanted) => {
    const cells: Cell[] = [];
    let next = 0;
    const sorted = wanted
      .map(([order, at]) => ({ order, pixel: Math.floor(at * 12 * 4 ** order) }))
      .sort((a, b) => firstOf(a) - firstOf(b));
    for (const cell of sorted) {
      if (firstOf(cell) < next) continue;
      cells.push(cell);
      next = firstOf(cell) + 4 ** (FINEST - cell.order);
    }
    return cells;
  });

const firstOf = ({ order, pixel }: Cell): number => pixel * 4 ** (FINEST - order);

test('partitions and the cells between them are the whole sky, once', () => {
  fc.assert(
    fc.property(partitions, (cells) => {
      const whole = wholeSky(cells);
      let next = 0;
      for (const cell of whole) {
        assert.equal(firstOf(cell), next);
        assert.ok(Number.isInteger(cell.pixel) && cell.order >= 0);
        next += 4 ** (FINEST - cell.order);
      }
      assert.equal(next, CELLS);
      const isThere = new Set(whole.map(({ order, pixel }) => `${order}/${pixel}`));
      assert.ok(cells.every(({ order, pixel }) => isThere.has(`${order}/${pixel}`)));
    }),
  );
  assert.equal(wholeSky([]).length, 12);
});

const RAD = Math.PI / 180;

/** The point at a distance and a position angle from another, all in degrees. */
function offset(lon: number, lat: number, angle: number, distance: number): { lon: number; lat: number } {
  const [cosD, sinD] = [Math.cos(distance * RAD), Math.sin(distance * RAD)];
  const [cosLat, sinLat] = [Math.cos(lat * RAD), Math.sin(lat * RAD)];
  const z = sinLat * cosD + cosLat * sinD * Math.cos(angle * RAD);
  const x = cosLat * cosD - sinLat * sinD * Math.cos(angle * RAD);
  const y = sinD * Math.sin(angle * RAD);
  const turned = lon + Math.atan2(y, x) / RAD;
  return { lon: ((turned % 360) + 360) % 360, lat: Math.atan2(z, Math.hypot(x, y)) / RAD };
}

function indexOf({ lon, lat }: { lon: number; lat: number }): bigint {
  return kernel.hash(Float64Array.of(lon), Float64Array.of(lat))[0]!;
}

/** At corners and edges of cells, across RA 0, at the poles, anywhere. */
const places = (cells: readonly Cell[]): fc.Arbitrary<{ lon: number; lat: number }> => {
  const anywhere = fc.record({
    lon: fc.double({ min: 0, max: 360, maxExcluded: true, noNaN: true }),
    lat: fc.double({ min: -90, max: 90, noNaN: true }),
  });
  const pole = fc.record({
    lon: fc.double({ min: 0, max: 360, maxExcluded: true, noNaN: true }),
    lat: fc.constantFrom(90, -90, 89.9999, -89.9999),
  });
  if (cells.length === 0) return fc.oneof(anywhere, pole);
  const corner = fc
    .tuple(fc.nat(cells.length - 1), fc.nat(3), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([number, vertex, share]) => {
      const { order, pixel } = cells[number]!;
      const vertices = kernel.vertices(order, BigInt(pixel));
      const [a, b] = [vertices[vertex]!, vertices[(vertex + 1) % 4]!];
      const turn = Math.abs(a.lon - b.lon) > 180 ? a.lon : a.lon + share * (b.lon - a.lon);
      return { lon: ((turn % 360) + 360) % 360, lat: a.lat + share * (b.lat - a.lat) };
    });
  return fc.oneof({ weight: 3, arbitrary: corner }, { weight: 1, arbitrary: anywhere }, pole);
};

test('whatever lies within the distance of a row is in its own cell, or in one that it is near to', () => {
  const cases = partitions.chain((cells) =>
    fc.tuple(
      fc.constant(cells),
      fc.constantFrom(0.01, 1, 10, 300, 3600),
      fc.array(
        fc.tuple(
          places(cells),
          fc.double({ min: 0, max: 360, noNaN: true }),
          fc.double({ min: 0, max: 3, noNaN: true }),
        ),
        { minLength: 20, maxLength: 60 },
      ),
    ),
  );
  let near = 0;
  fc.assert(
    fc.property(cases, ([cells, arcsec, rows]) => {
      const margins = marginsOf(kernel, cells, arcsec);
      const cellOf = (index: bigint): number =>
        margins.cells.findLastIndex((cell) => BigInt(firstOf(cell)) <= index >> 18n);
      for (const [place, angle, away] of rows) {
        // A row that lies up to three times the distance from a border.
        const row = offset(place.lon, place.lat, angle, (away * arcsec) / 3600);
        const index = indexOf(row);
        const found = margins.near(Number(index >> 32n), Number(index & 0xffffffffn), () => row);
        const own = cellOf(index);
        assert.ok(!found.includes(own));
        assert.equal(new Set(found).size, found.length);
        for (let turn = 0; turn < 360; turn += 24) {
          for (const share of [0.999999, 0.6]) {
            const cell = cellOf(indexOf(offset(row.lon, row.lat, turn, (share * arcsec) / 3600)));
            if (cell === own) continue;
            near += 1;
            assert.ok(
              found.includes(cell),
              `${JSON.stringify(row)} ${arcsec}″ ${margins.cells[cell]?.order}`,
            );
          }
        }
      }
    }),
    { numRuns: 150 },
  );
  assert.ok(near > 1000, `${near}`);
});

test('rows far from any border are near to none', () => {
  const margins = marginsOf(kernel, [{ order: 3, pixel: 100 }], 10);
  let asked = 0;
  const counting = {
    coneRanges(...cone: Parameters<typeof kernel.coneRanges>) {
      asked += 1;
      return kernel.coneRanges(...cone);
    },
  };
  const counted = marginsOf(counting, [{ order: 3, pixel: 100 }], 10);
  const rows = 20_000;
  for (let row = 0; row < rows; row += 1) {
    const index = (100n << 52n) + (BigInt(row) << 52n) / BigInt(rows);
    const place = () => kernel.center(29, index);
    const found = counted.near(Number(index >> 32n), Number(index & 0xffffffffn), place);
    assert.deepEqual(found, margins.near(Number(index >> 32n), Number(index & 0xffffffffn), place));
  }
  assert.ok(asked < rows / 100, `${asked}`);
});
