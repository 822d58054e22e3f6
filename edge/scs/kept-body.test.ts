import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { appOver } from '../../test/app.ts';
import { type ScratchBucket, scratchBucket } from '../../test/scratch-bucket.ts';
import { storedRowGroups } from '../../test/stored-row-groups.ts';
import type { AnswerCache } from '../service.ts';

const STARS = '/scs/hipparcos.stars';
const WHOLE_SKY = 'RA=0&DEC=0&SR=180&RESPONSEFORMAT=csv&MAXREC=200000';
/** Row groups that the engine reads together: while the rows of some are sent, it asks for the next. */
const BLOCK = 8;
const PLEIADES = 'RA=56.75&DEC=24.12&SR=1&RESPONSEFORMAT=csv';

/** A cache that says what the test wants, when the test wants it; what it does under workerd is tested there. */
function cacheThatSays(match: () => Promise<Response | undefined>) {
  const kept: { key: string; text: string }[] = [];
  const cache: AnswerCache['cache'] = {
    match,
    async put(key, answer) {
      kept.push({ key: String(key), text: await answer.text() });
    },
  };
  return { cache, kept };
}

const nothing = () => Promise.resolve(undefined);

describe('an answer and the cache', () => {
  let bucket: ScratchBucket;
  beforeEach(async () => {
    bucket = await scratchBucket();
  });
  afterEach(() => bucket.remove());

  function service(cache: AnswerCache['cache'], maxBytes = 2 ** 30) {
    const app = appOver(bucket.storage, { MAX_RADIUS: '180' }, { cache, maxBytes });
    const later: Promise<unknown>[] = [];
    const context = {
      waitUntil: (promise: Promise<unknown>) => later.push(promise),
      passThroughOnException() {},
      props: {},
    };
    return {
      ask: async (query: string) => app.request(`http://vo.example${STARS}?${query}`, {}, {}, context),
      settled: () => Promise.all(later),
    };
  }
  const rowReads = () => bucket.reads.filter(({ key }) => key.endsWith('.parquet')).length;

  test('nothing is read while the cache has not spoken, and nothing at all if it has the answer', async () => {
    const asked = Promise.withResolvers<void>();
    const word = Promise.withResolvers<Response>();
    const { cache, kept } = cacheThatSays(() => {
      asked.resolve();
      return word.promise;
    });
    const { ask, settled } = service(cache);
    const answer = ask(PLEIADES);
    await asked.promise;
    assert.equal(rowReads(), 0);
    word.resolve(new Response('kept'));
    const response = await answer;
    assert.equal(response.headers.get('content-length'), '4');
    assert.match(response.headers.get('content-type')!, /^text\/csv/);
    assert.equal(await response.text(), 'kept');
    await settled();
    assert.equal(rowReads(), 0);
    assert.deepEqual(kept, []);
  });

  test('what it does not have is read, and kept under a key of its own', async () => {
    const { cache, kept } = cacheThatSays(nothing);
    const { ask, settled } = service(cache);
    const text = await (await ask(PLEIADES)).text();
    await settled();
    assert.equal(kept.length, 1);
    assert.equal(kept[0]!.text, text);
    assert.match(kept[0]!.key, /^http:\/\/vo\.example\/answers\/W%2F%22hipparcos\.stars%40\d{4}-/);
    await (await ask(PLEIADES.replace('csv', 'tsv'))).text();
    await (await ask(PLEIADES)).text();
    await settled();
    assert.equal(kept.length, 1, 'what is in memory is not kept');
  });

  test('one that fails is like one that has nothing', async () => {
    const away = () => Promise.reject(new Error('it is away'));
    const { ask, settled } = service({ match: away, put: () => Promise.reject(new Error('it is full')) });
    const response = await ask(PLEIADES);
    assert.equal(response.status, 200);
    assert.match(await response.text(), /^source_id,/);
    await settled();
  });

  test('an answer that has begun from memory goes on, whatever the cache says then', async () => {
    let match: () => Promise<Response | undefined> = nothing;
    const { ask } = service(cacheThatSays(() => match()).cache);
    const whole = await (await service(cacheThatSays(nothing).cache).ask(WHOLE_SKY)).text();

    const engine = bucket.engine();
    const release = (await engine.catalogs.open('hipparcos.stars'))!;
    for (const { first, last } of (await storedRowGroups(bucket.storage, release.manifest)).slice(0, BLOCK)) {
      const { lon, lat } = engine.kernel.center(29, (first + last) / 2n);
      await (await ask(`RA=${lon}&DEC=${lat}&SR=3&RESPONSEFORMAT=csv`)).text();
    }

    const asked = Promise.withResolvers<void>();
    const word = Promise.withResolvers<Response>();
    match = () => {
      asked.resolve();
      return word.promise;
    };
    const response = await ask(WHOLE_SKY);
    await asked.promise;
    word.resolve(new Response('too late'));
    assert.equal(await response.text(), whole);
  });

  test('an answer whose client hangs up is not kept', async () => {
    const { cache, kept } = cacheThatSays(nothing);
    const { ask, settled } = service(cache);
    const reader = (await ask(WHOLE_SKY)).body!.getReader();
    await reader.read();
    await reader.cancel();
    await settled();
    assert.deepEqual(kept, []);
  });
});
