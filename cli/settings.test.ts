import assert from 'node:assert/strict';
import test from 'node:test';
import { bucketFolder, readSettings } from './settings.ts';

test('an empty environment gives the data folder of the working directory and the embedded server', () => {
  assert.deepEqual(readSettings({}, '/srv/survey'), {
    dataFolder: '/srv/survey/.almagest',
    bucket: '/srv/survey/.almagest/bucket',
    postgresFolder: '/srv/survey/.almagest/postgres',
    workerFolder: '/srv/survey/.almagest/worker',
    jobsFolder: '/srv/survey/.almagest/jobs',
    databaseUrl: null,
    readerDatabaseUrl: null,
    host: '127.0.0.1',
    port: 8787,
    authority: 'almagest.example',
  });
});

test('the environment overrides, relative to the working directory', () => {
  const settings = readSettings(
    { ALMAGEST_DATA: 'data', DATABASE_URL: 'postgres://db/survey', ALMAGEST_HOST: '0.0.0.0', PORT: '80' },
    '/srv/survey',
  );
  assert.equal(settings.postgresFolder, '/srv/survey/data/postgres');
  assert.equal(settings.databaseUrl, 'postgres://db/survey');
  assert.equal(settings.host, '0.0.0.0');
  assert.equal(settings.port, 80);
});

test('ALMAGEST_BUCKET is a folder or an address of S3', () => {
  const bucketOf = (ALMAGEST_BUCKET: string) => readSettings({ ALMAGEST_BUCKET }, '/srv/survey');
  assert.equal(bucketOf('').bucket, '/srv/survey/.almagest/bucket');
  assert.equal(bucketOf('../releases').bucket, '/srv/releases');
  assert.equal(bucketFolder(bucketOf('/data/releases')), '/data/releases');
  assert.equal(bucketOf('s3://sky/releases').bucket, 's3://sky/releases');
  assert.throws(() => bucketFolder(bucketOf('s3://sky/releases')), {
    message: /served here from a folder, and ALMAGEST_BUCKET is s3:\/\/sky\/releases: unset it/,
  });
  assert.throws(() => bucketOf('r2://sky'), {
    message: /"r2:\/\/sky" is no folder: a bucket is a folder or s3:/,
  });
});

test('empty variables count as unset', () => {
  const settings = readSettings(
    { ALMAGEST_DATA: '', ALMAGEST_BUCKET: '', DATABASE_URL: '', ALMAGEST_HOST: '', PORT: '' },
    '/srv',
  );
  assert.deepEqual(settings, readSettings({}, '/srv'));
});

for (const port of ['http', '-1', '65536', '80.5', '0x50', ' 80']) {
  test(`PORT=${port} is refused`, () => {
    assert.throws(() => readSettings({ PORT: port }), /is not a port number: give one between 1 and 65535/);
  });
}

test('ALMAGEST_AUTHORITY is an authority of IVOA identifiers', () => {
  assert.equal(readSettings({ ALMAGEST_AUTHORITY: 'oaj.cefca.es' }).authority, 'oaj.cefca.es');
  for (const wrong of ['ab', 'ivo://oaj', 'a b c', '.example']) {
    assert.throws(
      () => readSettings({ ALMAGEST_AUTHORITY: wrong }),
      /is no authority.*such as vo\.example\.org/,
    );
  }
});
