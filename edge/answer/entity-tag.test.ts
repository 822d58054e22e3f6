import assert from 'node:assert/strict';
import test from 'node:test';
import type { Manifest } from '../../engine/catalog/manifest.ts';
import { matchesTag, releaseTag } from './entity-tag.ts';

test('the comparison is weak, and lists count', () => {
  assert.equal(matchesTag('W/"a"', 'W/"a"'), true);
  assert.equal(matchesTag('"a"', 'W/"a"'), true);
  assert.equal(matchesTag('"x", W/"a" , "y"', 'W/"a"'), true);
  assert.equal(matchesTag('*', 'W/"a"'), true);
});

test('another tag, none, or nonsense does not match', () => {
  assert.equal(matchesTag(undefined, 'W/"a"'), false);
  assert.equal(matchesTag('', 'W/"a"'), false);
  assert.equal(matchesTag('W/"b"', 'W/"a"'), false);
  assert.equal(matchesTag('a', 'W/"a"'), false);
});

test('a tag is one, whatever the name of the catalogue', () => {
  const manifest = {
    catalog: 'Ω "sky".étoiles 1',
    release: '2026-11-21',
    created: '2026-11-21T00:00:00.000Z',
  };
  const tag = releaseTag(manifest as Manifest, ['moc.fits']);
  assert.match(tag, /^W\/"[\x21\x23-\x7e]+"$/);
  assert.equal(new Headers({ etag: tag }).get('etag'), tag);
  assert.equal(matchesTag(`W/"x", ${tag}`, tag), true);
  assert.notEqual(releaseTag(manifest as Manifest, ['moc.json']), tag);
});
