import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { at, catalogue, flagOf, hashOne, kernel } from '../../../test/sky.ts';
import { checkQuery } from '../../adql/check/check.ts';
import { FUNCTIONS } from '../../adql/functions/functions.ts';
import { parseAdql } from '../../adql/parse.ts';
import type { NamedTable } from '../../adql/syntax-tree.ts';
import type { CellRanges } from '../../healpix-wasm/kernel.ts';
import { testTable } from '../test-tables.ts';
import { coversOf } from './covers.ts';
import { EVERYWHERE, rangesOf } from './sky.ts';
import { answer, type TestRow } from './test-answers.ts';

const TABLES = ['a', 'b'].map((name) => testTable('t', name));

function checked(text: string) {
  return checkQuery(parseAdql(text), TABLES, FUNCTIONS);
}

/** The ranges of each table of a query, in the order of the text. */
function covers(text: string): (CellRanges | null)[] {
  const query = checked(text);
  const skies = coversOf(query, kernel.vertices);
  const nodes = [...query.findings.tables].flatMap(([node, table]) => ('schema' in table ? [node] : []));
  nodes.sort((x, y) => x.position.start - y.position.start);
  return nodes.map((node) => rangesOf(skies.get(node) ?? EVERYWHERE, kernel));
}

const cone = (lon: number, lat: number, radius: number) => kernel.coneRanges({ lon, lat, radius });

/** The share of the sky that ranges have. */
function area(ranges: CellRanges | null): number {
  if (ranges === null) return 1;
  const cells = ranges.start.reduce((sum, start, i) => sum + Number(ranges.end[i]! - start), 0);
  return cells / Number(12n << 58n);
}

/** Covers a region about as closely as another cover does. */
function assertClose(found: CellRanges | null, expected: CellRanges, what: string) {
  assert.notEqual(found, null, `${what}: all of the sky`);
  const [mine, wanted] = [area(found), area(expected)];
  assert.ok(mine >= wanted * 0.99 && mine <= wanted * 1.3, `${what}: ${mine} of the sky, not ${wanted}`);
}

