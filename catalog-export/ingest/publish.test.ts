import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type pg from 'pg';
import {
  startDebianServer,
  startTestDatabase,
  type TestDatabase,
  withTestDatabase,
} from '../../test/postgres.ts';
import { connect } from '../database/connect.ts';
import { migrate } from '../database/migrate.ts';
import { publishedTables, readTable } from '../database/tap-schema.ts';
import type { CatalogOptions } from './describe.ts';
import { publishTable } from './publish.ts';

const server = await startTestDatabase();
after(() => server.close());

const DEFAULTS: CatalogOptions = {
  main: {},
  columns: null,
  description: null,
  metadata: new Map(),
  replace: false,
};

/** Names that need quotes, every type that can be published, comments, an index. */
const ODD_TABLE = `
  CREATE SCHEMA "Survey";
  CREATE DOMAIN magnitude AS real;
  CREATE DOMAIN v_magnitude AS magnitude;
  CREATE TYPE class AS ENUM ('star', 'galaxy');
  CREATE TABLE "Survey"."Stars-1" (
    "RA" double precision, "DEC" numeric(10, 6), "Obj ID" bigint PRIMARY KEY, "Ünïcode" varchar(20), v v_magnitude,
    class class, uuid uuid, day date, seen timestamptz, code char(4), flag boolean, small smallint, number integer, n numeric
  );
  CREATE INDEX ON "Survey"."Stars-1" (v, number);
  COMMENT ON TABLE "Survey"."Stars-1" IS 'Odd names';
  COMMENT ON COLUMN "Survey"."Stars-1".v IS 'Magnitude in V';
  INSERT INTO "Survey"."Stars-1" ("RA", "DEC", "Obj ID", "Ünïcode")
  SELECT i, i - 50, i, CASE i WHEN 7 THEN 'é' ELSE 'e' END FROM generate_series(1, 100) i;
  INSERT INTO "Survey"."Stars-1" ("RA", "DEC", "Obj ID") VALUES (NULL, 1, 101), ('NaN', 1, 102), (1, 'NaN', 103);
`;

async function publishOddTable(client: pg.Client): Promise<void> {
  await client.query(ODD_TABLE);
  await migrate(client);
  assert.deepEqual(await publishTable(client, 'Survey.Stars-1', DEFAULTS), {
    catalog: 'Survey.Stars-1',
    rows: 103,
    rowsWithoutPosition: 3,
    missingGrants: [],
    indexes: ['"Survey"."Stars-1_healpix_29"', '"Survey"."Stars-1_zones"'],
    missingIndexes: [],
    missingTriggers: [],
    history: false,
    columns: 14,
    id: 'Obj ID',
    ra: 'RA',
    dec: 'DEC',
  });
  const table = (await readTable(client, 'Survey.Stars-1'))!;
  assert.equal(table.description, 'Odd names');
  assert.deepEqual(
    table.columns.map(({ name, datatype, arraysize, xtype, indexed }) => [
      name,
      datatype,
      arraysize,
      xtype,
      indexed,
    ]),
    [
      ['RA', 'double', null, null, false],
      ['DEC', 'double', null, null, false],
      ['Obj ID', 'long', null, null, true],
      ['Ünïcode', 'unicodeChar', '20*', null, false],
      ['v', 'float', null, null, true],
      ['class', 'char', '*', null, false],
      ['uuid', 'char', '36', null, false],
      ['day', 'char', '*', 'timestamp', false],
      ['seen', 'char', '*', 'timestamp', false],
      ['code', 'char', '4*', null, false],
      ['flag', 'boolean', null, null, false],
      ['small', 'short', null, null, false],
      ['number', 'int', null, null, false],
      ['n', 'double', null, null, false],
    ],
  );
  assert.equal(table.columns.find(({ name }) => name === 'v')!.description, 'Magnitude in V');
}

/** A database that has `sql`'s tables and is ready to publish them. */
function withTables(sql: string, use: (client: pg.Client) => Promise<unknown>): Promise<void> {
  return withTestDatabase(server, async (client) => {
    await client.query(sql);
    await migrate(client);
    await use(client);
  });
}

test('a table of any name and type is published as it is', () => withTestDatabase(server, publishOddTable));

test("Debian's PostgreSQL, as a team may have it, does as well", async (t) => {
  const debian: TestDatabase | null = await startDebianServer();
  if (debian === null) return t.skip('no PostgreSQL in /usr/lib/postgresql');
  try {
    await withTestDatabase(debian, publishOddTable);
  } finally {
    await debian.close();
  }
});

