import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { manifestKey } from '../../engine/catalog/manifest.ts';
import { s3Storage } from '../../engine/storage/s3.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { type S3Endpoint, startS3 } from '../../test/s3-endpoint.ts';
import { collectGarbage } from './gc.ts';
import { withLease } from './lease.ts';
import { listReleases } from './list-releases.ts';
import { chosenCatalogs } from './stored-catalogs.ts';
import {
  currentRelease,
  DEC,
  exportTable,
  ID,
  RA,
  silent,
  stars,
  tableOf,
  withTable,
} from './test-catalog.ts';
import { verifyFiles } from './verify-files.ts';

const table = tableOf([ID, RA, DEC]);
const CATALOG = 'survey.stars';

let s3: S3Endpoint;
let storage: Storage;
before(async () => {
  s3 = await startS3();
  storage = s3Storage(s3.location);
});
after(() => s3.close());

test('a bucket of S3 is exported to, verified and cleared as a folder is', () =>
  withTable(table, stars(2000), async (database) => {
    const catalog = { ...database, storage };
    for (const day of ['2026-11-18', '2026-11-19']) {
      await exportTable(catalog, table, { date: new Date(`${day}T01:00:00Z`) });
      await catalog.client.query('DELETE FROM survey.stars WHERE id < 500');
    }
    await withLease({ storage, catalog: CATALOG, purpose: 'gc' }, () =>
      assert.rejects(exportTable(catalog, table), { message: /the gc of survey\.stars is running/ }),
    );
    assert.equal(await currentRelease(catalog, table), '2026-11-19');
    assert.deepEqual(await chosenCatalogs(storage, []), [CATALOG]);
    for (const release of ['2026-11-18', '2026-11-19']) {
      const { faults, manifest } = await verifyFiles(storage, CATALOG, release, silent);
      assert.deepEqual(faults, []);
      assert.equal(manifest!.rows, release === '2026-11-18' ? 2000 : 1500);
    }
    const policy = { keep: 1, keepDays: 0 };
    const now = new Date(Date.now() + 86_400_000);
    const verdicts = await collectGarbage({ storage, catalog: CATALOG, policy, now });
    assert.deepEqual(
      verdicts.map(({ remove }) => remove),
      [true, false],
    );
    assert.equal(await storage.size(manifestKey(CATALOG, '2026-11-18')), null);
    assert.deepEqual(
      (await listReleases(storage, CATALOG)).map(({ release, latest }) => [release, latest]),
      [['2026-11-19', true]],
    );
    assert.deepEqual(await storage.list(CATALOG), [
      '2026-11-19',
      'latest.json',
      'removed.json',
      'reports.json',
    ]);
  }));
