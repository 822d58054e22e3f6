import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  Table as ArrowTable,
  type DataType,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int64,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { Table as ParquetTable, writeParquet } from 'parquet-wasm';
import type pg from 'pg';
import {
  startTestDatabase,
  type TestDatabase,
  withMigratedDatabase,
  withTestDatabase,
} from '../../test/postgres.ts';
import { migrate } from '../database/migrate.ts';
import { readTable } from '../database/tap-schema.ts';
import type { Progress } from '../progress.ts';
import type { CatalogOptions } from './describe.ts';
import { loadFile } from './load.ts';
import type { ColumnMetadata } from './metadata-file.ts';
import { publishTable } from './publish.ts';

let server: TestDatabase;
let folder: string;
before(async () => {
  server = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'almagest-arrays-test-'));
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const silent: Progress = { start() {}, advance() {}, done() {} };

function options(metadata: Record<string, ColumnMetadata> = {}): CatalogOptions {
  return {
    main: {},
    columns: null,
    description: null,
    metadata: new Map(Object.entries(metadata)),
    replace: false,
    index: false,
  };
}

/** What TAP_SCHEMA says of the columns of arrays: datatype, arraysize and xtype. */
async function described(client: pg.Client): Promise<Record<string, string>> {
  const table = (await readTable(client, 'survey.stars'))!;
  const arrays = table.columns.filter(({ name }) => !['id', 'ra', 'dec'].includes(name));
  return Object.fromEntries(
    arrays.map(({ name, datatype, arraysize, xtype }) => [
      name,
      `${datatype}[${arraysize}]${xtype === null ? '' : ` ${xtype}`}`,
    ]),
  );
}

function published(
  columns: string,
  rows: readonly string[],
  metadata: Record<string, ColumnMetadata> = {},
): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    withTestDatabase(server, async (client) => {
      await client.query(`
        CREATE SCHEMA survey;
        CREATE DOMAIN magnitude AS real;
        CREATE TABLE survey.stars (id bigint, ra float8, dec float8, ${columns})`);
      for (const [id, row] of rows.entries())
        await client.query(`INSERT INTO survey.stars VALUES (${id}, 1, 2, ${row})`);
      await migrate(client);
      await publishTable(client, 'survey.stars', options(metadata));
      resolve(await described(client));
    }).catch(reject);
  });
}

describe('publish finds the shapes of arrays', () => {
  test('in their rows', async () => {
    const found = await published(
      'fixed real[], image magnitude[][], varying float8[], pairs int[][], empties smallint[], one bool[], nothing numeric[]',
      [
        `'{1,2,3}', '{{1,2},{3,4},{5,6}}', '{1}', '{{1,2}}', '{1,2}', '{t}', NULL`,
        `NULL, '{{1,2},{3,4},{5,6}}', '{1,2}', '{{1,2},{3,4}}', '{}', '{f}', NULL`,
        `'{1,2,NULL}', '{{1,2},{3,4},{5,6}}', NULL, NULL, '{3,4}', NULL, NULL`,
      ],
    );
    assert.deepEqual(found, {
      fixed: 'float[3]',
      image: 'float[2x3]',
      varying: 'double[*]',
      pairs: 'int[2x*]',
      empties: 'short[*]',
      one: 'boolean[*]',
      nothing: 'double[*]',
    });
  });

  test('in the metadata, where they are known better', async () => {
    const found = await published(
      'series real[], place real[], area float8[], outline float8[], period float8[]',
      [`'{1,2,3}', '{1,2}', '{1,2,3}', '{1,2,3,4,5,6}', '{-Infinity,2}'`],
      {
        Series: { arraysize: '*' },
        place: { xtype: 'point' },
        area: { xtype: 'circle', arraysize: '3' },
        outline: { xtype: 'polygon' },
        period: { xtype: 'interval' },
      },
    );
    assert.deepEqual(found, {
      series: 'float[*]',
      place: 'double[2] point',
      area: 'double[3] circle',
      outline: 'double[*] polygon',
      period: 'double[2] interval',
    });
  });

  const REFUSED: readonly [string, string, readonly string[], Record<string, ColumnMetadata>, RegExp][] = [
    [
      'different shapes',
      'a real[]',
      [`'{{1,2}}'`, `'{{1,2,3}}'`],
      {},
      /^column a of survey\.stars has arrays of shapes that no one arraysize describes, such as 2x1, 3x1: only the size that is named last may vary/,
    ],
    ['different dimensions', 'a real[]', [`'{{1,2}}'`, `'{1,2}'`], {}, /such as 2x1, 2: only/],
    [
      'a lower bound of 0',
      'a real[]',
      [`'[0:1]={1,2}'`],
      {},
      /^column a of survey\.stars has arrays whose first subscript is 0, where it must be 1: publish a view/,
    ],
    [
      'another size than the metadata say',
      'a real[]',
      [`'{1,2}'`, `'{1,2,3}'`],
      { a: { arraysize: '3' } },
      /has arrays of the size 2, where its arraysize is 3: correct them/,
    ],
    [
      'no elements where the metadata say a size',
      'a real[]',
      [`'{}'`],
      { a: { arraysize: '3' } },
      /has arrays without elements, where its arraysize is 3/,
    ],
    [
      'more than the metadata allow',
      'a real[]',
      [`'{1,2,3}'`],
      { a: { arraysize: '2*' } },
      /of the size 3, where its arraysize is 2\*/,
    ],
    [
      'an arraysize of a number',
      'a real',
      ['1'],
      { a: { arraysize: '3' } },
      /cannot have the arraysize 3: its values are float/,
    ],
    [
      'a point that is a number',
      'a float8',
      ['1'],
      { a: { xtype: 'point' } },
      /cannot have the xtype point: its values are double/,
    ],
    [
      'a point of three numbers',
      'a float8[]',
      [`'{1,2,3}'`],
      { a: { xtype: 'point' } },
      /has arrays of the size 3, where its arraysize is 2/,
    ],
    [
      'a point of another arraysize',
      'a float8[]',
      [],
      { a: { xtype: 'point', arraysize: '3' } },
      /cannot have the arraysize 3: of the xtype point it is 2/,
    ],
    [
      'texts',
      'a text[]',
      [],
      {},
      /columns of these types cannot be published: a \(text\[\]\)\. .* a view .* array_to_string\("?a"?, ';'\) AS "?a"?: .* VOTable has no arrays of texts/,
    ],
    ['times', 'a timestamp[]', [], {}, /a \(timestamp without time zone\[\]\)\. .* array_to_string/],
  ];
  for (const [what, column, rows, metadata, message] of REFUSED) {
    test(`and refuses ${what}`, () => assert.rejects(published(column, rows, metadata), { message }));
  }

  test('an array is no identifier', () =>
    assert.rejects(
      withTestDatabase(server, async (client) => {
        await client.query(
          'CREATE SCHEMA survey; CREATE TABLE survey.stars (id int[], ra float8, dec float8)',
        );
        await migrate(client);
        await publishTable(client, 'survey.stars', options());
      }),
      /column id is an array of int, the identifier must be/,
    ));
});

