import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { at, cones, flagOf, hashOne, kernel } from '../../../test/sky.ts';
import type { Position } from '../../healpix-wasm/kernel.ts';
import { grown } from './grown.ts';
import { rangesOf, type Sky, windowOf } from './sky.ts';

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const skies: fc.Arbitrary<Sky> = fc.tuple(cones, unit, unit, fc.nat(5)).chain(([cone, a, b, order]) => {
  const { lon, lat } = cone;
  const box = { kind: 'box', lon, lat, width: 1e-3 + 150 * a, height: 1e-3 + 150 * b } as const;
  const around = (angle: number) => {
    const [x, y] = at(cone, 1 + 80 * a, angle);
    return { lon: x % 360, lat: y };
  };
  const vertices = [around(0), around(100 + 40 * b), around(250)];
  const cell = BigInt(Math.floor(a * (12 * 4 ** order - 1)));
  const spread = BigInt(Math.floor(b * 40));
  const last = 12n * 4n ** BigInt(order) - 1n;
  return fc.constantFrom<Sky>(
    { kind: 'cone', cone },
    { kind: 'box', region: box },
    { kind: 'polygon', region: { kind: 'polygon', vertices } },
    windowOf({ west: lon, east: lon + 200 * a, south: lat - 30 * b, north: lat }),
    windowOf({ west: 0, east: 5 * a, south: -90, north: lat }),
    windowOf({ west: a / 10, east: 5, south: lat / 2, north: lat / 2 + b }),
    windowOf({ west: 355, east: 360 - a / 10, south: lat / 2, north: lat / 2 + b }),
    {
      kind: 'cells',
      order,
      cells: [{ first: cell, last: cell + spread < last ? cell + spread : last }],
    },
  );
});
const distances = fc.oneof(fc.constantFrom(0, 1e-6, 1, 30, 120), unit);

test('nothing within the distance is left out', () => {
  const steps = fc.array(fc.tuple(unit, unit, unit, unit), { minLength: 20 });
  fc.assert(
    fc.property(skies, distances, steps, (sky, distance, positions) => {
      const wider = rangesOf(grown(sky, distance, kernel.vertices), kernel);
      if (wider === null) return;
      for (const [which, where, bearing, far] of positions) {
        for (const inside of [positionIn(sky, which, where), positionOnBorder(sky, which, where)]) {
          if (inside === null || !isIn(sky, inside)) continue;
          for (const step of [distance, distance * far]) {
            const [lon, lat] = at({ ...inside, radius: 0 }, step, 360 * bearing);
            assert.notEqual(flagOf(wider, hashOne(lon, lat)), undefined, JSON.stringify([inside, lon, lat]));
          }
        }
      }
    }),
    { numRuns: 1000 },
  );
});

/** The centre of some cell of the cover. */
function positionIn(sky: Sky, which: number, where: number): Position | null {
  const { start, end } = rangesOf(sky, kernel)!;
  if (start.length === 0) return null;
  const range = Math.min(Math.floor(which * start.length), start.length - 1);
  const size = end[range]! - start[range]! - 1n;
  return kernel.center(29, start[range]! + (size * BigInt(Math.floor(where * 1e9))) / BigInt(1e9));
}

function positionOnBorder(sky: Sky, which: number, where: number): Position | null {
  if (sky.kind === 'cone') {
    const [lon, lat] = at(sky.cone, sky.cone.radius * (1 - 1e-12), 360 * where);
    return { lon, lat };
  }
  if (sky.kind !== 'window') return null;
  const { west, east, south, north } = sky;
  const [lon, lat] = [west + where * (east - west), south + where * (north - south)];
  const edges = [
    { lon: west, lat },
    { lon: east, lat },
    { lon, lat: south },
    { lon, lat: north },
  ];
  return edges[Math.floor(which * 4)] ?? null;
}

/** Covers have cells that are inside in part. */
function isIn(sky: Sky, { lon, lat }: Position): boolean {
  const [x, y] = [Float64Array.of(lon), Float64Array.of(lat)];
  switch (sky.kind) {
    case 'cone':
      return kernel.coneRows(sky.cone, x, y, null).row.length > 0;
    case 'box':
    case 'polygon':
      return kernel.regionRows(sky.region, x, y, null).length > 0;
    case 'window':
      return lon >= sky.west && lon <= sky.east && lat >= sky.south && lat <= sky.north;
    default:
      return true;
  }
}

test('what is grown is hardly more', () => {
  const area = (sky: Sky) => {
    const ranges = rangesOf(sky, kernel);
    if (ranges === null) return 1;
    return (
      ranges.start.reduce((sum, start, i) => sum + Number(ranges.end[i]! - start), 0) / Number(12n << 58n)
    );
  };
  const around = (sky: Sky, distance: number) => area(grown(sky, distance, kernel.vertices)) / area(sky);
  const cone: Sky = { kind: 'cone', cone: { lon: 10, lat: 20, radius: 1 } };
  assert.deepEqual(grown(cone, 1 - 1e-9, kernel.vertices), {
    kind: 'cone',
    cone: { lon: 10, lat: 20, radius: 2 },
  });
  assert.ok(
    around({ kind: 'box', region: { kind: 'box', lon: 10, lat: 80, width: 2, height: 2 } }, 0.01) < 2,
  );
  assert.ok(around(windowOf({ west: 359, east: 360, south: 60, north: 61 }), 0.01) < 1.2);
  assert.ok(around({ kind: 'cells', order: 6, cells: [{ first: 5n, last: 5n }] }, 0.01) < 4);
});
