import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ByteRange, Storage } from './storage.ts';

/** Names that begin with a dot are writes under way: neither keys nor listed. */
const HIDDEN = '.';

/**
 * Objects as files of a folder; the folder itself is made by the first `put`.
 * @throws Error for a key that is not a `/`-separated path below the folder, and from `put` naming the file that cannot be written.
 */
export function folderStorage(path: string): Storage {
  const root = resolve(path);
  return {
    get: (key, range) => readObject(pathOf(root, key), range),
    put: (key, bytes) => writeObject(pathOf(root, key), bytes),
    list: (folder) => listNames(folder === '' ? root : pathOf(root, folder)),
    remove: (folder) => rm(pathOf(root, folder), { recursive: true, force: true }),
  };
}

function pathOf(root: string, key: string): string {
  const segments = key.split('/');
  for (const segment of segments) {
    if (segment === '' || segment.startsWith(HIDDEN) || /[\\\0]/.test(segment)) {
      throw new Error(`"${key}" is not a storage key: each part between slashes needs a plain name`);
    }
  }
  return join(root, ...segments);
}

async function readObject(path: string, range?: ByteRange): Promise<Uint8Array<ArrayBuffer> | null> {
  const file = await open(path, 'r').catch(nullWhenAbsent);
  if (file === null) return null;
  try {
    const stat = await file.stat();
    if (!stat.isFile()) return null;
    const offset = Math.min(range?.offset ?? 0, stat.size);
    const length = Math.min(range?.length ?? stat.size, stat.size - offset);
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
      if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`);
      filled += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

/** Bytes reach the disk under a hidden name first, so that neither a reader nor a power cut sees a part. */
async function writeObject(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  const unfinished = join(folder, `${HIDDEN}${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(unfinished, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
    await syncFolder(folder);
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw new Error(`${path} cannot be written: ${(cause as Error).message}`, { cause });
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
