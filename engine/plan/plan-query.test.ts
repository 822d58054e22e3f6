import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { demoBucket } from '../../test/demo-release.ts';
import { kernel } from '../../test/sky.ts';
import { checkQuery } from '../adql/check/check.ts';
import { DEMO_QUERIES } from '../adql/example-queries.ts';
import { FUNCTIONS } from '../adql/functions/functions.ts';
import { parseAdql } from '../adql/parse.ts';
import type { Release } from '../catalog/release.ts';
import { qualifiedName, type Table } from '../catalog/table.ts';
import { createEngine } from '../engine.ts';
import { folderStorage } from '../storage/folder.ts';
import { describePlan, planText } from './describe.ts';
import type { Plan } from './plan.ts';
import type { PlanOptions } from './plan-options.ts';
import { planQuery } from './plan-query.ts';
import { testTable } from './test-tables.ts';

const SCHEMA = testTable('tap_schema', 'columns');
const NO_DATABASE = { available: { scan: true, duckdb: true, postgresql: false } };
const CONE = '1 = CONTAINS(POINT(ra, dec), CIRCLE(56.75, 24.12, 2))';

describe('a plan', () => {
  /** `hipparcos.stars` as it is, and the same a thousand times as large under the name of `big.stars`. */
  let releases: Map<Table, Release>;
  before(async () => {
    const storage = folderStorage(await demoBucket());
    const { catalogs } = createEngine({ storage, kernel, cacheBytes: 2 ** 20 });
    const [stars, objects] = await Promise.all(
      ['hipparcos.stars', 'dso.objects'].map((name) => catalogs.open(name)),
    );
    releases = new Map(
      [stars!, objects!, enlarged(stars!)].map((release) => [release.manifest.table, release]),
    );
  });

  function enlarged(release: Release): Release {
    const { manifest } = release;
    const skymap = {
      order: manifest.skymap!.order,
      rows: manifest.skymap!.rows.map((count) => 1000 * count),
    };
    const table = { ...manifest.table, schema: 'big' };
    return { ...release, manifest: { ...manifest, table, skymap, rows: 1000 * manifest.rows } };
  }

  function plan(text: string, options: Partial<PlanOptions> = {}): Plan {
    const query = checkQuery(parseAdql(text), [...releases.keys(), SCHEMA], FUNCTIONS);
    return planQuery(query, {
      releases,
      uploads: new Map(),
      kernel,
      limits: { bytes: 32e6, pieceBytes: 256e6 },
      available: { scan: true, duckdb: true, postgresql: true },
      forced: null,
      unsupported: { duckdb: null, postgresql: null },
      ...options,
    });
  }

  function assertEngine(engine: Plan['engine'], queries: readonly string[], options?: Partial<PlanOptions>) {
    for (const text of queries) {
      const found = plan(text, options);
      assert.equal(found.engine, engine, `${text}: ${planText(found)}`);
      assert.equal(found.refusals[engine], null);
      assert.equal(found.scan !== null, engine === 'scan');
    }
  }

  test('is a scan for rows as they are stored, however large the table', () => {
    assertEngine('scan', [
      'SELECT * FROM hipparcos.stars',
      'SELECT TOP 10 * FROM big.stars',
      'SELECT vmag AS v, source_id, vmag FROM big.stars s',
      `SELECT ra FROM big.stars WHERE ${CONE}`,
      `SELECT ra FROM big.stars WHERE ${CONE} AND vmag < 6 AND 1 = CONTAINS(POINT(ra, dec), BOX(57, 24, 3, 1))`,
      "SELECT ra FROM big.stars WHERE 1 = INTERSECTS(REGION('Polygon ICRS 10 20 14 20 12 25'), POINT(ra, dec))",
      'SELECT ra FROM big.stars WHERE DISTANCE(ra, dec, 10, 20) < 2',
      'SELECT COUNT(*) FROM big.stars',
      `SELECT TOP 5 COUNT(*) AS n FROM big.stars WHERE ${CONE} AND vmag < 6`,
      'SELECT ra FROM big.stars WHERE ra BETWEEN 10 AND 10.5 AND dec > 0 AND dec < 0.5',
    ]);
  });

  test('says what a scan is to do', () => {
    const { scan } = plan(
      `SELECT TOP 7 dec d, ra FROM hipparcos.stars WHERE ${CONE} AND 2 > DISTANCE(ra, dec, -1, 20)
        AND vmag BETWEEN 1 AND 6 AND 3 <> hd AND 1 = CONTAINS(POINT(ra, dec), BOX(370, 24, 3, 1))`,
    );
    const { release, ranges, ...rest } = scan!;
    assert.equal(qualifiedName(release.manifest.table), 'hipparcos.stars');
    assert.notEqual(ranges, null);
    assert.deepEqual(rest, {
      columns: ['dec', 'ra'],
      regions: [
        { kind: 'cone', cone: { lon: 56.75, lat: 24.12, radius: 2 + 2e-12 }, strict: false },
        { kind: 'cone', cone: { lon: 359, lat: 20, radius: 2 }, strict: true },
        { kind: 'region', region: { kind: 'box', lon: 10, lat: 24, width: 3, height: 1 } },
      ],
      comparisons: [
        { column: 'vmag', operator: '>=', value: 1 },
        { column: 'vmag', operator: '<=', value: 6 },
        { column: 'hd', operator: '<>', value: 3 },
      ],
      top: 7,
    });
  });

  test('is DuckDB for what is computed of rows that can be loaded', () => {
    assertEngine('duckdb', [
      'SELECT ra FROM hipparcos.stars ORDER BY ra',
      'SELECT ra + 1 FROM hipparcos.stars',
      'SELECT DISTINCT constellation FROM hipparcos.stars',
      'SELECT COUNT(*), MIN(ra) FROM hipparcos.stars',
      'SELECT COUNT(hd) FROM hipparcos.stars',
      'SELECT COUNT(*) + 1 FROM hipparcos.stars',
      'SELECT COUNT(*) FROM hipparcos.stars WHERE vmag < 6',
      'SELECT COUNT(*) FROM hipparcos.stars HAVING COUNT(*) > 1',
      'SELECT COUNT(*) FROM hipparcos.stars GROUP BY hd',
      'SELECT ra FROM hipparcos.stars OFFSET 5',
      'SELECT ra FROM hipparcos.stars WHERE vmag < 6',
      "SELECT ra FROM hipparcos.stars WHERE name = 'Sirius'",
      'SELECT ra FROM hipparcos.stars WHERE source_id = 71683',
      `SELECT ra FROM hipparcos.stars WHERE ${CONE} OR vmag < 1`,
      `SELECT ra FROM big.stars WHERE ${CONE} ORDER BY ra`,
      `SELECT COUNT(*) FROM big.stars WHERE ${CONE} OR hd = 5 AND DISTANCE(ra, dec, 10, 20) < 1`,
      `SELECT s.ra FROM hipparcos.stars s JOIN big.stars b ON DISTANCE(s.ra, s.dec, b.ra, b.dec) < 0.01 WHERE DISTANCE(s.ra, s.dec, 10, 20) < 1`,
      'SELECT ra FROM hipparcos.stars UNION SELECT ra FROM hipparcos.stars',
      'WITH w AS (SELECT ra FROM hipparcos.stars) SELECT ra FROM w',
      'SELECT a.ra FROM hipparcos.stars a JOIN hipparcos.stars b USING (source_id)',
      'SELECT a.ra FROM hipparcos.stars a, hipparcos.stars b WHERE a.source_id = b.hd',
      'SELECT a.ra FROM hipparcos.stars a JOIN hipparcos.stars b ON DISTANCE(a.ra, a.dec, b.ra, b.dec) < 0.01',
      'SELECT COUNT(*) FROM tap_schema.columns',
      'SELECT * FROM tap_schema.columns',
    ]);
  });

  test('is DuckDB piece by piece where each row is answered by itself', () => {
    const limits = { bytes: 5e5, pieceBytes: 256e6 };
    for (const [query, inPieces] of [
      ['SELECT ra + 1 FROM hipparcos.stars', true],
      ["SELECT TOP 5 ra + 1 FROM hipparcos.stars WHERE name LIKE 'S%'", true],
      [`SELECT ra + 1 FROM hipparcos.stars WHERE ${CONE}`, false],
    ] as const) {
      const found = plan(query, { limits });
      assert.equal(found.engine, 'duckdb', query);
      assert.equal(found.pieces, inPieces ? found.uses[0]!.node : null, query);
    }
    assertEngine(
      'postgresql',
      [
        'SELECT COUNT(*) FROM hipparcos.stars WHERE vmag + 1 < 6',
        'SELECT ra + 1 FROM hipparcos.stars ORDER BY ra',
        'SELECT DISTINCT ra + 1 FROM hipparcos.stars',
        'SELECT ra + 1 FROM hipparcos.stars OFFSET 5',
        'SELECT ra + (SELECT MIN(ra) FROM hipparcos.stars) FROM hipparcos.stars',
        'SELECT ra + 1 FROM hipparcos.stars UNION ALL SELECT ra FROM hipparcos.stars',
        'SELECT a.ra + 1 FROM hipparcos.stars a JOIN hipparcos.stars b USING (source_id)',
        'SELECT ra + 1 FROM big.stars',
      ],
      { limits },
    );
  });

  test('is PostgreSQL for what is too much for the edge', () => {
    assertEngine('postgresql', [
      'SELECT COUNT(*) FROM big.stars WHERE vmag < 6',
      'SELECT COUNT(hd) FROM big.stars',
      'SELECT constellation, COUNT(*) FROM big.stars GROUP BY constellation',
      'SELECT ra FROM big.stars ORDER BY ra',
      'SELECT ra FROM big.stars WHERE vmag < 1',
      'SELECT a.ra FROM hipparcos.stars a, hipparcos.stars b WHERE a.ra < b.ra',
      'SELECT a.ra FROM hipparcos.stars a CROSS JOIN hipparcos.stars b',
      'SELECT a.ra FROM hipparcos.stars a JOIN hipparcos.stars b ON DISTANCE(a.ra, a.dec, b.ra, b.dec) < 20',
      'SELECT a.ra FROM hipparcos.stars a LEFT JOIN hipparcos.stars b ON DISTANCE(a.ra, a.dec, b.ra, b.dec) < 0.01',
      'SELECT a.ra FROM hipparcos.stars a JOIN hipparcos.stars b ON a.ra = b.ra OR a.dec = b.dec',
      'SELECT a.ra FROM hipparcos.stars a WHERE EXISTS (SELECT 1 FROM hipparcos.stars b WHERE b.vmag < a.vmag)',
    ]);
    assertEngine('duckdb', [
      'SELECT a.ra FROM hipparcos.stars a WHERE EXISTS (SELECT 1 FROM hipparcos.stars b WHERE b.source_id = a.hd AND b.vmag < a.vmag)',
      'SELECT a.ra FROM hipparcos.stars a WHERE a.vmag < (SELECT AVG(vmag) FROM hipparcos.stars)',
      `SELECT a.ra FROM hipparcos.stars a, (SELECT MAX(vmag) AS m FROM hipparcos.stars) b WHERE a.vmag < b.m`,
      'SELECT a.ra FROM hipparcos.stars a, (SELECT TOP 3 ra FROM hipparcos.stars) b WHERE a.ra < b.ra',
    ]);
  });

  test('is PostgreSQL by its index for a look-up in a large table', () => {
    const queries = [
      'SELECT * FROM big.stars WHERE source_id = 71683',
      'SELECT ra FROM big.stars WHERE 1 < 2 AND source_id IN (1, 2, 1 + 2)',
    ];
    assertEngine('postgresql', queries);
    assert.match(plan(queries[0]!).why, /by an identifier, which the database has an index of/);
    assert.equal(
      plan(queries[0]!).refusals.scan,
      'it gives rows of one table as they are stored, or their number, and its conditions are more than regions, and comparisons of columns with numbers, joined by AND',
    );
    assertEngine('duckdb', [
      'SELECT ra FROM big.stars WHERE DISTANCE(ra, dec, 10, 20) < 1 AND source_id = 5',
    ]);
  });

  test('is the edge for whatever it can do where there is no database', () => {
    assertEngine(
      'scan',
      ['SELECT ra FROM big.stars', 'SELECT ra FROM big.stars WHERE vmag < 1'],
      NO_DATABASE,
    );
    assertEngine('duckdb', ['SELECT ra FROM hipparcos.stars WHERE source_id = 71683'], NO_DATABASE);
    assert.throws(() => plan('SELECT ra FROM big.stars ORDER BY ra', NO_DATABASE), {
      name: 'PlanError',
      message:
        /^This query cannot be answered here: at the edge about 946 MB would have to be loaded, 118,216,000 rows of big\.stars among them, and at most 32 MB are; a condition on the position makes it less, such as 1 = CONTAINS\(POINT\(ra, dec\), CIRCLE\(10, 20, 0\.5\)\); in PostgreSQL this service has no database$/,
    });
    assert.throws(
      () => plan('SELECT a.ra FROM hipparcos.stars a, hipparcos.stars b', NO_DATABASE),
      /about 1 × 10\^10 pairs of rows would have to be compared one by one; a condition that columns be equal/,
    );
  });

  test('follows what engines are there and what their dialects can say', () => {
    const ordered = 'SELECT ra FROM hipparcos.stars ORDER BY ra';
    assertEngine('postgresql', [ordered], { available: { scan: true, duckdb: false, postgresql: true } });
    const unsupported = { duckdb: 'it has no FOO', postgresql: null };
    assertEngine('postgresql', [ordered], { unsupported });
    assert.equal(plan(ordered, { unsupported }).refusals.duckdb, 'it has no FOO');
    assert.equal(plan(ordered).refusals.postgresql, null, 'it may take over');
    const neither = { duckdb: 'it has no FOO', postgresql: 'it has no BAR' };
    assert.throws(
      () => plan(ordered, { unsupported: neither }),
      /at the edge it has no FOO; in PostgreSQL it has no BAR$/,
    );
    assert.equal(plan('SELECT * FROM tap_schema.columns').refusals.postgresql, null);
  });

  test('does as it is told, or says why it cannot', () => {
    const cone = `SELECT ra FROM hipparcos.stars WHERE ${CONE}`;
    for (const forced of ['scan', 'duckdb', 'postgresql'] as const) {
      assertEngine(forced, [cone], { forced });
      assert.equal(plan(cone, { forced }).why, 'it was asked for');
    }
    assertEngine('scan', [cone], { forced: 'edge' });
    assertEngine('duckdb', ['SELECT MAX(ra) FROM hipparcos.stars'], { forced: 'edge' });
    for (const [text, forced, message] of [
      [
        'SELECT MAX(ra) FROM hipparcos.stars',
        'scan',
        'The engine scan cannot answer this query: it gives rows of one table as they are stored, or their number, and it has groups or aggregates',
      ],
      ['SELECT MAX(ra) FROM big.stars', 'edge', /^The engine edge cannot answer this query: about 946 MB/],
      [
        'SELECT MAX(ra) FROM big.stars',
        'duckdb',
        /^The engine duckdb cannot answer this query: about 946 MB/,
      ],
    ] as const) {
      assert.throws(() => plan(text, { forced }), { name: 'PlanError', message });
    }
    assert.throws(
      () => plan(cone, { ...NO_DATABASE, forced: 'postgresql' }),
      /^PlanError: The engine postgresql cannot answer this query: this service has no database$/,
    );
  });

  test('says why a query is no scan', () => {
    const why = (text: string) => plan(text).refusals.scan!.replace(/^.*their number, and /, '');
    assert.equal(why('SELECT ra + 1 FROM hipparcos.stars'), 'it computes values');
    assert.equal(why('SELECT DISTINCT ra FROM hipparcos.stars'), 'it is DISTINCT');
    assert.equal(why('SELECT ra FROM hipparcos.stars ORDER BY ra'), 'it is ordered');
    assert.equal(why('SELECT ra FROM hipparcos.stars OFFSET 1'), 'it has an OFFSET');
    assert.equal(why('SELECT MAX(ra) FROM hipparcos.stars'), 'it has groups or aggregates');
    assert.equal(why('WITH w AS (SELECT * FROM hipparcos.stars) SELECT * FROM w'), 'it has a WITH clause');
    assert.equal(why('SELECT ra FROM (SELECT ra FROM hipparcos.stars) q'), 'it is not of one table alone');
    assert.equal(
      why('SELECT a.ra FROM hipparcos.stars a JOIN hipparcos.stars b USING (source_id)'),
      'it is not of one table alone',
    );
    assert.equal(why('SELECT * FROM tap_schema.columns'), 'the table is in no release');
    assert.equal(
      why('SELECT ra FROM hipparcos.stars UNION ALL SELECT ra FROM hipparcos.stars'),
      'it is a UNION',
    );
    for (const where of [
      'vmag < bv',
      'source_id < 5',
      "name = 'Sirius'",
      'NOT vmag < 5',
      'vmag < 5 OR vmag > 6',
      '0 = CONTAINS(POINT(ra, dec), CIRCLE(56.75, 24.12, 2))',
      'DISTANCE(ra, dec, 10, 20) > 2',
      'DISTANCE(ra, dec, 10, 20) = 2',
      'DISTANCE(ra, dec, 10, 20) < -2',
      '1 = INTERSECTS(CIRCLE(ra, dec, 1), CIRCLE(10, 20, 2))',
      '1 = CONTAINS(POINT(ra, vmag), CIRCLE(10, 20, 2))',
      '1 = CONTAINS(POINT(ra, dec), POLYGON(10, 20, 10, 20, 10, 20))',
      '1 = CONTAINS(POINT(ra, dec), POINT(10, 20))',
      'ivo_healpix_index(6, ra, dec) = 5',
    ]) {
      assert.match(why(`SELECT ra FROM hipparcos.stars WHERE ${where}`), /^its conditions are more/, where);
    }
  });

  test('tells which columns and how many rows and bytes a query needs', () => {
    const uses = (text: string) =>
      plan(text).uses.map(({ table, columns }) =>
        [table.schema, ...columns.map((at) => table.columns[at]!.name)].join(' '),
      );
    assert.deepEqual(uses('SELECT COUNT(*) FROM hipparcos.stars'), ['hipparcos']);
    assert.deepEqual(uses('SELECT vmag, ra + dec FROM hipparcos.stars WHERE bv > 0 ORDER BY hd'), [
      'hipparcos ra dec vmag bv hd',
    ]);
    assert.deepEqual(
      uses('SELECT b.*, hd FROM (SELECT ra FROM big.stars) b JOIN hipparcos.stars USING (ra) WHERE 1 = 1'),
      ['big ra', 'hipparcos ra hd'],
    );
    const [use] = plan(`SELECT ra FROM hipparcos.stars WHERE ${CONE}`).uses;
    assert.ok(use!.rows > 50 && use!.rows < 300, `${use!.rows} rows`);
    assert.equal(use!.bytes, use!.rows * 16);
    const all = plan('SELECT ra FROM hipparcos.stars').uses[0]!;
    assert.deepEqual([all.rows, all.bytes, all.ranges], [118_216, 118_216 * 8, null]);
  });

  test('reports positional joins, and nothing that only looks like one', () => {
    const joins = (from: string) => plan(`SELECT a.ra FROM ${from}`).positionJoins;
    const [join, ...others] = joins(
      'hipparcos.stars a JOIN hipparcos.stars b ON a.vmag < b.vmag AND 1 = CONTAINS(POINT(b.ra, b.dec), CIRCLE(a.ra, a.dec, 1 / 60.))',
    );
    assert.deepEqual(others, []);
    assert.equal(join!.degrees, 1 / 60);
    assert.equal(join!.strict, false);
    assert.equal(join!.join!.join, 'INNER');
    assert.deepEqual(
      [join!.left, join!.right].map(({ relation }) => relation.alias!.name),
      ['b', 'a'],
    );
    const [inWhere] = joins(
      'hipparcos.stars a, (SELECT ra, dec, vmag FROM hipparcos.stars) b WHERE DISTANCE(a.ra, a.dec, b.ra, b.dec) < b.vmag / 3600',
    );
    assert.deepEqual(
      [inWhere!.join, inWhere!.degrees, inWhere!.strict, inWhere!.right.relation.kind],
      [null, null, true, 'derived-table'],
    );
    for (const condition of [
      'DISTANCE(a.ra, a.dec, b.ra, b.dec) > 1',
      'DISTANCE(a.ra, a.dec, b.ra, a.dec) < 1',
      'DISTANCE(a.ra, a.dec, 10, 20) < 1',
      'DISTANCE(a.ra, a.dec, b.ra, b.dec) < a.vmag + b.vmag',
      'DISTANCE(a.ra, a.dec, b.ra, b.dec) < 1 OR a.vmag < 1',
      '0 = CONTAINS(POINT(a.ra, a.dec), CIRCLE(b.ra, b.dec, 1))',
      '1 = CONTAINS(CIRCLE(a.ra, a.dec, 1), CIRCLE(b.ra, b.dec, 2))',
    ]) {
      assert.deepEqual(joins(`hipparcos.stars a, hipparcos.stars b WHERE ${condition}`), [], condition);
    }
  });

  test('is found for every example, and described in words and in JSON', () => {
    for (const text of DEMO_QUERIES) {
      const found = plan(text);
      const description = describePlan(found);
      assert.deepEqual(JSON.parse(JSON.stringify(description)), description);
      assert.equal(description.tables.length, found.uses.length);
      assert.doesNotMatch(planText(found), /undefined|NaN|object Object/, text);
    }
    assert.equal(
      planText(plan(`SELECT TOP 5 ra FROM hipparcos.stars WHERE ${CONE} ORDER BY vmag`)).replace(
        / 20\d\d-\S+:/,
        ':',
      ),
      [
        'Answered by the edge, by DuckDB: all that can matter is about 56 rows, 1.3 kB.',
        'hipparcos.stars: about 56 rows, 1.3 kB, in 21 ranges of cells; ra, dec, vmag',
        'Not by the edge, by a scan: it gives rows of one table as they are stored, or their number, and it is ordered.',
        '',
      ].join('\n'),
    );
  });
});