/** A Parquet file with `id`, `ra` and `dec` beside the columns. */
async function parquetOf(columns: Record<string, [DataType, readonly unknown[]]>): Promise<string> {
  const [{ 1: first }] = Object.values(columns) as [[DataType, unknown[]]];
  const ids = first.map((_, row) => row);
  const all: Record<string, [DataType, readonly unknown[]]> = {
    id: [new Int64(), ids.map(BigInt)],
    ra: [new Float64(), ids],
    dec: [new Float64(), ids],
    ...columns,
  };
  const fields = Object.entries(all).map(([name, [type]]) => new Field(name, type, true));
  const children = Object.values(all).map(([type, cells]) => vectorFromArray(cells, type).data[0]!);
  const struct = makeData({ type: new Struct(fields), length: ids.length, nullCount: 0, children });
  const schema = new Schema(fields);
  const ipc = tableToIPC(new ArrowTable(schema, new RecordBatch(schema, struct)), 'stream');
  const path = join(folder, 'file.parquet');
  await writeFile(path, writeParquet(ParquetTable.fromIPCStream(ipc)));
  return path;
}

const list = (type: DataType) => new List(new Field('item', type, true));

describe('load reads lists of Parquet', () => {
  async function loaded(
    columns: Record<string, [DataType, readonly unknown[]]>,
    metadata: Record<string, ColumnMetadata> = {},
  ): Promise<{ columns: Record<string, string>; rows: Record<string, unknown>[] }> {
    const path = await parquetOf(columns);
    return new Promise((resolve, reject) => {
      withMigratedDatabase(server, async (client) => {
        await loadFile(client, path, 'survey.stars', options(metadata), silent);
        const names = Object.keys(columns).map((name) => `${name}::text`);
        const { rows } = await client.query(`SELECT ${names} FROM survey.stars ORDER BY id`);
        resolve({ columns: await described(client), rows });
      }).catch(reject);
    });
  }

  test('as arrays, with nulls and without elements', async () => {
    const found = await loaded({
      a: [list(new Float32()), [[1.5, null, Number.NaN, Number.NEGATIVE_INFINITY], null, []]],
      b: [
        new FixedSizeList(2, new Field('item', new Int64(), true)),
        [
          [1n, 2n],
          [3n, null],
          [2n ** 63n - 1n, 0n],
        ],
      ],
      c: [
        list(list(new Float64())),
        [
          [
            [1, 2],
            [3, 4],
          ],
          null,
          [[5, 6]],
        ],
      ],
    });
    assert.deepEqual(found.columns, { a: 'float[*]', b: 'long[2]', c: 'double[2x*]' });
    assert.deepEqual(found.rows, [
      { a: '{1.5,NULL,NaN,-Infinity}', b: '{1,2}', c: '{{1,2},{3,4}}' },
      { a: null, b: '{3,NULL}', c: null },
      { a: '{}', b: '{9223372036854775807,0}', c: '{{5,6}}' },
    ]);
  });

  test('in the shape that the metadata tell', async () => {
    const found = await loaded(
      { a: [list(new Float32()), [[1, 2, 3, 4, 5, 6], null]] },
      { a: { arraysize: '2x3' } },
    );
    assert.deepEqual(found, {
      columns: { a: 'float[2x3]' },
      rows: [{ a: '{{1,2},{3,4},{5,6}}' }, { a: null }],
    });
  });

  test('and refuses what does not fit it, with the row', () =>
    assert.rejects(
      loaded(
        {
          a: [
            list(new Float32()),
            [
              [1, 2, 3, 4, 5, 6],
              [1, 2, 3],
            ],
          ],
        },
        { a: { arraysize: '2x3' } },
      ),
      /file\.parquet: row 2 has in column a an array of 3 elements, where the arraysize is 2x3/,
    ));

  test('but not of texts', () =>
    assert.rejects(
      loaded({ a: [list(new Utf8()), [['x']]] }),
      /columns of these types cannot be published: a \(LIST\)/,
    ));
});

