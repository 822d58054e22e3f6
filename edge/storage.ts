import type { R2Bucket } from '@cloudflare/workers-types';
import { diskServiceStorage, type Fetcher } from '../engine/storage/disk-service.ts';
import { r2Storage } from '../engine/storage/r2.ts';
import type { Storage } from '../engine/storage/storage.ts';

/** Where a worker finds the releases: a bucket on Cloudflare or a disk service on one's own server. */
export interface StorageBindings {
  readonly BUCKET?: R2Bucket;
  readonly DISK?: Fetcher;
}

/** @throws Error where there is neither. */
export function storageOf({ BUCKET, DISK }: StorageBindings): Storage {
  if (BUCKET) return r2Storage(BUCKET);
  if (DISK) return diskServiceStorage(DISK);
  throw new Error('the worker needs a binding: BUCKET (R2) or DISK (disk service)');
}
