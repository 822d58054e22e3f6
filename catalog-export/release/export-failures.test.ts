import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Storage } from '../../engine/storage/storage.ts';
import { connect } from '../database/connect.ts';
import type { CopyValue } from '../database/copy.ts';
import type { Progress } from '../progress.ts';
import {
  column,
  currentRelease,
  DEC,
  exported,
  exportTable,
  ID,
  RA,
  stars,
  type TestCatalog,
  tableOf,
  withTable,
} from './test-catalog.ts';

describe('an export that cannot succeed says why and leaves the last release', () => {
  const table = tableOf([ID, RA, DEC, column('time', 'char', null, 'timestamp')]);
  const rows: CopyValue[][] = [[1, 1, 1, '2026-01-01 00:00:00']];

  async function refused(catalog: TestCatalog, message: RegExp, published = table): Promise<void> {
    await assert.rejects(exported(catalog, published), { message });
    assert.equal(await currentRelease(catalog, published), '2026-11-21');
    assert.deepEqual(
      await catalog.storage.list('survey.stars'),
      ['2026-11-21', 'latest.json', 'reports.json'],
      'nothing half-written stays',
    );
  }

  const changes: [string, RegExp][] = [
    [
      'ALTER TABLE survey.stars DROP COLUMN dec',
      /survey\.stars has changed .*column dec is gone.*Publish it again/,
    ],
    ['ALTER TABLE survey.stars RENAME time TO epoch', /column time is gone/],
    [
      'ALTER TABLE survey.stars ALTER ra TYPE text',
      /column ra is text now, which does not fit the double published/,
    ],
    ['ALTER TABLE survey.stars ALTER time TYPE text', /column time is text now, .* the timestamp published/],
    [
      'DROP TABLE survey.stars',
      /survey\.stars is published, but .* no such table: .* "almagest unpublish survey\.stars"/,
    ],
    ["UPDATE survey.stars SET time = 'infinity'", /column time \(timestamp\) holds the timestamp infinity/],
  ];
  for (const [change, message] of changes) {
    test(change, () =>
      withTable(table, rows, async (catalog) => {
        await exported(catalog, table);
        await catalog.client.query(change);
        await refused(catalog, message);
      }),
    );
  }

  test('a smallint that is no byte', () => {
    const bytes = tableOf([ID, RA, DEC, column('flags', 'unsignedByte')]);
    return withTable(bytes, [[1, 1, 1, 255]], async (catalog) => {
      await exported(catalog, bytes);
      await catalog.client.query('UPDATE survey.stars SET flags = 256');
      await refused(catalog, /column flags \(unsignedByte\) holds 256, which is out of its range/, bytes);
    });
  });

  test('another export of the catalogue runs', () =>
    withTable(table, rows, async (catalog) => {
      await exported(catalog, table);
      const other = await connect(catalog.url);
      try {
        await other.query("SELECT pg_advisory_lock(hashtextextended('almagest export survey.stars', 0))");
        await refused(catalog, /another export of survey\.stars is running/);
      } finally {
        await other.end();
      }
    }));

  test('the storage refuses writes half-way: what was written is not written again by the next one', () =>
    withTable(table, rows, async (catalog) => {
      await exported(catalog, table);
      await catalog.client.query('UPDATE survey.stars SET id = 2');
      const full: Storage = {
        ...catalog.storage,
        put: async (key, bytes) => {
          if (key.endsWith('/_metadata')) throw new Error('no space left');
          await catalog.storage.put(key, bytes);
        },
      };
      await assert.rejects(exported(catalog, table, { storage: full }), { message: 'no space left' });
      assert.equal(await currentRelease(catalog, table), '2026-11-21');
      const { manifest, partitions } = await exportTable(catalog, table);
      assert.equal(manifest.release, '2026-11-21.2');
      assert.deepEqual(partitions, { written: 0, copied: 1 });
      const names = ['2026-11-21', '2026-11-21.2', 'latest.json', 'reports.json'];
      assert.deepEqual(await catalog.storage.list('survey.stars'), names);
    }));

  test('there is no room for the rows that wait for their partitions', () =>
    withTable(table, rows, async (catalog) => {
      await exported(catalog, table);
      const before = process.env.TMPDIR;
      process.env.TMPDIR = '/nowhere';
      try {
        await refused(
          catalog,
          /rows cannot wait in \/nowhere for their partitions .*: set TMPDIR to a folder/,
        );
      } finally {
        if (before === undefined) delete process.env.TMPDIR;
        else process.env.TMPDIR = before;
      }
    }));

  for (const moment of ['Reading rows', 'Writing partitions']) {
    test(`the connection is lost: ${moment}`, () => {
      const sky = tableOf([ID, RA, DEC]);
      return withTable(sky, stars(50_000), async (catalog) => {
        await exported(catalog, sky, { maxRows: 10_000 });
        await catalog.client.query('UPDATE survey.stars SET id = -id');
        const client = await connect(catalog.url);
        const { pid } = (await client.query('SELECT pg_backend_pid() AS pid')).rows[0];
        const attempt = exported({ ...catalog, client }, sky, {
          maxRows: 10_000,
          progress: duringFirst(moment, () => catalog.client.query('SELECT pg_terminate_backend($1)', [pid])),
        });
        await assert.rejects(attempt, /connection|terminat/i);
        assert.equal(await currentRelease(catalog, sky), '2026-11-21');
        const { manifest, partitions } = await exportTable(catalog, sky, { maxRows: 10_000 });
        const written = moment === 'Writing partitions';
        assert.equal(manifest.release, written ? '2026-11-21.2' : '2026-11-21.1');
        assert.equal(partitions.copied, written ? manifest.partitions : 0);
        const names = ['2026-11-21', manifest.release, 'latest.json', 'reports.json'];
        assert.deepEqual(await catalog.storage.list('survey.stars'), names);
        await client.end().catch(() => {});
      });
    });
  }
});

