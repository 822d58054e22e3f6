import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Rows on their way to their partitions. They wait in memory up to a budget, then in one temporary file
 * (in TMPDIR), which has no name from the start: whatever ends the process also frees the space.
 */
export interface Spill {
  /** Adds bytes from `start` to `end` (which are copied) to a partition. */
  append(partition: number, bytes: Buffer, start: number, end: number): void;
  /**
   * Makes room when more waits in memory than the budget; call it between blocks of rows.
   * @throws Error naming the folder that has no room, or is not there.
   */
  relieve(): Promise<void>;
  /** All bytes of a partition, in the order in which they came. */
  read(partition: number): Promise<Buffer>;
  close(): Promise<void>;
}

interface Extent {
  readonly offset: number;
  readonly length: number;
}

const FIRST_BUFFER_BYTES = 4096;

export async function openSpill(partitions: number, budgetBytes: number): Promise<Spill> {
  const waiting = Array.from({ length: partitions }, growingBuffer);
  const extents: Extent[][] = Array.from({ length: partitions }, () => []);
  let file: FileHandle | null = null;
  let fileBytes = 0;
  let memoryBytes = 0;

  async function writeWaiting(): Promise<void> {
    file ??= await openNamelessFile();
    for (const [partition, buffer] of waiting.entries()) {
      const bytes = buffer.take();
      if (bytes.length === 0) continue;
      await writeAll(file, bytes, fileBytes);
      extents[partition]!.push({ offset: fileBytes, length: bytes.length });
      fileBytes += bytes.length;
    }
    memoryBytes = 0;
  }

  return {
    append(partition, bytes, start, end) {
      waiting[partition]!.append(bytes, start, end);
      memoryBytes += end - start;
    },
    async relieve() {
      if (memoryBytes <= budgetBytes) return;
      try {
        await writeWaiting();
      } catch (cause) {
        const reason = (cause as Error).message;
        const advice = 'set TMPDIR to a folder with as much room as the table';
        throw new Error(`rows cannot wait in ${tmpdir()} for their partitions (${reason}): ${advice}`, {
          cause,
        });
      }
    },
    async read(partition) {
      const parts = extents[partition]!;
      const tail = waiting[partition]!.take();
      memoryBytes -= tail.length;
      if (parts.length === 0) return tail;
      const bytes = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + length, tail.length));
      let at = 0;
      for (const { offset, length } of parts) {
        await readAll(file!, bytes.subarray(at, at + length), offset);
        at += length;
      }
      bytes.set(tail, at);
      return bytes;
    },
    async close() {
      await file?.close();
    },
  };
}

function growingBuffer() {
  let bytes = Buffer.alloc(0);
  let length = 0;
  return {
    append(from: Buffer, start: number, end: number): void {
      const needed = length + end - start;
      if (needed > bytes.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BUFFER_BYTES, 2 * needed));
        bytes.copy(larger, 0, 0, length);
        bytes = larger;
      }
      from.copy(bytes, length, start, end);
      length = needed;
    },
    take(): Buffer {
      const taken = bytes.subarray(0, length);
      bytes = Buffer.alloc(0);
      length = 0;
      return taken;
    },
  };
}

async function openNamelessFile(): Promise<FileHandle> {
  const path = join(tmpdir(), `almagest-export-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

async function readAll(file: FileHandle, into: Buffer, position: number): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new Error('the temporary file of the export is shorter than what was written');
    done += bytesRead;
  }
}
