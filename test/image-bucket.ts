import { readFile } from 'node:fs/promises';
import { describeFile } from '../catalog-export/images/describe.ts';
import { NO_MAPPING } from '../catalog-export/images/mapping.ts';
import { sha256Of } from '../engine/catalog/sha256.ts';
import { bytesSource } from '../engine/fits/index.ts';
import { loadFitsKernel } from '../engine/fits-wasm/node.ts';
import { loadKernel } from '../engine/healpix-wasm/node.ts';
import type { ImageDataset } from '../engine/images/dataset.ts';
import { filesFolder } from '../engine/images/keys.ts';
import { writeDataset } from '../engine/images/write-dataset.ts';
import type { Storage } from '../engine/storage/storage.ts';

const COLLECTION = 'test';

/**
 * Publishes the images of a FITS file in a bucket, without a database: no pictures, no row of ObsCore.
 * @throws Error where it has no image with a place on the sky.
 */
export async function publishFits(
  storage: Storage,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<ImageDataset[]> {
  const described = await describeFile(bytesSource(name, bytes), name, {
    fits: loadFitsKernel(),
    kernel: loadKernel(),
    mapping: NO_MAPPING,
    authority: 'almagest.example',
    collection: COLLECTION,
  });
  const key = `${filesFolder(COLLECTION)}/${name}`;
  await storage.put(key, bytes);
  const file = { key, name, mediaType: 'image/fits', bytes: bytes.length, sha256: await sha256Of(bytes) };
  const datasets = described.map(({ image: _, notes: __, ...dataset }): ImageDataset => {
    return {
      version: 1,
      added: '2026-11-21T20:00:00Z',
      file,
      preview: null,
      thumbnail: null,
      links: [],
      ...dataset,
    };
  });
  for (const dataset of datasets) await writeDataset(storage, dataset);
  return datasets;
}

/** The same of a file on disk. */
export async function publishFitsFile(storage: Storage, path: string): Promise<ImageDataset[]> {
  return publishFits(storage, path.slice(path.lastIndexOf('/') + 1), new Uint8Array(await readFile(path)));
}
