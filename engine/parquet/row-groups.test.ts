import assert from 'node:assert/strict';
import { readFile, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import type { Data } from 'apache-arrow';
import { parquetReadObjects } from 'hyparquet';
import { type ScratchBucket, scratchBucket } from '../../test/scratch-bucket.ts';
import { HEALPIX_COLUMN } from '../catalog/manifest.ts';
import { locate, type Release } from '../catalog/release.ts';
import type { Engine } from '../engine.ts';
import { CorruptPartitionError } from '../errors.ts';

const CATALOG = 'hipparcos.stars';
const COLUMNS = [HEALPIX_COLUMN, 'ra', 'name', 'hd'];

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
    bucket.reads.splice(0);
  }

  async function read(ordinal: number, columns = COLUMNS): Promise<Data[]> {
    const [fetched] = await engine.rowGroups.fetch(release, [ordinal]);
    return engine.rowGroups.decode(release, fetched!, columns);
  }

  const pathOf = (ordinal: number) => join(bucket.folder, locate(release, ordinal).key);

  const isCorrupt = (ordinal: number, message: RegExp) => (error: CorruptPartitionError) => {
    assert.ok(error instanceof CorruptPartitionError, String(error));
    assert.equal(error.key, locate(release, ordinal).key);
    assert.match(error.message, message);
    return true;
  };

  /** Makes the manifest vouch for what the file now holds, as a broken export would. */
  async function vouchFor(key: string) {
    const file = await readFile(join(bucket.folder, key));
    await bucket.editManifest(CATALOG, (manifest) => ({
      ...manifest,
      partitions: manifest.partitions.map((partition) =>
        key.endsWith(partition.path)
          ? {
              ...partition,
              footerCrc32: crc32(file.subarray(file.length - partition.footerBytes)),
              rowGroups: partition.rowGroups.map((group) => ({
                ...group,
                crc32: crc32(file.subarray(group.offset, group.offset + group.bytes)),
              })),
            }
          : partition,
      ),
    }));
    await reopen();
  }

  test('hold what another reader finds in the file', async () => {
    for (const ordinal of [0, 5]) {
      const [index, ra, name, hd] = await read(ordinal);
      const { group, partition } = locate(release, ordinal);
      const rowStart = partition.rowGroups.slice(0, group).reduce((sum, { rows }) => sum + rows, 0);
      const rowEnd = rowStart + partition.rowGroups[group]!.rows;
      const file = (await readFile(pathOf(ordinal))).buffer as ArrayBuffer;
      const rows = await parquetReadObjects({ file, columns: COLUMNS, rowStart, rowEnd });
      const text = new TextDecoder();
      rows.forEach((row, at) => {
        assert.equal(index!.values[at], row[HEALPIX_COLUMN]);
        assert.equal(ra!.values[at], row.ra);
        assert.equal(hd!.getValid(at) ? hd!.values[at] : null, row.hd);
        const bytes = name!.values.subarray(name!.valueOffsets[at], name!.valueOffsets[at + 1]);
        assert.equal(name!.getValid(at) ? text.decode(bytes) : null, row.name);
      });
      assert.equal(index!.length, rows.length);
    }
  });

  test('cost one read each, and one for the footer of the file', async () => {
    await read(0);
    assert.equal(bucket.reads.length, 2);
    await engine.rowGroups.fetch(release, [1, 2]);
    assert.equal(bucket.reads.length, 3, 'neighbours share a read; the footer is known');
  });

  test('stay in the cache column by column', async () => {
    const whole = await read(0);
    assert.deepEqual(engine.rowGroups.cached(release, 0, COLUMNS), whole);
    assert.equal(engine.rowGroups.cached(release, 0, [...COLUMNS, 'dec']), null);
    assert.equal(engine.rowGroups.cached(release, 1, COLUMNS), null);
    const [fetched] = await engine.rowGroups.fetch(release, [0]);
    const [ra, dec] = engine.rowGroups.decode(release, fetched!, ['ra', 'dec']);
    assert.equal(ra, whole[1], 'what is known is not decoded again');
    assert.equal(dec!.length, ra!.length);
  });

  test('leave a cache that is full, oldest first, and can be read again', async () => {
    const bytes = (await read(0)).reduce((sum, data) => sum + data.byteLength, 0);
    // Three quarters of it is for columns: room for the columns of two row groups.
    await reopen({ cacheBytes: Math.ceil((bytes * 2.5) / 0.75) });
    const cached = () =>
      [0, 1, 2].map((ordinal) => engine.rowGroups.cached(release, ordinal, COLUMNS) !== null);
    for (const ordinal of [0, 1, 2]) await read(ordinal);
    assert.deepEqual(cached(), [false, true, true]);
    assert.equal((await read(0)).length, COLUMNS.length);
  });

  test('share the cache with positions in the kernel, which gives their memory back', async () => {
    const positions = async (ordinal: number) => {
      const [fetched] = await engine.rowGroups.fetch(release, [ordinal]);
      return engine.rowGroups.usePositions(release, fetched!, (used) => {
        assert.equal(used.alive, true);
        return used;
      });
    };
    const cached = (ordinal: number) => engine.rowGroups.cachedPositions(release, ordinal);
    const first = await positions(0);
    const rows = locate(release, 0).rowGroup.rows;
    assert.deepEqual([first.rows, first.bytes, first.alive], [rows, 24 * rows, true]);
    assert.equal(cached(0), first);
    assert.equal(cached(1), null);
    const again = await positions(0);
    assert.deepEqual([first.alive, again.alive], [false, true], 'the newer ones take the place of the older');

    await reopen({ cacheBytes: Math.ceil((first.bytes * 2.5) / 0.75) });
    const kept = [await positions(0), await positions(1), await positions(2)];
    assert.deepEqual(
      kept.map(({ alive }) => alive),
      [false, true, true],
    );
    assert.equal(cached(0), null);
    for (const ordinal of [1, 2]) await read(ordinal);
    assert.ok(!kept[1]!.alive, 'columns push positions out, too');

    await reopen({ cacheBytes: 1 });
    assert.equal((await positions(0)).alive, false, 'what has no room is freed after its use');
  });

  test('need no cache', async () => {
    await reopen({ cacheBytes: 1 });
    assert.equal((await read(0))[0]!.length, release.manifest.partitions[0]!.rowGroups[0]!.rows);
    assert.equal(engine.rowGroups.cached(release, 0, COLUMNS), null);
  });

  test('are refused if their file is missing', async () => {
    await unlink(pathOf(0));
    await assert.rejects(read(0), isCorrupt(0, /is missing/));
  });

  test('are refused if their file is truncated', async () => {
    for (const size of [locate(release, 0).partition.bytes - 1, 1000, 3, 0]) {
      await truncate(pathOf(0), size);
      await reopen();
      await assert.rejects(read(0), isCorrupt(0, /is truncated: \d+ of \d+ bytes/));
    }
  });

  test('are refused if one bit of them is flipped, or of the footer', async () => {
    const good = await readFile(pathOf(0));
    const { rowGroup, partition } = locate(release, 0);
    const footer = partition.bytes - partition.footerBytes;
    const group = [
      rowGroup.offset,
      rowGroup.offset + (rowGroup.bytes >> 1),
      rowGroup.offset + rowGroup.bytes - 1,
    ];
    for (const position of [...group, footer, partition.bytes - 6, partition.bytes - 1]) {
      const bad = Buffer.from(good);
      bad[position]! ^= 4;
      await writeFile(pathOf(0), bad);
      await reopen();
      await assert.rejects(read(0), isCorrupt(0, position < footer ? /row group 0/ : /the footer/));
      assert.equal(engine.rowGroups.cached(release, 0, ['ra']), null);
    }
  });

  test('are refused if the manifest vouches for damage, and the decoder stays sound', async () => {
    const { key, rowGroup } = locate(release, 0);
    const good = await readFile(pathOf(0));
    let refused = 0;
    for (let step = 0; step < 60; step++) {
      const bad = Buffer.from(good);
      for (let at = 0; at < 6; at++)
        bad[rowGroup.offset + ((step * 7919 + at * 104_729) % rowGroup.bytes)]! ^= 0x55;
      await writeFile(pathOf(0), bad);
      await vouchFor(key);
      await read(
        0,
        release.manifest.table.columns.map(({ name }) => name),
      ).catch((error) => {
        assert.ok(isCorrupt(0, /cannot be used/)(error));
        refused++;
      });
    }
    assert.ok(refused > 20, `${refused} of 60 refused`);
    assert.equal((await read(5))[0]!.length, locate(release, 5).rowGroup.rows);
  });

  test('are refused if the footer is none', async () => {
    const { key, partition } = locate(release, 0);
    const file = await readFile(pathOf(0));
    file.fill(0, file.length - partition.footerBytes);
    await writeFile(pathOf(0), file);
    await vouchFor(key);
    await assert.rejects(read(0), isCorrupt(0, /has a footer that cannot be read/));
  });

  test('are refused if they lack a column of the manifest, or have it as another type', async () => {
    await bucket.editManifest(CATALOG, (manifest) => ({
      ...manifest,
      table: {
        ...manifest.table,
        columns: [
          ...manifest.table.columns.map((column) =>
            column.name === 'vmag' ? { ...column, datatype: 'float' as const } : column,
          ),
          { ...manifest.table.columns[1]!, name: 'parallax', ucd: null },
        ],
      },
    }));
    await reopen();
    await assert.rejects(read(0, ['parallax']), isCorrupt(0, /has no column parallax/));
    await assert.rejects(
      read(0, ['vmag']),
      isCorrupt(0, /column vmag holds Float64 where the manifest says Float32/),
    );
  });
});
