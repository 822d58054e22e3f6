import { crc32 } from 'node:zlib';
import { type CopyRows, fieldOffset } from './copy-binary.ts';

/** Rows of a table without positions that become one file, in the order of its key. */
export interface Part {
  /** As a binary COPY gives them. */
  readonly bytes: Buffer;
  readonly rows: number;
}

export interface PartLimits {
  /** Rows of a part at most. */
  readonly rows: number;
  /** Bytes of a part at most, as a binary COPY has them, unless one row alone has more. */
  readonly bytes: number;
}

/** A part is at least so large a share of what it may be, and on average about twice that. */
const LEAST = 1 / 4;

const HASHES = 2 ** 32;

/**
 * Cuts rows into parts. Where it may cut, the hash of a row's key decides whether it does: so a row that comes or goes moves the cuts
 * near it alone, and the parts elsewhere stay what they were.
 * @param blocks rows in the order of the key.
 * @param key numbers of the key's fields, ascending.
 */
export async function* partsOf(
  blocks: AsyncIterable<CopyRows>,
  key: readonly number[],
  limits: PartLimits,
): AsyncGenerator<Part> {
  let chunks: Buffer[] = [];
  let rows = 0;
  let bytes = 0;
  const take = (): Part => {
    const part = { bytes: Buffer.concat(chunks), rows };
    chunks = [];
    rows = 0;
    bytes = 0;
    return part;
  };
  for await (const block of blocks) {
    let from = block.starts[0]!;
    for (let row = 0; row < block.count; row += 1) {
      const [start, end] = [block.starts[row]!, block.starts[row + 1]!];
      const size = end - start;
      if (rows > 0 && endsBefore(rows, bytes, size, () => keyHash(block, start, key), limits)) {
        chunks.push(block.bytes.subarray(from, start));
        from = start;
        yield take();
      }
      rows += 1;
      bytes += size;
    }
    chunks.push(block.bytes.subarray(from, block.starts[block.count]!));
  }
  if (rows > 0) yield take();
}

function endsBefore(
  rows: number,
  bytes: number,
  size: number,
  hash: () => number,
  limits: PartLimits,
): boolean {
  if (rows >= limits.rows || bytes + size > limits.bytes) return true;
  if (rows < LEAST * limits.rows && bytes < LEAST * limits.bytes) return false;
  const share = Math.max(1 / limits.rows, size / limits.bytes);
  return hash() < (HASHES * share) / LEAST;
}

function keyHash({ bytes, view }: CopyRows, row: number, key: readonly number[]): number {
  return key.reduce((hash, field) => {
    const at = fieldOffset(view, row, field);
    return crc32(bytes.subarray(at, at + 4 + Math.max(0, view.getInt32(at))), hash);
  }, 0);
}
