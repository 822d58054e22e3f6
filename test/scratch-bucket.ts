import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Manifest, manifestKey, type Pointer, pointerKey } from '../engine/catalog/manifest.ts';
import { createEngine, type Engine, type EngineOptions } from '../engine/engine.ts';
import { loadKernel } from '../engine/healpix-wasm/node.ts';
import { folderStorage } from '../engine/storage/folder.ts';
import type { ByteRange, Storage } from '../engine/storage/storage.ts';
import { demoBucket } from './demo-release.ts';

/** A bucket of one's own, to change and to damage: a copy of the demo catalogues. */
export interface ScratchBucket {
  readonly storage: Storage;
  /** Reads since the last `reads.splice(0)`: `key`, and the range if one was asked for. */
  readonly reads: { key: string; range: ByteRange | undefined }[];
  readonly folder: string;
  /** An engine on this bucket, with nothing in its caches; pointers are not remembered. */
  engine(options?: Partial<EngineOptions>): Engine;
  readJson<T>(key: string): Promise<T>;
  writeJson(key: string, value: unknown): Promise<void>;
  latest(catalog: string): Promise<Manifest>;
  /** Changes the latest manifest of a catalogue in place. */
  editManifest(catalog: string, edit: (manifest: Manifest) => Manifest): Promise<void>;
  remove(): Promise<void>;
}

export async function scratchBucket(): Promise<ScratchBucket> {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-bucket-'));
  await cp(await demoBucket(), folder, { recursive: true });
  const disk = folderStorage(folder);
  const reads: ScratchBucket['reads'] = [];
  const storage: Storage = {
    ...disk,
    get(key, range) {
      reads.push({ key, range });
      return disk.get(key, range);
    },
  };
  const readJson = async <T>(key: string): Promise<T> =>
    JSON.parse(new TextDecoder().decode((await disk.get(key))!));
  const writeJson = (key: string, value: unknown) =>
    disk.put(key, new TextEncoder().encode(JSON.stringify(value)));
  const latestKey = async (catalog: string) =>
    manifestKey(catalog, (await readJson<Pointer>(pointerKey(catalog))).release);
  return {
    storage,
    reads,
    folder,
    engine: (options) =>
      createEngine({
        storage,
        kernel: loadKernel(),
        cacheBytes: 2 ** 26,
        pointerLifetime: 0,
        ...options,
      }),
    readJson,
    writeJson,
    latest: async (catalog) => readJson(await latestKey(catalog)),
    async editManifest(catalog, edit) {
      const key = await latestKey(catalog);
      await writeJson(key, edit(await readJson(key)));
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
