import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { vectorFromArray } from 'apache-arrow';
import fc from 'fast-check';
import type { Column, Datatype } from '../../engine/catalog/column.ts';
import { arrowType } from '../../engine/table/arrow.ts';
import { writerFor } from '../../engine/table/formats.ts';
import type { Batch, Overflow } from '../../engine/table/result.ts';
import { plainColumn } from '../../engine/upload/plain-column.ts';
import type { CopyValue } from '../database/copy.ts';
import { openVotable } from './votable.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'almagest-votable-test-'));
});
after(() => rm(folder, { recursive: true, force: true }));

async function written(document: string | Uint8Array, name = 'table.vot'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, document);
  return path;
}

async function read(path: string, choice: readonly string[] | null = null) {
  const source = await openVotable(path, choice);
  const rows: (readonly CopyValue[])[] = [];
  for await (const batch of source.batches()) rows.push(...batch);
  return { ...source, rows };
}

const table = (fields: string, data: string) => `<?xml version="1.0" encoding="UTF-8"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE type="results">
<INFO name="QUERY_STATUS" value="OK"/><TABLE name="stars"><DESCRIPTION> Some
 stars </DESCRIPTION>${fields}<DATA>${data}</DATA></TABLE></RESOURCE></VOTABLE>`;

const field = (attributes: string, children = '') => `<FIELD ${attributes}>${children}</FIELD>`;
const tabledata = (...rows: readonly (readonly string[])[]) =>
  `<TABLEDATA>${rows.map((cells) => `<TR>${cells.map((cell) => `<TD>${cell}</TD>`).join('')}</TR>`).join('\n')}</TABLEDATA>`;

test('TABLEDATA: descriptions, types, nulls, and numbers in all their forms', async () => {
  const fields = [
    field(
      'name="ID" datatype="long" ucd="meta.id;meta.main"',
      '<DESCRIPTION>An\n identifier</DESCRIPTION><VALUES null="-1"/>',
    ),
    field('name="ra" datatype="double" unit="deg" utype="a.b"'),
    field('name="mag" datatype="float" arraysize="2x2"'),
    field('name="word" datatype="unicodeChar" arraysize="8*"'),
    field('name="code" datatype="char"'),
    field('name="time" datatype="char" arraysize="19" xtype="timestamp"'),
    field('name="flag" datatype="boolean"'),
    field('name="byte" datatype="unsignedByte"'),
    field('name="few" datatype="int" arraysize="*"', '<VALUES null="-99"/>'),
    field('name="place" datatype="double" arraysize="2" xtype="point"'),
  ].join('');
  const data = tabledata(
    [
      '7',
      ' 1.5e3 ',
      '1 2 NaN -Inf',
      'a&amp;b <![CDATA[<x>]]>',
      'x',
      '2026-11-21T12:00:00',
      'T',
      '0xff',
      '1 -99 3',
      '1 2',
    ],
    ['-1', '+Inf', '', '', '', '', '?', '', '', ''],
    ['0x10', 'nan', '.5 5. +1 -0', '星', '', '', 'false', '0', '7', ''],
  );
  const found = await read(await written(table(fields, data)));
  assert.equal(found.description, 'Some stars');
  assert.deepEqual(
    found.columns.map(({ name, datatype, arraysize, xtype }) => [name, datatype, arraysize, xtype]),
    [
      ['id', 'long', null, null],
      ['ra', 'double', null, null],
      ['mag', 'float', '2x2', null],
      ['word', 'unicodeChar', '8*', null],
      ['code', 'char', '1*', null],
      ['time', 'char', '*', 'timestamp'],
      ['flag', 'boolean', null, null],
      ['byte', 'unsignedByte', null, null],
      ['few', 'int', '*', null],
      ['place', 'double', '2', 'point'],
    ],
  );
  assert.deepEqual([...found.arraysizes], ['mag', 'few', 'place']);
  const [id, ra] = found.columns;
  assert.deepEqual([id!.ucd, id!.description], ['meta.id;meta.main', 'An identifier']);
  assert.deepEqual([ra!.unit, ra!.utype, ra!.description], ['deg', 'a.b', null]);
  assert.deepEqual(found.rows, [
    [
      '7',
      '1.5e3',
      '{{1,2},{NaN,-Infinity}}',
      'a&b <x>',
      'x',
      '2026-11-21T12:00:00',
      true,
      255n,
      '{1,NULL,3}',
      '{1,2}',
    ],
    [null, 'Infinity', null, null, null, null, null, null, null, null],
    [16n, 'NaN', '{{.5,5.},{+1,-0}}', '星', null, null, false, '0', '{7}', null],
  ]);
});

