import assert from 'node:assert/strict';
import test from 'node:test';
import { readTapSettings } from './settings.ts';

const MIB = 2 ** 20;

test('defaults; an empty variable is one that is not set', () => {
  const defaults = {
    title: 'Almagest',
    publicUrl: null,
    limits: {
      maxRecords: 10_000_000,
      defaultRecords: 100_000,
      seconds: 60,
      edgeSeconds: 10,
      edgeBytes: 32 * MIB,
      piecesBytes: 256 * MIB,
      ofJobs: { maxRecords: 100_000_000, defaultRecords: 1_000_000 },
      jobTimes: { seconds: 3600, defaultSeconds: 3600, days: 30, defaultDays: 7 },
    },
    uploadLimits: { bytes: 32 * MIB, rows: 2_000_000, columns: 1000 },
    cacheBytes: 32 * MIB,
    answerMemoryBytes: 8 * MIB,
    answerCacheBytes: MIB / 4,
  };
  assert.deepEqual(readTapSettings({}), defaults);
  assert.deepEqual(readTapSettings({ TAP_SECONDS: '', PUBLIC_URL: '', SERVICE_TITLE: '' }), defaults);
});

test('no default is above what is the most', () => {
  const { limits } = readTapSettings({ TAP_MAX_RECORDS: '50', TAP_SECONDS: '5' });
  assert.equal(limits.defaultRecords, 50);
  assert.equal(limits.edgeSeconds, 5);
});

test('a wrong variable is named, with what would be right', () => {
  assert.throws(() => readTapSettings({ TAP_SECONDS: '0' }), /TAP_SECONDS is "0": .* from 1 to 86400/);
  assert.throws(() => readTapSettings({ TAP_MAX_RECORDS: 'all' }), /TAP_MAX_RECORDS is "all"/);
  assert.throws(() => readTapSettings({ ANSWER_MEMORY_BYTES: '-1' }), /ANSWER_MEMORY_BYTES is "-1"/);
  assert.throws(() => readTapSettings({ PUBLIC_URL: 'vo.example.org' }), /PUBLIC_URL .* such as https/);
});
