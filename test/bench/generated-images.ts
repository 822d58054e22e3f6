import type pg from 'pg';
import { type CopyValue, copyRows, type RowBatch } from '../../catalog-export/database/copy.ts';
import { publishObscore } from '../../catalog-export/database/obscore.ts';
import type { Progress } from '../../catalog-export/progress.ts';
import type { ObscoreRow } from '../../engine/obscore/row.ts';
import { OBSCORE } from '../../engine/obscore/table.ts';
import { at } from '../sky.ts';
import { randomNumbers } from './random.ts';

const SEED = 20261121;
const BATCH = 5000;

/** Shares of images by their width in degrees: frames of a camera, of a survey, plates, and maps; a dozen of them anywhere. */
const KINDS = [
  { share: 0.8, least: 0.08, most: 0.25, collection: 'camera' },
  { share: 0.1899, least: 0.3, most: 1.5, collection: 'survey' },
  { share: 0.01, least: 2, most: 8, collection: 'plates' },
  { share: 0.0001, least: 10, most: 40, collection: 'maps' },
] as const;

/** A tenth of the images is of fields that are taken again and again, half a degree wide. */
const FIELDS = 500;
const IN_FIELDS = 0.1;

const BANDS = [
  ['u', 300e-9, 380e-9],
  ['g', 400e-9, 550e-9],
  ['r', 550e-9, 700e-9],
  ['i', 700e-9, 820e-9],
] as const;

/** Publishes `ivoa.obscore` with images that nobody took. */
export async function loadGeneratedImages(
  client: pg.Client,
  count: number,
  progress: Progress,
): Promise<void> {
  await publishObscore(client);
  progress.start('Loading ivoa.obscore', count);
  await copyRows(client, OBSCORE, batches(count, progress));
  await client.query('ANALYZE ivoa.obscore');
  progress.done();
}

function* batches(count: number, progress: Progress): Generator<RowBatch> {
  let batch: CopyValue[][] = [];
  for (const row of generatedImages(count)) {
    batch.push(OBSCORE.columns.map(({ name }) => copied(row[name as keyof ObscoreRow])));
    if (batch.length < BATCH) continue;
    yield batch;
    progress.advance(batch.length);
    batch = [];
  }
  yield batch;
}

function copied(value: ObscoreRow[keyof ObscoreRow]): CopyValue {
  return typeof value === 'object' && value !== null ? `{${value.join(',')}}` : value;
}

function* generatedImages(count: number): Generator<ObscoreRow> {
  const random = randomNumbers(SEED);
  const fields = Array.from({ length: FIELDS }, () => position(random));
  for (let image = 0; image < count; image++) {
    const { least, most, collection } = kindAt(random());
    const width = least * (most / least) ** random();
    const field = fields[Math.floor(random() * FIELDS)]!;
    const centre =
      random() < IN_FIELDS
        ? at({ lon: field[0], lat: field[1], radius: 0 }, 0.25 * random(), 360 * random())
        : position(random);
    yield generatedImage(random, image, centre, width, collection);
  }
}

/** @param place among all images, from 0 to 1. */
function kindAt(place: number): (typeof KINDS)[number] {
  let before = 0;
  for (const kind of KINDS) {
    before += kind.share;
    if (place < before) return kind;
  }
  return KINDS[0];
}

function position(random: () => number): readonly [lon: number, lat: number] {
  return [360 * random(), (Math.asin(2 * random() - 1) * 180) / Math.PI];
}

function generatedImage(
  random: () => number,
  image: number,
  [lon, lat]: readonly [number, number],
  width: number,
  collection: string,
): ObscoreRow {
  const did = `ivo://almagest.example/${collection}?image-${image}`;
  const [band, em_min, em_max] = BANDS[Math.floor(random() * BANDS.length)]!;
  const t_min = 50_000 + Math.floor(1e7 * random()) / 1000;
  const diagonal = width * Math.SQRT1_2;
  const turn = 90 * random();
  const corners = [0, 1, 2, 3].flatMap((corner) =>
    at({ lon, lat, radius: 0 }, diagonal, turn - 90 * corner).map((value) => Number(value.toFixed(8))),
  );
  return {
    dataproduct_type: 'image',
    calib_level: 2,
    obs_collection: collection,
    obs_id: `image-${image}`,
    obs_publisher_did: did,
    access_url: `datalink/links?ID=${encodeURIComponent(did)}`,
    access_format: 'application/x-votable+xml;content=datalink',
    access_estsize: 16_000,
    target_name: null,
    s_ra: Number(lon.toFixed(8)),
    s_dec: Number(lat.toFixed(8)),
    s_fov: Number((2 * diagonal).toFixed(6)),
    s_region: corners,
    s_xel1: 2048,
    s_xel2: 2048,
    s_resolution: 1,
    t_min,
    t_max: t_min + 0.01,
    t_exptime: 864,
    t_resolution: 864,
    t_xel: 1,
    em_min,
    em_max,
    em_res_power: null,
    em_xel: 1,
    o_ucd: 'phot.count',
    pol_states: null,
    pol_xel: null,
    facility_name: 'Generated Observatory',
    instrument_name: `${collection} 1`,
    obs_title: `${collection} image ${image} in ${band}`,
    dataproduct_subtype: null,
    target_class: null,
    obs_creator_did: null,
    obs_release_date: null,
    s_pixel_scale: Number(((3600 * width) / 2048).toFixed(6)),
    o_unit: 'count',
    em_filter_name: band,
  };
}
