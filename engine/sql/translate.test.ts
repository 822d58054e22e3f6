import assert from 'node:assert/strict';
import test from 'node:test';
import { checkQuery } from '../adql/check/check.ts';
import { TEST_TABLES } from '../adql/check/test-tables.ts';
import { FUNCTIONS } from '../adql/functions/functions.ts';
import { parseAdql } from '../adql/parse.ts';
import type { Release } from '../catalog/release.ts';
import type { CellRanges } from '../healpix-wasm/kernel.ts';
import type { TableUse } from '../plan/plan.ts';
import { positionJoinsOf } from '../plan/sky/position-joins.ts';
import { isCommonTable } from '../plan/tree.ts';
import { NO_INDEXES } from '../postgres/table-indexes.ts';
import { isWritable } from './functions.ts';
import { type Dialect, NotTranslatable, type Sql, type TranslationContext } from './sql.ts';
import { translate, untranslatable } from './translate.ts';

function checked(text: string) {
  return checkQuery(parseAdql(text), TEST_TABLES, FUNCTIONS);
}

function release(rowsWithoutPosition: number): Release {
  return { manifest: { rowsWithoutPosition } } as Release;
}

interface Given extends Partial<TranslationContext> {
  readonly ranges?: CellRanges;
  readonly rowsWithoutPosition?: number;
}

function sql(text: string, dialect: Dialect, given: Given = {}): Sql {
  const query = checked(text);
  const uses: TableUse[] = [];
  for (const [node, table] of query.findings.tables) {
    if (isCommonTable(table)) continue;
    const ranges = given.ranges ?? null;
    const found = release(given.rowsWithoutPosition ?? 0);
    uses.push({ node, table, release: found, columns: [], ranges, rows: 1e6, bytes: 0 });
  }
  return translate(query, dialect, { uses, positionJoins: positionJoinsOf(query), limit: null, ...given });
}

test('texts are bound, each once; nothing of the query but numbers gets into SQL', () => {
  const text =
    "SELECT 'a''; DROP', name || 'a''; DROP' AS \"x'\" FROM hipparcos.stars WHERE name = 'b' AND hd = 0x1F AND ra < 1.50";
  for (const dialect of ['duckdb', 'postgresql'] as const) {
    const { text: written, parameters } = sql(text, dialect);
    assert.deepEqual(parameters, [
      { type: 'text', value: "a'; DROP" },
      { type: 'text', value: 'b' },
    ]);
    assert.doesNotMatch(written, /DROP|x'|0x|1\.50/);
    assert.match(written, /= 31\b/);
    assert.match(written, /< 1\.5e\+0::double precision/);
  }
});

test('a row bound is the smaller of the two, and stands outermost', () => {
  const bound = (text: string) =>
    /(?: ORDER BY [^)]*)?(?: LIMIT [^)]*)?$/.exec(sql(text, 'duckdb', { limit: 11 }).text)?.[0];
  assert.equal(bound('SELECT TOP 5 hd FROM hipparcos.stars'), ' LIMIT 5');
  assert.equal(bound('SELECT TOP 50 hd FROM hipparcos.stars OFFSET 3'), ' LIMIT 11 OFFSET 3');
  assert.equal(
    bound('SELECT TOP 50 hd FROM hipparcos.stars UNION SELECT hd FROM hipparcos.stars ORDER BY hd'),
    ' ORDER BY o.r0 ASC NULLS LAST LIMIT 11',
  );
});

test('PostgreSQL reads by ranges of cells, at most 32, and what a release has', () => {
  const count = 100;
  const start = BigInt64Array.from({ length: count }, (_, i) => BigInt(i * 100 + (i % 3 === 0 ? 50 : 0)));
  const ranges = { start, end: start.map((first) => first + 10n), full: new Uint8Array(count) };
  const { text } = sql('SELECT hd FROM hipparcos.stars', 'postgresql', { ranges, rowsWithoutPosition: 3 });
  assert.equal(text.match(/BETWEEN/g)?.length, 32 + 2);
  const kept = [...text.matchAll(/healpix_index\(29, "ra", "dec"\) BETWEEN (\d+) AND (\d+)/g)].map(
    ([, first, last]) => [BigInt(first!), BigInt(last!)] as const,
  );
  for (const [i, first] of start.entries()) {
    assert.ok(
      kept.some(([a, b]) => a <= first && first + 9n <= b),
      `range ${i}`,
    );
  }
  assert.match(text, /"ra" BETWEEN 0 AND 360 AND "dec" BETWEEN -90 AND 90\) AS t0$/);
  const none = { start: new BigInt64Array(), end: new BigInt64Array(), full: new Uint8Array() };
  assert.match(sql('SELECT hd FROM hipparcos.stars', 'postgresql', { ranges: none }).text, /WHERE false/);
  const indexes = () => NO_INDEXES;
  const plain = sql('SELECT hd FROM hipparcos.stars', 'postgresql', { ranges, indexes });
  assert.doesNotMatch(plain.text, /BETWEEN/);
});

