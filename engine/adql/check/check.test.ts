import assert from 'node:assert/strict';
import test from 'node:test';
import { DEMO_QUERIES, SURVEY_QUERIES } from '../example-queries.ts';
import { FUNCTIONS } from '../functions/functions.ts';
import { parseAdql } from '../parse.ts';
import type { ColumnReference, Expression, Select } from '../syntax-tree.ts';
import { checkQuery } from './check.ts';
import { TEST_TABLES } from './test-tables.ts';

function check(text: string) {
  return checkQuery(parseAdql(text), TEST_TABLES, FUNCTIONS);
}

/** `name:datatype[arraysize] unit ucd`, what is null left out. */
function results(text: string): string[] {
  return check(text).columns.map(({ name, datatype, arraysize, unit, ucd }) =>
    [`${name}:${datatype}${arraysize === null ? '' : `[${arraysize}]`}`, unit, ucd]
      .filter((part) => part)
      .join(' '),
  );
}

/** The results of expressions over one table. */
function of(table: string, ...expressions: readonly string[]): string[] {
  return results(`SELECT ${expressions.join(', ')} FROM ${table}`).map((result) =>
    result.replace(/^\w+:/, ''),
  );
}

test('every example makes sense', () => {
  for (const text of [...DEMO_QUERIES, ...SURVEY_QUERIES]) assert.ok(check(text).columns.length > 0, text);
});

test('a column of the result has the metadata of the one it shows', () => {
  const [column] = check('SELECT s.VMag AS v FROM hipparcos.stars s').columns;
  assert.deepEqual(column, {
    name: 'v',
    datatype: 'double',
    arraysize: null,
    xtype: null,
    unit: 'mag',
    ucd: 'phot.mag;em.opt.V',
    utype: null,
    description: 'Johnson V magnitude',
    principal: true,
    indexed: false,
    std: false,
  });
});

test('a computed column is described by its formula', () => {
  const [column] = check('select max(vmag)-min(vmag) from hipparcos.stars').columns;
  assert.equal(column!.description, 'MAX(vmag) - MIN(vmag)');
  assert.ok(
    check(`SELECT ra${' + ra'.repeat(500)} FROM hipparcos.stars`).columns[0]!.description!.length <= 200,
  );
});

test('columns without alias are called after what they show', () => {
  const names = (text: string) => check(text).columns.map(({ name }) => name);
  assert.deepEqual(
    names('SELECT RA, COUNT(*), Sqrt(ra), 1, CAST(dec AS REAL) FROM hipparcos.stars GROUP BY ra, dec'),
    ['ra', 'count', 'sqrt', 'col_4', 'dec'],
  );
  assert.deepEqual(names('SELECT mag_auto[jplus::rSDSS], mag_auto[3], POINT(1, 2) FROM survey.sources'), [
    'mag_auto_rSDSS',
    'mag_auto_3',
    'point',
  ]);
});

test('members of enumerations are places in arrays, within queries of queries too', () => {
  const { findings } = check(
    'WITH w AS (SELECT mag_auto AS m FROM survey.sources) SELECT q.m[jplus::iSDSS] FROM (SELECT m FROM w) AS q',
  );
  assert.deepEqual([...findings.items.values()], [3]);
});

test('an enumeration is that of the table, and of none where tables differ in it', () => {
  const survey = TEST_TABLES.find(({ name }) => name === 'sources')!;
  const members = ['uJAVA', 'rSDSS'].map((filter) => ({ name: filter, description: null }));
  const tables = [survey, { ...survey, name: 'later', enumerations: [{ name: 'jplus', members }] }];
  const places = (text: string) => [
    ...checkQuery(parseAdql(text), tables, FUNCTIONS).findings.items.values(),
  ];
  const both =
    'SELECT a.mag_auto[jplus::rSDSS] - b.mag_auto[jplus::rSDSS] FROM survey.sources AS a, survey.later AS b';
  assert.deepEqual(places(both), [1, 2]);
  assert.throws(() => places('SELECT m[jplus::rSDSS] FROM (SELECT mag_auto AS m FROM survey.later) AS q'), {
    problem: '“jplus” is not the same in all tables: take the element in the query that reads the table',
    column: 10,
  });
});

