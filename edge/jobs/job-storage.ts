import type { R2Bucket } from '@cloudflare/workers-types';
import { below } from '../../engine/storage/below.ts';
import { r2Storage } from '../../engine/storage/r2.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { type WritableFetcher, writableDiskStorage } from '../../engine/storage/writable-disk-service.ts';

/** Where the worker of jobs keeps results and uploads: the bucket, or a disk service that it may write. */
export interface JobStorageBindings {
  readonly BUCKET?: R2Bucket;
  readonly RESULTS?: WritableFetcher;
}

/** @throws Error where there is neither. */
export function jobStorageOf({ BUCKET, RESULTS }: JobStorageBindings): Storage {
  if (BUCKET) return below(r2Storage(BUCKET), 'jobs');
  if (RESULTS) return writableDiskStorage(RESULTS);
  throw new Error('the worker of jobs needs a binding: BUCKET (R2) or RESULTS (disk service)');
}
