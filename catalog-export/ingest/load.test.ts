import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type pg from 'pg';
import { votableWithoutData } from '../../engine/table/votable-header.ts';
import { plainColumn, scalar } from '../../engine/upload/plain-column.ts';
import { startTestDatabase, withMigratedDatabase, withTestDatabase } from '../../test/postgres.ts';
import { migrate } from '../database/migrate.ts';
import { publishedTables, readTable } from '../database/tap-schema.ts';
import type { Progress } from '../progress.ts';
import type { CatalogOptions } from './describe.ts';
import { loadFile } from './load.ts';
import { VOPARQUET_KEY } from './voparquet.ts';

const server = await startTestDatabase();
after(() => server.close());
const folder = mkdtempSync(join(tmpdir(), 'almagest-test-'));
after(() => rmSync(folder, { recursive: true }));

const DEFAULTS: CatalogOptions = {
  main: {},
  columns: null,
  description: null,
  metadata: new Map(),
  replace: false,
};
const silent: Progress = { start() {}, advance() {}, done() {} };

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function withMigrated(use: (client: pg.Client) => Promise<void>): Promise<void> {
  return withMigratedDatabase(server, async (client) => {
    await use(client);
  });
}

function load(client: pg.Client, path: string, options: Partial<CatalogOptions> = {}) {
  return loadFile(client, path, 'survey.stars', { ...DEFAULTS, ...options }, silent);
}

async function rows(client: pg.Client): Promise<unknown[]> {
  return (await client.query('SELECT * FROM survey.stars ORDER BY 1')).rows;
}

const MIXED = `Source_ID,RAJ2000,DEJ2000,Vmag,Name,flag,seen,big
1,10.5,-20,12.3,"tab\there, ""quoted""",true,2020-01-02T03:04:05.678Z,123456789012
2,359.9,89.5,NaN,Bélénos \\N,false,2020-01-02,1
3,,,-inf,,,,
`;

test('a CSV file becomes a table and a catalogue', () =>
  withMigrated(async (client) => {
    const published = await load(client, file('mixed.csv', MIXED), { description: 'Mixed' });
    assert.deepEqual(published, {
      catalog: 'survey.stars',
      rows: 3,
      rowsWithoutPosition: 1,
      missingGrants: [],
      indexes: ['"survey"."stars_healpix_29"', '"survey"."stars_zones"'],
      missingIndexes: [],
      missingTriggers: [],
      history: false,
      columns: 8,
      id: 'source_id',
      ra: 'raj2000',
      dec: 'dej2000',
    });
    await client.query("SET timezone = 'UTC'");
    const { rows: found } = await client.query(
      'SELECT *, seen::text AS seen FROM survey.stars ORDER BY source_id',
    );
    assert.deepEqual(found, [
      {
        source_id: 1,
        raj2000: 10.5,
        dej2000: -20,
        vmag: 12.3,
        name: 'tab\there, "quoted"',
        flag: true,
        seen: '2020-01-02 03:04:05.678',
        big: '123456789012',
      },
      {
        source_id: 2,
        raj2000: 359.9,
        dej2000: 89.5,
        vmag: Number.NaN,
        name: 'Bélénos \\N',
        flag: false,
        seen: '2020-01-02 00:00:00',
        big: '1',
      },
      {
        source_id: 3,
        raj2000: null,
        dej2000: null,
        vmag: -Infinity,
        name: null,
        flag: null,
        seen: null,
        big: null,
      },
    ]);
    const table = (await readTable(client, 'survey.stars'))!;
    assert.equal(table.description, 'Mixed');
    assert.deepEqual(
      table.columns.map(({ name, datatype, xtype, ucd, indexed }) => [name, datatype, xtype, ucd, indexed]),
      [
        ['source_id', 'int', null, 'meta.id;meta.main', true],
        ['raj2000', 'double', null, 'pos.eq.ra;meta.main', false],
        ['dej2000', 'double', null, 'pos.eq.dec;meta.main', false],
        ['vmag', 'double', null, null, false],
        ['name', 'unicodeChar', null, null, false],
        ['flag', 'boolean', null, null, false],
        ['seen', 'char', 'timestamp', null, false],
        ['big', 'long', null, null, false],
      ],
    );
  }));

