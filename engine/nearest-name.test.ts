import assert from 'node:assert/strict';
import test from 'node:test';
import { nearestName } from './nearest-name.ts';

const KNOWN = ['dso.objects', 'hipparcos.stars'];

test('a slip of the pen finds its name', () => {
  assert.equal(nearestName('hiparcos.stars', KNOWN), 'hipparcos.stars');
  assert.equal(nearestName('HIPPARCOS.STARS', KNOWN), 'hipparcos.stars');
  assert.equal(nearestName('hipparcos.star', KNOWN), 'hipparcos.stars');
  assert.equal(nearestName('dso.object', KNOWN), 'dso.objects');
  assert.equal(nearestName('dce', ['ra', 'dec', 'mag']), 'dec');
});

test('what is like nothing finds nothing', () => {
  assert.equal(nearestName('gaia.dr3', KNOWN), null);
  assert.equal(nearestName('', KNOWN), null);
  assert.equal(nearestName('x'.repeat(8000), KNOWN), null);
  assert.equal(nearestName('hipparcos.stars', []), null);
});
