import { createHash, randomUUID } from 'node:crypto';
import {
  constants,
  copyFile,
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  rename,
  rm,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { HIDDEN, keyParts } from './key.ts';
import { MACHINE, processLives } from './machine.ts';
import type { ByteRange, Storage } from './storage.ts';

/** Bytes of a piece of a stream. */
const PIECE_BYTES = 2 ** 18;

/** Codes of a link(2) that this file system, or this file, cannot have: another device, no links, too many of them. */
const LINKLESS = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES']);

/**
 * Objects as files of a folder; the folder itself is made by the first `put`.
 * @throws Error for a key that is not a `/`-separated path below the folder, and from `put` naming the file that cannot be written.
 */
export function folderStorage(path: string): Storage {
  const root = resolve(path);
  return {
    get: (key, range) => readObject(pathOf(root, key), range),
    size: (key) => sizeOf(pathOf(root, key)),
    stream: (key, range) => streamObject(pathOf(root, key), range),
    put: (key, bytes) => writeObject(pathOf(root, key), (file) => file.writeFile(bytes)),
    putStream: (key, stream) => writeObject(pathOf(root, key), (file) => writePieces(file, stream)),
    copy: (from, to) => linkObject(pathOf(root, from), pathOf(root, to)),
    list: (folder) => listNames(folder === '' ? root : pathOf(root, folder)),
    remove: (key) => removeObject(pathOf(root, key)),
  };
}

function pathOf(root: string, key: string): string {
  return join(root, ...keyParts(key));
}

/** A file that is open, and what of it a range means. */
interface OpenObject {
  readonly file: FileHandle;
  readonly size: number;
  readonly offset: number;
  readonly length: number;
}

/** Null, with nothing left open, where there is no object. */
async function openObject(path: string, range?: ByteRange): Promise<OpenObject | null> {
  const file = await open(path, 'r').catch(nullWhenAbsent);
  if (file === null) return null;
  try {
    const stat = await file.stat();
    if (stat.isFile()) {
      const offset = Math.min(range?.offset ?? 0, stat.size);
      const length = Math.min(range?.length ?? stat.size, stat.size - offset);
      return { file, size: stat.size, offset, length };
    }
    await file.close();
    return null;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function sizeOf(path: string): Promise<number | null> {
  const object = await openObject(path);
  if (object === null) return null;
  await object.file.close();
  return object.size;
}

async function readObject(path: string, range?: ByteRange): Promise<Uint8Array<ArrayBuffer> | null> {
  const object = await openObject(path, range);
  if (object === null) return null;
  const { file, offset, length } = object;
  try {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
      if (bytesRead === 0) throw shorter(path);
      filled += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

async function streamObject(
  path: string,
  range?: ByteRange,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null> {
  const object = await openObject(path, range);
  if (object === null) return null;
  const { file, offset, length } = object;
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      try {
        if (sent < length) {
          const piece = new Uint8Array(Math.min(PIECE_BYTES, length - sent));
          const { bytesRead } = await file.read(piece, 0, piece.length, offset + sent);
          if (bytesRead === 0) throw shorter(path);
          sent += bytesRead;
          controller.enqueue(piece.subarray(0, bytesRead));
        }
        if (sent === length) {
          await file.close();
          controller.close();
        }
      } catch (error) {
        await file.close();
        throw error;
      }
    },
    cancel: () => file.close(),
  });
}

const shorter = (path: string): Error => new Error(`${path} became shorter while it was read`);

/** Bytes reach the disk under a hidden name first, so that neither a reader nor a power cut sees a part. */
function writeObject(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  return placed(path, async (unfinished) => {
    const file = await open(unfinished, 'wx');
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

async function writePieces(file: FileHandle, stream: ReadableStream<Uint8Array>): Promise<void> {
  for await (const piece of stream) await file.writeFile(piece);
}

/**
 * Both names are then of one file: no byte is read or written. Objects are replaced and never changed, so that neither name sees
 * what happens to the other. A file system without links copies.
 */
function linkObject(from: string, to: string): Promise<void> {
  return placed(to, async (unfinished) => {
    const object = await openObject(from);
    if (object === null) throw new Error(`there is no ${from} to copy`);
    await object.file.close();
    try {
      await link(from, unfinished);
    } catch (error) {
      if (!LINKLESS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await copyBytes(from, unfinished);
    }
  });
}

async function copyBytes(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL);
  const file = await open(to, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What hidden names of this machine begin with; the number of the process follows. */
const MINE = `${HIDDEN}${createHash('sha256').update(MACHINE).digest('hex').slice(0, 8)}-`;

async function removeObject(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await removeAbandoned(dirname(path));
}

/** What processes of this machine had begun to write there when they were killed. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of (await readdir(folder).catch(nullWhenAbsent)) ?? []) {
    const [, process] = name.startsWith(MINE) ? (/^(\d+)-/.exec(name.slice(MINE.length)) ?? []) : [];
    if (process !== undefined && !processLives(Number(process)))
      await rm(join(folder, name), { force: true });
  }
}

/** Has a file made under a hidden name of its folder, and gives it its own name once it is whole. */
async function placed(path: string, make: (unfinished: string) => Promise<void>): Promise<void> {
  const folder = dirname(path);
  const unfinished = join(folder, `${MINE}${process.pid}-${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    await make(unfinished);
    await rename(unfinished, path);
    await syncFolder(folder);
  } catch (cause) {
    throw new Error(`${path} cannot be written: ${(cause as Error).message}`, { cause });
  } finally {
    // Also after success: a rename onto another name of the same file does nothing (rename(2)).
    await rm(unfinished, { force: true }).catch(() => {});
  }
}

/** A rename lasts through a power cut once its folder is on the disk (fsync(2)). */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function listNames(path: string): Promise<string[]> {
  const names = await readdir(path).catch(nullWhenAbsent);
  return (names ?? []).filter((name) => !name.startsWith(HIDDEN)).sort();
}

function nullWhenAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}