test('a choice of columns, and a file that is zipped', async () => {
  const fields = ['a', 'b', 'c'].map((name) => field(`name="${name}" datatype="int"`)).join('');
  const path = await written(gzipSync(table(fields, tabledata(['1', '2', '3']))), 'table.vot.gz');
  const found = await read(path, ['C', 'a']);
  assert.deepEqual(found.rows, [['3', '1']]);
});

test('BINARY: no flags, nulls by their number, texts of fixed length', async () => {
  const fields = [
    field('name="a" datatype="int"', '<VALUES null="-1"/>'),
    field('name="b" datatype="char" arraysize="4"'),
    field('name="c" datatype="char"'),
    field('name="d" datatype="boolean" arraysize="3"'),
    field('name="e" datatype="unicodeChar" arraysize="*"'),
  ].join('');
  const bytes = Buffer.concat([
    Buffer.from([0, 0, 0, 5]),
    Buffer.from('ab\0\0xTF?\0\0\0\x01\0é', 'latin1'),
    Buffer.from([255, 255, 255, 255]),
    Buffer.from('abcdy10 \0\0\0\0', 'latin1'),
  ]);
  const stream = `<BINARY><STREAM encoding="base64">\n${bytes.toString('base64').replaceAll(/(.{10})/g, '$1\n ')}</STREAM></BINARY>`;
  const { rows } = await read(await written(table(fields, stream)));
  assert.deepEqual(rows, [
    [5, 'ab', 'x', '{true,false,NULL}', 'é'],
    [null, 'abcd', 'y', '{true,false,NULL}', ''],
  ]);
});

test('bytes that may be null need more room', async () => {
  const fields = field('name="a" datatype="unsignedByte" arraysize="2"', '<VALUES null="255"/>');
  const bytes = Buffer.from([0, 7, 255]).toString('base64');
  const stream = `<BINARY2><STREAM encoding="base64">${bytes}</STREAM></BINARY2>`;
  const found = await read(await written(table(fields, stream)));
  assert.equal(found.columns[0]!.datatype, 'short');
  assert.deepEqual(found.rows, [['{7,NULL}']]);
});

describe('what the service writes is read back', () => {
  const number = (least: number, most: number) => fc.integer({ min: least, max: most });
  const double = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 0.1));
  const VALUES: Record<string, fc.Arbitrary<unknown>> = {
    boolean: fc.boolean(),
    unsignedByte: number(0, 255),
    short: number(-32_767, 32_767),
    int: number(-(2 ** 31) + 1, 2 ** 31 - 1),
    long: fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }),
    float: double.map(Math.fround),
    double,
    char: fc.stringMatching(/^[ -~]{1,12}$/),
    unicodeChar: fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
      .map((text) => text.replaceAll(/\p{C}/gu, 'x')),
  };

  const expected = (value: unknown): string =>
    value === null
      ? 'NULL'
      : Array.isArray(value)
        ? `{${value.map(expected).join(',')}}`
        : Object.is(value, -0)
          ? '-0'
          : String(value);

  /** As PostgreSQL would read them, and numbers by value. */
  const plain = (value: CopyValue | undefined, { datatype, arraysize }: Column): string => {
    if (value === null || value === undefined) return 'NULL';
    if (arraysize === null && (datatype === 'float' || datatype === 'double'))
      return rounded(Number(value), datatype);
    if (arraysize !== null && (datatype === 'float' || datatype === 'double'))
      return String(value).replaceAll(/[^{},]+/g, (word) =>
        word === 'NULL' ? word : rounded(Number(word), datatype),
      );
    return String(value);
  };
  const rounded = (value: number, datatype: Datatype) =>
    expected(datatype === 'float' ? Math.fround(value) : value);

  for (const format of ['votable-tabledata', 'votable-binary2']) {
    for (const [datatype, value] of Object.entries(VALUES)) {
      const isText = datatype === 'char' || datatype === 'unicodeChar';
      for (const arraysize of isText ? ['*'] : [null, '3', '*']) {
        test(`${format}: ${datatype}${arraysize === null ? '' : `[${arraysize}]`}`, async () => {
          const column: Column = plainColumn('x', { datatype: datatype as Datatype, arraysize, xtype: null });
          const cell =
            isText || arraysize === null
              ? value
              : fc.array(
                  value,
                  arraysize === '3' ? { minLength: 3, maxLength: 3 } : { minLength: 1, maxLength: 9 },
                );
          await fc.assert(
            fc.asyncProperty(
              fc.array(fc.option(cell, { nil: null, freq: 5 }), { minLength: 1, maxLength: 30 }),
              async (cells) => {
                async function* batches(): AsyncGenerator<Batch, Overflow, undefined> {
                  const [data] = vectorFromArray(cells as unknown[], arrowType(column)).data;
                  yield { length: cells.length, columns: [{ data: data!, rows: null }] };
                  return { overflow: false };
                }
                const result = {
                  name: 't',
                  description: null,
                  columns: [column],
                  infos: [],
                  batches: batches(),
                };
                const chunks: Uint8Array[] = [];
                for await (const chunk of writerFor(format)!.write(result)) chunks.push(chunk);
                const { rows } = await read(await written(Buffer.concat(chunks)));
                assert.deepEqual(
                  rows.map(([value]) => plain(value, column)),
                  cells.map(expected),
                );
              },
            ),
            { numRuns: 25 },
          );
        });
      }
    }
  }
});

