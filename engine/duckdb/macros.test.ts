import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { type Table, tableFromIPC } from 'apache-arrow';
import { connect } from '../../catalog-export/database/connect.ts';
import { migrate } from '../../catalog-export/database/migrate.ts';
import { startTestDatabase } from '../../test/postgres.ts';
import { at, kernel, separation } from '../../test/sky.ts';
import { circle, magnitude, near, oneOf, polygon, position, randomNumbers } from '../../test/sky-shapes.ts';
import { startInstance } from './instance.ts';
import { FRAMES, MACROS } from './macros.ts';
import { loadDuckdbCode } from './node.ts';

const server = await startTestDatabase();
after(() => server.close());
const postgres = await connect(server.url);
after(() => postgres.end());
await migrate(postgres);
const { control, makeFunctions } = await startInstance(loadDuckdbCode(), 256 << 20);

type Value = number | string | boolean | null | readonly Value[];

/** Both engines read these: numbers as doubles, arrays of them, texts. */
function literal(value: Value): string {
  if (value === null) return 'CAST(NULL AS double precision)';
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (typeof value === 'boolean') return `${value}`;
  if (typeof value !== 'number') return `CAST(ARRAY[${value.map(literal).join(', ')}] AS double precision[])`;
  return Number.isFinite(value)
    ? `CAST(${value.toExponential()} AS double precision)`
    : `CAST('${value}' AS double precision)`;
}

function plain(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'object') return [...(value as Iterable<unknown>)].map(plain);
  return value as Value;
}

async function answers(sql: string): Promise<{ duckdb: Value[]; postgresql: Value[] }> {
  makeFunctions(sql);
  const table: Table = tableFromIPC(control.query(sql));
  const { rows } = await postgres.query({ text: sql, rowMode: 'array' });
  const duckdb = Array.from({ length: table.numRows }, (_, row) =>
    table.schema.fields.map((_, column) => plain(table.getChildAt(column)!.get(row))),
  );
  return {
    duckdb: duckdb.flat(),
    postgresql: rows
      .flat()
      .map((value) => (typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : plain(value))),
  };
}

/** Asserts that a function gives the same in both engines: numbers to a part of themselves or of a degree. */
async function same(
  name: string,
  rows: readonly (readonly (Value | { sql: string })[])[],
  tolerance = 0,
): Promise<Value[]> {
  const given = rows.map((row) =>
    row.map((each) =>
      each !== null && typeof each === 'object' && 'sql' in each ? each.sql : literal(each),
    ),
  );
  const names = given[0]!.map((_, i) => `a${i}`);
  const tuples = given.map((row, n) => `(${[n, ...row].join(', ')})`);
  const { duckdb, postgresql } = await answers(
    `SELECT almagest.${name}(${names}) FROM (VALUES ${tuples}) AS t (n, ${names}) ORDER BY n`,
  );
  assert.equal(duckdb.length, rows.length);
  for (const [i, value] of duckdb.entries()) {
    const other = postgresql[i]!;
    assert.ok(close(value, other, tolerance), `${name}(${given[i]}): DuckDB ${value}, PostgreSQL ${other}`);
  }
  return duckdb;
}

function close(a: Value, b: Value, tolerance: number): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((each, i) => close(each, b[i]!, tolerance));
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return (
    Object.is(a, b) ||
    a === b ||
    Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)) ||
    Math.abs(Math.abs(a - b) - 360) <= tolerance
  );
}

const random = randomNumbers(1951);
const times = <T>(n: number, make: () => T): T[] => Array.from({ length: n }, make);

