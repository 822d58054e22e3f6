import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { Region } from '../../engine/healpix-wasm/index.ts';
import { startTestDatabase } from '../../test/postgres.ts';
import { at, degrees, kernel } from '../../test/sky.ts';
import { circle, type LonLat, near, oneOf, polygon, position, randomNumbers } from '../../test/sky-shapes.ts';
import { connect } from './connect.ts';
import { migrate } from './migrate.ts';

const server = await startTestDatabase();
after(() => server.close());
const client = await connect(server.url);
after(() => client.end());
await migrate(client);

/** What an expression of x, y, z, … gives for each row of numbers. */
async function values<T>(expression: string, rows: readonly (readonly (number | null)[])[]): Promise<T[]> {
  const names = ['x', 'y', 'z', 'u', 'v'].slice(0, rows[0]!.length);
  const columns = names.map((_, i) => rows.map((row) => row[i]));
  const { rows: found } = await client.query(
    `SELECT ${expression} AS value FROM unnest(${names.map((_, i) => `$${i + 1}::float8[]`)})
     WITH ORDINALITY AS t (${names}, n) ORDER BY n`,
    columns,
  );
  return found.map(({ value }) => value);
}

/** Which of some positions an expression of x and y holds for. */
async function holds(expression: string, positions: readonly LonLat[]): Promise<number[]> {
  const found = await values<boolean | null>(expression, positions);
  return [...found.keys()].filter((i) => found[i] === true);
}

function columns(positions: readonly LonLat[]): [Float64Array, Float64Array] {
  return [Float64Array.from(positions, ([lon]) => lon), Float64Array.from(positions, ([, lat]) => lat)];
}

test('cells are those of the kernel, bit for bit, on borders too', async () => {
  const random = randomNumbers(29);
  const positions: LonLat[] = Array.from({ length: 20_000 }, () => position(random));
  const transition = Math.asin(2 / 3) / degrees;
  for (let eighth = -16; eighth <= 16; eighth++) {
    for (const lat of [-90, -transition, 0, transition, 90]) {
      for (const off of [0, 1e-300, 1e-15, 1e-13, 1e-11, 1e-9, 1e-7, 1e-5, 0.01]) {
        for (const [east, north] of [
          [0, 1],
          [1, 0],
          [1, 1],
          [1, -1],
          [-1, 0.5],
        ] as const) {
          for (const sign of [-1, 1]) {
            positions.push([
              Math.max(-360, Math.min(360, eighth * 22.5 + sign * off * east)),
              Math.max(-90, Math.min(90, lat + sign * off * north)),
            ]);
          }
        }
      }
    }
  }
  for (let order = 0; order < 30; order++) {
    for (let i = 0; i < 100; i++) {
      const cell = (BigInt(i) * (12n << BigInt(2 * order))) / 100n;
      for (const { lon, lat } of kernel.vertices(order, cell)) positions.push([lon, lat]);
    }
  }
  const expected = kernel.hash(...columns(positions));
  const found = await values<string>('almagest.healpix_index(29, x, y)', positions);
  const wrong = [...found.keys()].filter((i) => BigInt(found[i]!) !== expected[i]);
  assert.deepEqual(
    wrong.map((i) => positions[i]),
    [],
  );
  for (const order of [0, 1, 13, 28]) {
    const cells = await values<string>(`almagest.healpix_index(${order}, x, y)`, positions.slice(0, 500));
    const shift = BigInt(2 * (29 - order));
    assert.deepEqual(
      cells.map(BigInt),
      [...expected.subarray(0, 500)].map((cell) => cell >> shift),
    );
  }
});

test('centres of cells are those of the kernel', async () => {
  for (const order of [0, 1, 2, 5, 17, 28, 29]) {
    const count = 12n << BigInt(2 * order);
    const cells = Array.from({ length: 300 }, (_, i) => (BigInt(i) * (count - 1n)) / 299n);
    const { rows } = await client.query<{ center: [number, number] }>(
      `SELECT almagest.healpix_center(${order}, cell) AS center FROM unnest($1::bigint[]) cell`,
      [cells.map(String)],
    );
    rows.forEach(({ center: [lon, lat] }, i) => {
      const expected = kernel.center(order, cells[i]!);
      assert.ok(Math.abs(lat - expected.lat) < 2e-14 * 90, `${order}/${cells[i]}: lat ${lat}`);
      assert.ok(Math.abs(lon - expected.lon) < 2e-13, `${order}/${cells[i]}: lon ${lon}, ${expected.lon}`);
    });
  }
  const none = await client.query(
    `SELECT almagest.healpix_center(30, 0) AS a, almagest.healpix_center(0, 12) AS b, almagest.healpix_center(3, -1) AS c,
            almagest.healpix_index(30, 1, 1) AS d, almagest.healpix_index(-1, 1, 1) AS e`,
  );
  assert.deepEqual(none.rows, [{ a: null, b: null, c: null, d: null, e: null }]);
});

