import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processLives } from '../../engine/storage/machine.ts';
import type { CopyRows } from './copy-binary.ts';
import { discard } from './discard.ts';

/**
 * Rows on their way to their partitions, in a temporary file (in TMPDIR) without a name: whatever ends the process also frees
 * the space. Each time that the memory for them is full, they are written group by group, so that a group is in few places.
 */
export interface Spill {
  /** Open for reading in all threads of the process. */
  readonly file: number;
  /**
   * Adds rows of a block.
   * @param rows their numbers in the block.
   * @param keys by which they will be sorted, one for each of `rows`.
   * @param groups of which they are, one for each of `rows`.
   * @throws Error naming the folder that has no room, or is not there.
   */
  add(block: CopyRows, rows: Uint32Array, keys: BigInt64Array, groups: ArrayLike<number>): Promise<void>;
  /** Writes what still waits. Where the rows of each group lie, in the order in which they came. */
  finish(): Promise<readonly (readonly Extent[])[]>;
  close(): Promise<void>;
}

/** Rows of a group that lie together in the file: their keys, 8 bytes each, where each ends, 4 bytes each, and the rows. */
export interface Extent {
  readonly offset: number;
  readonly rows: number;
  /** Of the rows alone. */
  readonly bytes: number;
}

/** Of a row in the file, besides itself. */
const OVERHEAD_BYTES = 12;

/** @param memoryBytes of rows that wait in memory; twice as much is taken. */
export async function openSpill(groups: number, memoryBytes: number): Promise<Spill> {
  const file = await spilling(openNamelessFile);
  const extents: Extent[][] = Array.from({ length: groups }, () => []);
  let waiting = Buffer.allocUnsafeSlow(0);
  let used = 0;
  let added = noRows(0);
  let count = 0;
  let out = Buffer.allocUnsafeSlow(0);
  let fileBytes = 0;
  let writing: Promise<void> = Promise.resolve();

  /** Where each group begins among the rows that wait, sorted by group, and at the end how many there are. */
  function firstOfGroups(): Uint32Array {
    const firsts = new Uint32Array(groups + 1);
    for (let row = 0; row < count; row += 1) firsts[added.group[row]! + 1]! += 1;
    for (let group = 0; group < groups; group += 1) firsts[group + 1]! += firsts[group]!;
    return firsts;
  }

  async function flush(): Promise<void> {
    const firsts = firstOfGroups();
    const order = new Uint32Array(count);
    const next = firsts.slice();
    for (let row = 0; row < count; row += 1) order[next[added.group[row]!]!++] = row;
    // What was written last is in the same memory.
    await writing;
    const most = used + count * OVERHEAD_BYTES + 16 * Math.min(groups, count);
    if (out.length < most) {
      discard(out);
      out = Buffer.allocUnsafeSlow(most);
    }
    let at = 0;
    for (let group = 0; group < groups; group += 1) {
      const [first, last] = [firsts[group]!, firsts[group + 1]!];
      if (first === last) continue;
      const start = at;
      const keys = new BigInt64Array(out.buffer, at, last - first);
      const ends = new Uint32Array(out.buffer, at + 8 * (last - first), last - first);
      const bytes = at + OVERHEAD_BYTES * (last - first);
      at = bytes;
      for (let place = first; place < last; place += 1) {
        const row = order[place]!;
        keys[place - first] = added.key[row]!;
        waiting.copy(out, at, added.start[row]!, added.end[row]!);
        at += added.end[row]! - added.start[row]!;
        ends[place - first] = at - bytes;
      }
      extents[group]!.push({ offset: fileBytes + start, rows: last - first, bytes: at - bytes });
      at = Math.ceil(at / 8) * 8;
    }
    const offset = fileBytes;
    fileBytes += at;
    used = 0;
    count = 0;
    writing = spilling(() => writeAll(file, out.subarray(0, at), offset));
    // Told to whoever waits for it next.
    writing.catch(() => {});
  }

  return {
    file: file.fd,
    async add({ bytes, starts }, rows, keys, of) {
      if (rows.length === 0) return;
      const end = starts[rows.at(-1)! + 1]!;
      if (count > 0 && (used + end > waiting.length || count + rows.length > added.group.length))
        await flush();
      if (end > waiting.length) {
        discard(waiting);
        waiting = Buffer.allocUnsafeSlow(Math.max(memoryBytes, end));
      }
      if (rows.length > added.group.length) added = noRows(Math.max(rowsThatFit(memoryBytes), rows.length));
      bytes.copy(waiting, used, 0, end);
      for (let at = 0; at < rows.length; at += 1) {
        const row = rows[at]!;
        added.group[count + at] = of[at]!;
        added.key[count + at] = keys[at]!;
        added.start[count + at] = used + starts[row]!;
        added.end[count + at] = used + starts[row + 1]!;
      }
      count += rows.length;
      used += end;
    },
    async finish() {
      if (count > 0) await flush();
      await writing;
      for (const array of [waiting, out, ...Object.values(added)]) discard(array);
      return extents;
    },
    async close() {
      await writing.catch(() => {});
      await file.close();
    },
  };
}

/** The rows that wait, one array per property. */
function noRows(room: number) {
  return {
    group: new Uint32Array(room),
    key: new BigInt64Array(room),
    start: new Uint32Array(room),
    end: new Uint32Array(room),
  };
}

/** Rows of 64 bytes: smaller ones fill their arrays first. */
function rowsThatFit(memoryBytes: number): number {
  return Math.ceil(memoryBytes / 64);
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

async function writeAll(file: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await file.write(bytes, at, bytes.length - at, offset + at)).bytesWritten;
  }
}