/** What no region should stumble over. */
const ODD_POLYGONS: readonly (readonly number[])[] = [
  [],
  [1, 2],
  [0, 0, 1, 1, 2],
  [0, 0, 10, 0, 10, 0],
  [0, 0, 0, 0, 10, 0, 10, 10],
  [0, 0, 180, 0, 90, 45],
  [0, 0, 10, 91, 20, 0],
  [0, 0, Number.NaN, 1, 20, 0],
  [0, 0, 120, 0, 240, 0],
  [0, 80, 90, 80, 180, 80, 270, 80],
  [270, -80, 180, -80, 90, -80, 0, -80],
  [10, 80, 100, 90, 190, 80, 100, 70],
  [350, -10, 370, -10, 370, 10, -10, 10],
];

const NO_POLYGON = { sql: 'CAST(NULL AS double precision[])' };

test('distances, circles and boxes', async () => {
  await same(
    'distance',
    times(400, () => [...position(random), ...position(random)]),
    2e-14,
  );
  const rounds = times(300, () => circle(random));
  await same(
    'point_in_circle',
    rounds.flatMap((each) => [
      [...near(random, each), ...each],
      [...position(random), ...each],
    ]),
  );
  await same(
    'circle_in_circle',
    rounds.map((each) => [each, [...near(random, each), each[2] * 3 * random()]]),
  );
  await same(
    'circles_intersect',
    rounds.map((each) => [each, [...near(random, each), each[2] * random()]]),
  );
  await same(
    'circle_area',
    [...rounds, [0, 0, -1], [0, 0, 200], [0, 0, Number.NaN]].map((each) => [each]),
    1e-14,
  );
  const sizes = () => oneOf(random, [0, 1e-6, 1, 30, 179, 180, -1, Number.NaN]) * random();
  await same(
    'box',
    times(200, () => [...position(random), sizes(), sizes()]),
    1e-13,
  );
});

test('points in polygons, their areas and centroids', async () => {
  const shapes = [...times(200, () => polygon(random)), ...ODD_POLYGONS];
  await same(
    'point_in_polygon',
    shapes.flatMap((each) => {
      const around = [each[0] ?? 0, Math.max(-90, Math.min(90, each[1] ?? 0)), 20] as const;
      return [[...position(random), each], ...times(3, () => [...near(random, around), each])];
    }),
  );
  const areas = await same(
    'polygon_area',
    shapes.map((each) => [each]),
    1e-9,
  );
  assert.ok(areas.filter((area) => area !== null && (area as number) > 0).length > 200);
  await same(
    'polygon_centroid',
    [NO_POLYGON, ...shapes.filter((_, i) => i < 200)].map((each) => [each]),
    2e-9,
  );
});

test('what is inside a polygon is in the circle around it, however often its edges go around', async () => {
  const stars = times(60, () => {
    const [lon, lat, reach] = [...position(random), magnitude(random, -2, 1.95)];
    const corners = oneOf(random, [5, 7, 9, 30]);
    // A number without a common divisor: edges that lie upon one another have no sides.
    const turns = oneOf(random, [1, 7, 11, 13]) % corners || 1;
    return times(corners, () => 0).flatMap((_, i) =>
      at({ lon, lat, radius: 0 }, reach, (360 * turns * i) / corners),
    );
  });
  const shapes = [...times(100, () => polygon(random)), ...stars];
  const bounds = await same(
    'polygon_bounds',
    [...shapes, ...ODD_POLYGONS, NO_POLYGON].map((each) => [each]),
    1e-9,
  );
  const circleOf = (i: number) => bounds[i] as readonly [number, number, number];
  assert.ok(shapes.filter((_, i) => circleOf(i)[2] < 90).length > 100);
  const points = shapes.flatMap((shape, i) =>
    times(8, () => ({ i, shape, point: oneOf(random, [near(random, circleOf(i)), position(random)]) })),
  );
  const inside = await same(
    'point_in_polygon',
    points.map(({ point, shape }) => [...point, shape]),
  );
  const held = inside.filter((each) => each === true).length;
  assert.ok(held > 150, `${held}`);
  for (const [at, { i, shape, point }] of points.entries()) {
    const [lon, lat, radius] = circleOf(i);
    if (inside[at] === true)
      assert.ok(separation({ lon, lat, radius }, ...point) <= radius, `${point} in ${shape}`);
  }
});

