import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { type ParquetParsers, parquetReadObjects } from 'hyparquet';
import type pg from 'pg';
import type { Column, Datatype } from '../../engine/catalog/column.ts';
import { type Manifest, pointerKey, releasePrefix } from '../../engine/catalog/manifest.ts';
import { qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { startTestDatabase, type TestDatabase, withTestDatabase } from '../../test/postgres.ts';
import { partitionPaths } from '../../test/stored-row-groups.ts';
import { type CopyValue, copyRows, createTable } from '../database/copy.ts';
import type { Progress } from '../progress.ts';
import { type Exported, type ExportOptions, exportCatalog } from './export.ts';

/** What the tests of the export share: a server, and for each test a database with a table, and a bucket. */
export interface TestCatalog {
  readonly client: pg.Client;
  readonly url: string;
  /** The folder that is the bucket. */
  readonly bucket: string;
  readonly storage: Storage;
}

export const kernel = loadKernel();
export const silent: Progress = { start() {}, advance() {}, done() {} };
export const date = new Date('2026-11-21T12:00:00Z');

let server: TestDatabase;
let folder: string;

before(async () => {
  server = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'almagest-export-test-'));
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

export function column(
  name: string,
  datatype: Datatype,
  ucd: string | null = null,
  xtype: string | null = null,
): Column {
  const arraysize = datatype === 'char' || datatype === 'unicodeChar' ? '*' : null;
  const rest = { unit: null, utype: null, description: null, principal: true, indexed: false, std: false };
  return { name, datatype, arraysize, xtype, ucd, ...rest };
}

export const ID = column('id', 'long', 'meta.id;meta.main');
export const RA = column('ra', 'double', 'pos.eq.ra;meta.main');
export const DEC = column('dec', 'double', 'pos.eq.dec;meta.main');

export function tableOf(columns: readonly Column[], schema = 'survey', name = 'stars'): Table {
  return { schema, name, description: 'Stars of a test', utype: null, columns };
}

export async function withTable(
  table: Table,
  rows: Iterable<readonly CopyValue[]>,
  use: (catalog: TestCatalog) => Promise<void>,
): Promise<void> {
  const bucket = await mkdtemp(join(folder, 'bucket-'));
  await withTestDatabase(server, async (client, url) => {
    await createTable(client, table);
    await copyRows(client, table, [[...rows]]);
    await use({ client, url, bucket, storage: folderStorage(bucket) });
  });
}

/** The manifest of the release that readers are sent to after an export. */
export async function exported(
  catalog: TestCatalog,
  table: Table,
  options: Partial<ExportOptions> = {},
): Promise<Manifest> {
  return (await exportTable(catalog, table, options)).manifest;
}

export function exportTable(
  { client, storage }: TestCatalog,
  table: Table,
  options: Partial<ExportOptions> = {},
): Promise<Exported> {
  return exportCatalog({ client, table, storage, kernel, date, maxRows: 1000, progress: silent, ...options });
}

/** The release that readers are sent to. */
export async function currentRelease({ storage }: TestCatalog, table: Table): Promise<string | null> {
  const bytes = await storage.get(pointerKey(qualifiedName(table)));
  return bytes && JSON.parse(new TextDecoder().decode(bytes)).release;
}

export async function fileOf(
  { storage }: TestCatalog,
  manifest: Manifest,
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await storage.get(`${releasePrefix(manifest.catalog, manifest.release)}/${path}`);
  assert.ok(bytes, path);
  return bytes;
}

/** Rows as an independent Parquet reader gives them; timestamps in microseconds since 1970. */
export function rowsOf(file: Uint8Array<ArrayBuffer>): Promise<Record<string, unknown>[]> {
  const parsers = { timestampFromMicroseconds: (value: bigint) => value } as unknown as ParquetParsers;
  return parquetReadObjects({ file: file.buffer, parsers });
}

export async function allRows(catalog: TestCatalog, manifest: Manifest): Promise<Record<string, unknown>[]> {
  const rows = [];
  for (const path of await partitionPaths(catalog.storage, manifest))
    rows.push(...(await rowsOf(await fileOf(catalog, manifest, path))));
  return rows;
}

/** A repeatable sky: a third of the rows crowd into one degree. */
export function* stars(count: number): Generator<CopyValue[]> {
  let state = 1;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  for (let id = 0; id < count; id += 1) {
    const crowded = id % 3 === 0;
    const ra = crowded ? 83 + random() : 360 * random();
    const dec = crowded ? -5 + random() : (180 / Math.PI) * Math.asin(2 * random() - 1);
    yield [id, ra, dec];
  }
}
