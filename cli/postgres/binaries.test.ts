import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { postgresBinaries, restoreSymlinks } from './binaries.ts';

test('the programs of this platform are there', () => {
  for (const program of Object.values(postgresBinaries())) assert.ok(existsSync(program), program);
});

test('a platform without programs is told to use DATABASE_URL', () => {
  assert.throws(
    () => postgresBinaries('sunos-sparc'),
    /no embedded PostgreSQL for sunos-sparc.*set DATABASE_URL/s,
  );
});

test('library links that an ignored install script did not make are made', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'almagest-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'native', 'lib'), { recursive: true });
  writeFileSync(join(folder, 'native', 'lib', 'libpq.so.5.18'), '');
  const link = { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' };
  writeFileSync(join(folder, 'native', 'pg-symlinks.json'), JSON.stringify([link]));

  restoreSymlinks(folder);
  restoreSymlinks(folder);
  assert.equal(readlinkSync(join(folder, 'native', 'lib', 'libpq.so.5')), 'libpq.so.5.18');
});
