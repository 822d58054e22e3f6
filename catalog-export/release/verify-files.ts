import { createHash } from 'node:crypto';
import { type Manifest, manifestKey, releasePrefix } from '../../engine/catalog/manifest.ts';
import { parseManifest } from '../../engine/catalog/parse-manifest.ts';
import {
  parseReleaseFiles,
  RELEASE_FILES_PATH,
  type ReleaseFile,
} from '../../engine/catalog/release-files.ts';
import { CorruptReleaseError } from '../../engine/errors.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import type { Progress } from '../progress.ts';
import { sha256 } from './release-writer.ts';
import { unlistedObjects } from './unlisted-objects.ts';
import { type IndexedFile, verifyIndex } from './verify-index.ts';

/** What is wrong with a release. */
export interface Fault {
  /** Of the object, relative to the release. */
  readonly path: string;
  readonly problem: string;
}

export interface VerifiedFiles {
  /** Null where it cannot be read, and neither can anything else be judged. */
  readonly manifest: Manifest | null;
  /** The data files, in the order of the index. */
  readonly data: readonly IndexedFile[];
  /** Objects that were read whole, and their bytes. */
  readonly objects: number;
  readonly bytes: number;
  readonly faults: readonly Fault[];
}

const MANIFEST_PATH = 'manifest.json';

/**
 * Reads every object of a release again: sizes and SHA-256 against the list of files, the list against the manifest and against what lies
 * there, rows of the Parquet files against the index, and the index against the manifest.
 * @throws Error when the bucket cannot be read.
 */
export async function verifyFiles(
  storage: Storage,
  catalog: string,
  release: string,
  progress: Progress,
): Promise<VerifiedFiles> {
  const prefix = releasePrefix(catalog, release);
  const faults: Fault[] = [];
  const fault = (path: string, problem: string) => void faults.push({ path, problem });
  const nothing = { manifest: null, data: [], objects: 0, bytes: 0, faults };

  const manifestBytes = await storage.get(manifestKey(catalog, release));
  if (manifestBytes === null) {
    fault(MANIFEST_PATH, 'is missing: the release was never finished, or is being removed');
    return nothing;
  }
  const manifest = readable(MANIFEST_PATH, fault, (key) => parseManifest(key, manifestBytes));
  if (manifest === null) return nothing;
  if (manifest.catalog !== catalog || manifest.release !== release) {
    fault(MANIFEST_PATH, `describes another release: ${manifest.catalog} ${manifest.release}`);
    return nothing;
  }

  const listBytes = await storage.get(`${prefix}/${RELEASE_FILES_PATH}`);
  if (listBytes === null) {
    fault(RELEASE_FILES_PATH, 'is missing');
    return { ...nothing, manifest };
  }
  if (listBytes.length !== manifest.files.bytes || sha256(listBytes) !== manifest.files.sha256) {
    fault(RELEASE_FILES_PATH, 'is not the one that the manifest was written with: its SHA-256 differs');
  }
  const list = readable(RELEASE_FILES_PATH, fault, (key) => parseReleaseFiles(key, listBytes));
  if (list === null) return { ...nothing, manifest };
  if (list.catalog !== catalog || list.release !== release) {
    fault(RELEASE_FILES_PATH, `is of another release: ${list.catalog} ${list.release}`);
  }

  const known = [MANIFEST_PATH, RELEASE_FILES_PATH, ...list.files.map(({ path }) => path)];
  for (const path of await unlistedObjects(storage, prefix, known)) {
    fault(path, `lies in the release, but is not in ${RELEASE_FILES_PATH}`);
  }
  progress.start(`Reading the files of ${catalog} ${release}`, manifest.rows);
  let bytes = manifestBytes.length + listBytes.length;
  const good: ReleaseFile[] = [];
  for (const file of list.files) {
    const found = await hashed(storage, `${prefix}/${file.path}`);
    const problem = found === null ? 'is missing' : difference(file, found);
    if (problem === null) good.push(file);
    else fault(file.path, problem);
    bytes += found?.bytes ?? 0;
    progress.advance(file.rows ?? 0);
  }
  progress.done();
  const sound = new Set(good.map(({ path }) => path));
  const data = await verifyIndex(storage, manifest, list.files, sound, fault);
  return { manifest, data, objects: known.length, bytes, faults };
}

function readable<T>(
  path: string,
  fault: (path: string, problem: string) => void,
  parse: (key: string) => T,
): T | null {
  try {
    return parse(path);
  } catch (error) {
    if (!(error instanceof CorruptReleaseError)) throw error;
    fault(path, error.message.slice(path.length + 1));
    return null;
  }
}

interface Hashed {
  readonly bytes: number;
  readonly sha256: string;
}

/** An object is read a piece at a time, however large it is; null where there is none. */
async function hashed(storage: Storage, key: string): Promise<Hashed | null> {
  const stream = await storage.stream(key);
  if (stream === null) return null;
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of stream) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

function difference(file: ReleaseFile, found: Hashed): string | null {
  if (found.bytes !== file.bytes) {
    return `has ${found.bytes.toLocaleString('en')} bytes instead of ${file.bytes.toLocaleString('en')}`;
  }
  return found.sha256 === file.sha256
    ? null
    : 'is damaged: its SHA-256 differs from the one in the list of files';
}
