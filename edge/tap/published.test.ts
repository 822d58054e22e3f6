import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { manifestKey } from '../../engine/catalog/manifest.ts';
import { qualifiedName } from '../../engine/catalog/table.ts';
import { type ScratchBucket, scratchBucket } from '../../test/scratch-bucket.ts';
import { tapAppOver } from '../../test/tap-app.ts';
import { parseVotable } from '../../test/votable.ts';
import { publishedTables } from './published.ts';

describe('what is published', () => {
  let bucket: ScratchBucket;
  before(async () => {
    bucket = await scratchBucket();
  });
  after(() => bucket.remove());

  test('is asked of the bucket once, by whoever comes together and for a while', async () => {
    const published = publishedTables(bucket.engine(), 60_000);
    const [first, second] = await Promise.all([published(), published()]);
    assert.equal(first, second);
    assert.equal(await published(), first);
    assert.deepEqual(first!.tables.map(qualifiedName).slice(0, 3), [
      'dso.objects',
      'hipparcos.stars',
      'tap_schema.schemas',
    ]);
    assert.equal(first!.releases.size, 2);
  });

  test('a damaged catalogue does not hide the others; availability tells of it', async () => {
    const { manifest } = (await bucket.engine().catalogs.open('dso.objects'))!;
    const key = manifestKey('dso.objects', manifest.release);
    const whole = (await bucket.storage.get(key))!;
    await bucket.storage.put(key, new Uint8Array());
    const app = tapAppOver(bucket.storage);
    const ask = (table: string) =>
      app.request(`/tap/sync?LANG=ADQL&QUERY=SELECT+TOP+1+ra+FROM+${table}&RESPONSEFORMAT=votable/td`);
    assert.equal((await ask('hipparcos.stars')).status, 200);
    const refused = await ask('dso.objects');
    assert.equal(refused.status, 500);
    assert.match(
      parseVotable(await refused.text()).message,
      /^dso\.objects cannot be asked at the moment\. The data of this release is damaged/,
    );
    assert.equal((await ask('dso.objekts')).status, 400);
    assert.match(
      await (await app.request('/tap/availability')).text(),
      /<vosi:available>true.*dso\.objects: The data of this release is damaged/s,
    );
    await bucket.storage.put(key, whole);
    assert.equal((await ask('dso.objects')).status, 200);
  });
});
