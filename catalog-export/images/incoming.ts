import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { createGunzip } from 'node:zlib';
import { s3Storage } from '../../engine/storage/s3.ts';
import { isS3Address, s3Location } from '../../engine/storage/s3-location.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { type LocalFile, openLocalFile, reasonOf, requireFile } from './local-file.ts';

/** What is to be added: a file here or elsewhere, or why there is none. */
export type Incoming = IncomingFile | NotIncoming;

export interface IncomingFile {
  /** As it was given or found: for people. */
  readonly label: string;
  /** Relative to the folder that was given, or its name alone: what patterns of a mapping match. */
  readonly path: string;
  /**
   * The file on this machine, with what was downloaded or decompressed for it until it is closed.
   * @throws Error saying what is wrong with it.
   */
  open(): Promise<LocalFile>;
}

export interface NotIncoming {
  readonly label: string;
  readonly refused: string;
}

const FITS_NAME = /\.(fits?|fts|fz)(\.gz)?$/i;

/** The files that arguments name: a file whatever its name, in a folder and below an address of S3 those that look like FITS. */
export async function incomingFiles(
  addresses: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Incoming[]> {
  const found: Incoming[] = [];
  for (const address of addresses) {
    try {
      if (isS3Address(address)) found.push(...(await inS3(address, env)));
      else if (/^https?:\/\//i.test(address)) found.push(onTheWeb(address));
      else found.push(...(await onDisk(address)));
    } catch (error) {
      found.push({ label: address, refused: (error as Error).message });
    }
  }
  return found;
}

async function onDisk(path: string): Promise<Incoming[]> {
  const unreadable = (error: Error): never => {
    throw new Error(reasonOf(error), { cause: error });
  };
  const found = await stat(path).catch(unreadable);
  if (!found.isDirectory()) return [localFile(path, basename(path))];
  const names = await readdir(path, { recursive: true }).catch(unreadable);
  const files = names.filter((name) => FITS_NAME.test(name)).sort();
  if (files.length === 0) {
    return [{ label: path, refused: 'the folder has no FITS files (.fits, .fit, .fts or .fz, .gz too)' }];
  }
  return files.map((name) => localFile(join(path, name), name));
}

function localFile(label: string, path: string): IncomingFile {
  return {
    label,
    path,
    open: () => {
      if (!/\.gz$/i.test(path)) return openLocalFile(label);
      return spooled(path, async () => {
        await requireFile(label);
        return createReadStream(label);
      });
    },
  };
}

function onTheWeb(address: string): IncomingFile {
  const path = basename(decodeURIComponent(new URL(address).pathname)) || 'image.fits';
  return {
    label: address,
    path,
    open: () =>
      spooled(path, async () => {
        const response = await fetch(address).catch((error) => {
          throw new Error(`it cannot be reached (${error.cause?.code ?? error.message})`, { cause: error });
        });
        if (response.ok && response.body) return Readable.fromWeb(response.body as NodeReadableStream);
        throw new Error(`the server answered ${response.status} ${response.statusText}`.trim());
      }),
  };
}

async function inS3(address: string, env: NodeJS.ProcessEnv): Promise<Incoming[]> {
  const location = s3Location(address, env);
  const storage = s3Storage({ ...location, prefix: '' });
  const given = location.prefix;
  if (given !== '' && (await storage.size(given)) !== null) {
    return [objectOf(storage, address, given, basename(given))];
  }
  const keys = (await keysBelow(storage, given)).filter((key) => FITS_NAME.test(key));
  if (keys.length === 0) throw new Error('there is no such object, and below it are no FITS files');
  const root = given === '' ? '' : `${given}/`;
  return keys.map((key) => objectOf(storage, `s3://${location.bucket}/${key}`, key, key.slice(root.length)));
}

async function keysBelow(storage: Storage, folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await storage.list(folder)) {
    const key = folder === '' ? name : `${folder}/${name}`;
    if (FITS_NAME.test(name)) found.push(key);
    else found.push(...(await keysBelow(storage, key)));
  }
  return found;
}

function objectOf(storage: Storage, label: string, key: string, path: string): IncomingFile {
  return {
    label,
    path,
    open: () =>
      spooled(path, async () => {
        const stream = await storage.stream(key);
        if (stream === null) throw new Error('there is no such object');
        return Readable.fromWeb(stream as NodeReadableStream);
      }),
  };
}

/** Bytes from elsewhere wait in a temporary file (in TMPDIR), decompressed where their name says that they are compressed. */
async function spooled(path: string, begin: () => Promise<Readable>): Promise<LocalFile> {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-image-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const spool = join(folder, 'image.fits');
    const bytes = await begin();
    const to = createWriteStream(spool);
    if (/\.gz$/i.test(path)) await pipeline(bytes, createGunzip(), to);
    else await pipeline(bytes, to);
    const file = await openLocalFile(spool);
    return {
      ...file,
      async close() {
        await file.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    const { code = '', message, syscall, path: at } = error as NodeJS.ErrnoException;
    if (syscall !== undefined && at !== undefined)
      throw new Error(reasonOf(error as NodeJS.ErrnoException), { cause: error });
    if (code.startsWith('Z_')) throw new Error(`it cannot be decompressed (${message})`, { cause: error });
    throw error;
  }
}
