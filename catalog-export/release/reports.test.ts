import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReports, reportsKey } from '../../engine/catalog/reports.ts';
import { keepReport } from './keep-report.ts';
import { DEC, exportTable, ID, RA, stars, tableOf, withTable } from './test-catalog.ts';

const table = tableOf([ID, RA, DEC]);
const CATALOG = 'survey.stars';

test('every export is reported, newest first, with what it wrote or why it failed', () =>
  withTable(table, stars(3000), async (catalog) => {
    const { manifest, report } = await exportTable(catalog, table);
    assert.deepEqual(await readReports(catalog.storage, CATALOG), [report]);
    const { seconds, partitions, ...rest } = report;
    assert.ok(seconds > 0);
    assert.equal(partitions.written + partitions.copied, manifest.partitions);
    assert.deepEqual(rest, {
      release: '2026-11-21',
      started: '2026-11-21T12:00:00.000Z',
      rows: 3000,
      bytes: manifest.bytes,
      outcome: 'released',
    });

    await catalog.client.query('ALTER TABLE survey.stars RENAME dec TO declination');
    await assert.rejects(exportTable(catalog, table));
    const [failed, ...earlier] = await readReports(catalog.storage, CATALOG);
    assert.deepEqual(earlier, [report]);
    assert.equal(failed!.outcome, 'failed');
    assert.equal(failed!.release, null);
    assert.match(failed!.message!, /column dec is gone.*Publish it again/);
  }));

test('a clock that went backwards is reported, and the release is numbered after the last', () =>
  withTable(table, stars(10), async (catalog) => {
    await exportTable(catalog, table);
    await catalog.client.query('DELETE FROM survey.stars WHERE id = 1');
    const { manifest, report } = await exportTable(catalog, table, {
      date: new Date('2026-11-19T01:00:00Z'),
    });
    assert.equal(manifest.release, '2026-11-21.1');
    assert.equal(report.outcome, 'released');
    assert.match(report.message!, /the clock says 2026-11-19, which is before the last release, 2026-11-21:/);
  }));

test('a name that is given is taken, once', () =>
  withTable(table, stars(10), async (catalog) => {
    const named = (release: string) => exportTable(catalog, table, { release });
    assert.equal((await named('2026-11-20.4')).manifest.release, '2026-11-20.4');
    await catalog.client.query('DELETE FROM survey.stars WHERE id = 1');
    await assert.rejects(named('2026-11-20.4'), { message: /there is, or was, a release of that name/ });
    await assert.rejects(named('2026-11-20'), {
      message: /releases go forward, and the last is 2026-11-20\.4/,
    });
    assert.equal((await named('2026-11-20.5')).manifest.release, '2026-11-20.5');
  }));

test('a list of reports that is damaged is begun anew', () =>
  withTable(table, stars(10), async (catalog) => {
    await catalog.storage.put(reportsKey(CATALOG), new TextEncoder().encode('{"version":1,"rep'));
    await assert.rejects(readReports(catalog.storage, CATALOG), {
      message: 'survey.stars/reports.json is damaged: is not JSON',
    });
    const { report } = await exportTable(catalog, table);
    assert.deepEqual(await readReports(catalog.storage, CATALOG), [report]);
  }));

test('the last hundred are kept', () =>
  withTable(table, [], async ({ storage }) => {
    for (let at = 0; at < 103; at += 1) {
      const started = new Date(at).toISOString();
      const rest = { seconds: 1, rows: at, bytes: 0, partitions: { written: 0, copied: 0 } };
      await keepReport(storage, CATALOG, { release: null, started, ...rest, outcome: 'unchanged' });
    }
    const reports = await readReports(storage, CATALOG);
    assert.deepEqual([reports.length, reports[0]!.rows, reports[99]!.rows], [100, 102, 3]);
  }));

test('an export that succeeded does so without its report, and says it', () =>
  withTable(table, stars(10), async (catalog) => {
    const storage = {
      ...catalog.storage,
      put: (key: string, bytes: Uint8Array) =>
        key === reportsKey(CATALOG)
          ? Promise.reject(new Error('no space left'))
          : catalog.storage.put(key, bytes),
    };
    const { report } = await exportTable(catalog, table, { storage });
    assert.equal(report.release, '2026-11-21');
    assert.equal(report.message, 'the report of this export could not be kept: no space left');
  }));
