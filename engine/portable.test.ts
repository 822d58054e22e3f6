import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import test from 'node:test';

/** What only Node runs: the rest of the engine also runs in workerd and in a browser. */
const NODE_ONLY = [
  'storage/folder.ts',
  'storage/machine.ts',
  'storage/s3.ts',
  'storage/s3-upload.ts',
  'healpix-wasm/node.ts',
  'fits-wasm/node.ts',
  'duckdb/node.ts',
  'duckdb/record-trampolines.ts',
];
/** What runs in Node and in workerd with `nodejs_compat`, which `pg` needs. */
const NODE_COMPATIBLE = /^postgres\//;
const OF_TESTS = /\.test\.ts$|(^|\/)test-[^/]+$/;

test('the engine uses nothing that only Node has', () => {
  const folder = import.meta.dirname;
  const files = globSync(`${folder}/**/*.ts`).map((path) => relative(folder, path));
  const portable = files.filter(
    (path) => !OF_TESTS.test(path) && !NODE_ONLY.includes(path) && !NODE_COMPATIBLE.test(path),
  );
  assert.ok(portable.length > 20);
  for (const path of portable) {
    const source = readFileSync(`${folder}/${path}`, 'utf8');
    assert.doesNotMatch(source, /from 'node:|require\(|\bBuffer\.|\bprocess\./, path);
  }
});
