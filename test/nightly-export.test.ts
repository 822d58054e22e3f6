import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { connect } from '../catalog-export/database/connect.ts';
import { openDatabase } from '../cli/postgres/database.ts';
import { readSettings } from '../cli/settings.ts';
import { almagest } from './almagest.ts';

test('night after night: a row that changed rewrites its partition, a night without a change makes no release', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-nights-'));
  const environment = { ALMAGEST_DATA: folder };
  const database = await openDatabase(readSettings(environment));
  const client = await connect(database.url);
  const run = async (...args: string[]) => {
    const program = almagest(args, environment);
    assert.equal(await program.ended, 0, program.output());
    return program.output();
  };
  const night = async () => {
    const line = (await run('export', '--json')).split('\n').find((each) => each.startsWith('{'))!;
    const { outcome, release, partitions, rows } = JSON.parse(line);
    return { outcome, release, partitions, rows };
  };
  const releases = async () =>
    (await readdir(join(folder, 'bucket', 'survey.stars'))).filter((name) => /^\d{4}-/.test(name)).length;
  try {
    await client.query(
      `CREATE SCHEMA survey; CREATE TABLE survey.stars (id int PRIMARY KEY, ra float8, dec float8, mag real);
       INSERT INTO survey.stars
       SELECT i, (i * 137.50776405) % 360, degrees(asin((2 * i - 1) / 5000.0 - 1)), 10 FROM generate_series(1, 5000) i`,
    );
    await run('publish', 'survey.stars', '--history');
    const first = await night();
    const all = first.partitions.written;
    assert.deepEqual([first.outcome, first.rows, first.partitions.copied], ['released', 5000, 0]);
    assert.ok(all >= 12, `${all} partitions`);

    assert.equal((await night()).outcome, 'unchanged');
    assert.equal(await releases(), 1);

    await client.query('UPDATE survey.stars SET mag = 11 WHERE id = 1234');
    const third = await night();
    assert.equal(third.outcome, 'released');
    assert.deepEqual(third.partitions, { written: 1, copied: all - 1 });

    // Written, but as it was; and written back.
    await client.query('UPDATE survey.stars SET mag = mag; BEGIN; DELETE FROM survey.stars; ROLLBACK');
    assert.equal((await night()).outcome, 'unchanged');
    await client.query('VACUUM FULL survey.stars');
    assert.equal((await night()).outcome, 'unchanged');
    assert.equal(await releases(), 2);

    await client.query('DELETE FROM survey.stars WHERE id = 1234');
    const last = await night();
    assert.deepEqual([last.rows, last.partitions], [4999, { written: 1, copied: all - 1 }]);
    assert.match(await run('verify'), /survey\.stars/);
  } finally {
    await client.end();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
});
