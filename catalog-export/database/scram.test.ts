import assert from 'node:assert/strict';
import test from 'node:test';
import { scramVerifier } from './scram.ts';

test('a verifier is the one that PostgreSQL makes', () => {
  // CREATE ROLE … PASSWORD 'pencil', and what pg_authid.rolpassword has then.
  const salt = Buffer.from('htuRGobZH2VbOdLucUaxaQ==', 'base64');
  assert.equal(
    scramVerifier('pencil', 4096, salt),
    'SCRAM-SHA-256$4096:htuRGobZH2VbOdLucUaxaQ==$m4l9P+Qr/CVrQfVlS2Wh4FEjOQoY0EcOjJ6VYVyIsbY=:WQ/7jmdceaEH2zi8VNOLVoaQphZ8uJCPixQc11EqrAg=',
  );
});