test('numbers widen, and integers stay integers', () => {
  assert.deepEqual(of('hipparcos.stars', 'hd + 1', 'hd + source_id', 'hd / 2', 'hd * 1.5', 'hd % 2'), [
    'int',
    'long',
    'int',
    'double',
    'int',
  ]);
  assert.deepEqual(
    of('survey.sources', 'flux * flux', '"select" * flux', 'flux + 1', '-"select"', '-flux', 'flux + id'),
    ['float Jy**2', 'double Jy', 'double Jy', 'int', 'float Jy', 'double Jy'],
  );
  assert.deepEqual(of('hipparcos.stars', 'SUM(hd)', 'AVG(hd)', 'SUM(vmag)', 'COUNT(hd)', 'MIN(hd)'), [
    'long',
    'double',
    'double mag',
    'long meta.number',
    'int',
  ]);
});

test('units go with the calculation', () => {
  assert.deepEqual(
    of(
      'survey.sources',
      'pm_ra * 2',
      'pm_ra + 10',
      'pm_ra / pm_dec',
      'pm_ra + flux',
      'SQRT(POWER(pm_ra, 2) + POWER(pm_dec, 2))',
    ),
    ['double mas/yr', 'double mas/yr', 'double', 'double', 'double mas.yr**-1'],
  );
  assert.deepEqual(of('survey.sources', "IN_UNIT(SQRT(POWER(pm_ra, 2) + POWER(pm_dec, 2)), 'rad/yr')"), [
    'double rad/yr',
  ]);
  assert.deepEqual(of('hipparcos.stars', 'COALESCE(vmag, 0)', 'CASE WHEN hd > 1 THEN bv ELSE -1 END'), [
    'double mag phot.mag;em.opt.V',
    'double mag phot.color;em.opt.B;em.opt.V',
  ]);
});

test('texts hold what goes into them', () => {
  assert.deepEqual(of('hipparcos.stars', "designation || 'x'", 'designation || name', "'é'", 'LOWER(name)'), [
    'char[*]',
    'unicodeChar[*]',
    'unicodeChar[*]',
    'unicodeChar[*]',
  ]);
  assert.deepEqual(
    of('hipparcos.stars', 'CAST(hd AS CHAR)', 'CAST(hd AS VARCHAR(5))', 'CAST(name AS CHAR(3))'),
    ['char[1]', 'char[5*]', 'unicodeChar[3]'],
  );
});

test('a set operation has the metadata of its left and the type of both', () => {
  assert.deepEqual(results('SELECT hd AS n FROM hipparcos.stars UNION SELECT magnitude FROM dso.objects'), [
    'n:double',
  ]);
  assert.deepEqual(results('SELECT vmag FROM hipparcos.stars UNION SELECT NULL FROM dso.objects'), [
    'vmag:double mag phot.mag;em.opt.V',
  ]);
});

test('NULL takes the type that is wanted', () => {
  for (const condition of [
    'ra = NULL',
    'name = NULL',
    'ra IN (SELECT NULL FROM dso.objects)',
    'NULL LIKE NULL',
  ]) {
    assert.ok(check(`SELECT ra FROM hipparcos.stars WHERE ${condition}`), condition);
  }
  assert.deepEqual(
    of('hipparcos.stars', 'COALESCE(NULL, hd)', 'NULL + 1', 'SQRT(NULL)', 'POINT(NULL, NULL, NULL)'),
    ['int', 'int', 'double', 'double[2] deg'],
  );
});

