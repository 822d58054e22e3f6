import assert from 'node:assert/strict';
import test from 'node:test';
import { combinedUnit, conversionFactor, isUnit } from './unit.ts';

test('units of VOUnits are known', () => {
  for (const unit of [
    'm',
    'km',
    'deg',
    'mag',
    'mas/yr',
    'mas.yr**-1',
    'erg/(s.cm**2)',
    'erg.s**-1.cm**-2.Angstrom**-1',
  ]) {
    assert.ok(isUnit(unit), unit);
  }
  for (const unit of [
    '10**-18 W/m**2',
    '1000 m',
    'dam',
    'kpc',
    'Mpc',
    'm**(1/2)',
    '%',
    'ct/s',
    'deg**2',
    'solMass/yr',
    'uJy',
  ]) {
    assert.ok(isUnit(unit), unit);
  }
});

test('what is no unit is none', () => {
  for (const text of [
    '',
    ' ',
    'foo',
    'kdeg',
    'm/s/s',
    'km s-1',
    'm**',
    'm**x',
    '(m',
    'm)',
    'm..s',
    '/s',
    'm.',
    '3',
    'kfoo',
  ]) {
    assert.ok(!isUnit(text), text);
  }
  assert.ok(!isUnit(`${'('.repeat(100_000)}m${')'.repeat(100_000)}`));
});

/** By astropy 8.0.2: `u.Unit(a, format="vounit").to(u.Unit(b, format="vounit"))`. */
const FACTORS: readonly (readonly [from: string, to: string, factor: number])[] = [
  ['deg', 'rad', 0.017453292519943295],
  ['deg', 'arcmin', 60.0],
  ['rad', 'arcsec', 206264.80624709636],
  ['mas/yr', 'rad/s', 1.5362818500441604e-16],
  ['pc', 'AU', 206264.80624709636],
  ['lyr', 'km', 9460730472580.8],
  ['Jy', 'erg/(s.cm**2.Hz)', 1e-23],
  ['eV', 'J', 1.602176634e-19],
  ['solMass', 'kg', 1.988409870698051e30],
  ['km/s', 'pc/yr', 1.022712165045695e-6],
  ['h', 'd', 0.041666666666666664],
  ['10**-18 W/m**2', 'erg/(s.cm**2)', 1e-15],
  ['deg**2', 'sr', 0.00030461741978670857],
  ['Angstrom', 'nm', 0.1],
  ['erg', 'keV', 624150907.4460764],
  ['G', 'T', 0.0001],
  ['barn', 'cm**2', 1e-24],
  ['u', 'kg', 1.66053906892e-27],
  ['Ry', 'eV', 13.605693122990514],
  ['solLum', 'W', 3.828e26],
  ['solRad', 'km', 695700.0],
  ['V', 'J/C', 1.0],
  ['byte', 'bit', 8.0],
  ['lx', 'cd.sr/m**2', 1.0],
];

test('conversions are those of astropy', () => {
  for (const [from, to, factor] of FACTORS) {
    const found = conversionFactor(from, to)!;
    assert.ok(Math.abs(found / factor - 1) < 1e-9, `${from} to ${to}: ${found}, not ${factor}`);
  }
  assert.equal(conversionFactor('deg', 'kg'), null);
  assert.equal(conversionFactor('deg', 'foo'), null);
  assert.equal(conversionFactor('mag', 'deg'), null);
});

test('units multiply and divide', () => {
  assert.equal(combinedUnit('mas/yr', 2, null, 1), 'mas**2.yr**-2');
  assert.equal(combinedUnit('mas**2.yr**-2', 0.5, null, 1), 'mas.yr**-1');
  assert.equal(combinedUnit('km', 1, 's', -1), 'km.s**-1');
  assert.equal(combinedUnit('km', 1, 'km', -1), null);
  assert.equal(combinedUnit('foo', 1, 's', -1), null);
  assert.equal(combinedUnit('m', 0.5, null, 1), null);
});