describe('the cover of a condition', () => {
  const where = (condition: string) => covers(`SELECT id FROM t.a WHERE ${condition}`)[0]!;

  test('is that of a cone, however it is written', () => {
    for (const condition of [
      '1 = CONTAINS(POINT(ra, dec), CIRCLE(10, 20, 2))',
      'CONTAINS(POINT(ra, dec), CIRCLE(10, 20, 2)) = 1',
      '0 < CONTAINS(POINT(ra, dec), CIRCLE(10, 20, 2))',
      'CONTAINS(POINT(ra, dec), CIRCLE(10, 20, 2)) <> 0',
      "1 = CONTAINS(POINT('ICRS', a.ra, t.a.dec), CIRCLE('ICRS', POINT('ICRS', 10, 20), 2))",
      '1 = INTERSECTS(CIRCLE(10, 20, 2), POINT(ra, dec))',
      '1 = INTERSECTS(POINT(ra, dec), CIRCLE(10, 20, 2))',
      "1 = CONTAINS(POINT(ra, dec), REGION('Circle ICRS 10 20 2'))",
      '1 = CONTAINS(POINT(10, 20), CIRCLE(ra, dec, 2))',
      '1 = INTERSECTS(CIRCLE(ra, dec, 0.5), CIRCLE(10, 20, 1.5))',
      '1 = INTERSECTS(CIRCLE(10, 20, 1.5), CIRCLE(ra, dec, 0.5))',
      'DISTANCE(POINT(ra, dec), POINT(10, 20)) < 2',
      'DISTANCE(POINT(10, 20), POINT(ra, dec)) <= 2',
      '2 > DISTANCE(ra, dec, 10, 20)',
      '2 >= DISTANCE(10, 20, ra, dec)',
      'DISTANCE(ra, dec, 10, 20) BETWEEN 0 AND 2',
      'DISTANCE(ra, dec, 370, 20) < 2',
      'DISTANCE(ra, dec, -350, 20) < 2',
      'DISTANCE(ra, dec, 10.0, 40 / 2) < 7200 / 3600.',
      'DISTANCE(ra, dec, 10, 20) < DEGREES(PI() / 90)',
      'id > 5 AND (DISTANCE(ra, dec, 10, 20) < 2 AND id < 9)',
    ]) {
      assertClose(where(condition), cone(10, 20, 2), condition);
    }
  });

  test('is that of other regions', () => {
    const box = kernel.regionRanges({ kind: 'box', lon: 10, lat: 20, width: 3, height: 4 });
    for (const region of ['BOX(10, 20, 3, 4)', "BOX('', POINT(10, 20), 3, 4)", "REGION('BOX 10 20 3 4')"]) {
      assertClose(where(`1 = CONTAINS(POINT(ra, dec), ${region})`), box, region);
    }
    const vertices = [
      { lon: 10, lat: 20 },
      { lon: 14, lat: 20 },
      { lon: 12, lat: 25 },
    ];
    const polygon = kernel.regionRanges({ kind: 'polygon', vertices });
    for (const region of [
      'POLYGON(10, 20, 14, 20, 12, 25)',
      'POLYGON(POINT(10, 20), POINT(14, 20), POINT(12, 25))',
      "REGION('Polygon ICRS GEOCENTER SPHERICAL2 10 20 14 20 12 25')",
    ]) {
      assertClose(where(`INTERSECTS(${region}, POINT(ra, dec)) = 1`), polygon, region);
    }
  });

  test('is that of zones', () => {
    const zone = (west: number, east: number, south: number, north: number) =>
      kernel.regionRanges({ kind: 'zone', west, east, south, north });
    assertClose(where('dec > -5'), zone(0, 360, -5, 90), 'north');
    assertClose(where('-5 >= dec'), zone(0, 360, -90, -5), 'south');
    assertClose(
      where('ra BETWEEN 10 AND 20 AND dec BETWEEN 0 AND 5 AND id > 3'),
      zone(10, 20, 0, 5),
      'window',
    );
    assertClose(where('ra >= 350 AND dec > 80'), zone(350, 360, 80, 90), 'polar');
    assert.equal(where('ra > 20 AND ra < 10').start.length, 0);
    assert.equal(where('dec > 90.5').start.length, 0);
  });

  test('is that of cells', () => {
    const cells = (...numbers: bigint[]) => ({
      start: BigInt64Array.from(numbers, (cell) => cell << 46n),
      end: BigInt64Array.from(numbers, (cell) => (cell + 1n) << 46n),
      full: new Uint8Array(numbers.length),
    });
    assert.deepEqual(where('ivo_healpix_index(6, ra, dec) = 1234'), cells(1234n));
    assert.deepEqual(where('ivo_healpix_index(6, POINT(ra, dec)) IN (9, 1234, 9)'), cells(9n, 1234n));
    assert.equal(where('49150 <= ivo_healpix_index(6, ra, dec)').end[0], 12n << 58n);
    assert.equal(where('ivo_healpix_index(6, ra, dec) = -1').start.length, 0);
    assert.equal(where('ivo_healpix_index(6, ra, dec) = 49152').start.length, 0);
  });

  test('joins AND, OR and what contradicts itself', () => {
    const either = 'DISTANCE(ra, dec, 10, 20) < 2 OR 1 = CONTAINS(POINT(ra, dec), CIRCLE(200, -20, 3))';
    assert.ok(Math.abs(area(where(either)) / (area(cone(10, 20, 2)) + area(cone(200, -20, 3))) - 1) < 0.2);
    assert.equal(where('DISTANCE(ra, dec, 10, 20) < 2 AND DISTANCE(ra, dec, 100, 20) < 2').start.length, 0);
    assert.equal(where('2 = CONTAINS(POINT(ra, dec), CIRCLE(10, 20, 2))').start.length, 0);
    assert.equal(where('DISTANCE(ra, dec, 10, 20) < -1').start.length, 0);
  });

  test('is all of the sky for everything else', () => {
    for (const condition of [
      'id < 5',
      '0 = CONTAINS(POINT(ra, dec), CIRCLE(10, 20, 2))',
      'CONTAINS(POINT(ra, dec), CIRCLE(10, 20, 2)) < 1',
      'CONTAINS(POINT(ra, dec), CIRCLE(10, 20, 2)) IN (0, 1)',
      'NOT 1 = CONTAINS(POINT(ra, dec), CIRCLE(10, 20, 2))',
      'DISTANCE(ra, dec, 10, 20) > 2',
      'DISTANCE(ra, dec, 10, 20) NOT BETWEEN 0 AND 2',
      'DISTANCE(dec + 0, ra, 10, 20) < 2',
      'DISTANCE(ra + 0, dec, 10, 20) < 2',
      'DISTANCE(ra, dec, 10, 20) < id',
      'DISTANCE(ra, dec, id, 20) < 2',
      'DISTANCE(ra, dec, 10, 20) < 2 OR id < 5',
      '1 = CONTAINS(POINT(ra, dec), CIRCLE(10, 20, 180))',
      '1 = CONTAINS(POINT(ra, dec), BOX(10, 20, 0, 3))',
      '1 = CONTAINS(POINT(ra, dec), POLYGON(10, 20, 10, 20, 10, 20))',
      'ra <> 10',
      'ra + dec < 10',
      'ivo_healpix_index(id, ra, dec) = 5',
      'ivo_healpix_index(29, ra, dec) = 1152921504606846976',
      'ivo_healpix_index(6, ra, dec) NOT IN (5)',
      'ra IN (SELECT ra FROM t.b WHERE DISTANCE(ra, dec, 10, 20) < 2)',
    ]) {
      assert.equal(where(condition), null, condition);
    }
  });

  test('is that of the parts of a region', () => {
    const point = 'POINT(ra, dec)';
    const inside = (region: string) => where(`1 = CONTAINS(${point}, REGION('${region}'))`);
    const [a, b] = ['Circle 10 20 2', 'Box 11 20 3 4'];
    assert.deepEqual(
      inside(`Union (${a} ${b})`),
      where(`1 = CONTAINS(${point}, REGION('${a}')) OR 1 = CONTAINS(${point}, REGION('${b}'))`),
    );
    assert.deepEqual(
      inside(`Intersection (${a} ${b})`),
      where(`1 = CONTAINS(${point}, REGION('${a}')) AND 1 = CONTAINS(${point}, REGION('${b}'))`),
    );
    assert.deepEqual(inside(`Intersection (${a} Not (Circle 10 20 1))`), inside(a));
    assert.deepEqual(inside(`Not (Not (${a}))`), inside(a));
    assert.equal(inside(`Not (${a})`), null);
    assert.equal(where(`0 = CONTAINS(${point}, REGION('Union (${a} ${b})'))`), null);
    assert.deepEqual(
      where(`INTERSECTS(CIRCLE(ra, dec, 1), REGION('Union (${a} Circle 40 20 1)')) > 0`),
      where('DISTANCE(ra, dec, 10, 20) <= 3 OR DISTANCE(ra, dec, 40, 20) <= 2'),
    );
  });

  test('gives up on thousands of regions rather than on time', () => {
    const many = Array.from({ length: 3000 }, (_, n) => `DISTANCE(ra, dec, ${n / 10}, 20) < 0.01`);
    assert.equal(where(many.join(' OR ')), null);
    assert.ok(area(where(many.slice(0, 1500).join(' OR '))) < 0.01);
  });
});