test('regions in regions', async () => {
  const pairs = times(120, () => {
    const reach = magnitude(random, -3, 1.5);
    const a = polygon(random, reach);
    const b = polygon(random, reach * oneOf(random, [0.2, 1, 3]));
    // Half of them near each other.
    const middle = [a[0]!, Math.max(-89, Math.min(89, a[1]!)), oneOf(random, [0.3, 2]) * reach] as const;
    return { a, b, disc: [...near(random, middle), reach * 2 * random()] };
  });
  const odd = ODD_POLYGONS.map((a) => ({ a, b: [...polygon(random, 20)], disc: circle(random) }));
  const all = [...pairs, ...odd];
  const inside = await same(
    'circle_in_polygon',
    all.map(({ a, disc }) => [disc, a]),
  );
  const touching = await same(
    'circle_intersects_polygon',
    all.map(({ a, disc }) => [disc, a]),
  );
  await same(
    'polygon_in_circle',
    all.map(({ a, disc }) => [a, [disc[0]!, disc[1]!, disc[2]! * 3]]),
  );
  inside.forEach((each, i) => {
    if (each === true) assert.equal(touching[i], true);
  });
  const nested = all.map(({ a, b }, i) => (i % 3 ? [a, b] : [a, a]));
  const contained = await same('polygon_in_polygon', nested);
  const meeting = await same('polygons_intersect', nested);
  contained.forEach((each, i) => {
    if (each === true) assert.equal(meeting[i], true);
    if (i % 3 === 0 && i < 120) assert.equal(each, true, 'a polygon is inside itself');
  });
  assert.ok(touching.includes(true) && touching.includes(false) && meeting.includes(false));
});

test('cells are those of the kernel to the last bit, centres those of PostgreSQL', async () => {
  const positions = times(3000, () => position(random));
  for (const eighth of [0, 1, 3, 8, 15, 16]) {
    for (const lat of [-90, -41.810314895778596, 0, 41.810314895778596, 90]) {
      for (const off of [0, 1e-15, 1e-13, 1e-11, 1e-9])
        positions.push([Math.min(360, eighth * 22.5 + off), lat - Math.sign(lat) * off]);
    }
  }
  const [lon, lat] = [0, 1].map((i) => Float64Array.from(positions, (each) => each[i]!)) as [
    Float64Array,
    Float64Array,
  ];
  const sql = `SELECT almagest.healpix_index(29, lon, lat) AS cell FROM (SELECT unnest([${[...lon].map((x) => x.toExponential())}]) AS lon,
    unnest([${[...lat].map((x) => x.toExponential())}]) AS lat)`;
  makeFunctions(sql);
  const cells = tableFromIPC(control.query(sql)).getChildAt(0)!.toArray() as BigInt64Array;
  assert.deepEqual(cells, kernel.hash(lon, lat));
  await same(
    'healpix_index',
    times(200, () => [{ sql: `${Math.floor(30 * random())}` }, 720 * random() - 360, position(random)[1]]),
  );
  await same('healpix_index', [
    [{ sql: '30' }, 1, 1],
    [{ sql: '-1' }, 1, 1],
    [{ sql: '3' }, Number.NaN, 1],
    [{ sql: '3' }, 1, 91],
    [{ sql: '3' }, null, 1],
  ]);
  const center = () => {
    const order = Math.floor(30 * random());
    return [
      { sql: `${order}` },
      { sql: `${BigInt(Math.floor(random() * 2 ** 30)) % (12n << BigInt(2 * order))}` },
    ];
  };
  await same('healpix_center', times(200, center), 1e-13);
  await same('healpix_center', [
    [{ sql: '0' }, { sql: '12' }],
    [{ sql: '1' }, { sql: '-1' }],
    [{ sql: '30' }, { sql: '1' }],
  ]);
});

