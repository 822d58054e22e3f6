import assert from 'node:assert/strict';
import test from 'node:test';
import { checkQuery } from '../../adql/check/check.ts';
import { FUNCTIONS } from '../../adql/functions/functions.ts';
import { parseAdql } from '../../adql/parse.ts';
import type { DerivedColumn, Select } from '../../adql/syntax-tree.ts';
import { testTable } from '../test-tables.ts';
import { constantNumber } from './constants.ts';
import { constantShape } from './shapes.ts';

function checked(text: string) {
  const query = checkQuery(parseAdql(`SELECT ${text} FROM t.a`), [testTable('t', 'a')], FUNCTIONS);
  const [item] = (query.statement.query.body as Select).columns;
  return [(item as DerivedColumn).expression, query.findings] as const;
}

test('folds numbers as SQL computes them', () => {
  for (const [text, value] of [
    ['1', 1],
    ['0x1F', 31],
    ['-.5e1', -5],
    ['-(-3)', 3],
    ['1 + 2 * 3 - 4', 3],
    ['7 / 2', 3],
    ['-7 / 2', -3],
    ['7 / 2.', 3.5],
    ['1 / 3600.', 1 / 3600],
    ['CAST(7 AS DOUBLE PRECISION)', 7],
    ['SQRT(ABS(-9))', 3],
    ['DEGREES(pi())', 180],
    ['RADIANS(180) / 2', Math.PI / 2],
  ] as const) {
    assert.equal(constantNumber(...checked(text)), value, text);
  }
});

test('leaves alone what is no constant, or no number', () => {
  for (const text of [
    'id',
    'id + 1',
    '1 / (1 - 1)',
    '1e308 * 10',
    'SQRT(-1)',
    'RAND()',
    "'1'",
    'NULL',
    '~1',
    '5 % 3',
    '9007199254740993',
    'LOG(2)',
    'CAST(1.5 AS INTEGER)',
  ]) {
    assert.equal(constantNumber(...checked(text)), null, text);
  }
});

test('finds constant geometries', () => {
  for (const [text, shape] of [
    ["POINT('ICRS', 1, 2)", { kind: 'point', lon: 1, lat: 2 }],
    ['CIRCLE(POINT(1, 2), 6 / 2)', { kind: 'circle', lon: 1, lat: 2, radius: 3 }],
    ['BOX(1, 2, 3, 4)', { kind: 'box', lon: 1, lat: 2, width: 3, height: 4 }],
    ["REGION('Position 1 2')", { kind: 'point', lon: 1, lat: 2 }],
    ['POINT(id, 2)', null],
    ['CIRCLE(1, 2, id)', null],
    ['BOX(1, 2, 3, id)', null],
    ['POLYGON(1, 2, 3, 4, 5, dec)', null],
    ['POLYGON(POINT(1, 2), POINT(3, 4), POINT(ra, 6))', null],
    ['CENTROID(BOX(1, 2, 3, 4))', null],
  ] as const) {
    assert.deepEqual(constantShape(...checked(text)), shape, text);
  }
  const triangle = constantShape(...checked('POLYGON(1, 2, 3, 4, 5, 6)'));
  assert.deepEqual(constantShape(...checked('POLYGON(POINT(1, 2), POINT(3, 4), POINT(5, 6))')), triangle);
  assert.deepEqual(constantShape(...checked("REGION('Polygon 1 2 3 4 5 6')")), triangle);
});
