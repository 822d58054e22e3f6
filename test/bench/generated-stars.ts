import type { CopyValue, RowBatch } from '../../catalog-export/database/copy.ts';
import type { Column, Datatype } from '../../engine/catalog/column.ts';
import type { Table } from '../../engine/catalog/table.ts';
import { randomNumbers } from './random.ts';

export const GENERATED_ROWS = 2_500_000;
const SEED = 20261121;
const BATCH = 5000;
/** Scale of the galactic latitude of the half near the plane, degrees. */
const PLANE = 6;
const DEGREE = Math.PI / 180;

/** Rows of the galactic axes in ICRS (Hipparcos Catalogue, ESA SP-1200, vol. 1, §1.5.3). */
const GALACTIC = [
  [-0.0548755604, -0.8734370902, -0.4838350155],
  [0.4941094279, -0.44482963, 0.7469822445],
  [-0.867666149, -0.1980763734, 0.4559837762],
] as const;

export const generatedTable: Table = {
  schema: 'generated',
  name: 'stars',
  description: 'Generated stars, half of them near the galactic plane',
  utype: null,
  columns: [
    column('source_id', 'long', 'meta.id;meta.main', null),
    column('ra', 'double', 'pos.eq.ra;meta.main', 'deg'),
    column('dec', 'double', 'pos.eq.dec;meta.main', 'deg'),
    column('pm_ra', 'double', 'pos.pm;pos.eq.ra', 'mas/yr'),
    column('pm_dec', 'double', 'pos.pm;pos.eq.dec', 'mas/yr'),
    column('parallax', 'double', 'pos.parallax', 'mas'),
    column('g_mag', 'float', 'phot.mag;em.opt', 'mag'),
    column('bp_rp', 'float', 'phot.color', 'mag'),
    column('observations', 'int', 'meta.number', null),
    column('class', 'char', 'src.class', null),
  ],
};

function column(name: string, datatype: Datatype, ucd: string, unit: string | null): Column {
  const arraysize = datatype === 'char' ? '*' : null;
  const rest = { xtype: null, utype: null, description: null, principal: true, indexed: false, std: false };
  return { name, datatype, arraysize, ucd, unit, ...rest };
}

/** The same stars in every run: odd ones anywhere on the sphere, even ones near the galactic plane. */
export function* generatedStars(): Generator<RowBatch> {
  const random = randomNumbers(SEED);
  for (let first = 0; first < GENERATED_ROWS; first += BATCH) {
    const batch: CopyValue[][] = [];
    for (let id = first; id < first + BATCH; id++) batch.push(star(id, random));
    yield batch;
  }
}

function star(id: number, random: () => number): CopyValue[] {
  const longitude = 360 * random();
  const sine = 2 * random() - 1;
  const { ra, dec } =
    id % 2 === 1
      ? { ra: longitude, dec: Math.asin(sine) / DEGREE }
      : toIcrs(longitude, clamp(PLANE * Math.atanh(sine * 0.999999)));
  const magnitude = 21 - 12 * random() ** 3;
  return [
    id,
    rounded(ra, 8),
    rounded(dec, 8),
    rounded(40 * (random() - 0.5), 3),
    rounded(40 * (random() - 0.5), 3),
    id % 10 === 0 ? null : rounded(10 * random() ** 4, 4),
    rounded(magnitude, 3),
    rounded(3 * random() - 0.5, 3),
    Math.floor(10 + 200 * random()),
    random() < 0.9 ? 'STAR' : 'BINARY',
  ];
}

function toIcrs(longitude: number, latitude: number): { ra: number; dec: number } {
  const [l, b] = [longitude * DEGREE, latitude * DEGREE];
  const galactic = [Math.cos(b) * Math.cos(l), Math.cos(b) * Math.sin(l), Math.sin(b)] as const;
  const [x, y, z] = [0, 1, 2].map((axis) =>
    galactic.reduce((sum, value, row) => sum + value * GALACTIC[row]![axis]!, 0),
  ) as [number, number, number];
  return { ra: (Math.atan2(y, x) / DEGREE + 360) % 360, dec: Math.atan2(z, Math.hypot(x, y)) / DEGREE };
}

const clamp = (latitude: number) => Math.max(-90, Math.min(90, latitude));

function rounded(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}
