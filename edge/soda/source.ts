import { type FitsSource, sizedSource } from '../../engine/fits/index.ts';
import type { ImageFile } from '../../engine/images/dataset.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { RequestError } from '../request-error.ts';
import { releaseBytes } from './fits-body.ts';

/**
 * A file in the bucket that is read until the time is over, and whose reads give their memory back.
 * @param seconds from now.
 * @returns a source whose reads throw RequestError (400) from then on.
 */
export function sourceInTime(storage: Storage, { key, name, bytes }: ImageFile, seconds: number): FitsSource {
  const source = sizedSource(storage, key, bytes);
  const deadline = Date.now() + 1000 * seconds;
  return {
    ...source,
    // Messages are for those who do not know the bucket.
    name,
    async read(offset, length) {
      const found = await source.read(offset, length);
      if (Date.now() <= deadline) return found;
      throw new RequestError(
        400,
        `The cutout took longer than ${seconds} s: ask for a smaller region, or for a job at /soda/async.`,
      );
    },
    release: releaseBytes,
  };
}
