import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before } from 'node:test';
import type pg from 'pg';
import { loadFitsKernel } from '../../engine/fits-wasm/node.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import { startTestDatabase, type TestDatabase, withMigratedDatabase } from '../../test/postgres.ts';
import { type AddContext, type AddedFile, addImages } from './add.ts';
import { incomingFiles } from './incoming.ts';
import { NO_MAPPING } from './mapping.ts';

/** What tests of ingest share: a server, and for each test a database and a bucket. */
export interface TestArchive extends AddContext {
  readonly client: pg.Client;
  /** Makes a file of that name and gives its path. */
  file(name: string, bytes: Uint8Array | string): Promise<string>;
  /** Path of a file that need not be there. */
  path(name: string): string;
  readonly bucket: string;
  add(addresses: readonly string[], context?: Partial<AddContext>): Promise<AddedFile[]>;
}

let server: TestDatabase;
before(async () => {
  server = await startTestDatabase();
});
after(() => server.close());

export const AUTHORITY = 'almagest.example';

export async function withArchive(use: (archive: TestArchive) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-images-'));
  try {
    await withMigratedDatabase(server, async (client) => {
      const bucket = join(folder, 'bucket');
      const context: AddContext = {
        client,
        storage: folderStorage(bucket),
        fits: loadFitsKernel(),
        kernel: loadKernel(),
        mapping: NO_MAPPING,
        authority: AUTHORITY,
        collection: 'survey',
        now: () => new Date('2026-11-21T20:00:00Z'),
      };
      const path = (name: string) => join(folder, 'files', name);
      await use({
        ...context,
        bucket,
        path,
        async file(name, bytes) {
          await mkdir(dirname(path(name)), { recursive: true });
          await writeFile(path(name), bytes);
          return path(name);
        },
        async add(addresses, changes = {}) {
          const added: AddedFile[] = [];
          const files = await incomingFiles(addresses);
          for await (const file of addImages(files, { ...context, ...changes })) added.push(file);
          return added;
        },
      });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function didOf(name: string): string {
  return `ivo://${AUTHORITY}/survey?${name}`;
}
