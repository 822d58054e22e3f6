import assert from 'node:assert/strict';
import test from 'node:test';
import { collectedFooters } from './footers.ts';

const footer = (path: string, bytes: number) => ({ path, footer: new Uint8Array(bytes) });

test('footers are kept until they are too many, and then none is', () => {
  const footers = collectedFooters(100);
  assert.deepEqual(footers.list(), []);
  footers.add(footer('a', 60));
  footers.add(footer('b', 40));
  assert.deepEqual(
    footers.list()?.map(({ path }) => path),
    ['a', 'b'],
  );
  footers.add(footer('c', 1));
  footers.add(footer('d', 1));
  assert.equal(footers.list(), null);
});