test('* stands for the columns of FROM, merged ones first', () => {
  const names = (text: string) => check(text).columns.map(({ name }) => name);
  assert.deepEqual(
    names(
      'SELECT * FROM (SELECT ra AS a, dec AS b FROM hipparcos.stars) x, (SELECT hd AS c FROM hipparcos.stars) y',
    ),
    ['a', 'b', 'c'],
  );
  const join =
    '(SELECT hd AS a, ra AS k FROM hipparcos.stars) x JOIN (SELECT ra AS k, dec AS b FROM hipparcos.stars) y';
  assert.deepEqual(names(`SELECT * FROM ${join} USING (k)`), ['k', 'a', 'b']);
  assert.deepEqual(names(`SELECT y.*, x.a FROM ${join} USING (k)`), ['k', 'b', 'a']);
  assert.deepEqual(names(`SELECT * FROM ${join} ON x.k < y.k`), ['a', 'k', 'k', 'b']);
  assert.deepEqual(names(`SELECT * FROM ${join.replace('JOIN', 'NATURAL JOIN')}`), ['k', 'a', 'b']);
});

test('references lead to their columns, the nearest first', () => {
  const { findings } = check(
    'SELECT s.ra FROM hipparcos.stars s WHERE EXISTS (SELECT 1 FROM dso.objects o WHERE dec = s.dec AND vmag = 1)',
  );
  const found = [...findings.columns].map(([reference, resolution]) => [
    reference.name.name,
    'source' in resolution && resolution.source.kind === 'named-table' && resolution.source.alias!.name,
  ]);
  assert.deepEqual(found, [
    ['dec', 'o'],
    ['dec', 's'],
    ['vmag', 's'],
    ['ra', 's'],
  ]);
});

test('ORDER BY takes an alias before a column, GROUP BY a column before an alias', () => {
  const order = check('SELECT dec AS ra FROM hipparcos.stars ORDER BY ra');
  assert.deepEqual(
    order.findings.columns.get(order.statement.query.orderBy[0]!.expression as ColumnReference),
    { result: 0 },
  );
  const group = check('SELECT MAX(ra) AS ra FROM hipparcos.stars GROUP BY ra');
  const [term] = (group.statement.query.body as Select).groupBy;
  assert.ok('source' in group.findings.columns.get(term as ColumnReference)!);
});

test('every expression has a type', () => {
  for (const text of [...DEMO_QUERIES, ...SURVEY_QUERIES]) {
    const { statement, findings } = check(text);
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      if ('kind' in node && node.kind === 'column') {
        assert.ok(findings.types.has(node as Expression), text);
        assert.ok(findings.columns.has(node as ColumnReference), text);
      }
      if ('kind' in node && node.kind === 'function') assert.ok(findings.types.has(node as Expression), text);
      for (const value of Object.values(node)) visit(value);
    };
    visit(statement);
  }
});

test('long queries are checked soon', () => {
  const many = (n: number, piece: (i: number) => string, between: string) =>
    Array.from({ length: n }, (_, i) => piece(i)).join(between);
  const from = 'FROM hipparcos.stars';
  assert.equal(check(`SELECT ${many(1600, () => 'ra', ', ')} ${from}`).columns.length, 1600);
  assert.throws(
    () => check(`SELECT ${many(1601, () => 'ra', ', ')} ${from}`),
    /at most 1600 columns, not 1601/,
  );
  assert.ok(check(`SELECT ra ${from} WHERE ${many(50_000, (i) => `hd = ${i}`, ' OR ')}`));
  assert.ok(check(`SELECT ra ${from} WHERE hd IN (${many(100_000, (i) => `${i}`, ', ')})`));
  assert.ok(check(`SELECT ${many(900, (i) => `(ra * ${i})`, ' + ')} ${from} GROUP BY ra`));
  assert.ok(
    check(
      `SELECT a0.ra ${from} a0 ${many(200, (i) => `JOIN hipparcos.stars a${i + 1} ON a${i}.hd = a${i + 1}.hd`, ' ')}`,
    ),
  );
  assert.ok(check(many(900, () => `SELECT ra ${from}`, ' UNION ')));
  const nested = `${'SELECT ra FROM ('.repeat(90)}SELECT ra ${from}${') q'.repeat(90)}`;
  assert.ok(check(nested));
});
