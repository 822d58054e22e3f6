import assert from 'node:assert/strict';
import test from 'node:test';
import { bandOfFilter } from './filters.ts';

/** Name of a band in a header, and what it is: its name and nanometres. */
const KNOWN: readonly (readonly [text: string, context: string, name: string, min: number, max: number])[] = [
  ['V', '', 'Johnson V', 502.8, 586.8],
  ['Johnson B', '', 'Johnson B', 391.6, 480.6],
  ['V_Johnson', '', 'Johnson V', 502.8, 586.8],
  ['Bessell R', '', 'Johnson R', 561.7, 719.7],
  ['g', '', 'SDSS g', 413.55, 551.45],
  ["r'", '', 'SDSS r', 557, 695.2],
  ['SDSS i', '', 'SDSS i', 690.45, 843.95],
  ['sdss_z', '', 'SDSS z', 841.2, 978.2],
  ['gSDSS', '', 'SDSS g', 413.55, 551.45],
  ['gSDSS', 'J-PLUS', 'gSDSS', 409.85, 550.75],
  ['J0660', '', 'J0660', 653.1, 666.9],
  ['u.MP9302', '', 'SDSS u', 325.75, 385.65],
  ['r.00000', 'GPC1 PS1', 'PS1 r', 550, 689],
  ['g', 'Pan-STARRS1', 'PS1 g', 414, 551],
  ['H', '2MASS', '2MASS H', 1536.5, 1787.5],
  ['H', '', 'Johnson H', 1476.5, 1783.5],
  ['Ks', '', '2MASS Ks', 2028, 2290],
  ['Gaia G', '', 'Gaia G', 330, 1050],
  ['NUV', 'GALEX', 'GALEX NUV', 177.1, 283.1],
  ['W1', '', 'WISE W1', 2754, 3872],
  ['g DECam SDSS c0001 4720.0 1520.0', '', 'g', 396, 548],
  ['OG590+IIIaF', '', 'OG590+IIIaF', 590, 690],
  ['GG395 + IIIa-J', '', 'GG395 + IIIa-J', 395, 540],
];

for (const [text, context, name, min, max] of KNOWN) {
  test(`the filter "${text}"${context && ` of ${context}`} is ${name}`, () => {
    const band = bandOfFilter(text, context);
    assert.equal(band?.name, name);
    assert.ok(Math.abs(band.min * 1e9 - min) < 1e-6, `${band.min}`);
    assert.ok(Math.abs(band.max * 1e9 - max) < 1e-6, `${band.max}`);
  });
}

test('a filter that is not known, or none, has no band', () => {
  for (const text of [
    '',
    'Clear',
    'open',
    'CLEAR1L',
    'none',
    'Ha',
    'F606W',
    'OG590',
    'constructor',
    'w',
    'Y',
  ]) {
    assert.equal(bandOfFilter(text), null, text);
  }
});
