import assert from 'node:assert/strict';
import test from 'node:test';
import { at } from '../../test/sky.ts';
import { magnitude, position, randomNumbers } from '../../test/sky-shapes.ts';
import { counterClockwise } from './winding.ts';

/** Bearings go from north over east: seen from the origin, with north up, east is on the left, and that is counter-clockwise. */
function around(center: readonly [number, number], reach: number, bearings: readonly number[]): number[] {
  const [lon, lat] = center;
  return bearings.flatMap((bearing) => at({ lon, lat, radius: 0 }, reach, bearing));
}

test('north, east, south, west stays; the other way round is turned, from its first corner on', () => {
  const polygon = [10, 1, 11, 0, 10, -1, 9, 0];
  assert.equal(counterClockwise(polygon), polygon);
  assert.deepEqual(counterClockwise([10, 1, 9, 0, 10, -1, 11, 0]), polygon);
});

test('anywhere, of any size up to half of the sphere', () => {
  const random = randomNumbers(7);
  for (let nth = 0; nth < 2000; nth++) {
    const center = position(random);
    const reach = Math.min(89, magnitude(random, -4.5, 1.95));
    const corners = 3 + Math.floor(5 * random());
    const first = 360 * random();
    const bearings = Array.from(
      { length: corners },
      (_, i) => first + ((i + 0.4 * random()) * 360) / corners,
    );
    const polygon = around(center, reach, bearings);
    assert.equal(counterClockwise(polygon), polygon, `${polygon}`);
    const [lon, lat] = polygon;
    const turned = around(center, reach, [bearings[0]!, ...bearings.slice(1).reverse()]);
    assert.deepEqual(counterClockwise(turned), polygon);
    assert.deepEqual(turned.slice(0, 2), [lon, lat]);
  }
});

test('corners that turn inwards, and what has no area', () => {
  const arrow = [0, 2, 2, -2, 0, -1, -2, -2];
  assert.equal(counterClockwise(arrow), arrow);
  assert.deepEqual(counterClockwise([0, 2, -2, -2, 0, -1, 2, -2]), arrow);
  for (const flat of [[], [1, 2], [1, 2, 3, 4], [1, 2, 1, 2, 1, 2]]) {
    assert.equal(counterClockwise(flat), flat);
  }
});
