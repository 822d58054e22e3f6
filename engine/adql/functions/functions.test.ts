import assert from 'node:assert/strict';
import test from 'node:test';
import { FUNCTION_WORDS } from '../reserved-words.ts';
import { signature } from './function.ts';
import { FUNCTIONS } from './functions.ts';

/** Reserved words with a node of their own in the syntax tree, or, COALESCE, with a type of its own. */
const APART =
  'AREA AVG BOX CENTROID CIRCLE COALESCE CONTAINS COORD1 COORD2 COORDSYS COUNT DISTANCE INTERSECTS IN_UNIT MAX MIN POINT POLYGON REGION SUM';

test('the functions of the standard are all there, the others have a prefix', () => {
  const names = new Set(FUNCTIONS.map(({ name }) => name));
  const standard = [...names].filter((name) => !/^(?:ivo|gavo)_/.test(name));
  assert.deepEqual([...standard, ...APART.split(' ')].sort(), [...FUNCTION_WORDS].sort());
});

test('signatures differ, and optional parameters come last', () => {
  const signatures = FUNCTIONS.map(signature);
  assert.equal(new Set(signatures).size, FUNCTIONS.length);
  for (const form of [
    'ivo_healpix_index(hpxOrder INTEGER, long DOUBLE PRECISION, lat DOUBLE PRECISION) -> BIGINT',
    'ivo_healpix_center(hpxOrder INTEGER, hpxIndex BIGINT) -> POINT',
    'ivo_geom_transform(from_sys VARCHAR, to_sys VARCHAR, geo GEOMETRY) -> GEOMETRY',
    'ivo_nocasematch(value VARCHAR, pattern VARCHAR) -> INTEGER',
    'PI() -> DOUBLE PRECISION',
    'LOWER(text VARCHAR) -> VARCHAR',
  ]) {
    assert.ok(signatures.includes(form), form);
  }
  for (const { parameters } of FUNCTIONS) {
    const optional = parameters.map((parameter) => parameter.optional === true);
    assert.deepEqual([...optional].sort(), optional);
  }
});