/** Does something once, while a task whose label begins so is under way. */
function duringFirst(moment: string, act: () => Promise<unknown>): Progress {
  let waiting = false;
  return {
    start(label) {
      waiting = label.startsWith(moment);
    },
    advance() {
      if (!waiting) return;
      waiting = false;
      void act();
    },
    done() {},
  };
}

test('what a killed export left is removed by the next one, and its name is not used again', () => {
  const table = tableOf([ID, RA, DEC]);
  return withTable(table, stars(100), async (catalog) => {
    assert.equal((await exported(catalog, table)).release, '2026-11-21');
    await catalog.storage.put(
      'survey.stars/2026-11-21.1/dataset/Norder=0/Dir=0/Npix=0.parquet',
      new Uint8Array(10),
    );
    await catalog.client.query('DELETE FROM survey.stars WHERE id = 1');
    assert.equal((await exported(catalog, table)).release, '2026-11-21.2');
    assert.deepEqual(await catalog.storage.list('survey.stars'), [
      '2026-11-21',
      '2026-11-21.2',
      'latest.json',
      'reports.json',
    ]);
    assert.equal(await currentRelease(catalog, table), '2026-11-21.2');
  });
});

test('a table whose name cannot be a folder is refused', () => {
  const table = tableOf([ID, RA, DEC], 'survey', 'a/b');
  return withTable(table, [], async (catalog) => {
    await assert.rejects(exported(catalog, table), {
      message: /survey\.a\/b cannot be exported: its name holds a slash, a dot, an @ or a control character/,
    });
  });
});

test('a table with an index column of its own is refused', () => {
  const table = tableOf([column('_healpix_29', 'long'), ID, RA, DEC]);
  return withTable(table, [], async (catalog) => {
    await assert.rejects(exported(catalog, table), {
      message: /its column _healpix_29 has the name of the index column/,
    });
  });
});

test('a failed export leaves no transaction and no lock behind', () => {
  const table = tableOf([ID, RA, DEC]);
  return withTable(table, stars(10), async (catalog) => {
    await catalog.client.query('ALTER TABLE survey.stars RENAME dec TO declination');
    await assert.rejects(exported(catalog, table), { message: /column dec is gone/ });
    await catalog.client.query('ALTER TABLE survey.stars RENAME declination TO dec');
    const other = await connect(catalog.url);
    try {
      assert.equal((await exported({ ...catalog, client: other }, table)).rows, 10);
    } finally {
      await other.end();
    }
  });
});
