import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../database/connect.ts';
import type { Progress } from '../progress.ts';
import {
  currentRelease,
  DEC,
  date,
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

test('of two exports from two databases into one bucket the second is refused, and the first goes on', () =>
  withTable(table, stars(3000), (first) =>
    withTable(table, stars(4000), async (elsewhere) => {
      const second = { ...elsewhere, storage: first.storage };
      const refusal = Promise.withResolvers<unknown>();
      let asked = false;
      const whileReading: Progress = {
        ...silent,
        advance() {
          if (asked) return;
          asked = true;
          exportTable(second, table).then(
            () => refusal.resolve(null),
            (error: Error) => refusal.resolve(error),
          );
        },
      };
      const slow = {
        ...first.storage,
        put: async (key: string, bytes: Uint8Array) => {
          if (key.endsWith('.parquet')) await delay(20);
          await first.storage.put(key, bytes);
        },
      };
      const { manifest } = await exportTable({ ...first, storage: slow }, table, { progress: whileReading });
      const error = await refusal.promise;
      assert.ok(error instanceof Error, 'the second export was made');
      assert.match(error.message, /another export of survey\.stars is running \(process \d+ on /);
      assert.equal(manifest.rows, 3000);
      assert.equal(await currentRelease(first, table), manifest.release);
      assert.deepEqual(
        (await verifyFiles(first.storage, 'survey.stars', manifest.release, silent)).faults,
        [],
      );

      const next = await exportTable(second, table, { date });
      assert.equal(next.manifest.rows, 4000);
      assert.equal(next.manifest.release, '2026-11-21.1');
    }),
  ));

test('many at once, from two databases: each is refused or makes a whole release of its own', () =>
  withTable(table, stars(300), (first) =>
    withTable(table, stars(200), async (elsewhere) => {
      const outcomes = await Promise.all(
        Array.from({ length: 6 }, async (_, at) => {
          const url = at % 2 === 0 ? first.url : elsewhere.url;
          const client = await connect(url);
          try {
            return await exportTable({ ...first, url, client }, table, { full: true });
          } catch (error) {
            return error as Error;
          } finally {
            await client.end();
          }
        }),
      );
      const made = outcomes.flatMap((outcome) => (outcome instanceof Error ? [] : [outcome]));
      assert.ok(made.length >= 1, 'nobody made a release');
      for (const outcome of outcomes) {
        if (outcome instanceof Error)
          assert.match(outcome.message, /another export of survey\.stars is running/);
      }
      const names = made.map(({ manifest }) => manifest.release);
      assert.equal(new Set(names).size, names.length);
      for (const { manifest } of made) {
        const { faults } = await verifyFiles(first.storage, 'survey.stars', manifest.release, silent);
        assert.deepEqual(faults, []);
      }
      assert.equal(await currentRelease(first, table), names.sort().at(-1));
    }),
  ));
