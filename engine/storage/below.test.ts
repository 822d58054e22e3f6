import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { below } from './below.ts';
import { folderStorage } from './folder.ts';

test('a folder of a storage is one of its own', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-below-'));
  t.after(() => rm(folder, { recursive: true }));
  const all = folderStorage(folder);
  const inside = below(all, 'jobs');
  const bytes = new Uint8Array([1, 2, 3]);
  await all.put('beside', bytes);
  await inside.put('a/one', bytes);
  await inside.putStream('a/two', new Blob([bytes]).stream());
  await inside.copy('a/one', 'three');
  assert.deepEqual(await all.list('jobs'), ['a', 'three']);
  assert.deepEqual(await inside.list(''), ['a', 'three']);
  assert.deepEqual(await inside.list('a'), ['one', 'two']);
  assert.equal(await inside.size('a/two'), 3);
  assert.equal((await inside.get('a/one', { offset: 1, length: 1 }))![0], 2);
  assert.equal((await new Response(await inside.stream('three')).bytes())[2], 3);
  await inside.remove('a');
  assert.deepEqual(await inside.list(''), ['three']);
  assert.equal(await inside.get('beside'), null);
});
