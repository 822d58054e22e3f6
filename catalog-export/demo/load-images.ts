import type pg from 'pg';
import type { FitsKernel } from '../../engine/fits-wasm/index.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import type { ImageLink } from '../../engine/images/dataset.ts';
import { readDataset } from '../../engine/images/read-dataset.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { addImages } from '../images/add.ts';
import { publisherDid } from '../images/identifiers.ts';
import { addLink } from '../images/link.ts';
import { bytesFile } from '../images/local-file.ts';
import { parseMapping } from '../images/mapping.ts';
import { storedImages } from '../images/stored-images.ts';
import type { Progress } from '../progress.ts';
import { fieldRadius, PLATES, type Plate } from './plates.ts';
import { renderPlate } from './render-plate.ts';
import { readStarColumns } from './stars.ts';

const COLLECTION = 'demo';

/** Row of `almagest.demo_part`. */
const PART = 'images';

const MAPPING = parseMapping(
  JSON.stringify({
    values: {
      obs_title: 'Simulated plate: {FIELD}, {FILTER}, {DATE-OBS}',
      target_name: '{FIELD}',
      facility_name: 'Almagest (simulation)',
    },
  }),
);

export interface DemoImagesOptions {
  readonly client: pg.Client;
  readonly storage: Storage;
  readonly kernel: HealpixKernel;
  /** Called where there is something to do. */
  readonly loadFits: () => FitsKernel;
  readonly authority: string;
  readonly progress: Progress;
}

/**
 * Renders and publishes simulated plates of the demo's stars, once: what somebody removes does not come back. Plates whose documents are
 * missing, as in a new bucket, are made again.
 */
export async function loadDemoImages(options: DemoImagesOptions): Promise<void> {
  const { client, progress } = options;
  const plates = await missingPlates(options);
  if (plates.length > 0) {
    progress.start('Rendering demo images', plates.length, 'images');
    await addPlates(plates, options);
    progress.done(`Rendered ${plates.length} simulated plates, collection ${COLLECTION}`);
  }
  await client.query('INSERT INTO almagest.demo_part (part) VALUES ($1) ON CONFLICT DO NOTHING', [PART]);
}

async function missingPlates({ client, storage, authority }: DemoImagesOptions): Promise<Plate[]> {
  const { rowCount } = await client.query('SELECT FROM almagest.demo_part WHERE part = $1', [PART]);
  const stored = await storedImages(
    client,
    PLATES.map((plate) => didOf(plate, authority)),
  );
  const missing: Plate[] = [];
  for (const plate of PLATES) {
    const did = didOf(plate, authority);
    const wanted = rowCount === 0 || stored.has(did);
    if (wanted && (await readDataset(storage, did).catch(() => null)) === null) missing.push(plate);
  }
  return missing;
}

async function addPlates(plates: readonly Plate[], options: DemoImagesOptions): Promise<void> {
  const { client, storage, kernel, authority, progress } = options;
  const fits = options.loadFits();
  const stars = await readStarColumns();
  const files = plates.map((plate) => ({
    label: `${plate.name}.fits`,
    path: `${plate.name}.fits`,
    open: async () => bytesFile(await renderPlate({ fits, kernel }, plate, stars)),
  }));
  const context = { client, storage, fits, kernel, authority, mapping: MAPPING, collection: COLLECTION };
  for await (const { file, reason } of addImages(files, context)) {
    if (reason !== null) throw new Error(`the demo image ${file} was refused: ${reason}`);
    progress.advance(1);
  }
  for (const plate of plates) {
    await addLink(client, storage, didOf(plate, authority), progenitorOf(plate));
  }
}

function didOf({ name }: Plate, authority: string): string {
  return publisherDid(authority, COLLECTION, name, null);
}

/** The stars that it was made of, by a cone search. */
function progenitorOf({ field }: Plate): ImageLink {
  const radius = fieldRadius(field).toFixed(2);
  return {
    semantics: '#progenitor',
    key: null,
    url: `scs/hipparcos.stars?RA=${field.ra}&DEC=${field.dec}&SR=${radius}`,
    description: 'The stars of hipparcos.stars that this simulated plate was made of',
    contentType: 'application/x-votable+xml',
    bytes: null,
  };
}
