import { readObject } from '../storage/reading.ts';
import type { Storage } from '../storage/storage.ts';
import { DATASET_VERSION, type ImageDataset } from './dataset.ts';
import { datasetDigest, datasetKey } from './keys.ts';

/** The document of a dataset is damaged, or of a later version of this program. */
export class CorruptDatasetError extends Error {
  override readonly name = 'CorruptDatasetError';
  readonly key: string;

  constructor(key: string, problem: string, options?: ErrorOptions) {
    super(`${key} ${problem}: "almagest images rebuild" makes it again`, options);
    this.key = key;
  }
}

/**
 * What there is to know of a dataset, by one small read; null where nothing of that identifier is published.
 * @param did any text at all.
 * @throws CorruptDatasetError
 * @throws StorageError where the bucket cannot be read.
 */
export async function readDataset(storage: Storage, did: string): Promise<ImageDataset | null> {
  const key = datasetKey(await datasetDigest(did));
  const bytes = await readObject(storage, key);
  return bytes && parseDataset(key, bytes, did);
}

function parseDataset(key: string, bytes: Uint8Array, did: string): ImageDataset {
  let dataset: Partial<ImageDataset>;
  try {
    dataset = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new CorruptDatasetError(key, 'is not JSON', { cause });
  }
  if (dataset?.version !== DATASET_VERSION) {
    throw new CorruptDatasetError(
      key,
      `is of version ${dataset?.version}, and this program reads ${DATASET_VERSION}`,
    );
  }
  if (dataset.did !== did) throw new CorruptDatasetError(key, `describes another dataset, ${dataset.did}`);
  if (dataset.file === undefined || dataset.hdu === undefined || dataset.observation === undefined) {
    throw new CorruptDatasetError(key, 'lacks the file, its HDU or the observation');
  }
  return dataset as ImageDataset;
}
