import type pg from 'pg';
import { publishObscore } from '../catalog-export/database/obscore.ts';
import type { ObscoreRow } from '../engine/obscore/row.ts';
import { at } from './sky.ts';
import { magnitude, oneOf, position, type Random, randomNumbers } from './sky-shapes.ts';

/**
 * Datasets that nobody observed, the same at every run. Footprints are wound either way, and lie across RA 0 and around the poles; a
 * few rows have none, or one that is no polygon.
 */
export function generatedRows(count: number, seed = 20261121): ObscoreRow[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, (_, index) => generatedRow(random, index));
}

const COLLECTIONS = ['plates', 'survey', 'Ångström'];
const FIRST_MJD = 55_000;

function generatedRow(random: Random, index: number): ObscoreRow {
  const [lon, lat] = position(random);
  const reach = magnitude(random, -3, 1.6);
  const collection = oneOf(random, COLLECTIONS);
  const began = random() < 0.9 ? FIRST_MJD + 4000 * random() : null;
  const exposure = magnitude(random, 0, 4);
  const wavelength = random() < 0.9 ? magnitude(random, -6.5, -5.5) : null;
  const did = `ivo://almagest.example/${encodeURIComponent(collection)}?obs${index}`;
  const pixels = 100 + Math.floor(4000 * random());
  return {
    dataproduct_type: oneOf(random, ['image', 'image', 'cube'] as const),
    calib_level: Math.floor(5 * random()),
    obs_collection: collection,
    obs_id: `obs${index}`,
    obs_publisher_did: did,
    access_url: `datalink/links?ID=${encodeURIComponent(did)}`,
    access_format: 'application/x-votable+xml;content=datalink',
    access_estsize: Math.ceil((pixels * pixels * 4) / 1000),
    target_name: random() < 0.8 ? `Field ${index % 17}` : null,
    s_ra: lon,
    s_dec: lat,
    s_fov: 2 * reach,
    s_region: region(random, [lon, lat], reach, index),
    s_xel1: pixels,
    s_xel2: pixels,
    s_resolution: random() < 0.5 ? 1 + random() : null,
    t_min: began,
    t_max: began && began + exposure / 86_400,
    t_exptime: exposure,
    t_resolution: random() < 0.5 ? exposure : null,
    t_xel: null,
    em_min: wavelength,
    em_max: wavelength && 1.2 * wavelength,
    em_res_power: wavelength && 5.5,
    em_xel: null,
    o_ucd: 'phot.flux',
    pol_states: random() < 0.2 ? '/I/Q/U/' : null,
    pol_xel: null,
    facility_name: 'Nowhere',
    instrument_name: oneOf(random, ['camera', 'spectrograph', null]),
    obs_title: `Made up № ${index}`,
    dataproduct_subtype: null,
    target_class: null,
    obs_creator_did: null,
    obs_release_date: random() < 0.5 ? '2026-11-21T12:00:00' : null,
    s_pixel_scale: (3600 * 2 * reach) / pixels,
    o_unit: oneOf(random, ['adu', null]),
    em_filter_name: oneOf(random, ['g', 'r', null]),
  };
}

/** Rows of which the region is no polygon. */
const ODD_REGIONS: Readonly<Record<number, readonly number[] | null>> = {
  3: null,
  4: [],
  5: [Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN],
  6: [10, 20, 30, Number.NaN, 20, 40],
  7: [10, 20, 30, 40],
  8: [10, 20, 10, 20, 10, 20],
};

function region(random: Random, [lon, lat]: [number, number], reach: number, index: number) {
  const first = 360 * random();
  const corners = oneOf(random, [4, 4, 4, 3, 6]);
  const bearings = Array.from({ length: corners }, (_, corner) => first + (360 * corner) / corners);
  if (random() < 0.5) bearings.reverse();
  const polygon = bearings.flatMap((bearing) => at({ lon, lat, radius: 0 }, reach, bearing));
  return index in ODD_REGIONS ? ODD_REGIONS[index]! : polygon;
}

/** Publishes `ivoa.obscore` with rows. */
export async function loadObscore(client: pg.Client, rows: readonly ObscoreRow[]): Promise<void> {
  await publishObscore(client);
  // JSON has no NaN: regions go as PostgreSQL writes arrays.
  const regions = rows.map(({ s_region }) => s_region && `{${s_region.join(',')}}`);
  const others = rows.map((row) => ({ ...row, s_region: null }));
  await client.query(
    'INSERT INTO ivoa.obscore SELECT * FROM jsonb_populate_recordset(NULL::ivoa.obscore, $1)',
    [JSON.stringify(others)],
  );
  await client.query(
    `UPDATE ivoa.obscore SET s_region = region::float8[]
     FROM unnest($1::text[], $2::text[]) AS given (did, region) WHERE did = obs_publisher_did`,
    [rows.map(({ obs_publisher_did }) => obs_publisher_did), regions],
  );
  await client.query('ANALYZE ivoa.obscore');
}