test('load reads arrays of a VOTable, and they are published as it declares them', () =>
  withTestDatabase(server, async (client) => {
    const path = join(folder, 'file.vot');
    await writeFile(
      path,
      `<VOTABLE><RESOURCE><TABLE><FIELD name="id" datatype="int"/><FIELD name="ra" datatype="double"/>
<FIELD name="dec" datatype="double"/><FIELD name="a" datatype="float" arraysize="2x2"/>
<FIELD name="b" datatype="int" arraysize="*"/><FIELD name="c" datatype="double" arraysize="2" xtype="point"/>
<FIELD name="d" datatype="unsignedByte" arraysize="2"/><DATA><TABLEDATA>
<TR><TD>1</TD><TD>2</TD><TD>3</TD><TD>1 2 3 4</TD><TD>5</TD><TD>2 3</TD><TD>0 255</TD></TR>
<TR><TD>2</TD><TD>2</TD><TD>3</TD><TD/><TD>6 7</TD><TD/><TD/></TR>
</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>`,
    );
    await migrate(client);
    await loadFile(client, path, 'survey.stars', options(), silent);
    assert.deepEqual(await described(client), {
      a: 'float[2x2]',
      b: 'int[*]',
      c: 'double[2] point',
      d: 'unsignedByte[2]',
    });
    const { rows } = await client.query(
      'SELECT a::text, b::text, c::text, d::text FROM survey.stars ORDER BY id',
    );
    assert.deepEqual(rows, [
      { a: '{{1,2},{3,4}}', b: '{5}', c: '{2,3}', d: '{0,255}' },
      { a: null, b: '{6,7}', c: null, d: null },
    ]);
  }));

describe('load reads arrays of a CSV file whose arraysize the metadata tell', () => {
  async function loaded(text: string, metadata: Record<string, ColumnMetadata>) {
    const path = join(folder, 'file.csv');
    await writeFile(path, text);
    return new Promise<{ columns: Record<string, string>; rows: unknown[] }>((resolve, reject) => {
      withMigratedDatabase(server, async (client) => {
        await loadFile(client, path, 'survey.stars', options(metadata), silent);
        const { rows } = await client.query('SELECT a::text FROM survey.stars ORDER BY id');
        resolve({ columns: await described(client), rows: rows.map(({ a }) => a) });
      }).catch(reject);
    });
  }

  for (const [how, cells] of Object.entries({
    'with spaces': ['1.5 2 3 4', 'nan null 7 -inf'],
    'in brackets': ['"[[1.5, 2], [3, 4]]"', '"[NaN, null, 7, -inf]"'],
    'as PostgreSQL writes them': ['"{{1.5,2},{3,4}}"', '"{{NaN,NULL},{7,-Infinity}}"'],
  })) {
    test(how, async () => {
      const found = await loaded(`id,ra,dec,a\n1,2,3,${cells[0]}\n2,3,4,\n3,4,5,${cells[1]}\n`, {
        A: { arraysize: '2x2' },
      });
      assert.deepEqual(found, {
        columns: { a: 'double[2x2]' },
        rows: ['{{1.5,2},{3,4}}', null, '{{NaN,NULL},{7,-Infinity}}'],
      });
    });
  }

  test('of the narrowest type, and points', async () => {
    const text = 'id,ra,dec,a\n1,2,3,1 2\n2,3,4,3 4\n';
    assert.deepEqual((await loaded(text, { a: { arraysize: '*' } })).columns, { a: 'int[*]' });
    assert.deepEqual((await loaded(text, { a: { xtype: 'point' } })).columns, { a: 'double[2] point' });
  });

  test('and refuses what is none, or of another size', async () => {
    const text = 'id,ra,dec,a\n1,2,3,1 2\n2,3,4,bright\n';
    await assert.rejects(
      loaded(text, { a: { arraysize: '2' } }),
      /file\.csv: column a has an arraysize, but not all of its values are arrays of numbers/,
    );
    await assert.rejects(
      loaded(text.replace('bright', '3'), { a: { arraysize: '2' } }),
      /row 2 has in column a an array of 1 elements, where the arraysize is 2/,
    );
  });
});
