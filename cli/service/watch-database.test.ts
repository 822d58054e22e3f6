import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { until } from '../../test/almagest.ts';
import { openDatabase } from '../postgres/database.ts';
import { readSettings } from '../settings.ts';
import { watchDatabase } from './watch-database.ts';

test('a database that was lost is used again, also where that fails at first', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-watch-'));
  const settings = readSettings({ ALMAGEST_DATA: folder });
  const warnings: string[] = [];
  const urls: string[] = [];
  const watch = watchDatabase({
    settings,
    database: await openDatabase(settings),
    use: async ({ url }) => {
      urls.push(url);
      if (urls.length <= 2) throw new Error('it ends its sessions');
    },
    warn: (message) => warnings.push(message),
  });
  try {
    const postmaster = await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8');
    process.kill(Number.parseInt(postmaster, 10), 'SIGKILL');
    assert.ok(await until(() => warnings.length === 3), warnings.join('\n'));
    assert.deepEqual(warnings, [
      'PostgreSQL has closed the connection: it starts again. Queries at the edge go on.',
      'PostgreSQL answers again, but cannot be used, which is tried again: it ends its sessions',
      'PostgreSQL answers again.',
    ]);
    assert.equal(urls.length, 3);
  } finally {
    await watch.close();
    await rm(folder, { recursive: true, force: true });
  }
});