describe('the cover of a table', () => {
  const near = (alias: string) => `DISTANCE(${alias}.ra, ${alias}.dec, 10, 20) < 2`;
  const small = cone(10, 20, 2);

  test('comes from WHERE on whichever side of a join it is', () => {
    for (const join of ['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN', 'NATURAL JOIN']) {
      const on = join.startsWith('NATURAL') ? '' : 'ON x.id = y.id';
      const from = join.startsWith('NATURAL') ? 't.a x CROSS JOIN t.b y' : `t.a x ${join} t.b y ${on}`;
      const [x, y] = covers(`SELECT x.id FROM ${from} WHERE ${near('y')}`);
      assert.equal(x, null);
      assertClose(y!, small, join);
    }
  });

  test('comes from ON for the sides that it leaves rows out of', () => {
    const of = (join: string) =>
      covers(
        `SELECT x.id FROM t.a x ${join} JOIN t.b y ON x.id = y.id AND ${near('x')} AND ${near('y')}`,
      ).map((ranges) => ranges !== null);
    assert.deepEqual(of('INNER'), [true, true]);
    assert.deepEqual(of('LEFT'), [false, true]);
    assert.deepEqual(of('RIGHT'), [true, false]);
    assert.deepEqual(of('FULL'), [false, false]);
  });

  test('goes through derived and common tables', () => {
    for (const query of [
      `SELECT q.id FROM (SELECT id, ra, dec FROM t.a) q WHERE ${near('q')}`,
      `SELECT q.id FROM (SELECT DISTINCT * FROM t.a ORDER BY id) q WHERE ${near('q')}`,
      `SELECT id FROM (SELECT id, ra AS l, dec AS b FROM t.a) q WHERE DISTANCE(q.l, q.b, 10, 20) < 2`,
      `SELECT id FROM (SELECT id, POINT(ra, dec) AS p FROM t.a) q WHERE 1 = CONTAINS(q.p, CIRCLE(10, 20, 2))`,
      `SELECT id FROM (SELECT p AS o, id FROM (SELECT id, POINT(ra, dec) AS p FROM t.a) q) r WHERE DISTANCE(o, POINT(10, 20)) < 2`,
      `WITH q AS (SELECT * FROM t.a) SELECT id FROM q WHERE ${near('q')}`,
      `WITH p AS (SELECT * FROM t.a), q AS (SELECT * FROM p) SELECT id FROM q WHERE ${near('q')}`,
      `SELECT q.id FROM (SELECT id, ra, dec FROM t.a UNION ALL SELECT id, x, y FROM t.b) q WHERE ${near('q')}`,
      `SELECT q.id FROM (SELECT TOP 5 * FROM t.a a WHERE ${near('a')}) q`,
      `SELECT COUNT(*) FROM t.a a WHERE ${near('a')}`,
      `SELECT id FROM t.b WHERE EXISTS (SELECT 1 FROM t.a a WHERE a.id = b.id AND ${near('a')})`,
    ]) {
      const found = covers(query).filter((ranges) => ranges !== null);
      assert.equal(found.length, 1, query);
      assertClose(found[0]!, small, query);
    }
  });

  test('does not go through what depends on all rows', () => {
    for (const query of [
      `SELECT q.id FROM (SELECT TOP 5 * FROM t.a) q WHERE ${near('q')}`,
      `SELECT q.id FROM (SELECT * FROM t.a OFFSET 5) q WHERE ${near('q')}`,
      `SELECT q.n FROM (SELECT ra, dec, COUNT(*) AS n FROM t.a GROUP BY ra, dec) q WHERE ${near('q')}`,
      `SELECT id FROM (SELECT id, ra + 1 AS ra, dec FROM t.a) q WHERE ${near('q')}`,
      `SELECT id FROM (SELECT id, dec AS ra, dec FROM t.a) q WHERE ${near('q')}`,
    ]) {
      assert.deepEqual(covers(query), [null], query);
    }
  });

  test('takes no bounds from coordinates that are not the main ones, which may be of another circle', () => {
    for (const query of [
      'SELECT y.id FROM (SELECT x AS ra, y AS dec, id FROM t.a WHERE x < -5) x JOIN t.b y ON DISTANCE(x.ra, x.dec, y.ra, y.dec) < 1',
      'SELECT y.id FROM t.a x JOIN t.b y ON DISTANCE(x.x, x.y, y.ra, y.dec) < 1 WHERE x.x BETWEEN -10 AND 10',
    ]) {
      assert.deepEqual(covers(query), [null, null], query);
    }
  });

  test('of a common table is what all that name it want', () => {
    const twice = (second: string) =>
      covers(`WITH q AS (SELECT * FROM t.a)
        SELECT x.id FROM q x JOIN q y ON x.id = y.id WHERE ${near('x')} AND ${second}`)[0]!;
    assert.equal(twice('y.id > 3'), null);
    assert.equal(twice('DISTANCE(y.ra, y.dec, 100, 20) < 3') === null, false);
    assert.ok(area(twice('DISTANCE(y.ra, y.dec, 100, 20) < 3')) > area(small) + area(cone(100, 20, 2.9)));
    const [unused] = covers('WITH q AS (SELECT * FROM t.a) SELECT id FROM t.b');
    assert.equal(unused!.start.length, 0);
  });

  test('grows along positional joins', () => {
    const grown = cone(10, 20, 2.5);
    for (const [query, which] of [
      [`SELECT x.id FROM t.a x JOIN t.b y ON DISTANCE(x.ra, x.dec, y.ra, y.dec) < 0.5 WHERE ${near('x')}`, 1],
      [
        `SELECT x.id FROM t.a x, t.b y WHERE 1 = CONTAINS(POINT(y.ra, y.dec), CIRCLE(x.ra, x.dec, 0.5)) AND ${near('x')}`,
        1,
      ],
      [
        `SELECT x.id FROM t.a x LEFT JOIN t.b y ON DISTANCE(x.ra, x.dec, y.ra, y.dec) < 0.5 WHERE ${near('x')}`,
        1,
      ],
      [
        `SELECT y.id FROM (SELECT TOP 5 * FROM t.a x WHERE ${near('x')}) x JOIN t.b y ON DISTANCE(x.ra, x.dec, y.ra, y.dec) < 0.5`,
        1,
      ],
      [
        `SELECT x.id FROM t.a x WHERE ${near('x')} AND NOT EXISTS (SELECT 1 FROM t.b y WHERE DISTANCE(x.ra, x.dec, y.ra, y.dec) < 0.5)`,
        1,
      ],
      [
        `SELECT x.id FROM t.a x JOIN t.a z ON DISTANCE(x.ra, x.dec, z.ra, z.dec) < 0.25 JOIN t.b y ON DISTANCE(y.ra, y.dec, z.ra, z.dec) < 0.25 WHERE ${near('x')}`,
        2,
      ],
    ] as const) {
      assertClose(covers(query)[which]!, grown, query);
    }
    const outer = `SELECT x.id FROM t.a x LEFT JOIN t.b y ON DISTANCE(x.ra, x.dec, y.ra, y.dec) < 0.5 AND ${near('y')}`;
    assert.equal(covers(outer)[0], null, 'rows that have no neighbour stay');
  });

  test('is found soon for common tables that name each other again and again', () => {
    const tables = Array.from({ length: 30 }, (_, n) => {
      const before = n === 0 ? 't.a' : `c${n - 1}`;
      return `c${n} AS (SELECT ra, dec, id FROM ${before} UNION ALL SELECT ra, dec, id FROM ${before})`;
    });
    const [found] = covers(`WITH ${tables.join(', ')} SELECT id FROM c29 WHERE ${near('c29')}`);
    assertClose(found!, small, '2 to the power of 30 ways');
  });

  test('is found with a bounded number of regions, however many tables are joined', () => {
    const joins = Array.from(
      { length: 100 },
      (_, n) => `JOIN t.a t${n + 1} ON DISTANCE(t${n}.ra, t${n}.dec, t${n + 1}.ra, t${n + 1}.dec) < 0.01`,
    );
    const query = checked(
      `SELECT t0.id FROM t.a t0 ${joins.join(' ')} WHERE DISTANCE(t0.ra, t0.dec, 10, 20) < 2`,
    );
    const skies = [...coversOf(query, kernel.vertices).values()];
    let asked = 0;
    const counting: typeof kernel = {
      ...kernel,
      coneRanges(cone) {
        asked++;
        return kernel.coneRanges(cone);
      },
    };
    const found = skies.map((sky) => rangesOf(sky, counting));
    assert.ok(found.filter((ranges) => ranges !== null).length >= 5);
    assert.ok(asked <= 101 * 15, `${asked} cones`);
  });
});

