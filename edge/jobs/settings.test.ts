import assert from 'node:assert/strict';
import test from 'node:test';
import { readJobSettings } from './settings.ts';

test('no default is above what is the most', () => {
  const { limits } = readJobSettings({ JOB_SECONDS: '60', JOB_DAYS: '2' });
  assert.deepEqual([limits.defaultSeconds, limits.defaultDays], [60, 2]);
  assert.deepEqual(
    [readJobSettings({}).limits.defaultSeconds, readJobSettings({}).limits.defaultDays],
    [3600, 7],
  );
});

test('a network that is more than public may be notified', () => {
  assert.equal(readJobSettings({}).privateNetwork, false);
  assert.equal(readJobSettings({ NETWORK: 'public' }).privateNetwork, false);
  assert.equal(readJobSettings({ NETWORK: 'public, 10.0.0.0/8' }).privateNetwork, true);
});

test('a wrong variable is named, with what would be right', () => {
  assert.throws(() => readJobSettings({ JOBS_RUNNING: '0' }), /JOBS_RUNNING is "0": .* from 1 to 1000/);
  assert.throws(() => readJobSettings({ JOB_SECONDS: 'long' }), /JOB_SECONDS is "long"/);
  assert.throws(() => readJobSettings({ PUBLIC_URL: 'vo.example.org' }), /PUBLIC_URL .* such as https/);
});
