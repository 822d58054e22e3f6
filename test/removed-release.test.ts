import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { collectGarbage } from '../catalog-export/release/gc.ts';
import {
  type Manifest,
  manifestKey,
  type Pointer,
  pointerKey,
  releasePrefix,
} from '../engine/catalog/manifest.ts';
import { folderStorage } from '../engine/storage/folder.ts';
import { demoBucket } from './demo-release.ts';
import { request } from './http.ts';
import { startService } from './service.ts';

const CATALOG = 'dso.objects';
const NEXT = '2099-01-01';

test('a release that gc removes beneath the service is gone, the latest is served, and nothing is called damaged', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-removed-'));
  await cp(await demoBucket(), folder, { recursive: true });
  const storage = folderStorage(folder);
  const readJson = async <T>(key: string): Promise<T> =>
    JSON.parse(new TextDecoder().decode((await storage.get(key))!));
  const writeJson = (key: string, value: unknown) =>
    storage.put(key, new TextEncoder().encode(JSON.stringify(value)));
  const old = (await readJson<Pointer>(pointerKey(CATALOG))).release;
  const service = await startService({ bucketFolder: folder });
  const cone = async (address: string, ra: number) => {
    const { status, body } = await request(
      `${service.url}/scs/${address}?RA=${ra}&DEC=30&SR=5&RESPONSEFORMAT=csv`,
    );
    return { status, body: String(body) };
  };
  try {
    assert.equal((await cone(`${CATALOG}@${old}`, 10)).status, 200);
    assert.equal((await cone(CATALOG, 10)).status, 200);

    await cp(join(folder, releasePrefix(CATALOG, old)), join(folder, releasePrefix(CATALOG, NEXT)), {
      recursive: true,
    });
    const manifest = await readJson<Manifest>(manifestKey(CATALOG, old));
    await writeJson(manifestKey(CATALOG, NEXT), { ...manifest, release: NEXT });
    await writeJson(pointerKey(CATALOG), { release: NEXT, published: new Date().toISOString() });
    const policy = { keep: 1, keepDays: 0 };
    const now = new Date(Date.now() + 86_400_000);
    const verdicts = await collectGarbage({ storage, catalog: CATALOG, policy, now });
    assert.deepEqual(
      verdicts.map(({ remove }) => remove),
      [true, false],
    );

    // Another part of the sky, which the service has not in memory.
    const meanwhile = await cone(`${CATALOG}@${old}`, 200);
    assert.equal(meanwhile.status, 503);
    assert.match(
      meanwhile.body,
      /the release .* of dso\.objects was removed\. Ask again: dso\.objects has a later one\./,
    );
    const dated = await cone(`${CATALOG}@${old}`, 200);
    assert.equal(dated.status, 410);
    assert.match(dated.body, /was removed/);
    assert.equal((await cone(CATALOG, 200)).status, 200);
    await delay(5500);
    const { headers } = await request(`${service.url}/scs/${CATALOG}?RA=200&DEC=30&SR=5`);
    assert.equal(headers['almagest-release'], NEXT);
  } finally {
    await service.close();
    await rm(folder, { recursive: true });
  }
});
