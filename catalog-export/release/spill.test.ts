import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { openSpill } from './spill.ts';

async function spillAll(budget: number, appends: readonly (readonly [number, string])[]): Promise<string[]> {
  const spill = await openSpill(3, budget);
  try {
    for (const [partition, text] of appends) {
      const bytes = Buffer.from(`before ${text} after`);
      spill.append(partition, bytes, 'before '.length, bytes.length - ' after'.length);
      await spill.relieve();
    }
    const parts = [];
    for (let partition = 0; partition < 3; partition += 1) parts.push(`${await spill.read(partition)}`);
    return parts;
  } finally {
    await spill.close();
  }
}

test('each partition gets its bytes in order, from memory, from the file, or from both', async () => {
  const appends = Array.from({ length: 500 }, (_, n): [number, string] => [n % 2, `row ${n}; `]);
  const texts = [0, 1, 2].map((partition) =>
    appends
      .filter(([owner]) => owner === partition)
      .map(([, text]) => text)
      .join(''),
  );
  for (const budget of [0, 100, 1000, 1e9])
    assert.deepEqual(await spillAll(budget, appends), texts, `${budget}`);
});

test('what is appended is copied', async () => {
  const spill = await openSpill(1, 1000);
  const bytes = Buffer.from('abc');
  spill.append(0, bytes, 0, 3);
  bytes.fill(0);
  assert.equal(`${await spill.read(0)}`, 'abc');
  await spill.close();
});

test('the temporary file has no name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-spill-'));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  const spill = await openSpill(1, 0);
  try {
    spill.append(0, Buffer.from('abc'), 0, 3);
    await spill.relieve();
    assert.deepEqual(await readdir(folder), []);
    assert.equal(`${await spill.read(0)}`, 'abc');
  } finally {
    await spill.close();
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await rm(folder, { recursive: true });
  }
});

test('a folder that cannot take the file is named, and TMPDIR', async () => {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = join(tmpdir(), 'is-not-there');
  try {
    await assert.rejects(
      spillAll(0, [[0, 'row']]),
      /rows cannot wait in \S+is-not-there .*ENOENT.* set TMPDIR/,
    );
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
});