test('publishing changes nothing but tap_schema, and again only with --replace', () =>
  withTables(
    'CREATE TABLE stars AS SELECT 1 AS id, 2.5::float8 AS ra, 3.5::float8 AS dec',
    async (client) => {
      await publishTable(client, 'public.stars', DEFAULTS);
      await assert.rejects(publishTable(client, 'public.stars', DEFAULTS), /published already: .* --replace/);
      await publishTable(client, 'public.stars', { ...DEFAULTS, replace: true, description: 'Anew' });
      assert.deepEqual(
        (await publishedTables(client)).map(({ description }) => description),
        ['Anew'],
      );
      assert.deepEqual((await client.query('SELECT * FROM stars')).rows, [{ id: 1, ra: 2.5, dec: 3.5 }]);
    },
  ));

test('views, materialized views and partitioned tables are published', () =>
  withTables(
    `CREATE TABLE parts (id int, ra float8, dec float8) PARTITION BY RANGE (id);
     CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (10);
     INSERT INTO parts VALUES (1, 2, 3);
     CREATE VIEW seen AS SELECT * FROM parts;
     CREATE MATERIALIZED VIEW kept AS SELECT * FROM parts`,
    async (client) => {
      for (const name of ['parts', 'seen', 'kept']) {
        assert.equal((await publishTable(client, `public.${name}`, DEFAULTS)).rows, 1);
      }
    },
  ));

test('an empty table is published: the export says that it is empty', () =>
  withTables('CREATE TABLE stars (id int, ra float8, dec float8)', async (client) => {
    assert.equal((await publishTable(client, 'public.stars', DEFAULTS)).rows, 0);
  }));

const FAULTS: [string, string, string, Partial<CatalogOptions>, RegExp][] = [
  [
    'a table that is not there',
    'CREATE TABLE galaxies (id int)',
    'public.stars',
    {},
    /no table public\.stars .* It has public\.galaxies/,
  ],
  [
    'a table of an empty database',
    'SELECT',
    'public.stars',
    {},
    /no table public\.stars .* It has no tables/,
  ],
  ['no schema', 'SELECT', 'stars', {}, /write schema\.table/],
  ['an index', 'CREATE TABLE t (id int PRIMARY KEY)', 'public.t_pkey', {}, /no table public\.t_pkey/],
  [
    'a name no address can have',
    'CREATE TABLE "a/b" (id int)',
    'public.a/b',
    {},
    /cannot be part of an address: publish a view/,
  ],
  ["TAP_SCHEMA's own", 'SELECT', 'tap_schema.columns', { replace: true }, /holds no catalogues/],
  [
    'types that cannot be published',
    'CREATE TABLE t (id int, ra float8, dec float8, place point, j jsonb, list text[])',
    'public.t',
    {},
    /place \(point\), j \(jsonb\), list \(text\[\]\)\. Leave them out with --columns id,ra,dec/,
  ],
  [
    'duplicate identifiers',
    'CREATE TABLE t AS SELECT i % 2 AS id, 1 AS ra, 2 AS dec FROM generate_series(1, 4) i',
    'public.t',
    {},
    /identifier id of public\.t is not unique: .*\(2 rows\)/,
  ],
  [
    'null identifiers',
    'CREATE TABLE t AS SELECT NULL::int AS id, 1 AS ra, 2 AS dec',
    'public.t',
    {},
    /1 row of public\.t without identifier/,
  ],
  [
    'positions outside the sky',
    'CREATE TABLE t AS SELECT 1 AS id, 361 AS ra, 2 AS dec',
    'public.t',
    {},
    /1 row of public\.t with a position outside the sky.*361/,
  ],
  [
    'infinite times',
    "CREATE TABLE t AS SELECT 1 AS id, 3 AS ra, 2 AS dec, timestamptz 'infinity' AS seen",
    'public.t',
    {},
    /1 row of public\.t with an infinite time in seen, such as .*"id": 1/,
  ],
  [
    'positions in radians',
    'CREATE TABLE t AS SELECT 1 AS id, 3 AS ra, 1 AS dec',
    'public.t',
    { metadata: new Map([['ra', { unit: 'rad' }]]) },
    /column ra is in "rad"/,
  ],
];

for (const [what, sql, name, options, message] of FAULTS) {
  test(`${what}: refused, and nothing is published`, () =>
    withTables(sql, async (client) => {
      await assert.rejects(publishTable(client, name, { ...DEFAULTS, ...options }), message);
      assert.deepEqual(await publishedTables(client), []);
    }));
}

test('a table that the user may not read is said to be that', () =>
  withTestDatabase(server, async (client, url) => {
    const role = `reader_${client.database}`;
    await client.query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'reader'; GRANT CREATE ON DATABASE ${client.database} TO ${role};
       CREATE TABLE stars AS SELECT 1 AS id, 2 AS ra, 3 AS dec`,
    );
    const reader = await connect(Object.assign(new URL(url), { username: role, password: 'reader' }).href);
    await migrate(reader);
    await assert.rejects(publishTable(reader, 'public.stars', DEFAULTS), /may not read public\.stars: GRANT/);
    await reader.end();
    await client.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
  }));
