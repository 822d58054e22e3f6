import { readObject } from '../storage/reading.ts';
import type { Storage } from '../storage/storage.ts';
import { FitsError } from './errors.ts';

/** A file that is read by ranges of bytes. */
export interface FitsSource {
  /** For messages. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes of a range; fewer where the file ends before it. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Takes the bytes of a read back as soon as nobody needs them. A source whose bytes are others' too has none. */
  release?(bytes: Uint8Array): void;
}

/** An object of a bucket; null where there is none. */
export async function storageSource(storage: Storage, key: string): Promise<FitsSource | null> {
  const size = await storage.size(key);
  return size === null ? null : sizedSource(storage, key, size);
}

/** An object of a bucket whose size is known. */
export function sizedSource(storage: Storage, key: string, size: number): FitsSource {
  return {
    name: key,
    size,
    async read(offset, length) {
      const bytes = await readObject(storage, key, { offset, length });
      if (bytes === null) throw new FitsError('truncated', null, `${key} is not there any more`);
      return bytes;
    },
  };
}

/** A file in memory. */
export function bytesSource(name: string, bytes: Uint8Array): FitsSource {
  return {
    name,
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}