test('circles hold the positions that they hold in the kernel, at the distances', async () => {
  const random = randomNumbers(4);
  for (let i = 0; i < 150; i++) {
    const [lon, lat, radius] = circle(random);
    const cone = { lon, lat, radius };
    const positions = Array.from({ length: 60 }, (_, j) =>
      j % 4 ? near(random, [lon, lat, radius]) : position(random),
    );
    const all = { ...cone, radius: 180 };
    const expected = kernel.coneRows(all, ...columns(positions), null);
    const distances = await values<number>(`almagest.distance(x, y, ${lon}, ${lat})`, positions);
    distances.forEach((distance, j) => {
      const separation = expected.separation[j]!;
      const tolerance = separation > 179 ? 4e-6 : 3e-14 + 1e-13 * separation;
      assert.ok(
        Math.abs(distance - separation) <= tolerance,
        `${[lon, lat]}, ${positions[j]}: ${distance}, ${separation}`,
      );
    });
    const found = await holds(`almagest.point_in_circle(x, y, ${lon}, ${lat}, ${radius})`, positions);
    const inside = [...kernel.coneRows(cone, ...columns(positions), null).row];
    const odd = [...new Set([...found, ...inside])].filter((j) => !found.includes(j) || !inside.includes(j));
    for (const j of odd)
      assert.ok(Math.abs(expected.separation[j]! - radius) < 4e-12 * (1 + radius / 90), `${positions[j]}`);
  }
});

test('what lies on the rim of a circle is in it', async () => {
  const grid = [0, 0.1, 0.5, 1, 1.5, 2, 7, 30, 45, 60, 89];
  const rows = grid.flatMap((r) =>
    [-60, -10.5, 0, 0.3, 20].map((lat) => [
      123.4,
      lat,
      123.4,
      Math.min(90, lat + r),
      Math.min(90, lat + r) - lat,
    ]),
  );
  const equator = grid.map((r) => [0.1, 0, 0.1 + r, 0, r]);
  assert.deepEqual(
    new Set(await values('almagest.point_in_circle(x, y, z, u, v)', [...rows, ...equator])),
    new Set([true]),
  );
});

test('polygons and boxes hold the positions that they hold in the kernel', async () => {
  const random = randomNumbers(8);
  let total = 0;
  for (let i = 0; i < 200; i++) {
    const isBox = i % 4 === 0;
    const [lon, lat] = position(random);
    const [width, height] = [170 * random() ** 3 + 0.01, 170 * random() ** 3 + 0.01];
    const reach = isBox ? Math.max(width, height) / 2 : 70 * random() ** 2 + 0.001;
    const shape = polygon(random, reach);
    const vertices = shape.flatMap((_, j) => (j % 2 ? [] : [{ lon: shape[j]!, lat: shape[j + 1]! }]));
    if (!isBox && i % 10 === 1)
      vertices[1] = oneOf(random, [
        { lon: 77, lat: 90 },
        { lon: 3, lat: -90 },
      ]);
    const region: Region = isBox ? { kind: 'box', lon, lat, width, height } : { kind: 'polygon', vertices };
    const array = isBox
      ? `almagest.box(${lon}, ${lat}, ${width}, ${height})`
      : `'{${vertices.flatMap((vertex) => [vertex.lon, vertex.lat])}}'::float8[]`;
    const middle = isBox ? { lon, lat, radius: 0 } : { ...vertices[0]!, radius: 0 };
    const positions: LonLat[] = Array.from({ length: 200 }, (_, j) =>
      j % 3 ? at(middle, Math.min(180, reach * 2 * random()), 360 * random()) : position(random),
    );
    const expected = [...kernel.regionRows(region, ...columns(positions), null)];
    const found = await holds(`almagest.point_in_polygon(x, y, ${array})`, positions);
    const odd = [...new Set([...found, ...expected])].filter(
      (j) => !found.includes(j) || !expected.includes(j),
    );
    // On a vertex or an edge, where rounding decides.
    const distances =
      odd.length &&
      (await values<number>(
        `almagest.edges_distance(almagest.polygon_edges(${array}), x, y)`,
        odd.map((j) => positions[j]!),
      ));
    if (distances) assert.ok(Math.max(...distances) < 1e-11, array);
    total += expected.length;
  }
  assert.ok(total > 5000);
});

