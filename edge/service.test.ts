import assert from 'node:assert/strict';
import test from 'node:test';
import { RequestError } from './request-error.ts';
import { serviceRoot } from './service.ts';

test('the root is where the request went, unless a setting says where the world sees it', () => {
  assert.equal(
    serviceRoot({ publicUrl: null }, 'http://localhost:8787/scs/a.b?RA=1'),
    'http://localhost:8787',
  );
  assert.equal(serviceRoot({ publicUrl: null }, 'https://vo.example/'), 'https://vo.example');
  assert.equal(
    serviceRoot({ publicUrl: 'https://vo.example/sky' }, 'http://10.0.0.1/'),
    'https://vo.example/sky',
  );
});

test('headers that make no address are the fault of the client', () => {
  for (const url of [
    'http://a"><script>/',
    'http://a, b/',
    'http://a:99999/',
    'javascript://a/',
    '"><x://a/',
  ]) {
    assert.throws(
      () => serviceRoot({ publicUrl: null }, url),
      (error) => error instanceof RequestError && error.status === 400,
      url,
    );
  }
});
