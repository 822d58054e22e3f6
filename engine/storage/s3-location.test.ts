import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isS3Address, s3Location } from './s3-location.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'very secret' };

test('reads what programs of AWS read', () => {
  assert.deepEqual(
    s3Location('s3://survey/releases/of/jplus/', {
      ...KEYS,
      AWS_SESSION_TOKEN: 'token',
      AWS_REGION: 'eu-south-2',
      AWS_DEFAULT_REGION: 'us-west-1',
    }),
    {
      bucket: 'survey',
      prefix: 'releases/of/jplus',
      endpoint: 'https://s3.eu-south-2.amazonaws.com',
      region: 'eu-south-2',
      credentials: { accessKeyId: 'id', secretAccessKey: 'very secret', sessionToken: 'token' },
    },
  );
  const own = s3Location('s3://survey', { ...KEYS, AWS_ENDPOINT_URL: 'http://minio:9000/' });
  assert.deepEqual(own, {
    bucket: 'survey',
    prefix: '',
    endpoint: 'http://minio:9000',
    region: 'us-east-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'very secret', sessionToken: null },
  });
  const both = { ...KEYS, AWS_ENDPOINT_URL: 'http://all', AWS_ENDPOINT_URL_S3: 'http://s3.example' };
  assert.equal(s3Location('S3://survey', both).endpoint, 'http://s3.example');
});

test('knows an address of S3', () => {
  assert.ok(isS3Address('s3://bucket/x'));
  assert.ok(!isS3Address('/srv/s3'));
});

test('says what is missing or wrong, and never the secret', () => {
  const cases: [string, Record<string, string>, RegExp][] = [
    ['s3://', KEYS, /names no bucket: it should look like s3:\/\/bucket/],
    ['s3:///folder', KEYS, /names no bucket/],
    ['s3://bu cket', KEYS, /names no bucket/],
    ['s3://bucket/a//b', KEYS, /each part of the folder/],
    ['s3://bucket/../other', KEYS, /each part of the folder/],
    ['s3://bucket', {}, /set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY \(AWS_ACCESS_KEY_ID is not set\)/],
    ['s3://bucket', { ...KEYS, AWS_SECRET_ACCESS_KEY: '' }, /AWS_SECRET_ACCESS_KEY is not set/],
    ['s3://bucket', { ...KEYS, AWS_ENDPOINT_URL: 'minio:9000' }, /AWS_ENDPOINT_URL is no address/],
    ['s3://bucket', { ...KEYS, AWS_ENDPOINT_URL_S3: 'http://' }, /AWS_ENDPOINT_URL_S3 is no address/],
    ['s3://bucket', { ...KEYS, AWS_ENDPOINT_URL: 'http://u:very%20secret@h' }, /is no address/],
  ];
  for (const [address, env, message] of cases) {
    assert.throws(
      () => s3Location(address, env),
      (error: Error) => message.test(error.message) && !/very.*secret/.test(error.message),
      `${address} ${Object.keys(env)}`,
    );
  }
});
