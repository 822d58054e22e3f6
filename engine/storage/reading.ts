import { StorageError } from '../errors.ts';
import type { ByteRange, Storage } from './storage.ts';

/**
 * `storage.get`, whatever the storage.
 * @throws StorageError naming the key where the storage fails.
 */
export async function readObject(
  storage: Storage,
  key: string,
  range?: ByteRange,
): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await storage.get(key, range);
  } catch (error) {
    throw error instanceof StorageError ? error : new StorageError(key, error);
  }
}

/**
 * `storage.stream`, whatever the storage.
 * @throws StorageError naming the key where the storage fails before the first byte.
 */
export async function streamObject(
  storage: Storage,
  key: string,
  range?: ByteRange,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null> {
  try {
    return await storage.stream(key, range);
  } catch (error) {
    throw error instanceof StorageError ? error : new StorageError(key, error);
  }
}

/**
 * `storage.list`, whatever the storage.
 * @throws StorageError naming the folder where the storage fails.
 */
export async function listFolder(storage: Storage, folder: string): Promise<string[]> {
  try {
    return await storage.list(folder);
  } catch (error) {
    throw new StorageError(`${folder}/`, error);
  }
}
