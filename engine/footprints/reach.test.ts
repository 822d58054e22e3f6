import assert from 'node:assert/strict';
import test from 'node:test';
import { at } from '../../test/sky.ts';
import { magnitude, position, randomNumbers } from '../../test/sky-shapes.ts';
import type { Footprints } from '../healpix-wasm/kernel.ts';
import { reachOf } from './reach.ts';

function footprints(
  rows: readonly { center: readonly [number, number]; polygon: readonly number[] }[],
): Footprints {
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach(({ polygon }, row) => {
    offsets[row + 1] = offsets[row]! + polygon.length;
  });
  return {
    vertices: Float64Array.from(rows.flatMap(({ polygon }) => polygon)),
    offsets,
    lon: Float64Array.from(rows, ({ center }) => center[0]),
    lat: Float64Array.from(rows, ({ center }) => center[1]),
    diameter: new Float64Array(rows.length),
  };
}

const around = ([lon, lat]: readonly [number, number], reach: number, corners: number, turns = 1) =>
  Array.from({ length: corners }, (_, i) =>
    at({ lon, lat, radius: 0 }, reach, (360 * turns * i) / corners),
  ).flat();

test('it is the distance of the farthest corner, anywhere on the sky', () => {
  const random = randomNumbers(3);
  for (let nth = 0; nth < 500; nth++) {
    const center = position(random);
    const reach = Math.min(80, magnitude(random, -4, 1.9));
    const near = { center, polygon: around(center, reach / 2, 4) };
    const found = reachOf(footprints([near, { center, polygon: around(center, reach, 4) }, near]));
    assert.ok(found >= reach && found < reach + 1e-7, `${found}, not ${reach}`);
  }
});

test('what may hold more than is around the position is everywhere', () => {
  const center = [10, 20] as const;
  assert.equal(reachOf(footprints([{ center, polygon: around(center, 91, 4) }])), 180);
  assert.equal(reachOf(footprints([{ center, polygon: around(center, 70, 7, 3) }])), 180);
  assert.equal(reachOf(footprints([{ center, polygon: [130, 20, 131, 20, 130, 21] }])), 180);
});

test('what is no polygon reaches nowhere', () => {
  const center = [10, 20] as const;
  const { NaN: none } = Number;
  for (const polygon of [
    [],
    [1, 2],
    [1, 2, 3, 4],
    [100, 2, 100, 2, 100, 2, 100, 2],
    [none, 1, none, 2, none, 3],
    [100, 20, 110, 30, 100, none],
    [100, 20, 110, 30, 100, 91],
    [1, 2, 3, 4, 5, 6, 7],
  ]) {
    assert.equal(reachOf(footprints([{ center, polygon }])), 0);
  }
  assert.equal(reachOf(footprints([])), 0);
});
