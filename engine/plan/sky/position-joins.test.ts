import assert from 'node:assert/strict';
import test from 'node:test';
import { checkQuery } from '../../adql/check/check.ts';
import { FUNCTIONS } from '../../adql/functions/functions.ts';
import { parseAdql } from '../../adql/parse.ts';
import { OBSCORE } from '../../obscore/table.ts';
import { testTable } from '../test-tables.ts';
import { positionJoinsOf } from './position-joins.ts';

const TABLES = [testTable('survey', 'stars'), OBSCORE];

function joins(condition: string) {
  const text = `SELECT s.ra FROM survey.stars s JOIN ivoa.obscore o ON ${condition}`;
  return positionJoinsOf(checkQuery(parseAdql(text), TABLES, FUNCTIONS));
}

test('reports joins of positions with regions of rows, and nothing that only looks like one', () => {
  for (const [condition, reach] of [
    ['1 = CONTAINS(POINT(s.ra, s.dec), o.s_region)', 0],
    ['INTERSECTS(o.s_region, POINT(s.ra, s.dec)) = 1', 0],
    ['1 = CONTAINS(CIRCLE(s.ra, s.dec, s.x), o.s_region)', 0],
    ['1 = INTERSECTS(CIRCLE(s.ra, s.dec, 0.5), o.s_region)', 0.5],
  ] as const) {
    const [join, ...others] = joins(condition);
    assert.deepEqual(others, [], condition);
    assert.equal(join!.left.relation.alias!.name, 's');
    assert.ok('region' in join!.right && join!.right.relation.alias!.name === 'o', condition);
    assert.equal(join!.right.reach, reach, condition);
  }
  for (const condition of [
    '0 = CONTAINS(POINT(s.ra, s.dec), o.s_region)',
    '1 = CONTAINS(POINT(o.s_ra, o.s_dec), o.s_region)',
    '1 = CONTAINS(POINT(10, 20), o.s_region)',
    '1 = INTERSECTS(CIRCLE(s.ra, s.dec, s.x), o.s_region)',
    '1 = INTERSECTS(o.s_region, o.s_region)',
  ]) {
    assert.deepEqual(joins(condition), [], condition);
  }
});