test('DuckDB has tables and columns by number, and the cells that are stored', () => {
  const cells = sql(
    'SELECT ivo_healpix_index(6, s.ra, s.dec), o.id FROM hipparcos.stars s, dso.objects o WHERE o.bv > s.bv',
    'duckdb',
  );
  assert.equal(cells.text, 'SELECT (t0.h >> 46) AS r0, t1.c0 AS r1 FROM t0, t1 WHERE (t1.c11 > t0.c4)');
  assert.deepEqual(cells.healpix, [true, false]);
  const other = sql('SELECT ivo_healpix_index(6, ra + 0, dec) FROM hipparcos.stars', 'duckdb');
  assert.deepEqual(other.healpix, [false]);
});

test('positions join by an index in PostgreSQL, by cells in DuckDB', () => {
  const near = (join: string) =>
    `SELECT s.hd FROM hipparcos.stars s ${join} dso.objects o ON DISTANCE(s.ra, s.dec, o.ra, o.dec) < 0.1`;
  const written = (join: string, indexes = NO_INDEXES) =>
    sql(near(join), 'postgresql', { indexes: () => indexes }).text;
  const zones = { ...NO_INDEXES, zones: true };
  assert.match(written('JOIN', zones), /INNER JOIN LATERAL .*zone_windows.* OFFSET 0\) AS b\) AS t\d ON/);
  assert.match(written('LEFT JOIN', zones), /AS t0 LEFT JOIN LATERAL .* AS t1 ON/);
  assert.match(written('RIGHT JOIN', zones), /AS t1 LEFT JOIN LATERAL .* AS t0 ON/);
  assert.match(written('JOIN', { ...NO_INDEXES, q3c: true }), /JOIN LATERAL .*q3c_join\(.* OFFSET 0\)/);
  assert.match(written('JOIN'), /CROSS JOIN LATERAL almagest\.zone_windows.* AS w\) AS t\d/);
  assert.match(sql(near('JOIN'), 'duckdb').text, /ON t\d\.z0 = t\d\.z0 AND \(almagest\.distance/);
  assert.doesNotMatch(sql(near('LEFT JOIN'), 'duckdb').text, /z0/);
});

test('what an engine has no words for is named, with its place', () => {
  const full = checked('SELECT a.hd FROM hipparcos.stars a FULL JOIN dso.objects b ON a.ra < b.ra');
  assert.equal(untranslatable(full, 'duckdb'), null);
  assert.equal(
    untranslatable(full, 'postgresql'),
    'PostgreSQL cannot do a FULL JOIN that no equality joins (line 1)',
  );
  const texts = checked('SELECT CAST(flux AS VARCHAR) FROM survey.sources');
  assert.equal(untranslatable(texts, 'postgresql'), null);
  const words = Array.from({ length: 70_000 }, (_, i) => `'${i}'`).join();
  const long = checked(`SELECT hd FROM hipparcos.stars WHERE name IN (${words})`);
  assert.equal(untranslatable(long, 'duckdb'), null);
  assert.match(untranslatable(long, 'postgresql')!, /^PostgreSQL cannot do more than 65535 different texts/);
  const context = { uses: [], positionJoins: [], limit: null };
  assert.throws(() => translate(texts, 'duckdb', context), NotTranslatable);
});

test('constants that mean nothing are refused, with their place', () => {
  for (const [text, problem, column] of [
    ["SELECT CAST('2026-02-30' AS TIMESTAMP) FROM hipparcos.stars", /^“2026-02-30” is no time, such as/, 13],
    ["SELECT id FROM survey.sources WHERE observed > 'today'", /^“today” is no time/, 48],
    ["SELECT CAST('1' AS POINT) FROM hipparcos.stars", /^This text is no point, such as '10.5 -20.25'/, 13],
    ["SELECT CAST('1 95' AS POINT) FROM hipparcos.stars", /^A latitude lies between -90 and 90/, 13],
    ["SELECT CAST('1 2 x' AS CIRCLE) FROM hipparcos.stars", /^This text is no circle/, 13],
    [
      "SELECT ivo_geom_transform('ICRS', 'HELIOPROJECTIVE', POINT(1, 2)) FROM hipparcos.stars",
      /^There is no reference system “HELIOPROJECTIVE” here, only ICRS, /,
      35,
    ],
    [
      "SELECT hd FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), REGION('Union (Circle 1 2 3 Circle 4 5 6)')) AND AREA(REGION('Not (Circle 1 2 3)')) > 1",
      /^A region of several shapes, as Union/,
      121,
    ],
  ] as const) {
    assert.throws(() => untranslatable(checked(text), 'postgresql'), {
      name: 'AdqlCheckError',
      problem,
      column,
    });
  }
});

test('every function that is offered can be written', () => {
  assert.deepEqual(
    FUNCTIONS.filter(({ name }) => !isWritable(name.toUpperCase())),
    [],
  );
});

test('SQL does not grow faster than a query', () => {
  const nested = (depth: number): string => (depth === 0 ? 'ra' : `SQRT(2 / (1 + ${nested(depth - 1)}))`);
  const points = (depth: number): string =>
    depth === 0 ? 'POINT(ra, dec)' : `CENTROID(CIRCLE(${points(depth - 1)}, 1))`;
  for (const dialect of ['duckdb', 'postgresql'] as const) {
    for (const expression of [nested(30), points(30)]) {
      const { text } = sql(`SELECT ${expression} FROM hipparcos.stars`, dialect);
      assert.ok(text.length < 50_000, `${dialect}: ${text.length} characters`);
    }
  }
});
