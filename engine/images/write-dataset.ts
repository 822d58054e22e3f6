import type { Storage } from '../storage/storage.ts';
import type { ImageDataset } from './dataset.ts';
import { datasetDigest, datasetKey } from './keys.ts';

/** Publishes a dataset: all that the document names must be there before. */
export async function writeDataset(storage: Storage, dataset: ImageDataset): Promise<void> {
  const key = datasetKey(await datasetDigest(dataset.did));
  await storage.put(key, new TextEncoder().encode(JSON.stringify(dataset)));
}

/** From then on the dataset is not published, and none of its files is served. */
export async function removeDataset(storage: Storage, did: string): Promise<void> {
  await storage.remove(datasetKey(await datasetDigest(did)));
}
