import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type pg from 'pg';
import { mainColumns } from '../../engine/catalog/table.ts';
import { startTestDatabase, withTestDatabase } from '../../test/postgres.ts';
import { connect } from '../database/connect.ts';
import { migrate } from '../database/migrate.ts';
import { publishedTables } from '../database/tap-schema.ts';
import type { Progress } from '../progress.ts';
import { loadDemo } from './load.ts';

const server = await startTestDatabase();
after(() => server.close());

const silent: Progress = { start() {}, advance() {}, done() {} };

const client: pg.Client = await connect(server.url);
after(() => client.end());
await migrate(client);
await loadDemo(client, silent);

async function first(sql: string): Promise<Record<string, unknown>> {
  return (await client.query(sql)).rows[0];
}

test('every star is there, with as many names and colours as the source has', async () => {
  assert.deepEqual(
    await first(
      `SELECT count(*)::int AS rows, count(bv)::int AS bv, count(s.name)::int AS names, count(hd)::int AS hd,
              count(constellation)::int AS constellations, count(designation)::int AS designations
       FROM hipparcos.stars s`,
    ),
    { rows: 118216, bv: 116937, names: 600, hd: 4786, constellations: 4494, designations: 4786 },
  );
});

test('every object is there; three have no position', async () => {
  assert.deepEqual(
    await first(
      `SELECT count(*)::int AS rows, count(DISTINCT id)::int AS ids, count(ra)::int AS ra, count(dec)::int AS dec,
              count(magnitude)::int AS magnitudes, count(dimensions)::int AS dimensions, count(bv)::int AS bv,
              count(morphology)::int AS morphologies, count(o.name)::int AS names
       FROM dso.objects o`,
    ),
    {
      rows: 15809,
      ids: 15809,
      ra: 15806,
      dec: 15806,
      magnitudes: 13840,
      dimensions: 9997,
      bv: 3741,
      morphologies: 10378,
      names: 524,
    },
  );
});

test('positions are on the sky', async () => {
  for (const table of ['hipparcos.stars', 'dso.objects']) {
    const { outside } = await first(
      `SELECT count(*)::int AS outside FROM ${table} WHERE NOT (ra >= 0 AND ra < 360 AND dec BETWEEN -90 AND 90)`,
    );
    assert.equal(outside, 0, table);
  }
});

/** ICRS at epoch J2000.0 (SIMBAD), degrees; V and B−V of the Hipparcos catalogue. */
const KNOWN = [
  {
    hip: 32349,
    name: 'Sirius',
    ra: 101.28715533,
    dec: -16.71611586,
    vmag: -1.44,
    designation: 'alf CMa',
    hd: 48915,
  },
  {
    hip: 91262,
    name: 'Vega',
    ra: 279.23473479,
    dec: 38.78368896,
    vmag: 0.03,
    designation: 'alf Lyr',
    hd: 172167,
  },
  {
    hip: 11767,
    name: 'Polaris',
    ra: 37.95456067,
    dec: 89.26410897,
    vmag: 1.97,
    designation: 'alf UMi',
    hd: 8890,
  },
  {
    hip: 87937,
    name: "Barnard's Star",
    ra: 269.45207696,
    dec: 4.69336497,
    vmag: 9.54,
    designation: null,
    hd: null,
  },
];
/** The source rounds to 0.0001°, 0.18″ at most in each coordinate. Barnard's Star moves 90″ from 1991.25 to 2000. */
const TOLERANCE_ARCSEC = 0.3;

for (const star of KNOWN) {
  test(`${star.name} is where and what it should be`, async () => {
    const row = await first(`SELECT * FROM hipparcos.stars WHERE source_id = ${star.hip}`);
    const cosine = Math.cos((star.dec * Math.PI) / 180);
    const east = (Number(row.ra) - star.ra) * cosine * 3600;
    const north = (Number(row.dec) - star.dec) * 3600;
    assert.ok(Math.hypot(east, north) < TOLERANCE_ARCSEC, `${east}″ east, ${north}″ north`);
    const { name, vmag, designation, hd } = star;
    assert.deepEqual(
      { name: row.name, vmag: row.vmag, designation: row.designation, hd: row.hd },
      { name, vmag, designation, hd },
    );
  });
}

test('designations come from the best catalogue that has one', async () => {
  const { rows } = await client.query(
    'SELECT source_id::int AS hip, designation FROM hipparcos.stars WHERE source_id IN (63, 154, 522, 394, 3583, 20535, 83389, 274) ORDER BY 1',
  );
  assert.deepEqual(
    rows.map((row) => [row.hip, row.designation]),
    [
      [63, 'CG And'],
      [154, '30 Psc'],
      [274, 'V639 Cas'],
      [394, 'HD 225239'],
      [522, 'GJ 4.2A'],
      [3583, 'GJ 1021'],
      [20535, '43 Eri'],
      [83389, 'GJ 651'],
    ],
  );
});

test('the Andromeda galaxy has its names and dimensions', async () => {
  assert.deepEqual(await first(`SELECT * FROM dso.objects WHERE designation = 'M 31'`), {
    id: 'NGC 224',
    ra: 10.6847,
    dec: 41.26875,
    type: 's',
    magnitude: 3.44,
    dimensions: '189.1x61.7',
    major_axis: 189.1,
    minor_axis: 61.7,
    morphology: 'SA(s)b',
    name: 'Andromeda Galaxy',
    designation: 'M 31',
    bv: 0.92,
  });
});

test('both are published with everything said of every column', async () => {
  const tables = await publishedTables(client);
  assert.deepEqual(
    tables.map((table) => `${table.schema}.${table.name}`),
    ['hipparcos.stars', 'dso.objects'],
  );
  for (const table of tables) {
    mainColumns(table);
    assert.ok(table.description);
    for (const column of table.columns) assert.ok(column.ucd && column.description, column.name);
  }
});

test('text that is declared char is ASCII (VOTable 1.4 §2.1)', async () => {
  for (const table of await publishedTables(client)) {
    for (const { name } of table.columns.filter(({ datatype }) => datatype === 'char')) {
      const { beyond } = await first(
        `SELECT count(*)::int AS beyond FROM ${table.schema}.${table.name} WHERE octet_length("${name}") <> length("${name}")`,
      );
      assert.equal(beyond, 0, `${table.name}.${name}`);
    }
  }
});

test('loading again does nothing', async () => {
  await loadDemo(client, { ...silent, start: () => assert.fail('it loads') });
});

test('a load that is cut off leaves nothing, and the next one succeeds', () =>
  withTestDatabase(server, async (victim) => {
    await migrate(victim);
    const { rows } = await victim.query('SELECT pg_backend_pid() AS pid');
    let cut: Promise<unknown> | null = null;
    const cutting: Progress = {
      ...silent,
      advance: () => {
        cut ??= client.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
      },
    };
    await assert.rejects(loadDemo(victim, cutting));
    await cut;
    const next = await connect(Object.assign(new URL(server.url), { pathname: `/${victim.database}` }).href);
    const { rows: left } = await next.query(`SELECT to_regclass('hipparcos.stars') AS stars`);
    assert.equal(left[0].stars, null);
    await loadDemo(next, silent);
    const { rows: loaded } = await next.query('SELECT count(*)::int AS rows FROM hipparcos.stars');
    assert.equal(loaded[0].rows, 118216);
    await next.end();
  }));
