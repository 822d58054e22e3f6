import assert from 'node:assert/strict';
import { readFile, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { type Data, Vector } from 'apache-arrow';
import { parquetReadObjects } from 'hyparquet';
import { type ScratchBucket, scratchBucket } from '../../test/scratch-bucket.ts';
import { encodeLeaf } from '../catalog/leaf.ts';
import { HEALPIX_COLUMN, leafPath } from '../catalog/manifest.ts';
import { fileOf, type Release, type RowGroup, rowGroupAt } from '../catalog/release.ts';
import type { Engine } from '../engine.ts';
import { CorruptPartitionError } from '../errors.ts';
import type { KeptColumn } from './kept-column.ts';
import { chunkSpan } from './spans.ts';

const CATALOG = 'hipparcos.stars';
const COLUMNS = [HEALPIX_COLUMN, 'ra', 'name', 'hd'];
/** Their share of the cache, beside leaves, footprints and blocks. */
const ROW_GROUPS = 1 - 1 / 16 - 1 / 32 - 1 / 16;

describe('row groups of a release', () => {
  let bucket: ScratchBucket;
  let engine: Engine;
  let release: Release;
  beforeEach(async () => {
    bucket = await scratchBucket();
    await reopen();
  });
  afterEach(() => bucket.remove());

  async function reopen(options: { cacheBytes?: number } = {}) {
    engine = bucket.engine(options);
    release = (await engine.catalogs.open(CATALOG))!;
    await engine.leaves.load(release, 0);
    bucket.reads.splice(0);
  }

  /** Of the first leaf. */
  async function rowGroup(at: number): Promise<RowGroup> {
    return rowGroupAt(release, 0, await engine.leaves.load(release, 0), at);
  }

  async function read(at: number, columns = COLUMNS): Promise<Data[]> {
    const group = await rowGroup(at);
    const stored = await engine.rowGroups.fetch([group], columns);
    const found = engine.rowGroups.columns(group, stored, true, columns);
    const rows = Uint32Array.from({ length: group.leaf.rows[at]! }, (_, row) => row);
    return found.map((column) => column.take(rows));
  }

  async function cached(at: number, columns = COLUMNS): Promise<KeptColumn[] | null> {
    return engine.rowGroups.cachedColumns(await rowGroup(at), columns);
  }

  const pathOf = async (at: number) => join(bucket.folder, fileOf(await rowGroup(at)));

  const isCorrupt = (message: RegExp) => (error: CorruptPartitionError) => {
    assert.ok(error instanceof CorruptPartitionError, String(error));
    assert.match(error.key, /^hipparcos\.stars\/.*\/Npix=\d+\.parquet$/);
    assert.match(error.message, message);
    return true;
  };

  /** Makes the index vouch for what the first row group's file now holds, as a broken export would. */
  async function vouchForFirst() {
    const group = await rowGroup(0);
    const file = await readFile(await pathOf(0));
    const chunkCrc32 = group.leaf.chunkCrc32.map((crc, chunk) => {
      if (chunk >= group.leaf.columns) return crc;
      const { start, end } = chunkSpan(group, chunk);
      return crc32(file.subarray(start, end));
    });
    const bytes = encodeLeaf({ ...group.leaf, chunkCrc32 });
    await bucket.storage.put(`${release.prefix}/${leafPath(0)}`, bytes);
    await bucket.editManifest(CATALOG, (manifest) => ({
      ...manifest,
      leaves: manifest.leaves.map((leaf, number) => (number === 0 ? { ...leaf, crc32: crc32(bytes) } : leaf)),
    }));
    await reopen();
  }

  test('hold what another reader finds in the file', async () => {
    const columns = [HEALPIX_COLUMN, ...release.manifest.table.columns.map(({ name }) => name)];
    for (const at of [0, 5, 100]) {
      const group = await rowGroup(at);
      const found = await read(at, columns);
      const rowsBefore = group.leaf.rows.subarray(at - group.leaf.group[at]!, at);
      const rowStart = rowsBefore.reduce((sum, rows) => sum + rows, 0);
      const rowEnd = rowStart + group.leaf.rows[at]!;
      const file = (await readFile(await pathOf(at))).buffer as ArrayBuffer;
      const rows = await parquetReadObjects({ file, columns, rowStart, rowEnd });
      const cells = found.map((data) => [...new Vector([data])]);
      const all = Array.from(rows, (_, row) =>
        Object.fromEntries(columns.map((name, column) => [name, cells[column]![row]])),
      );
      assert.deepEqual(all, rows);
      for (const data of found) assert.equal(data.length, rows.length);
    }
  });

  test('cost one read each, neighbours one together', async () => {
    await read(0);
    assert.equal(bucket.reads.length, 1);
    await engine.rowGroups.fetch([await rowGroup(1), await rowGroup(2)], COLUMNS);
    assert.equal(bucket.reads.length, 2);
    await engine.rowGroups.fetch([await rowGroup(3)], ['ra']);
    const { start, end } = chunkSpan(await rowGroup(3), release.columns.get('ra')!.at);
    assert.deepEqual(
      bucket.reads.at(-1)!.range,
      { offset: start, length: end - start },
      'only what is wanted',
    );
  });

  test('stay in the cache column by column', async () => {
    await read(0);
    const whole = (await cached(0))!;
    assert.equal(await cached(0, [...COLUMNS, 'dec']), null);
    assert.equal(await cached(1), null);
    await read(0, ['ra', 'dec']);
    const more = (await cached(0, [...COLUMNS, 'dec']))!;
    assert.deepEqual(more.slice(0, -1), whole, 'what is known is not decoded again');
    assert.equal(more.length, 5);
  });

  test('leave a cache that is full, oldest first, and can be read again', async () => {
    await read(0);
    const bytes = (await cached(0))!.reduce((sum, column) => sum + column.bytes, 400);
    // Of what is for row groups 4/5 are for columns: room for those of two row groups.
    await reopen({ cacheBytes: Math.ceil((bytes * 2.5) / ROW_GROUPS / (4 / 5)) });
    for (const at of [0, 1, 2]) await read(at);
    const known = await Promise.all([0, 1, 2].map(async (at) => (await cached(at)) !== null));
    assert.deepEqual(known, [false, true, true]);
    assert.equal((await read(0)).length, COLUMNS.length);
  });

  test('get into a cache that is full one in four times', async () => {
    const pair = ['ra', 'dec'];
    const numbers = Array.from({ length: 20 }, (_, at) => at);
    let bytes = 0;
    for (const at of numbers) {
      await read(at, pair);
      bytes += (await cached(at, pair))!.reduce((sum, column) => sum + column.bytes, 400);
    }
    // They fill 96 % of the columns' share.
    await reopen({ cacheBytes: Math.ceil(bytes / 0.96 / ROW_GROUPS / (4 / 5)) });
    for (const at of numbers) await read(at, pair);
    for (const at of numbers) assert.ok(await cached(at, pair), `row group ${at}`);
    const later = Array.from({ length: 8 }, (_, at) => 20 + at);
    for (const at of later) assert.equal((await read(at, pair)).length, 2);
    const admitted = await Promise.all(later.map(async (at) => (await cached(at, pair)) !== null));
    assert.equal(admitted.filter(Boolean).length, 2);
  });

  test('pass the cache by if they are not to be kept', async () => {
    const group = await rowGroup(0);
    const stored = await engine.rowGroups.fetch([group], COLUMNS);
    const [index] = engine.rowGroups.columns(group, stored, false, COLUMNS);
    const used = engine.rowGroups.useIndex(group, stored, false, (resident) => resident);
    assert.equal(index!.take(Uint32Array.of(0, 1)).length, 2);
    assert.equal(await cached(0), null);
    assert.deepEqual([used.alive, engine.rowGroups.cachedIndex(group)], [false, null]);
  });

  test("keep their index column in the kernel's memory as long as there is room", async () => {
    const index = async (at: number) => {
      const group = await rowGroup(at);
      const stored = await engine.rowGroups.fetch([group], [HEALPIX_COLUMN]);
      return engine.rowGroups.useIndex(group, stored, true, (resident) => resident);
    };
    const first = await index(0);
    assert.equal(engine.rowGroups.cachedIndex(await rowGroup(0)), first);
    assert.equal(first.rows, (await rowGroup(0)).leaf.rows[0]);
    await reopen({ cacheBytes: Math.ceil(((first.bytes + 400) * 2.5) / ROW_GROUPS / (1 / 5)) });
    const kept = [await index(0), await index(1), await index(2)];
    assert.deepEqual(
      kept.map(({ alive }) => alive),
      [false, true, true],
    );
    assert.equal(engine.rowGroups.cachedIndex(await rowGroup(0)), null);
    await reopen({ cacheBytes: 1 });
    assert.equal((await index(0)).alive, false, 'what has no room is freed after its use');
  });

  test('need no cache', async () => {
    await reopen({ cacheBytes: 1 });
    assert.equal((await read(0))[0]!.length, (await rowGroup(0)).leaf.rows[0]);
    assert.equal(await cached(0), null);
  });

  test('are refused if their file is missing', async () => {
    await unlink(await pathOf(0));
    await assert.rejects(read(0), isCorrupt(/is missing/));
  });

  test('are refused if their file is truncated', async () => {
    for (const size of [1000, 3, 0]) {
      await truncate(await pathOf(0), size);
      await assert.rejects(read(0), isCorrupt(/is truncated: \d+ of \d+ bytes/));
    }
  });

  test('are refused if one bit of a column that is wanted is flipped', async () => {
    const good = await readFile(await pathOf(0));
    const group = await rowGroup(0);
    for (const name of COLUMNS) {
      const { start, end } = chunkSpan(group, release.columns.get(name)!.at);
      for (const position of [start, (start + end) >> 1, end - 1]) {
        const bad = Buffer.from(good);
        bad[position]! ^= 4;
        await writeFile(await pathOf(0), bad);
        await assert.rejects(read(0), isCorrupt(new RegExp(`row group 0 whose column ${name} is damaged`)));
        assert.equal(await cached(0, ['ra']), null);
        assert.equal((await read(0, ['vmag'])).length, 1, 'other columns can be read');
        await reopen();
      }
    }
  });

  test('are refused if the index vouches for damage that makes no sense', async () => {
    const group = await rowGroup(0);
    const path = await pathOf(0);
    const good = await readFile(path);
    const names = release.manifest.table.columns.map(({ name }) => name);
    const { start } = chunkSpan(group, 0);
    const { end } = chunkSpan(group, names.length);
    let refused = 0;
    for (let step = 0; step < 60; step++) {
      const bad = Buffer.from(good);
      for (let at = 0; at < 6; at++) bad[start + ((step * 7919 + at * 104_729) % (end - start))]! ^= 0x55;
      await writeFile(path, bad);
      await vouchForFirst();
      await read(0, names).catch((error) => {
        assert.ok(isCorrupt(/cannot be used/)(error));
        refused++;
      });
    }
    assert.ok(refused > 5, `${refused} of 60 refused`);
    assert.equal((await read(5))[0]!.length, group.leaf.rows[5]);
  });
});