for (const [name, content] of [
  ['tabs.tsv', 'id\tra\tdec\n1\t2\t3\n'],
  ['semicolons.csv', 'id;ra;dec\r\n1;2;3\r\n'],
  ['bars.txt', 'id | ra | dec\n 1 | 2 | 3\n\n'],
  ['bom.csv', '\ufeffid,ra,dec\n1,2,3'],
  ['zipped.csv.gz', gzipSync('id,ra,dec\n1,2,3\n')],
] as const) {
  test(`${name} is read`, () =>
    withMigrated(async (client) => {
      await load(client, file(name, content));
      assert.deepEqual(await rows(client), [{ id: 1, ra: 2, dec: 3 }]);
    }));
}

const BAD: [string, string | Uint8Array, RegExp][] = [
  [
    'duplicates.csv',
    'id,ra,dec\n1,2,3\n1,2,4\n2,2,5\n',
    /identifier id of survey\.stars is not unique: 1 \(2 rows\)/,
  ],
  ['nulls.csv', 'id,ra,dec\n,2,3\n1,2,4\n', /1 row of survey\.stars without identifier .*"ra": 2/],
  [
    'outside.csv',
    'id,ra,dec\n1,-10,3\n2,2,95\n3,2,3\n',
    /2 rows of survey\.stars with a position outside the sky.*"ra": -10/,
  ],
  ['infinite.csv', 'id,ra,dec\n1,inf,3\n', /1 row of survey\.stars with a position outside the sky/],
  ['ragged.csv', 'id,ra,dec\n1,2,3\n1,2\n', /ragged\.csv: Invalid Record Length: expect 3, got 2 on line 3/],
  ['quote.csv', 'id,ra,dec\n1,2,"3\n', /quote\.csv: Quote Not Closed/],
  ['empty.csv', '', /empty\.csv: the file is empty/],
  ['header.csv', 'id,ra,dec\n', /header\.csv: the file has no rows/],
  ['twice.csv', 'id,ra,ra\n1,2,3\n', /two columns are called "ra"/],
  ['nameless.csv', 'id,,dec\n1,2,3\n', /column 2 has no name/],
  ['latin1.csv', Buffer.from('id,ra,dec,n\n1,2,3,caf\xe9\n', 'latin1'), /latin1\.csv: the file is not UTF-8/],
  ['zero.csv', 'id,ra,dec,n\n1,2,3,a\0b\n', /zero\.csv, row 1.*invalid byte sequence/],
  [
    'sexagesimal.csv',
    'id,ra,dec\n1,10:00:00,+20:00:00\n',
    /column ra is char, the right ascension must be degrees/,
  ],
  ['truncated.parquet', 'PAR1 and no more', /truncated\.parquet: this is not a whole Parquet file/],
  ['image.fits', 'SIMPLE  =', /must end in \.csv, \.tsv, \.txt .* or \.parquet/],
];

for (const [name, content, message] of BAD) {
  test(`${name} is refused, and leaves nothing`, () =>
    withMigrated(async (client) => {
      await assert.rejects(load(client, file(name, content)), message);
      assert.deepEqual(await publishedTables(client), []);
      const { rows: left } = await client.query(`SELECT nspname FROM pg_namespace WHERE nspname = 'survey'`);
      assert.deepEqual(left, []);
    }));
}

test('a file that is not there is named', () =>
  withMigrated((client) => assert.rejects(load(client, '/nope.csv'), /there is no file \/nope\.csv/)));

for (const name of [
  'stars',
  'a.b.c',
  'Survey.stars',
  'survey.my-stars',
  'tap_schema.stars',
  'pg_catalog.stars',
]) {
  test(`${name} cannot be the name of a new table`, () =>
    withMigrated((client) =>
      assert.rejects(
        loadFile(client, file('good.csv', 'id,ra,dec\n1,2,3\n'), name, DEFAULTS, silent),
        /is not a table's name|cannot name a schema or table|is taken/,
      ),
    ));
}

