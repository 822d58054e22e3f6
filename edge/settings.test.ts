import assert from 'node:assert/strict';
import test from 'node:test';
import { readSettings } from './settings.ts';

test('defaults', () => {
  assert.deepEqual(readSettings({}), {
    limits: { maxRadius: 20, maxRecords: 1_000_000, defaultRecords: 100_000, maxIds: 10_000 },
    title: 'Almagest',
    publicUrl: null,
    cacheBytes: 67_108_864,
    answerCacheBytes: 262_144,
  });
});

test('an empty variable is one that is not set', () => {
  assert.deepEqual(readSettings({ MAX_RADIUS: '', PUBLIC_URL: '', SERVICE_TITLE: '' }), readSettings({}));
});

test('the default number of rows is never above the most', () => {
  assert.equal(readSettings({ MAX_RECORDS: '50' }).limits.defaultRecords, 50);
});

test('the public address loses its trailing slash', () => {
  assert.equal(
    readSettings({ PUBLIC_URL: 'https://vo.example.org/almagest/' }).publicUrl,
    'https://vo.example.org/almagest',
  );
});

test('a wrong variable is named, with what would be right', () => {
  assert.throws(() => readSettings({ MAX_RADIUS: '181' }), /MAX_RADIUS is "181": .* to 180/);
  assert.throws(() => readSettings({ MAX_RADIUS: '0' }), /MAX_RADIUS is "0"/);
  assert.throws(() => readSettings({ MAX_RECORDS: 'many' }), /MAX_RECORDS is "many"/);
  assert.throws(() => readSettings({ CACHE_BYTES: '0' }), /CACHE_BYTES/);
  assert.throws(() => readSettings({ ANSWER_CACHE_BYTES: '-1' }), /ANSWER_CACHE_BYTES is "-1"/);
  assert.throws(() => readSettings({ PUBLIC_URL: 'vo.example.org' }), /PUBLIC_URL .* such as https/);
  assert.throws(() => readSettings({ PUBLIC_URL: 'vo.example.org:8443' }), /PUBLIC_URL .* such as https/);
});
