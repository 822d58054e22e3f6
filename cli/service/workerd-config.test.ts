import assert from 'node:assert/strict';
import test from 'node:test';
import { type WorkerdConfigOptions, workerdConfig } from './workerd-config.ts';

const options: WorkerdConfigOptions = {
  modules: ['worker.js', 'abc-healpix.wasm'],
  compatibilityDate: '2026-10-20',
  compatibilityFlags: ['no_nodejs_compat'],
  variables: ['TITLE'],
  services: {},
  database: null,
  folders: [],
  durableObjects: [],
  network: [],
};

test('modules keep their order, the entry first', () => {
  const config = workerdConfig(options);
  const entry = config.indexOf('(name = "worker.js", esModule = embed "/worker.js")');
  const kernel = config.indexOf('(name = "abc-healpix.wasm", wasm = embed "/abc-healpix.wasm")');
  assert.ok(entry > 0 && kernel > entry, config);
});

test('the worker reads the bucket, and reaches nothing else', () => {
  const config = workerdConfig(options);
  assert.match(config, /globalOutbound = "outside"/);
  assert.match(config, /\(name = "outside", network = \(allow = \[\s*\], tlsOptions/);
  assert.match(config, /disk = \(writable = false/);
  assert.doesNotMatch(config, /writable = true|durableObject/);
});

test('services and the database are bound by their addresses, and only where there are any', () => {
  assert.doesNotMatch(workerdConfig(options), /external|HYPERDRIVE/);
  const database = { address: '127.0.0.1:5432', user: 'reader', password: 'a"b', database: 'sky' };
  const config = workerdConfig({ ...options, services: { TAP: 'unix:tap.sock' }, database });
  assert.match(config, /\(name = "TAP", service = "TAP"\)/);
  assert.match(config, /\(name = "TAP", external = \(address = "unix:tap\.sock", http = /);
  assert.match(config, /hyperdrive = \(designator = "postgresql".*database = "sky", user = "reader"/);
  assert.match(config, /password = "a\\x22b"/);
  assert.match(config, /\(name = "postgresql", external = \(address = "127\.0\.0\.1:5432", tcp = /);
});

test('folders, Durable Objects and a network are for the worker that has them', () => {
  const config = workerdConfig({
    ...options,
    folders: ['RESULTS'],
    durableObjects: [{ binding: 'QUEUE', className: 'JobQueue' }],
    network: ['public', '10.0.0.0/8'],
  });
  assert.match(config, /\(name = "RESULTS", service = "RESULTS"\)/);
  assert.match(config, /\(name = "RESULTS", disk = \(writable = true/);
  assert.match(config, /\(name = "QUEUE", durableObjectNamespace = "JobQueue"\)/);
  assert.match(config, /className = "JobQueue", uniqueKey = "almagest-JobQueue", enableSql = true/);
  assert.match(config, /durableObjectStorage = \(localDisk = "state"\)/);
  assert.match(config, /\(name = "state", disk = \(writable = true/);
  assert.match(config, /network = \(allow = \[\s*"public",\s*"10\.0\.0\.0\/8"\s*\]/);
});

test('text is escaped', () => {
  const config = workerdConfig({ ...options, compatibilityFlags: ['a"b\\c\nd é'] });
  assert.ok(config.includes(String.raw`"a\x22b\x5cc\x0ad é"`), config);
});
