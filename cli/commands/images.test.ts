import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { imageFile } from '../../catalog-export/images/test-images.ts';
import { startTestDatabase, type TestDatabase } from '../../test/postgres.ts';
import { type Outcome, runProgram } from './run-program.ts';

let database: TestDatabase;
let folder: string;

before(async () => {
  database = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'almagest-images-command-'));
});
after(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

function images(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const own = { DATABASE_URL: database.url, ALMAGEST_DATA: folder, ALMAGEST_AUTHORITY: 'vo.example.org' };
  return runProgram(['images', ...args], { ...process.env, ...own, ...env });
}

async function file(name: string, content: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const NOWHERE = 'postgres://nobody@127.0.0.1:1/nowhere';

const DID = 'ivo://vo.example.org/dr1?m31-r';

test('images are added, listed, linked and removed', async () => {
  const m31 = await file('m31.fits', imageFile());
  const text = await file('text.fits', 'no image');
  const flags = ['--collection', 'dr1', '--obs-id', 'm31-r', '--title', '{OBJECT} in {FILTER}'];
  const add = ['add', m31, text, ...flags];

  const dry = await images([...add, '--dry-run'], { DATABASE_URL: NOWHERE });
  assert.equal(dry.code, 1);
  assert.match(dry.stdout, /would be added ivo:\/\/vo\.example\.org\/dr1\?m31-r {2}COSMOS in r\n/);
  assert.match(dry.stdout, / {2}em_filter_name {7}SDSS r\n/);
  assert.match(dry.stdout, /2 files: 1 would be added, 1 refused\.\n$/);

  const added = await images(add);
  assert.equal(added.code, 1);
  assert.equal(
    added.stdout,
    `added ${DID}  COSMOS in r\n2 files: 1 added, 1 refused.\n"almagest export ivoa.obscore" makes a release with them, in which the edge finds them.\n`,
  );
  assert.equal(
    added.stderr,
    `almagest: ${text} refused: the file is not a FITS file: it does not begin with the keyword SIMPLE\n`,
  );

  const link = await images(['link', DID, 'https://example.org/raw.fits', '--semantics', 'progenitor']);
  assert.equal(link.stdout, `Linked https://example.org/raw.fits to ${DID} as #progenitor.\n`);
  const listed = await images(['list', '--json']);
  assert.equal(JSON.parse(listed.stdout).did, DID);

  const both = await images(['remove', DID, '--collection', 'demo']);
  assert.match(both.stderr, /name either images or a collection/);
  const removed = await images(['remove', DID, `${DID}-absent`]);
  assert.deepEqual(
    [removed.code, removed.stdout, removed.stderr],
    [1, 'Removed 1 image.\n', `almagest: there is no image ${DID}-absent\n`],
  );
});

test('a database that cannot be reached ends the command with status 2', async () => {
  const { code, stdout, stderr } = await images(['add', join(folder, 'm31.fits')], { DATABASE_URL: NOWHERE });
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /^almagest: cannot reach PostgreSQL at 127\.0\.0\.1:1/);
});
