import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type pg from 'pg';
import { connect } from '../../catalog-export/database/connect.ts';
import { migrate } from '../../catalog-export/database/migrate.ts';
import { FRAMES } from '../../engine/duckdb/macros.ts';
import { startTestDatabase } from '../postgres.ts';
import { at } from '../sky.ts';
import { circle, magnitude, near, polygon, position, type Random, randomNumbers } from '../sky-shapes.ts';
import { runChecks, skipWithoutPython } from './clients.ts';

test("PostgreSQL's geometry agrees with astropy, astropy-healpix, cdshealpix and mocpy", {
  skip: skipWithoutPython,
}, async (t) => {
  const server = await startTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'almagest-geometry-'));
  try {
    const client = await connect(server.url);
    await migrate(client);
    const path = join(folder, 'answers.json');
    await writeFile(path, JSON.stringify(await answers(client, randomNumbers(20_261_122))));
    await client.end();
    await runChecks(t, 'check_geometry.py', [path]);
  } finally {
    await server.close();
    await rm(folder, { recursive: true });
  }
});

/** Of each kind: what was asked, row by row, and what PostgreSQL says. */
async function answers(client: pg.Client, random: Random) {
  const ask = async (call: string, rows: readonly (readonly unknown[])[]) => {
    const { rows: found } = await client.query(
      `SELECT to_jsonb(${call}) AS value FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS t (a, n) ORDER BY n`,
      [JSON.stringify(rows)],
    );
    return { asked: rows, found: found.map(({ value }) => value) };
  };
  const many = <T>(n: number, make: () => T): T[] => Array.from({ length: n }, make);
  const number = (i: number) => `(a->>${i})::float8`;
  const numbers = (...places: number[]) => places.map(number).join(', ');
  const array = (i: number) => `ARRAY(SELECT value::float8 FROM jsonb_array_elements_text(a->${i}))`;
  const order = () => Math.floor(30 * random());
  const triangle = () => polygon(random, magnitude(random, -3, 1.8)).slice(0, 6);
  const pair = () => {
    const middle = [...position(random), magnitude(random, -1, 1.3)] as const;
    const [lon, lat] = near(random, middle);
    return [triangleAt(random, middle), triangleAt(random, [lon, lat, middle[2] * (0.1 + random())])];
  };
  const roundPair = () => {
    const middle = [...position(random), magnitude(random, -1, 1.3)] as const;
    return [triangleAt(random, middle), [...near(random, middle), middle[2] * 2 * random() ** 2]];
  };
  const shapes = many(400, () => [...position(random)]);
  const transforms = await Promise.all(
    FRAMES.flatMap((from) => FRAMES.map((to) => [from, to] as const)).map(async ([from, to]) => ({
      from,
      to,
      ...(await ask(
        `almagest.transform('${from}', '${to}', ${array(0)})`,
        shapes.map((shape) => [shape]),
      )),
    })),
  );
  return {
    index: await ask(
      `almagest.healpix_index((a->>0)::int, ${numbers(1, 2)})::text`,
      many(5000, () => [order(), ...position(random)]),
    ),
    center: await ask(
      `almagest.healpix_center((a->>0)::int, (a->>1)::bigint)`,
      many(2000, () => {
        const depth = order();
        return [depth, `${(BigInt(Math.floor(random() * 2 ** 52)) * (12n << BigInt(2 * depth))) >> 52n}`];
      }),
    ),
    distance: await ask(
      `almagest.distance(${numbers(0, 1, 2, 3)})`,
      many(3000, () => {
        const round = circle(random);
        return [...near(random, round), round[0], round[1]];
      }),
    ),
    circle_area: await ask(
      `almagest.circle_area(${array(0)})`,
      many(200, () => [circle(random)]),
    ),
    polygon_area: await ask(
      `almagest.polygon_area(${array(0)})`,
      many(300, () => [triangle()]),
    ),
    moc_area: await ask(
      `almagest.polygon_area(${array(0)})`,
      many(25, () => [polygon(random, 5 + 20 * random())]),
    ),
    polygon_centroid: await ask(
      `almagest.polygon_centroid(${array(0)})`,
      many(60, () => [triangle()]),
    ),
    polygons_intersect: await ask(`almagest.polygons_intersect(${array(0)}, ${array(1)})`, many(150, pair)),
    polygon_in_polygon: await ask(`almagest.polygon_in_polygon(${array(1)}, ${array(0)})`, many(300, pair)),
    circle_intersects_polygon: await ask(
      `almagest.circle_intersects_polygon(${array(1)}, ${array(0)})`,
      many(150, roundPair),
    ),
    circle_in_polygon: await ask(
      `almagest.circle_in_polygon(${array(1)}, ${array(0)})`,
      many(300, roundPair),
    ),
    polygon_in_circle: await ask(
      `almagest.polygon_in_circle(${array(0)}, ${array(1)})`,
      many(300, roundPair),
    ),
    julian: await ask(
      `jsonb_build_array(almagest.to_jd((a->>0)::timestamp), almagest.to_mjd((a->>0)::timestamp))`,
      many(200, () => [new Date((random() - 0.3) * 4e12).toISOString().slice(0, -1)]),
    ),
    transforms,
  };
}

function triangleAt(random: Random, [lon, lat, reach]: readonly [number, number, number]): number[] {
  const turn = 360 * random();
  return [0, 1, 2].flatMap((i) => at({ lon, lat, radius: 0 }, reach, turn + i * 120 + 80 * random()));
}
