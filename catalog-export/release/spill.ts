import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadWaitingRows } from '../../engine/healpix-wasm/node.ts';
import type { CopyReader } from '../../engine/healpix-wasm/waiting-rows.ts';
import { processLives } from '../../engine/storage/machine.ts';
import { type Extent, extentEnd, extentList, OVERHEAD_BYTES } from './extents.ts';
import type { KeyedRows } from './keyed-rows.ts';

/**
 * Rows on their way to their partitions, in a temporary file (in TMPDIR) without a name: whatever ends the process also frees
 * the space. Each time that the memory for them is full, they are written group by group, so that a group is in few places.
 */
export interface Spill {
  /** Open for reading in all threads of the process. */
  readonly file: number;
  /**
   * Adds rows.
   * @param groups of which they are, one for each.
   * @throws Error naming the folder that has no room, or is not there.
   */
  add(rows: KeyedRows, groups: Uint32Array): Promise<void>;
  /** What adds the rows of a binary COPY, their keys and groups as `WaitingRows.reader` tells them. */
  reader(fields: { readonly ra: number; readonly dec: number }, order: number): CopyReader;
  /** To be asked after each time that rows were read. */
  isFull(): boolean;
  /**
   * Writes what waits.
   * @throws Error as `add`.
   */
  flush(): Promise<void>;
  /** Writes what still waits. What tells where the rows of each group lie, in the order in which they came. */
  finish(): Promise<(group: number) => readonly Extent[]>;
  close(): Promise<void>;
}

/** There is room for so many bytes more than wait at a time: a spill is full only after some were read. */
const MORE_BYTES = 2 ** 20;

/**
 * @param memoryBytes of rows that wait in memory; twice as much is taken.
 * @param see is shown the rows of each group that are written together: their keys, and where each ends.
 */
export async function openSpill(
  groups: number,
  memoryBytes: number,
  see: (keys: BigInt64Array, ends: Uint32Array) => void = () => {},
): Promise<Spill> {
  const file = await spilling(openNamelessFile);
  let waiting = loadWaitingRows(memoryBytes + MORE_BYTES);
  let fileBytes = 0;
  let writing: Promise<void> = Promise.resolve();
  const extents = extentList(groups, file.fd, (bytes) =>
    append(bytes.length, (from) => bytes.subarray(from)),
  );

  /** @param rest the bytes from one on. */
  function append(length: number, rest: (from: number) => Uint8Array): number {
    const offset = fileBytes;
    fileBytes += length;
    writing = writing.then(() => spilling(() => writeAll(file, length, rest, offset)));
    // Told to whoever waits for it next.
    writing.catch(() => {});
    return offset;
  }

  async function flush(): Promise<void> {
    if (waiting.size() === 0) return;
    // What was written last is in the same memory.
    await writing;
    const { length, bytes, rows, rowBytes } = waiting.gather(groups);
    const { buffer, byteOffset } = bytes(0);
    for (let group = 0, at = 0; group < groups; group += 1) {
      const count = rows[group]!;
      if (count === 0) continue;
      const keysAt = byteOffset + at;
      see(new BigInt64Array(buffer, keysAt, count), new Uint32Array(buffer, keysAt + 8 * count, count));
      at = extentEnd(at, count, rowBytes[group]!);
    }
    extents.add(append(length, bytes), rows, rowBytes);
  }

  return {
    file: file.fd,
    async add({ rows, keys }, of) {
      const size = rows.bytes.length + OVERHEAD_BYTES * rows.count;
      if (waiting.size() + size > memoryBytes) await flush();
      waiting.add(rows.bytes, rows.starts, keys, of);
    },
    reader: (fields, order) => waiting.reader(fields, order),
    isFull: () => waiting.size() >= memoryBytes,
    flush,
    async finish() {
      await flush();
      await writing;
      // As long as it is there, its memory is.
      waiting = loadWaitingRows(0);
      return extents.of;
    },
    async close() {
      await writing.catch(() => {});
      await file.close();
    },
  };
}

async function spilling<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (cause) {
    const reason = (cause as Error).message;
    const advice = 'set TMPDIR to a folder with as much room as the table';
    throw new Error(`rows cannot wait in ${tmpdir()} for their partitions (${reason}): ${advice}`, { cause });
  }
}

async function openNamelessFile(): Promise<FileHandle> {
  await removeAbandoned();
  const path = join(tmpdir(), `almagest-export-${process.pid}-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await rm(path, { force: true });
  return file;
}

/** Files whose process was killed before it had taken their names away. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    const [, pid] = /^almagest-export-(\d+)-/.exec(name) ?? [];
    // Another machine's may be removed too: all that it wants is that the name is gone.
    if (pid !== undefined && !processLives(Number(pid))) await rm(join(tmpdir(), name), { force: true });
  }
}

async function writeAll(
  file: FileHandle,
  length: number,
  rest: (from: number) => Uint8Array,
  offset: number,
): Promise<void> {
  for (let at = 0; at < length; ) {
    at += (await file.write(rest(at), 0, length - at, offset + at)).bytesWritten;
  }
}
