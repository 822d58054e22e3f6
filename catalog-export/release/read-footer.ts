import type { Storage } from '../../engine/storage/storage.ts';

/** The length of a Parquet file's metadata, and the magic. */
const CLOSING_BYTES = 8;

/** The end of a Parquet file that lies in a storage: its metadata, their length, the magic. Null where the file is too short for them. */
export async function readFooter(storage: Storage, key: string): Promise<ArrayBuffer | null> {
  const size = (await storage.size(key))!;
  if (size < CLOSING_BYTES) return null;
  const closing = (await storage.get(key, {
    offset: size - CLOSING_BYTES,
    length: CLOSING_BYTES,
  }))!;
  const length = new DataView(closing.buffer, closing.byteOffset).getUint32(0, true) + CLOSING_BYTES;
  if (length > size) return null;
  const footer = (await storage.get(key, { offset: size - length, length }))!;
  return footer.slice().buffer;
}
