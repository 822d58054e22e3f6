import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type pg from 'pg';
import type { Table } from '../../engine/catalog/table.ts';
import { INDEX_KEYS, type IndexKeys, tableIndexes } from '../../engine/postgres/table-indexes.ts';
import { circleIndexCondition } from '../../engine/sql/circle-indexes.ts';
import {
  startDebianServer,
  startTestDatabase,
  withMigratedDatabase,
  withTestDatabase,
} from '../../test/postgres.ts';
import { kernel } from '../../test/sky.ts';
import { loadDemo } from '../demo/load.ts';
import { publishTable } from '../ingest/publish.ts';
import { connect } from './connect.ts';
import { migrate } from './migrate.ts';
import { indexPositions } from './positions-index.ts';
import { readTable } from './tap-schema.ts';

const server = await startTestDatabase();
after(() => server.close());

const OPTIONS = { main: {}, columns: null, description: null, metadata: new Map(), replace: false };
const silent = { start() {}, advance() {}, done() {} };

async function indexesOf(client: pg.Client, table: Table) {
  const { rows } = await client.query<IndexKeys>(INDEX_KEYS, [[table.schema], [table.name]]);
  return tableIndexes(table, rows);
}

test('publishing makes the indexes that are absent, once, and none where none are wanted', () =>
  withMigratedDatabase(server, async (client) => {
    await client.query(
      `CREATE TABLE public."The Stars" ("Id ""x" bigint UNIQUE NOT NULL, "RA" real, dec numeric);
       ALTER TABLE public."The Stars" RENAME TO "Stars"; INSERT INTO public."Stars" VALUES (1, 2, 3), (2, NULL, 'NaN')`,
    );
    const options = { ...OPTIONS, main: { id: 'Id "x' } };
    const without = await publishTable(client, 'public.Stars', { ...options, index: false });
    assert.deepEqual(without.indexes, []);
    const table = (await readTable(client, 'public.Stars'))!;
    const none = { healpix: false, zones: false, q3c: false, pgsphere: false, identifier: true };
    assert.deepEqual(await indexesOf(client, table), none);

    const published = await publishTable(client, 'public.Stars', { ...options, replace: true });
    assert.deepEqual(published.indexes, ['"public"."Stars_healpix_29"', '"public"."Stars_zones"']);
    assert.deepEqual(await indexesOf(client, table), { ...none, healpix: true, zones: true });
    const again = await publishTable(client, 'public.Stars', { ...options, replace: true });
    assert.deepEqual(again.indexes, []);
  }));

test('an identifier gets an index, an invalid index a valid one, and a view nothing', () =>
  withMigratedDatabase(server, async (client) => {
    await client.query(
      `SET search_path = public; CREATE TABLE stars AS SELECT i AS id, i::float8 AS ra, 1.0::float8 AS dec FROM generate_series(1, 9) i;
       CREATE INDEX stars_zones ON stars (ra);
       UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'stars_zones'::regclass;
       CREATE TABLE "stärs_of_the_survey_with_a_name_that_is_as_long_as_it_can" AS TABLE stars;
       CREATE VIEW seen AS SELECT * FROM stars;
       CREATE MATERIALIZED VIEW kept AS SELECT * FROM stars;
       CREATE TABLE parts (id int, ra float8, dec float8) PARTITION BY RANGE (id);
       CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (9)`,
    );
    const made = async (name: string) => (await publishTable(client, `public.${name}`, OPTIONS)).indexes;
    assert.deepEqual(await made('stars'), [
      '"public"."stars_healpix_29"',
      '"public"."stars_zones"',
      '"public"."stars_id"',
    ]);
    assert.deepEqual(await indexesOf(client, (await readTable(client, 'public.stars'))!), {
      healpix: true,
      zones: true,
      q3c: false,
      pgsphere: false,
      identifier: true,
    });
    assert.deepEqual(await made('seen'), []);
    // Its names are cut, and one of them is taken.
    await client.query('CREATE TABLE "stärs_of_the_survey_with_a_name_that_is_as_long_zones" ()');
    assert.deepEqual(await made('stärs_of_the_survey_with_a_name_that_is_as_long_as_it_can'), [
      '"public"."stärs_of_the_survey_with_a_name_that_is_as_long_healpix_29"',
      '"public"."stärs_of_the_survey_with_a_name_that_is_as_long_zones_2"',
      '"public"."stärs_of_the_survey_with_a_name_that_is_as_long_id"',
    ]);
    assert.equal((await made('kept')).length, 3);
    assert.equal((await made('parts')).length, 3);
  }));

