import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { folderStorage } from './folder.ts';

const root = await mkdtemp(join(tmpdir(), 'almagest-folder-'));
/** A folder on another file system, if this machine has one that can be written. */
const otherDevice = await mkdtemp('/dev/shm/almagest-folder-').catch(() => null);
after(async () => {
  await rm(root, { recursive: true, force: true });
  if (otherDevice !== null) await rm(otherDevice, { recursive: true });
});
const storage = folderStorage(join(root, 'bucket'));
const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);

test('gives back what was put, whole or in part', async () => {
  await storage.put('a/b/object.bin', bytes);
  assert.deepEqual(await storage.get('a/b/object.bin'), bytes);
  assert.deepEqual(await storage.get('a/b/object.bin', { offset: 10, length: 5 }), bytes.slice(10, 15));
  assert.deepEqual(await storage.get('a/b/object.bin', { offset: 95, length: 50 }), bytes.slice(95));
  assert.deepEqual(await storage.get('a/b/object.bin', { offset: 200, length: 5 }), new Uint8Array());
  assert.deepEqual(await storage.get('a/b/object.bin', { offset: 0, length: 0 }), new Uint8Array());
});

test('says null where no object is', async () => {
  await storage.put('a/b/object.bin', bytes);
  for (const key of ['nothing', 'a', 'a/b', 'a/b/nothing', 'a/b/object.bin/below']) {
    assert.equal(await storage.get(key), null, key);
  }
});

test('replaces an object whole and leaves nothing else behind', async () => {
  await storage.put('pointer.json', bytes);
  await storage.put('pointer.json', Uint8Array.of(1));
  assert.deepEqual(await storage.get('pointer.json'), Uint8Array.of(1));
  assert.deepEqual(
    (await readdir(join(root, 'bucket'))).filter((name) => name.startsWith('.')),
    [],
  );
});

test('what a killed process had begun to write is gone with the next object that is removed there', async () => {
  const url = new URL('./folder.ts', import.meta.url).href;
  const folder = join(root, 'bucket/killed');
  const script = `
    import { folderStorage } from ${JSON.stringify(url)};
    const stream = new ReadableStream({ pull: () => process.kill(process.pid, 'SIGKILL') }, { highWaterMark: 0 });
    await folderStorage(${JSON.stringify(join(root, 'bucket'))}).putStream('killed/late', stream);`;
  spawnSync(process.execPath, ['--input-type=module', '--eval', script]);
  assert.equal((await readdir(folder)).filter((name) => name.startsWith('.')).length, 1);
  await storage.put('killed/lease', bytes);
  await storage.remove('killed/lease');
  assert.deepEqual(await readdir(folder), []);
});

test('copies by a link, over the same link too', async () => {
  await storage.put('links/one', bytes);
  await storage.copy('links/one', 'links/two');
  await storage.copy('links/one', 'links/two');
  const [one, two] = await Promise.all(['one', 'two'].map((name) => stat(join(root, 'bucket/links', name))));
  assert.equal(one!.ino, two!.ino);
  assert.deepEqual((await readdir(join(root, 'bucket/links'))).sort(), ['one', 'two']);
});

test('copies bytes where the file system cannot link', {
  skip: otherDevice === null && 'no second file system here',
}, async () => {
  await symlink(otherDevice!, join(root, 'bucket/elsewhere'));
  await storage.put('near', bytes);
  await storage.copy('near', 'elsewhere/far');
  assert.deepEqual(await storage.get('elsewhere/far'), bytes);
});

test('names the file that cannot be written', async () => {
  await storage.put('a-file', bytes);
  await assert.rejects(storage.put('a-file/below', bytes), /bucket\/a-file\/below cannot be written: E/);
});

test('lists the names of a folder, sorted, without writes under way', async () => {
  await storage.put('list/z.bin', bytes);
  await storage.put('list/a/object', bytes);
  await writeFile(join(root, 'bucket/list/.unfinished'), bytes);
  assert.deepEqual(await storage.list('list'), ['a', 'z.bin']);
  assert.deepEqual(await storage.list('absent'), []);
  assert.ok((await storage.list('')).includes('list'));
  assert.deepEqual(await folderStorage(join(root, 'absent')).list(''), []);
});

test('removes a folder and everything below it', async () => {
  await storage.put('gone/a/b', bytes);
  await storage.put('stays/a', bytes);
  await storage.remove('gone');
  await storage.remove('gone');
  assert.deepEqual(await storage.list('gone'), []);
  assert.deepEqual(await storage.get('stays/a'), bytes);
});

test('refuses keys that are no paths below the folder', async () => {
  for (const key of [
    '',
    '/etc/passwd',
    '..',
    '../outside',
    'a/../../outside',
    'a//b',
    './a',
    '.hidden',
    'a\\b',
    'a\0',
  ]) {
    const refusal = { message: /is not a storage key/ };
    assert.throws(() => storage.get(key), refusal, key);
    assert.throws(() => storage.put(key, bytes), refusal, key);
    assert.throws(() => storage.remove(key), refusal, key);
    assert.throws(() => storage.size(key), refusal, key);
    assert.throws(() => storage.stream(key), refusal, key);
    assert.throws(() => storage.copy(key, 'a'), refusal, key);
    assert.throws(() => storage.copy('a', key), refusal, key);
  }
});