const INT = field('name="a" datatype="int"');
const REFUSED: readonly [what: string, document: string, message: RegExp][] = [
  ['an empty file', '', /the file is empty|this is not XML/],
  ['a page of HTML', '<html><body>Not found</body></html>', /this is no VOTable: its first element is html/],
  ['text', 'ra,dec\n1,2\n', /this is not XML: .*, line 1/],
  ['a file that is cut', table(INT, tabledata(['1'])).slice(0, -40), /this is not XML: /],
  [
    'an error document',
    '<VOTABLE><RESOURCE><INFO name="QUERY_STATUS" value="ERROR">No such table</INFO></RESOURCE></VOTABLE>',
    /the document is an error: No such table/,
  ],
  [
    'an answer that failed midway',
    table(INT, tabledata(['1'])).replace(
      '</TABLE>',
      '</TABLE><INFO name="QUERY_STATUS" value="ERROR">Disk full</INFO>',
    ),
    /the document is an error: Disk full/,
  ],
  [
    'a table without data',
    '<VOTABLE><RESOURCE><TABLE/></RESOURCE></VOTABLE>',
    /the document has no TABLE with DATA/,
  ],
  ['a table without columns', table('', tabledata()), /its table has no FIELD/],
  [
    'FITS',
    table(INT, '<FITS><STREAM href="a.fits"/></FITS>'),
    /are in FITS: TABLEDATA, BINARY and BINARY2 are read/,
  ],
  [
    'data elsewhere',
    table(INT, '<BINARY><STREAM href="http://a/b"/></BINARY>'),
    /are in another file, http:\/\/a\/b/,
  ],
  [
    'a row with too few cells',
    table(INT + INT.replace('"a"', '"b"'), tabledata(['1'])),
    /a row has 1 cells for 2 columns, line \d+/,
  ],
  [
    'a number that is none',
    table(INT, tabledata(['1'], ['1.5'])),
    /^row 2: column a holds "1\.5", which is no int$/,
  ],
  [
    'a truth that is none',
    table(field('name="a" datatype="boolean"'), tabledata(['maybe'])),
    /holds "maybe", which is no boolean/,
  ],
  [
    'an array of another length',
    table(field('name="a" datatype="int" arraysize="3"'), tabledata(['1 2'])),
    /^row 1: column a holds an array of 2 elements, where the arraysize is 3$/,
  ],
  [
    'bytes of half a row',
    table(
      INT,
      `<BINARY2><STREAM encoding="base64">${Buffer.from([0, 0, 0, 0, 1, 0, 0]).toString('base64')}</STREAM></BINARY2>`,
    ),
    /the last row is incomplete: 2 bytes are left/,
  ],
  [
    'complex numbers',
    table(field('name="a" datatype="floatComplex"'), tabledata(['1 2'])),
    /a \(floatComplex\): choose others with --columns/,
  ],
  [
    'arrays of texts',
    table(field('name="a" datatype="char" arraysize="3x2"'), tabledata(['abcdef'])),
    /a \(char\[3x2\]\)/,
  ],
];

for (const [what, document, message] of REFUSED) {
  test(`${what} is refused`, async () => {
    const path = await written(document);
    await assert.rejects(read(path), { message });
  });
}