test('a user who does not own the table is told what its owner must run', () =>
  withMigratedDatabase(server, async (client, url) => {
    const role = `writer_${client.database}`;
    await client.query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'writer'; SET search_path = public; CREATE TABLE stars (id int PRIMARY KEY, ra float8, dec float8);
       GRANT SELECT ON stars TO ${role}; GRANT ALL ON SCHEMA almagest, tap_schema TO ${role}`,
    );
    await publishTable(client, 'public.stars', { ...OPTIONS, index: false });
    const table = (await readTable(client, 'public.stars'))!;
    const writer = await connect(Object.assign(new URL(url), { username: role, password: 'writer' }).href);
    const { made, missing } = await indexPositions(writer, table, { concurrently: true });
    await writer.end();
    assert.deepEqual(made, []);
    assert.equal(missing.length, 2);
    for (const statement of missing) await client.query(statement);
    const { healpix, zones } = await indexesOf(client, table);
    assert.deepEqual({ healpix, zones }, { healpix: true, zones: true });
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }));

test("who writes into an indexed table needs no rights on what is Almagest's", () =>
  withMigratedDatabase(server, async (client) => {
    const role = `feeder_${client.database}`;
    await client.query(
      `CREATE TABLE public.stars (id int PRIMARY KEY, ra float8, dec float8);
       CREATE ROLE ${role}; GRANT INSERT, UPDATE, SELECT ON public.stars TO ${role}`,
    );
    await publishTable(client, 'public.stars', OPTIONS);
    await client.query(
      `SET ROLE ${role}; INSERT INTO public.stars VALUES (1, 10, 20), (2, 45, 0), (3, 22.5, 41.810314895778596), (4, 90, 90), (5, 0, 'NaN');
       UPDATE public.stars SET ra = 45; RESET ROLE`,
    );
    assert.equal((await client.query('SELECT FROM public.stars WHERE ra = 45')).rowCount, 5);
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }));

test('a cone, a polygon, a look-up and a positional join of the demo use the indexes', () =>
  withMigratedDatabase(server, async (client) => {
    await loadDemo(client, silent);
    const plan = async (sql: string): Promise<string> =>
      (await client.query(`EXPLAIN ${sql}`)).rows.map((row) => row['QUERY PLAN']).join('\n');
    const within = ({ start, end }: { start: BigInt64Array; end: BigInt64Array }) =>
      [...start]
        .map((cell, i) => `almagest.healpix_index(29, ra, dec) BETWEEN ${cell} AND ${end[i]! - 1n}`)
        .join(' OR ');

    const cone = within(kernel.coneRanges({ lon: 83.8, lat: -5.4, radius: 1 }));
    const inCone = 'almagest.point_in_circle(ra, dec, 83.8, -5.4, 1)';
    assert.match(
      await plan(`SELECT * FROM hipparcos.stars WHERE (${cone}) AND ${inCone}`),
      /stars_healpix_29/,
    );

    const corners = [80, -8, 88, -8, 84, -2];
    const vertices = [0, 2, 4].map((i) => ({ lon: corners[i]!, lat: corners[i + 1]! }));
    const polygon = within(kernel.regionRanges({ kind: 'polygon', vertices }));
    const inPolygon = `almagest.point_in_polygon(ra, dec, '{${corners}}'::float8[])`;
    assert.match(
      await plan(`SELECT * FROM hipparcos.stars WHERE (${polygon}) AND ${inPolygon}`),
      /stars_healpix_29/,
    );
    assert.match(await plan('SELECT * FROM hipparcos.stars WHERE source_id = 32349'), /Index Scan/);

    const join = `FROM dso.objects o CROSS JOIN LATERAL almagest.zone_windows(o.ra, o.dec, 0.1) w
      JOIN hipparcos.stars s ON almagest.zone(s.dec) = w.zone AND almagest.longitude(s.ra) BETWEEN w.lo AND w.hi
        AND almagest.point_in_circle(s.ra, s.dec, o.ra, o.dec, 0.1)`;
    assert.match(await plan(`SELECT * ${join}`), /stars_zones/);

    // The answers are those of a scan.
    const count = async (sql: string) => (await client.query(`SELECT count(*)::int AS n ${sql}`)).rows[0].n;
    for (const [region, exact] of [
      [cone, inCone],
      [polygon, inPolygon],
    ]) {
      const found = await count(`FROM hipparcos.stars WHERE (${region}) AND ${exact}`);
      assert.ok(found > 20);
      assert.equal(found, await count(`FROM hipparcos.stars WHERE ${exact}`));
    }
    const some = (from: string) =>
      from.replace('dso.objects o', "(SELECT * FROM dso.objects WHERE id LIKE 'NGC1%') o");
    assert.equal(
      await count(some(join)),
      await count(
        some(
          'FROM dso.objects o JOIN hipparcos.stars s ON almagest.point_in_circle(s.ra, s.dec, o.ra, o.dec, 0.1)',
        ),
      ),
    );
  }));

test("indexes of Q3C and pgSphere are recognised, and not doubled by Almagest's", async (t) => {
  const debian = await startDebianServer();
  if (debian === null) return t.skip("no PostgreSQL of Debian's here");
  try {
    await withTestDatabase(debian, async (client) => {
      const { rows } = await client.query(
        `SELECT FROM pg_available_extensions WHERE name IN ('q3c', 'pg_sphere')`,
      );
      if (rows.length < 2) return t.skip('postgresql-…-q3c and postgresql-…-pgsphere are not installed');
      await migrate(client);
      await client.query(
        `CREATE EXTENSION q3c; CREATE EXTENSION pg_sphere;
         CREATE TABLE a (id int PRIMARY KEY, ra real, dec float8); CREATE TABLE b (LIKE a INCLUDING INDEXES);
         CREATE INDEX ON a (q3c_ang2ipix(ra, dec)); CREATE INDEX ON b USING gist (spoint(radians(ra), radians(dec)))`,
      );
      const expected = { healpix: false, zones: false, q3c: false, pgsphere: false, identifier: true };
      for (const [name, extension] of [
        ['a', { q3c: true }],
        ['b', { pgsphere: true }],
      ] as const) {
        assert.deepEqual((await publishTable(client, `public.${name}`, OPTIONS)).indexes, []);
        const table = (await readTable(client, `public.${name}`))!;
        const indexes = await indexesOf(client, table);
        assert.deepEqual(indexes, { ...expected, ...extension });
        await client.query(
          `INSERT INTO ${name} SELECT i, i * 137.50776 - 360 * floor(i * 137.50776 / 360), degrees(asin(i / 10000.0 - 1))
           FROM generate_series(1, 19999) i; ANALYZE ${name}`,
        );
        for (const [lon, lat] of [
          ['10', '20'],
          ['0.01', '-60'],
          ['200', '89.5'],
        ]) {
          const circle: string = circleIndexCondition(
            indexes,
            ['ra', 'dec'],
            [`${lon}::float8`, `${lat}::float8`],
            5,
          )!;
          const exact = `almagest.point_in_circle(ra, dec, ${lon}, ${lat}, 5)`;
          const found: pg.QueryResult = await client.query(
            `SELECT id FROM ${name} WHERE ${circle} AND ${exact} ORDER BY id`,
          );
          const all = await client.query(`SELECT id FROM ${name} WHERE ${exact} ORDER BY id`);
          assert.ok(found.rows.length > 20);
          assert.deepEqual(found.rows, all.rows);
          const { rows: plan } = await client.query(
            `EXPLAIN SELECT * FROM ${name} WHERE ${circle} AND ${exact}`,
          );
          assert.match(plan.map((row) => row['QUERY PLAN']).join('\n'), /Index Scan/);
        }
        const join = circleIndexCondition(indexes, ['b.ra', 'b.dec'], ['a.ra::float8', 'a.dec::float8'], 2)!;
        const pair = 'almagest.point_in_circle(b.ra, b.dec, a.ra, a.dec, 2)';
        const near = `FROM ${name} a JOIN ${name} b ON ${pair}`;
        const counts = await client.query(
          `SELECT (SELECT count(*) ${near} AND ${join} WHERE a.id < 300) AS found, (SELECT count(*) ${near} WHERE a.id < 300) AS expected`,
        );
        assert.equal(counts.rows[0].found, counts.rows[0].expected);
        assert.ok(Number(counts.rows[0].found) > 300);
      }
    });
  } finally {
    await debian.close();
  }
});