test('reference systems', async () => {
  const shapes = [
    ...times(40, () => [...position(random)]),
    ...times(10, () => circle(random)),
    ...times(10, () => polygon(random)),
  ];
  for (const from of FRAMES) {
    for (const to of FRAMES) {
      await same(
        'transform',
        shapes.slice(0, from === 'ICRS' ? 60 : 12).map((shape) => [from, to, shape]),
        1e-13,
      );
    }
  }
  await same('transform', [
    ['ICRS', 'AZ_EL', [1, 2]],
    ['ICRS', 'FK4', [1, 91]],
    ['FK5', 'ICRS', [Number.NaN, 1]],
    ['ICRS', 'FK5', { sql: 'NULL' }],
  ]);
});

test('texts, intervals, times and decimal places', async () => {
  const texts = [
    '',
    'a',
    'A#b',
    '#',
    'M 31',
    'm%_1',
    'The quick-brown fox',
    'été ÉTÉ',
    "it's",
    'x_y',
    'ab#Cd#ef',
    'CD',
    null,
    'fox THE',
  ];
  const pairs = texts.flatMap((a) => texts.map((b) => [a, b]));
  for (const name of ['hashlist_has', 'hasword', 'nocasematch'])
    await same(
      name,
      pairs.map((pair) => pair.map((each) => (each === null ? { sql: 'CAST(NULL AS varchar)' } : each))),
    );
  assert.deepEqual(
    await same('hashlist_has', [
      ['a#Bc#d', 'bC'],
      ['a#Bc', 'B'],
      ['a#b', 'a#b'],
      ['', 'a'],
    ]),
    [1, 0, 0, 0],
  );
  assert.deepEqual(
    await same('hasword', [
      ['The quick-brown fox', 'FOX quick'],
      ['foxes', 'fox'],
      ['a', '-'],
      ['NGC 4993', 'ngc4993'],
    ]),
    [1, 0, 0, 0],
  );
  assert.deepEqual(
    await same('nocasematch', [
      ['M 31', 'm _1%'],
      ['M 31', 'm'],
      ['a\\b', 'A\\B'],
    ]),
    [1, 0, 1],
  );
  const ends = [0, 1, 2, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  await same(
    'interval_overlaps',
    times(300, () => times(4, () => oneOf(random, ends))),
  );
  const instants = [
    '2000-01-01 12:00:00',
    '1858-11-17 00:00:00',
    '2026-11-21 14:03:02.123456',
    '0001-01-01 00:00:00',
  ];
  for (const name of ['to_jd', 'to_mjd'])
    await same(
      name,
      instants.map((each) => [{ sql: `CAST('${each}' AS timestamp)` }]),
    );
  const numbers = [
    0,
    -0,
    0.5,
    1.5,
    -2.5,
    2.675,
    1234.5678,
    -1e15,
    1e300,
    1e-300,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    0.49999999999999994,
  ];
  const places = [0, 1, 2, 15, 22, 310, -1, -3, -22, -310].map((n) => ({ sql: `${n}` }));
  for (const name of ['round', 'truncate'])
    await same(
      name,
      numbers.flatMap((x) => places.map((n) => [x, n])),
    );
  await same('mod', [
    [7, 3],
    [-7, 3],
    [7, -3],
    [7.5, 2],
    [1e10, 7],
    [null, 3],
    [3, null],
    [Number.NaN, 2],
  ]);
  assert.throws(() => {
    makeFunctions('almagest.mod(1, 0)');
    control.query('SELECT almagest.mod(1, 0)');
  }, /division by zero/);
});

test('DuckDB reads every macro, each after those that it mentions', () => {
  for (const statement of MACROS) if (statement.startsWith('CREATE MACRO')) makeFunctions(statement);
  assert.ok(MACROS.length > 50);
});
