import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReports } from '../../engine/catalog/reports.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { listReleases } from './list-releases.ts';
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

/** A bucket whose nth write fails; nothing after that, or everything, as one says. */
function failing(
  storage: Storage,
  nth: number,
  forGood: boolean,
): Storage & { readonly failed: () => boolean } {
  let writes = 0;
  let failed = false;
  const guarded =
    <Args extends unknown[], T>(isWrite: boolean, operation: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      if (failed && forGood) throw new Error('no route to the bucket');
      if (isWrite) writes += 1;
      if (isWrite && writes === nth) {
        failed = true;
        throw new Error('no route to the bucket');
      }
      return operation(...args);
    };
  return {
    get: guarded(false, storage.get),
    size: guarded(false, storage.size),
    stream: guarded(false, storage.stream),
    list: guarded(false, storage.list),
    put: guarded(true, storage.put),
    putStream: guarded(true, storage.putStream),
    copy: guarded(true, storage.copy),
    remove: guarded(true, storage.remove),
    failed: () => failed,
  };
}

for (const forGood of [false, true]) {
  const what = forGood ? 'that disappears' : 'that refuses one write';
  test(`a bucket ${what}, at every moment of an export, leaves a whole release serving`, (t) =>
    withTable(table, stars(1), async (catalog) => {
      await exportTable(catalog, table);
      let served = await currentRelease(catalog, table);
      let failures = 0;
      for (let nth = 1; ; nth += 1) {
        await catalog.client.query(`INSERT INTO survey.stars VALUES (${1000 + nth}, 83, -4)`);
        const storage = failing(catalog.storage, nth, forGood);
        const outcome = await exportTable({ ...catalog, storage }, table).then(
          ({ report }) => report.release!,
          (error: Error) => error,
        );
        if (outcome instanceof Error) {
          failures += 1;
          assert.match(outcome.message, /no route to the bucket/);
        }
        const current = (await currentRelease(catalog, table))!;
        if (typeof outcome === 'string') assert.equal(current, outcome);
        const { faults } = await verifyFiles(catalog.storage, CATALOG, current, silent);
        assert.deepEqual(faults, []);
        served = current;
        if (!storage.failed()) break;
      }
      assert.ok(failures > 10, `${failures} failures`);
      t.diagnostic(`${failures} moments at which an export failed`);
      const listed = await listReleases(catalog.storage, CATALOG);
      assert.deepEqual(
        listed.filter(({ state }) => state !== 'complete'),
        [],
        'the last export has removed what the others left',
      );
      assert.equal(listed.find(({ latest }) => latest)!.release, served);
      const reports = await readReports(catalog.storage, CATALOG);
      assert.equal(reports[0]!.release, served);
      if (!forGood)
        assert.ok(reports.some(({ outcome, message }) => outcome === 'failed' && /no route/.test(message!)));
      const children = await catalog.storage.list(CATALOG);
      assert.deepEqual(
        children.filter((name) => name.startsWith('lease-')),
        [],
      );
    }));
}
