// The same bits in WebAssembly as natively: tests/bits.rs computes the same answers, and expects the same checksums.
import assert from 'node:assert/strict';
import test from 'node:test';
import { crc32 } from 'node:zlib';
import { kernel } from '../../test/sky.ts';
import type { Cone } from './index.ts';

/** A linear congruential generator, the same in both languages. */
function between(seed: number): (low: number, high: number) => number {
  let state = seed;
  return (low, high) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return low + (high - low) * (state / 2 ** 32);
  };
}

function positions(random: (low: number, high: number) => number, count: number) {
  const pairs = Array.from({ length: count }, () => [random(-360, 360), random(-90, 90)] as const);
  return { lon: Float64Array.from(pairs, ([lon]) => lon), lat: Float64Array.from(pairs, ([, lat]) => lat) };
}

/** Of radii from 10⁻⁷ to 180 degrees. */
function randomCone(random: (low: number, high: number) => number): Cone {
  const [lon, lat] = [random(0, 360), random(-90, 90)];
  let radius = random(0, 180);
  for (let eighths = Math.floor(random(0, 10)); eighths > 0; eighths--) radius *= 0.125;
  return { lon, lat, radius };
}

function checksum(parts: readonly ArrayBufferView[]): number {
  const bytes = (part: ArrayBufferView) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  return parts.reduce((crc, part) => crc32(bytes(part), crc), 0);
}

test('cells have the bits of the native build', () => {
  const { lon, lat } = positions(between(1), 200_000);
  assert.equal(checksum([kernel.hash(lon, lat)]), 3_712_051_166);
});

test('ranges have the bits of the native build', () => {
  const random = between(2);
  const parts: ArrayBufferView[] = [];
  for (let i = 0; i < 2000; i++) {
    const { start, end, full } = kernel.coneRanges(randomCone(random));
    start.forEach((_, n) => {
      parts.push(start.slice(n, n + 1), end.slice(n, n + 1), full.slice(n, n + 1));
    });
  }
  assert.equal(checksum(parts), 1_200_533_887);
});

test('separations have the bits of the native build', () => {
  const random = between(3);
  const { lon, lat } = positions(random, 10_000);
  const parts: ArrayBufferView[] = [];
  for (let i = 0; i < 30; i++) {
    const { row, separation } = kernel.coneRows(randomCone(random), lon, lat, null);
    parts.push(separation, row);
  }
  assert.equal(checksum(parts), 3_783_891_959);
});
