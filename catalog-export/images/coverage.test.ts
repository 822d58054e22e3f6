import assert from 'node:assert/strict';
import test from 'node:test';
import { readMocAscii, skyFraction } from '../../engine/healpix-wasm/moc.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { coverageOf } from './coverage.ts';

const kernel = loadKernel();
const SKY = 360 ** 2 / Math.PI;

/** A footprint, and its area in square degrees. */
const FOOTPRINTS: readonly (readonly [what: string, footprint: readonly number[], area: number])[] = [
  ['of some degrees', [10, 10, 14, 10, 14, 12, 10, 12], 4 * 2 * Math.cos((11 * Math.PI) / 180)],
  ['over longitude 0', [359, -1, 1, -1, 1, 1, 359, 1], 4],
  // A square whose diagonal is 4°.
  ['around the pole', [0, 88, 90, 88, 180, 88, 270, 88], 8],
  ['of a milliarcsecond', [200, -40, 200.0000003, -40, 200.0000003, -39.9999997, 200, -39.9999997], 0],
];

for (const [what, footprint, area] of FOOTPRINTS) {
  test(`the MOC of a footprint ${what} has all of it, and little else`, () => {
    const moc = readMocAscii(coverageOf(kernel, footprint));
    const corners = kernel.hash(
      Float64Array.from(footprint.filter((_, at) => at % 2 === 0)),
      Float64Array.from(footprint.filter((_, at) => at % 2 === 1)),
    );
    for (const cell of corners) {
      const { start, end } = moc.ranges;
      assert.ok(start.some((first, at) => first <= cell && cell < end[at]!));
    }
    const covered = skyFraction(moc) * SKY;
    assert.ok(covered >= area * 0.999 && covered <= area * 1.1 + 1e-6, `${covered} of ${area}`);
  });
}
