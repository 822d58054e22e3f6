import assert from 'node:assert/strict';
import test from 'node:test';
import { mollweide } from './mollweide.ts';

const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 2e-5, `${actual} should be ${expected}`);

// From wcslib, projection MOL, divided by 2√2/π · 90° and √2 · 180°/π.
test('the length of the parallels and their distance from the equator', () => {
  for (const [lat, x, y] of [
    [89.9, 0.01531, 0.99988],
    [75, 0.42316, 0.90606],
    [60, 0.64712, 0.76239],
    [45, 0.80591, 0.59204],
    [30, 0.91477, 0.40397],
    [10, 0.9906, 0.13681],
    [0, 1, 0],
  ] as const) {
    const point = mollweide(-180, lat);
    near(point.x, 2 * x);
    near(point.y, -y);
  }
});

test('longitude grows to the left, and the south is below', () => {
  near(mollweide(90, 0).x, -1);
  near(mollweide(0, -90).y, 1);
  near(mollweide(0, 0).x, 0);
});