test('--replace replaces what a load made, once it is complete, and nothing else', () =>
  withMigrated(async (client) => {
    const good = file('good.csv', 'id,ra,dec\n1,2,3\n');
    await load(client, good);
    await assert.rejects(load(client, good), /survey\.stars exists: .* replace it with --replace/);
    await assert.rejects(
      load(client, file('duplicates.csv', BAD[0]![1] as string), { replace: true }),
      /not unique/,
    );
    assert.deepEqual(await rows(client), [{ id: 1, ra: 2, dec: 3 }]);
    await load(client, file('better.csv', 'id,ra,dec,mag\n5,6,7,8.5\n'), { replace: true });
    assert.deepEqual(await rows(client), [{ id: 5, ra: 6, dec: 7, mag: 8.5 }]);
    assert.equal((await readTable(client, 'survey.stars'))!.columns.length, 4);

    await client.query('CREATE TABLE survey.mine AS SELECT 1 AS id');
    await assert.rejects(
      loadFile(client, good, 'survey.mine', { ...DEFAULTS, replace: true }, silent),
      /survey\.mine exists, and almagest load did not make it/,
    );

    await client.query('DROP TABLE survey.stars');
    await client.query('CREATE TABLE survey.stars AS SELECT 7 AS mine');
    await assert.rejects(
      load(client, good, { replace: true }),
      /survey\.stars exists, and almagest load did not make it/,
    );
    assert.deepEqual(await rows(client), [{ mine: 7 }]);
  }));

test('--columns chooses, --metadata describes, flags decide', () =>
  withMigrated(async (client) => {
    const path = file('wide.csv', 'a,b,c,d,e\n1,2,3,4,x\n2,3,4,5,y\n');
    const metadata = new Map([['D', { unit: 'mag', ucd: 'phot.mag', principal: false }]]);
    await load(client, path, {
      main: { id: 'a', ra: 'b', dec: 'c' },
      columns: ['a', 'B', 'c', 'd'],
      metadata,
    });
    assert.deepEqual((await rows(client))[0], { a: 1, b: 2, c: 3, d: 4 });
    const column = (await readTable(client, 'survey.stars'))!.columns[3]!;
    assert.deepEqual([column.unit, column.ucd, column.principal], ['mag', 'phot.mag', false]);
    await assert.rejects(
      load(client, path, { columns: ['a', 'z'], replace: true }),
      /no column "z": the columns are a, b/,
    );
  }));

test('the HEALPix index of a HATS catalogue is left to the export', () =>
  withMigrated(async (client) => {
    await load(client, file('hats.csv', '_healpix_29,id,ra,dec\n7,1,2,3\n'));
    assert.deepEqual(await rows(client), [{ id: 1, ra: 2, dec: 3 }]);
  }));

test('a load that is cut off leaves nothing', () =>
  withTestDatabase(server, async (watcher, url) => {
    const { connect } = await import('../database/connect.ts');
    const victim = await connect(url);
    await migrate(victim);
    const lines = Array.from({ length: 50_000 }, (_, i) => `${i},${i % 360},0`);
    const path = file('long.csv', `id,ra,dec\n${lines.join('\n')}\n`);
    const { rows: session } = await victim.query('SELECT pg_backend_pid() AS pid');
    let loading = false;
    let cut: Promise<unknown> | null = null;
    const cutting: Progress = {
      start: (label) => {
        loading = label.startsWith('Loading');
      },
      advance: () => {
        if (loading) cut ??= watcher.query('SELECT pg_terminate_backend($1)', [session[0].pid]);
      },
      done() {},
    };
    await assert.rejects(loadFile(victim, path, 'survey.stars', DEFAULTS, cutting));
    await cut;
    assert.deepEqual(await publishedTables(watcher), []);
    await load(watcher, path);
    assert.equal((await rows(watcher)).length, 50_000);
  }));

/** A VOParquet file of two row groups. */
function starsParquet(): Uint8Array {
  const columns = [
    { ...plainColumn('HIP', scalar('long')), ucd: 'meta.id;meta.main', description: 'Hipparcos & more' },
    { ...plainColumn('lon', scalar('double')), ucd: 'pos.eq.ra;meta.main', unit: 'deg' },
    { ...plainColumn('lat', scalar('double')), ucd: 'pos.eq.dec;meta.main', unit: 'deg' },
    { ...plainColumn('G', scalar('float')), ucd: 'phot.mag;em.opt', unit: 'mag' },
  ];
  const footer = votableWithoutData({ name: 'stars', description: 'From a footer', columns, infos: [] });
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'HIP', data: [1n, 2n, 2n ** 62n], type: 'INT64' },
        { name: 'lon', data: [0.1, 20, 30], type: 'DOUBLE' },
        { name: 'lat', data: [-90, 0, 90], type: 'DOUBLE' },
        { name: 'G', data: [0.1, null, Number.NaN], type: 'FLOAT' },
        { name: 'name', data: ['é', null, 'c\td'], type: 'STRING' },
        {
          name: 'seen',
          data: [new Date('2020-01-02T03:04:05.678Z'), null, new Date('1950-06-01T00:00:00.001Z')],
          type: 'TIMESTAMP',
        },
        { name: '_healpix_29', data: [1n, 2n, 3n], type: 'INT64' },
      ],
      rowGroupSize: 2,
      kvMetadata: [{ key: VOPARQUET_KEY, value: footer }],
    }),
  );
}

