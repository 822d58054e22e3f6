/** A unit in terms of others that have none behind them. */
export interface KnownUnit {
  readonly factor: number;
  /** Exponents of the base units. */
  readonly bases: Readonly<Record<string, number>>;
  /** Whether VOUnits lets a prefix stand before it. */
  readonly prefixes: boolean;
}

const DEGREE = Math.PI / 180;
const YEAR = 365.25 * 86_400;
/** IAU 2012 resolution B2, metres. */
const ASTRONOMICAL_UNIT = 149_597_870_700;
const PARSEC = (ASTRONOMICAL_UNIT * 648_000) / Math.PI;
const LIGHT_SPEED = 299_792_458;
const ELECTRON_VOLT = 1.602176634e-19;

const units = new Map<string, KnownUnit>();

function define(
  prefixes: boolean,
  list: Readonly<Record<string, readonly [number, Record<string, number>]>>,
): void {
  for (const [symbol, [factor, bases]] of Object.entries(list))
    units.set(symbol, { factor, bases, prefixes });
}

const ENERGY = { g: 1, m: 2, s: -2 };

// VOUnits 1.0 §2.3, tables 1 to 6: which of them take prefixes.
for (const symbol of ['m', 's', 'g', 'A', 'K', 'mol', 'cd', 'rad', 'mag', 'bit', 'R', 'Sun']) {
  define(symbol !== 'Sun', { [symbol]: [1, { [symbol]: 1 }] });
}
for (const [symbol, same] of [
  ['ct', 'ct'],
  ['count', 'ct'],
  ['ph', 'ph'],
  ['photon', 'ph'],
  ['pix', 'pix'],
  ['pixel', 'pix'],
  ['adu', 'adu'],
  ['bin', 'bin'],
  ['beam', 'beam'],
  ['chan', 'chan'],
  ['voxel', 'voxel'],
  ['dex', 'dex'],
  ['electron', 'electron'],
] as const) {
  define(['ct', 'count', 'ph', 'photon', 'pix', 'pixel', 'adu', 'voxel'].includes(symbol), {
    [symbol]: [1, { [same]: 1 }],
  });
}
define(true, {
  sr: [1, { rad: 2 }],
  Hz: [1, { s: -1 }],
  N: [1e3, { g: 1, m: 1, s: -2 }],
  Pa: [1e3, { g: 1, m: -1, s: -2 }],
  J: [1e3, ENERGY],
  W: [1e3, { g: 1, m: 2, s: -3 }],
  C: [1, { A: 1, s: 1 }],
  V: [1e3, { g: 1, m: 2, s: -3, A: -1 }],
  S: [1e-3, { g: -1, m: -2, s: 3, A: 2 }],
  F: [1e-3, { g: -1, m: -2, s: 4, A: 2 }],
  Ohm: [1e3, { g: 1, m: 2, s: -3, A: -2 }],
  Wb: [1e3, { g: 1, m: 2, s: -2, A: -1 }],
  T: [1e3, { g: 1, s: -2, A: -1 }],
  H: [1e3, { g: 1, m: 2, s: -2, A: -2 }],
  G: [1e-1, { g: 1, s: -2, A: -1 }],
  lm: [1, { cd: 1, rad: 2 }],
  lx: [1, { cd: 1, rad: 2, m: -2 }],
  a: [YEAR, { s: 1 }],
  yr: [YEAR, { s: 1 }],
  arcsec: [DEGREE / 3600, { rad: 1 }],
  pc: [PARSEC, { m: 1 }],
  lyr: [LIGHT_SPEED * YEAR, { m: 1 }],
  u: [1.66053906892e-24, { g: 1 }],
  eV: [ELECTRON_VOLT * 1e3, ENERGY],
  erg: [1e-4, ENERGY],
  Ry: [13.60569312299 * ELECTRON_VOLT * 1e3, ENERGY],
  Jy: [1e-23, { g: 1, s: -2 }],
  barn: [1e-28, { m: 2 }],
  byte: [8, { bit: 1 }],
  B: [8, { bit: 1 }],
});
define(false, {
  min: [60, { s: 1 }],
  h: [3600, { s: 1 }],
  d: [86_400, { s: 1 }],
  deg: [DEGREE, { rad: 1 }],
  arcmin: [DEGREE / 60, { rad: 1 }],
  AU: [ASTRONOMICAL_UNIT, { m: 1 }],
  au: [ASTRONOMICAL_UNIT, { m: 1 }],
  Angstrom: [1e-10, { m: 1 }],
  angstrom: [1e-10, { m: 1 }],
  solMass: [1.988409870698051e33, { g: 1 }],
  solLum: [3.828e29, { g: 1, m: 2, s: -3 }],
  solRad: [6.957e8, { m: 1 }],
  '%': [0.01, {}],
});
define(false, { mas: [DEGREE / 3.6e6, { rad: 1 }] });

const PREFIXES: Readonly<Record<string, number>> = {
  y: 1e-24,
  z: 1e-21,
  a: 1e-18,
  f: 1e-15,
  p: 1e-12,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  c: 1e-2,
  d: 1e-1,
  da: 1e1,
  h: 1e2,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Z: 1e21,
  Y: 1e24,
};

/** The unit of a symbol, prefix included; null if VOUnits has none such. */
export function knownUnit(symbol: string): KnownUnit | null {
  const plain = units.get(symbol);
  if (plain !== undefined) return plain;
  for (const length of [1, 2]) {
    const prefix = symbol.slice(0, length);
    const unit = units.get(symbol.slice(length));
    if (unit?.prefixes && Object.hasOwn(PREFIXES, prefix))
      return { ...unit, factor: unit.factor * PREFIXES[prefix]! };
  }
  return null;
}