test('every position within a radius is in one window of the zones, and only one', async () => {
  const random = randomNumbers(60);
  const rows: number[][] = [];
  for (let i = 0; i < 3000; i++) {
    const [lon, lat] = position(random);
    const radius =
      i % 50 ? oneOf(random, [0, 1e-6, 1 / 3600, 1 / 60, 0.02, 0.3, 2]) : oneOf(random, [40, 89.9, 120, 180]);
    const part = random() < 0.5 ? 1 - 1e-9 * random() : random();
    rows.push([lon, lat, radius, ...at({ lon, lat, radius }, part * radius, 360 * random())]);
  }
  const windows = await values<number>(
    `(SELECT count(*)::int FROM almagest.zone_windows(x, y, z) w
      WHERE w.zone = almagest.zone(v) AND almagest.longitude(u) BETWEEN w.lo AND w.hi)`,
    rows,
  );
  assert.deepEqual(
    rows.filter((_, i) => windows[i] !== 1),
    [],
  );
  const few = await values<number>('(SELECT count(*)::int FROM almagest.zone_windows(x, y, z))', [
    [10, 20, 1 / 3600],
    [0, 20, 1 / 3600],
    [10, 20, -1],
    [10, 20, Number.NaN],
    [10, 91, 1],
    [10, 1e300, 1],
    [Number.POSITIVE_INFINITY, 20, 1],
  ]);
  assert.ok(few[0]! <= 2 && few[1]! <= 4, `${few}`);
  assert.deepEqual(few.slice(2), [0, 0, 0, 0, 0]);
  const constants = "SELECT count(*)::int FROM almagest.zone_windows(10, '1e300', 1)";
  assert.deepEqual(await values<number>(`(${constants})`, [[0, 0, 0]]), [0]);
});

test('what is no position is in nothing, and null stays null', async () => {
  const bad = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const rows = bad
    .flatMap((each) => [
      [each, 0],
      [0, each],
      [each, each],
    ])
    .concat([
      [0, 90.1],
      [0, -91],
    ]);
  const square = "'{350,-10,10,-10,10,10,350,10}'::float8[]";
  for (const [expression, expected] of [
    ['almagest.point_in_circle(x, y, 0, 0, 180)', false],
    ["almagest.point_in_circle(x, y, 0, 0, 'Infinity')", false],
    [`almagest.point_in_polygon(x, y, ${square})`, false],
    ['almagest.distance(x, y, 0, 0)', null],
    ['almagest.healpix_index(29, x, y)', null],
    ['almagest.box(x, y, 1, 1)', null],
  ] as const) {
    for (const value of await values(expression, rows))
      assert.ok(value === expected || value === null, expression);
  }
  const odd = await values<boolean>('almagest.point_in_circle(0, 0, x, y, z)', [
    [0, 0, 0],
    [0, 0, Number.POSITIVE_INFINITY],
    [0, 0, -1e-300],
    [0, 0, Number.NaN],
    [Number.NaN, 0, 180],
    [0, Number.NaN, 180],
  ]);
  assert.deepEqual(
    odd.map((value) => value === true),
    [true, true, false, false, false, false],
  );
  const nulls = await values(
    `(almagest.distance(x, 0, 0, 0), almagest.point_in_circle(x, 0, 0, 0, 1), almagest.point_in_polygon(x, 0, ${square}),
      almagest.healpix_index(29, x, 0), almagest.zone(x), almagest.box(x, 0, 1, 1), almagest.point_in_polygon(0, 0, NULL))::text`,
    [[null]],
  );
  assert.deepEqual(nulls, ['(,,,,,,)']);
});