test('a Parquet file keeps its types, and the metadata of its footer', () =>
  withMigrated(async (client) => {
    await load(client, file('stars.parquet', starsParquet()));
    const { rows: found } = await client.query('SELECT *, seen::text AS seen FROM survey.stars ORDER BY hip');
    assert.deepEqual(found, [
      { hip: '1', lon: 0.1, lat: -90, g: 0.1, name: 'é', seen: '2020-01-02 03:04:05.678' },
      { hip: '2', lon: 20, lat: 0, g: null, name: null, seen: null },
      {
        hip: '4611686018427387904',
        lon: 30,
        lat: 90,
        g: Number.NaN,
        name: 'c\td',
        seen: '1950-06-01 00:00:00.001',
      },
    ]);
    const table = (await readTable(client, 'survey.stars'))!;
    assert.equal(table.description, 'From a footer');
    assert.deepEqual(
      table.columns.map(({ name, datatype, unit, ucd, description }) => [
        name,
        datatype,
        unit,
        ucd,
        description,
      ]),
      [
        ['hip', 'long', null, 'meta.id;meta.main', 'Hipparcos & more'],
        ['lon', 'double', 'deg', 'pos.eq.ra;meta.main', null],
        ['lat', 'double', 'deg', 'pos.eq.dec;meta.main', null],
        ['g', 'float', 'mag', 'phot.mag;em.opt', null],
        ['name', 'unicodeChar', null, null, null],
        ['seen', 'char', null, null, null],
      ],
    );
  }));

test('columns of a Parquet file that cannot be published are named', () =>
  withMigrated(async (client) => {
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: 'id', data: [1] },
        { name: 'ra', data: [1] },
        { name: 'dec', data: [1] },
        { name: 'clock', data: [1000] },
      ],
      schema: [
        { name: 'root', num_children: 4 },
        { name: 'id', type: 'INT32', repetition_type: 'REQUIRED' },
        { name: 'ra', type: 'DOUBLE', repetition_type: 'REQUIRED' },
        { name: 'dec', type: 'DOUBLE', repetition_type: 'REQUIRED' },
        { name: 'clock', type: 'INT32', converted_type: 'TIME_MILLIS', repetition_type: 'REQUIRED' },
      ],
    });
    const path = file('clock.parquet', new Uint8Array(bytes));
    await assert.rejects(load(client, path), /cannot be published: clock \(TIME_MILLIS\).*--columns/);
    await load(client, path, { columns: ['id', 'ra', 'dec'] });
    assert.deepEqual(await rows(client), [{ id: 1, ra: 1, dec: 1 }]);
  }));

test('a Parquet file with a damaged page is refused, and leaves nothing', () =>
  withMigrated(async (client) => {
    const bytes = starsParquet();
    bytes.fill(0xff, 4, 40);
    await assert.rejects(
      load(client, file('damaged.parquet', bytes)),
      /damaged\.parquet: column hip cannot be read/,
    );
    assert.deepEqual(await publishedTables(client), []);
  }));

test('Tycho-2 loads whole', async (t) => {
  const data = process.env.ALMAGEST_TEST_DATA;
  if (!data) return t.skip('ALMAGEST_TEST_DATA is not set to a folder with tycho2.parquet');
  await withMigrated(async (client) => {
    const published = await load(client, join(data, 'tycho2.parquet'));
    assert.equal(published.rows, 1871011);
    const { rows: sums } = await client.query(
      'SELECT count(DISTINCT source_id)::int AS ids, max(ra) < 360 AS sky FROM survey.stars',
    );
    assert.deepEqual(sums, [{ ids: 1871011, sky: true }]);
  });
});
