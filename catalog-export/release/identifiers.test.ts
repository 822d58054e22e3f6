import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { s3Storage } from '../../engine/storage/s3.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { type S3Endpoint, startS3 } from '../../test/s3-endpoint.ts';
import { migrate } from '../database/migrate.ts';
import { describeSchema, writeTable } from '../database/tap-schema.ts';
import { collectGarbage } from './gc.ts';
import { storedCatalogs } from './stored-catalogs.ts';
import { column, exportTable, kernel, silent, stars, tableOf, withTable } from './test-catalog.ts';
import { compareWithDatabase } from './verify-database.ts';
import { verifyFiles } from './verify-files.ts';

let s3: S3Endpoint;
before(async () => {
  s3 = await startS3();
});
after(() => s3.close());

const NAMES: [string, string][] = [
  ['My Survey', 'stars of "2026" & 100 % more; --'],
  ['étoiles', '星表 %2F+?#=:'],
  ['UPPER', 'select'],
];

for (const [schema, name] of NAMES) {
  test(`${schema}.${name} is exported, verified and cleared, on a disk and in S3`, () => {
    const columns = [
      column('the "id"', 'long', 'meta.id;meta.main'),
      column('RA (deg)', 'double', 'pos.eq.ra;meta.main'),
      column("déc'", 'double', 'pos.eq.dec;meta.main'),
    ];
    const table = tableOf(columns, schema, name);
    return withTable(table, stars(500), async ({ storage: folder, ...database }) => {
      const { client } = database;
      await migrate(client);
      await describeSchema(client, schema, null);
      await writeTable(client, table);
      const buckets: Storage[] = [folder, s3Storage(s3.location)];
      for (const storage of buckets) {
        const catalog = { ...database, storage };
        await exportTable(catalog, table, { date: new Date('2026-11-18T01:00:00Z') });
        await exportTable(catalog, table, { date: new Date('2026-11-19T01:00:00Z'), full: true });
        assert.ok((await storedCatalogs(storage)).includes(`${schema}.${name}`));
        const { manifest, data, faults } = await verifyFiles(
          storage,
          `${schema}.${name}`,
          '2026-11-19',
          silent,
        );
        assert.deepEqual(faults, []);
        const { partitions } = await compareWithDatabase(
          { client, kernel, progress: silent },
          manifest!,
          data,
        );
        assert.deepEqual([partitions.different, partitions.same], [0, data.length]);
        const verdicts = await collectGarbage({
          storage,
          catalog: `${schema}.${name}`,
          policy: { keep: 1, keepDays: 0 },
          now: new Date(Date.now() + 86_400_000),
        });
        assert.deepEqual(
          verdicts.map(({ remove }) => remove),
          [true, false],
        );
      }
    });
  });
}

for (const name of ['a/b', 'a.b', 'a@b', 'a\\b', 'a\nb']) {
  test(`${JSON.stringify(name)} has a meaning of its own in addresses, and is refused`, () => {
    const table = tableOf(
      [
        column('id', 'long', 'meta.id;meta.main'),
        column('ra', 'double', 'pos.eq.ra;meta.main'),
        column('dec', 'double', 'pos.eq.dec;meta.main'),
      ],
      'survey',
      name,
    );
    return withTable(table, [], async (catalog) => {
      await assert.rejects(exportTable(catalog, table), {
        message: /cannot be exported: its name holds a slash, a dot, an @ or a control character/,
      });
      assert.deepEqual(await catalog.storage.list(''), []);
    });
  });
}
