import assert from 'node:assert/strict';
import test from 'node:test';
import { workerdConfig } from './workerd-config.ts';

const options = {
  modules: [
    { name: 'worker.js', type: 'esModule' },
    { name: 'abc-healpix.wasm', type: 'wasm' },
  ],
  compatibilityDate: '2026-10-20',
  compatibilityFlags: ['no_nodejs_compat'],
  variables: ['TITLE'],
} as const;

test('modules keep their order, the entry first', () => {
  const config = workerdConfig(options);
  const entry = config.indexOf('(name = "worker.js", esModule = embed "worker.js")');
  const kernel = config.indexOf('(name = "abc-healpix.wasm", wasm = embed "abc-healpix.wasm")');
  assert.ok(entry > 0 && kernel > entry, config);
});

test('the worker reads the bucket, and reaches nothing else', () => {
  const config = workerdConfig(options);
  assert.match(config, /globalOutbound = "nowhere"/);
  assert.match(config, /\(name = "nowhere", network = \(allow = \[\]\)\)/);
  assert.match(config, /disk = \(writable = false/);
});

test('text is escaped', () => {
  const config = workerdConfig({ ...options, compatibilityFlags: ['a"b\\c\nd é'] });
  assert.ok(config.includes(String.raw`"a\x22b\x5cc\x0ad é"`), config);
});
