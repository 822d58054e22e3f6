import type { Table } from '../../engine/catalog/table.ts';
import type { CopyValue } from '../database/copy.ts';
import { column } from './columns.ts';
import { type FeatureCollection, numberOrNull, readCelestial, rightAscension, textOrNull } from './source.ts';

export const STARS_SCHEMA = 'Stars of the Hipparcos mission';

/** `hipparcos.stars` */
export const STARS: Table = {
  schema: 'hipparcos',
  name: 'stars',
  description:
    'Stars of the Hipparcos catalogue, from XHIP (Anderson & Francis 2012, VizieR V/137D) as packed by the npm package ' +
    'd3-celestial. Positions are ICRS at epoch J2000.0 (proper motion applied), rounded to 0.0001 deg.',
  utype: null,
  columns: [
    column({
      name: 'source_id',
      datatype: 'long',
      ucd: 'meta.id;meta.main',
      description: 'Hipparcos number (HIP)',
      indexed: true,
    }),
    column({
      name: 'ra',
      datatype: 'double',
      unit: 'deg',
      ucd: 'pos.eq.ra;meta.main',
      description: 'Right ascension, ICRS, epoch J2000.0',
    }),
    column({
      name: 'dec',
      datatype: 'double',
      unit: 'deg',
      ucd: 'pos.eq.dec;meta.main',
      description: 'Declination, ICRS, epoch J2000.0',
    }),
    column({
      name: 'vmag',
      datatype: 'double',
      unit: 'mag',
      ucd: 'phot.mag;em.opt.V',
      description: 'Johnson V magnitude',
    }),
    column({
      name: 'bv',
      datatype: 'double',
      unit: 'mag',
      ucd: 'phot.color;em.opt.B;em.opt.V',
      description: 'Johnson B-V colour',
    }),
    column({ name: 'name', datatype: 'unicodeChar', ucd: 'meta.id', description: 'Proper name' }),
    column({
      name: 'designation',
      datatype: 'char',
      ucd: 'meta.id',
      description:
        'First known of: Bayer (Greek letters spelled as in SIMBAD, "alf CMa"), Flamsteed ("61 Cyg"), variable star ("RR Lyr"), ' +
        'Gliese ("GJ 13"), Henry Draper ("HD 1237")',
      principal: false,
    }),
    column({
      name: 'hd',
      datatype: 'int',
      ucd: 'meta.id.cross',
      description: 'Henry Draper catalogue number (HD), for stars with a name or designation',
      principal: false,
    }),
    column({
      name: 'constellation',
      datatype: 'char',
      ucd: 'meta.code',
      description: "Constellation of the designation, IAU's three letters",
      principal: false,
    }),
  ],
};

interface StarName {
  readonly name?: string;
  readonly bayer?: string;
  readonly flam?: string;
  readonly var?: string;
  readonly gl?: string;
  readonly gliese?: string;
  readonly hd?: string;
  readonly c?: string;
}

type StarFeatures = FeatureCollection<number, { mag: number; bv: string }>;

/** Columns of `hipparcos.stars`: ICRS degrees, magnitudes; NaN where one is not known. */
export interface StarColumns {
  readonly ra: Float64Array;
  readonly dec: Float64Array;
  readonly vmag: Float64Array;
  readonly bv: Float64Array;
}

/** What is needed of the stars to draw them, in a fraction of the time that all of it takes. */
export async function readStarColumns(): Promise<StarColumns> {
  const { features } = await readCelestial<StarFeatures>('stars.14.json');
  const column = () => new Float64Array(features.length);
  const stars = { ra: column(), dec: column(), vmag: column(), bv: column() };
  for (const [at, { properties, geometry }] of features.entries()) {
    stars.ra[at] = rightAscension(geometry.coordinates[0]);
    stars.dec[at] = geometry.coordinates[1];
    stars.vmag[at] = numberOrNull(properties.mag) ?? Number.NaN;
    stars.bv[at] = numberOrNull(properties.bv) ?? Number.NaN;
  }
  return stars;
}

/** The rows of `hipparcos.stars`, in the order of its columns. */
export async function readStars(): Promise<CopyValue[][]> {
  const stars = await readCelestial<StarFeatures>('stars.14.json');
  const names = await readCelestial<Record<string, StarName>>('starnames.json');
  return stars.features.map(({ id, properties, geometry }) => {
    const [lon, lat] = geometry.coordinates;
    const star = names[id] ?? {};
    const hd = henryDraper(star);
    return [
      id,
      rightAscension(lon),
      lat,
      numberOrNull(properties.mag),
      numberOrNull(properties.bv),
      textOrNull(star.name),
      designation(star, hd),
      hd,
      constellation(star),
    ];
  });
}

/** Nine stars have part of another column in place of the constellation. */
function constellation(star: StarName): string | null {
  return star.c && /^[A-Z][A-Za-z]{2}$/.test(star.c) ? star.c : null;
}

function designation(star: StarName, hd: number | null): string | null {
  const within = constellation(star);
  if (within !== null) {
    const bayer = star.bayer && bayerName(star.bayer);
    // GCVS numbers are padded with zeros: V0822.
    const variable = star.var?.replace(/^V0+/, 'V');
    const inConstellation = bayer || star.flam || variable;
    if (inConstellation) return `${inConstellation} ${within}`;
  }
  if (star.gliese && star.gl) return star.gl;
  return hd === null ? null : `HD ${hd}`;
}

const GREEK: Record<string, string> = Object.fromEntries(
  [...'αβγδεζηθικλμνξοπρστυφχψω'].map((letter, i) => [
    letter,
    'alf bet gam del eps zet eta tet iot kap lam mu nu ksi omi pi rho sig tau ups phi chi psi ome'.split(' ')[
      i
    ]!,
  ]),
);

/** `alf` for α, `kap1` for κ1, Latin letters as they are; null for a letter that the source has lost. */
function bayerName(letter: string): string | null {
  if (letter.startsWith('undefined')) return null;
  return letter.replace(/^[α-ω]/, (greek) => GREEK[greek]!);
}

function henryDraper(star: StarName): number | null {
  const digits = star.hd?.match(/\d+/)?.[0];
  return digits === undefined ? null : Number(digits);
}
