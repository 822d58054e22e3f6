import assert from 'node:assert/strict';
import test from 'node:test';
import { CorruptReleaseError } from '../errors.ts';
import { parseReleaseFiles } from './release-files.ts';

const KEY = 'survey.stars/2026-11-20/files.json';
const sha256 = 'ab'.repeat(32);
const good = {
  version: 1,
  catalog: 'survey.stars',
  release: '2026-11-20',
  files: [
    { path: 'dataset/Norder=0/Dir=0/Npix=3.parquet', bytes: 12, sha256, rows: 3, content: sha256 },
    { path: 'hats.properties', bytes: 0, sha256 },
  ],
};

const parse = (list: unknown) => parseReleaseFiles(KEY, new TextEncoder().encode(JSON.stringify(list)));

test('the list of the files of a release', () => {
  assert.deepEqual(parse(good), good);
});

const [data, other] = good.files;
const damaged: [string, unknown, RegExp][] = [
  ['no object', [], /is not a JSON object/],
  ['another version', { ...good, version: 2 }, /has version 2: 1 is understood/],
  ['no catalogue', { ...good, catalog: undefined }, /catalog is not a string/],
  ['no files', { ...good, files: {} }, /files is not a list/],
  ['a file that is none', { ...good, files: [data, 7] }, /files\[1\] is not an object/],
  ['a negative size', { ...good, files: [{ ...data, bytes: -1 }] }, /files\[0\]\.bytes is not a count/],
  ['a short SHA-256', { ...good, files: [{ ...data, sha256: 'ab' }] }, /files\[0\]\.sha256/],
  ['rows that are no count', { ...good, files: [{ ...data, rows: '3' }] }, /files\[0\]\.rows/],
  ['content that is no hash', { ...good, files: [{ ...data, content: null }] }, /files\[0\]\.content/],
  ['files out of order', { ...good, files: [other, data] }, /not in ascending order/],
  ['a file twice', { ...good, files: [data, data] }, /not in ascending order/],
  ['itself', { ...good, files: [{ ...data, path: 'files.json' }] }, /no path below the release/],
  ['a way out', { ...good, files: [{ ...data, path: '../x/latest.json' }] }, /no path below the release/],
  ['a path from the root', { ...good, files: [{ ...data, path: '/x' }] }, /no path below the release/],
];
for (const [what, list, message] of damaged) {
  test(`refused: ${what}`, () => {
    assert.throws(
      () => parse(list),
      (error) => {
        assert.ok(error instanceof CorruptReleaseError);
        assert.equal(error.key, KEY);
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test('refused: what is not JSON', () => {
  const bytes = new TextEncoder().encode(JSON.stringify(good)).subarray(0, 100);
  assert.throws(() => parseReleaseFiles(KEY, bytes), { message: `${KEY} is damaged: is not JSON` });
});