describe('no row is lost', () => {
  /** Clusters where it may go wrong: the poles, the wrap, the corners of base cells. */
  const centres = [
    [0, 90],
    [123, -90],
    [0, 0],
    [359.9, 10],
    [180, 45],
    [45, 41.8103],
    [90, -41.8103],
  ] as const;
  const numbers = fc.double({ min: 0, max: 1, noNaN: true });
  const centre = fc.constantFrom(...centres);
  const radius = fc.constantFrom(0, 0.3, 1, 2.5, 20, 100, 179.5);
  const alias = fc.constantFrom('x', 'y');

  function rowsOf(seed: number): TestRow[] {
    const { lon, lat } = catalogue(40, seed);
    return Array.from(lon, (value, id) => {
      const other = { x: lon[(id + 3) % 40]!, y: lat[(id + 3) % 40]! };
      // A few anywhere, the others around one of the centres, some of them exactly there.
      const [ra, dec] = centres[id % centres.length]!;
      if (id % 8 === 0) return { id, ra: value, dec: lat[id]!, ...other };
      if (id % 8 === 1) return { id, ra, dec, ...other };
      const [lonNear, latNear] = at({ lon: ra, lat: dec, radius: 0 }, ((id * 37) % 100) / 25, value);
      return { id, ra: lonNear % 360, dec: latNear, ...other };
    });
  }
  const tables = new Map([
    ['a', rowsOf(1)],
    ['b', rowsOf(2)],
  ]);

  const condition = (names: fc.Arbitrary<string>): fc.Arbitrary<string> => {
    const simple = fc.tuple(names, centre, radius, numbers).chain(([x, [lon, lat], r, unit]) => {
      const point = `POINT(${x}.ra, ${x}.dec)`;
      const cell = hashOne(lon, lat) >> 48n;
      return fc.constantFrom(
        `1 = CONTAINS(${point}, CIRCLE(${lon}, ${lat}, ${r}))`,
        `0 < CONTAINS(${point}, BOX(${lon}, ${lat}, ${1 + 60 * unit}, ${1 + 30 * unit}))`,
        `INTERSECTS(CIRCLE(${x}.ra, ${x}.dec, 1), CIRCLE(${lon}, ${lat}, ${r / 2})) = 1`,
        `1 = CONTAINS(${point}, POLYGON(${lon}, ${lat}, ${(lon + 20) % 360}, ${lat / 2}, ${lon}, ${lat / 3 - 1}))`,
        `0 = CONTAINS(${point}, CIRCLE(${lon}, ${lat}, ${r}))`,
        `DISTANCE(${x}.ra, ${x}.dec, ${lon}, ${lat}) <= ${r}`,
        `DISTANCE(${lon}, ${lat}, ${x}.ra, ${x}.dec) < ${r}`,
        `DISTANCE(${point}, POINT(${lon}, ${lat})) > ${r}`,
        `${x}.dec >= ${lat - unit}`,
        `${x}.ra BETWEEN ${lon - 3} AND ${lon + 3}`,
        `${x}.ra > ${360 * unit}`,
        `${x}.dec < ${lat}`,
        `ivo_healpix_index(5, ${x}.ra, ${x}.dec) IN (${cell}, 17)`,
        `ivo_healpix_index(5, ${x}.ra, ${x}.dec) < ${cell}`,
        `${x}.id < ${Math.round(30 * unit)}`,
      );
    });
    return fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        simple,
        fc.tuple(tie('tree'), tie('tree')).map(([p, q]) => `(${p} AND ${q})`),
        fc.tuple(tie('tree'), tie('tree')).map(([p, q]) => `(${p} OR ${q})`),
        tie('tree').map((p) => `NOT (${p})`),
      ),
    })).tree;
  };
  const near = fc
    .tuple(radius, fc.boolean())
    .map(([r, form]) =>
      form
        ? `DISTANCE(x.ra, x.dec, y.ra, y.dec) < ${r}`
        : `1 = CONTAINS(POINT(y.ra, y.dec), CIRCLE(x.ra, x.dec, ${r}))`,
    );
  const onOne = condition(fc.constant('q'));
  const source = fc.oneof(
    fc.constantFrom('t.a', 't.b', 'w'),
    fc
      .tuple(
        onOne,
        fc.constantFrom('', 'TOP 7'),
        fc.constantFrom('*', 'q.dec, q.ra, q.id', 'q.dec AS ra, q.dec, q.id', 'q.x AS ra, q.y AS dec, q.id'),
      )
      .map(([where, top, columns]) => `(SELECT ${top} ${columns} FROM t.a q WHERE ${where})`),
    fc
      .tuple(onOne, fc.constantFrom('UNION ALL', 'EXCEPT ALL', 'INTERSECT ALL'))
      .map(
        ([where, operator]) =>
          `(SELECT q.ra, q.dec, q.id FROM t.a q WHERE ${where} ${operator} SELECT q.ra, q.dec, q.id FROM w q)`,
      ),
    onOne.map((where) => `(SELECT q.* FROM t.b o LEFT JOIN t.a q ON q.id = o.id AND ${where})`),
  );
  const from = fc
    .tuple(
      source,
      source,
      fc.constantFrom('JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN'),
      near,
      condition(alias),
    )
    .chain(([x, y, join, close, more]) =>
      fc.constantFrom(
        `${x} x, ${y} y`,
        `${x} x ${join} ${y} y ON ${close}`,
        `${x} x ${join} ${y} y ON ${close} AND ${more}`,
        `${x} x ${join} ${y} y ON x.id = y.id AND ${more}`,
        `${x} x ${join} (t.b z LEFT JOIN ${y} y ON z.id = y.id) ON ${close}`,
      ),
    );
  const query = fc
    .tuple(
      onOne,
      from,
      fc.oneof(condition(alias), near),
      fc.option(fc.tuple(fc.constantFrom('EXISTS', 'NOT EXISTS'), condition(fc.constant('e')), radius)),
    )
    .map(([common, tables, where, exists]) => {
      const also =
        exists === null
          ? ''
          : ` AND ${exists[0]} (SELECT 1 FROM t.b e WHERE ${exists[1]} AND DISTANCE(e.ra, e.dec, x.ra, x.dec) < ${exists[2]})`;
      return `WITH w AS (SELECT * FROM t.b q WHERE ${common}) SELECT x.id, y.id FROM ${tables} WHERE ${where}${also}`;
    });

  test('by the covers of any query', { timeout: 300_000 }, () => {
    let pruned = 0;
    fc.assert(
      fc.property(query, (text) => {
        const statement = checked(text);
        const skies = coversOf(statement, kernel.vertices);
        const all = (node: NamedTable) => tables.get(node.table.parts.at(-1)!.name)!;
        const kept = (node: NamedTable) => {
          const ranges = rangesOf(skies.get(node) ?? EVERYWHERE, kernel);
          if (ranges === null) return all(node);
          const rows = all(node).filter(({ ra, dec }) => flagOf(ranges, hashOne(ra, dec)) !== undefined);
          if (rows.length < all(node).length) pruned++;
          return rows;
        };
        assert.deepEqual(answer(statement, kept).sort(), answer(statement, all).sort());
      }),
      { numRuns: Number(process.env.ALMAGEST_COVER_QUERIES ?? 60) },
    );
    assert.ok(pruned > 0, 'some tables were read in part');
  });
});
