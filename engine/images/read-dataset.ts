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
  if (bytes === null) return null;
  const dataset = parseDataset(key, bytes);
  if (dataset.did !== did) throw describesAnother(key, dataset);
  return dataset;
}

/**
 * The same by the digest of the identifier, of which addresses of files are made.
 * @param digest any text at all: what is none is that of no dataset.
 */
export async function readDatasetOf(storage: Storage, digest: string): Promise<ImageDataset | null> {
  if (!/^[0-9a-f]{64}$/.test(digest)) return null;
  const key = datasetKey(digest);
  const bytes = await readObject(storage, key);
  if (bytes === null) return null;
  const dataset = parseDataset(key, bytes);
  if ((await datasetDigest(dataset.did)) !== digest) throw describesAnother(key, dataset);
  return dataset;
}

function describesAnother(key: string, { did }: ImageDataset): CorruptDatasetError {
  return new CorruptDatasetError(key, `describes another dataset, ${did}`);
}

function parseDataset(key: string, bytes: Uint8Array): ImageDataset {
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
  if (dataset.file === undefined || dataset.hdu === undefined || dataset.observation === undefined) {
    throw new CorruptDatasetError(key, 'lacks the file, its HDU or the observation');
  }
  return dataset as ImageDataset;
}
