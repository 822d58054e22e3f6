import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Data, DataType, tableFromArrays, tableToIPC, Vector, vectorFromArray } from 'apache-arrow';
import fc from 'fast-check';
import { type Column, isArray, isText } from '../catalog/column.ts';
import { arrowType } from '../table/arrow.ts';
import { writerFor } from '../table/formats.ts';
import type { Batch, Overflow } from '../table/result.ts';
import { plainColumn, scalar, TEXT, TIMESTAMP } from './plain-column.ts';
import { readUpload } from './read-upload.ts';
import { type Upload, UploadError } from './upload.ts';

const LIMITS = { bytes: 2 ** 20, rows: 1000, columns: 50 };

const column = (
  name: string,
  type: Parameters<typeof plainColumn>[1],
  rest: Partial<Column> = {},
): Column => ({
  ...plainColumn(name, type),
  ...rest,
});
const array = (datatype: Column['datatype'], arraysize: string) => ({ datatype, arraysize, xtype: null });

/** Columns of all types that there are, and their values. */
const TABLE: readonly (readonly [Column, readonly unknown[]])[] = [
  [
    column('id', scalar('long'), { ucd: 'meta.id;meta.main', description: 'Which one' }),
    [1n, -(2n ** 63n) + 1n, 2n ** 63n - 1n, null],
  ],
  [
    column('ra', scalar('double'), { unit: 'deg', ucd: 'pos.eq.ra;meta.main', utype: 'a.b' }),
    [0.1, 359.9, -1e-300, null],
  ],
  [column('dec', scalar('double'), { unit: 'deg', ucd: 'pos.eq.dec;meta.main' }), [-90, 1 / 3, 5e-324, null]],
  [column('2MASS', scalar('float')), [Math.fround(0.1), 16777216, -0.5, null]],
  [column('n', scalar('int')), [-(2 ** 31) + 1, 2 ** 31 - 1, 0, null]],
  [column('Small', scalar('short')), [-32767, 32767, 0, null]],
  [column('small', scalar('unsignedByte')), [0, 255, 7, null]],
  [column('flag', scalar('boolean')), [true, false, true, null]],
  [column('the name', TEXT), ['plain', 'comma, "quote" <&>', "it's", null]],
  [column('seen', TIMESTAMP), [0n, 1_577_836_800_500_000n, -1n, null]],
  [
    column('pair', array('double', '2'), { xtype: 'point', unit: 'deg' }),
    [[1, 2], [0.5, -0.5], [3, 4], null],
  ],
  [column('grid', array('int', '3x2')), [[1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 0, 1], [9, 8, 7, 6, 5, 4], null]],
  [column('many', array('float', '*')), [[1.5], [1, 2, 3], [0.25, -1], null]],
];
const ROWS = 4;

function dataOf(column: Column, values: readonly unknown[]): Data {
  const type = arrowType(column);
  if (column.xtype !== 'timestamp') return vectorFromArray(values as never[], type).data[0]!;
  return vectorFromArray(values as bigint[], arrowType(plainColumn('', scalar('long')))).data[0]!.clone(type);
}

async function written(format: string, table = TABLE): Promise<Uint8Array> {
  async function* batches(): AsyncGenerator<Batch, Overflow, undefined> {
    yield {
      length: ROWS,
      columns: table.map(([column, values]) => ({ data: dataOf(column, values), rows: null })),
    };
    return { overflow: false };
  }
  const columns = table.map(([column]) => column);
  const result = { name: 'a.b', description: 'Some rows', columns, infos: [], batches: batches() };
  const chunks: Uint8Array[] = [];
  for await (const chunk of writerFor(format)!.write(result)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function valuesOf({ blocks }: Upload, at: number): unknown[] {
  return blocks.flatMap(({ columns }) => {
    const data = columns[at]!;
    return Array.from({ length: data.length }, (_, row) => (data.getValid(row) ? plain(data, row) : null));
  });
}

function plain(data: Data, row: number): unknown {
  if (DataType.isTimestamp(data.type)) return data.values[row];
  const value = new Vector([data]).get(row);
  return DataType.isList(data.type) ? [...(value as Iterable<unknown>)] : value;
}

describe('what the service writes is read back', () => {
  for (const format of ['votable-binary2', 'votable-tabledata', 'arrow', 'parquet', 'fits']) {
    test(format, async () => {
      const upload = await readUpload('mine', await written(format), LIMITS);
      assert.equal(upload.rows, ROWS);
      assert.equal(upload.table.schema, 'TAP_UPLOAD');
      for (const [at, [column, values]] of TABLE.entries()) {
        const read = upload.table.columns[at]!;
        const { name, unit, ucd, utype, xtype, description } = column;
        const { datatype, arraysize } = format === 'fits' && name === 'small' ? scalar('short') : column;
        assert.deepEqual(
          { ...read, arraysize: isText(read) ? null : read.arraysize },
          {
            ...read,
            ...{ name, unit, ucd, utype, xtype, description, datatype },
            arraysize: isText(column) ? null : arraysize,
          },
        );
        const gone = format === 'fits' && isArray(column) ? fitsNull(column) : null;
        assert.deepEqual(
          valuesOf(upload, at),
          values.map((value) => value ?? gone),
          name,
        );
      }
    });
  }

  test('csv, but for what it does not tell', async () => {
    const upload = await readUpload('mine', await written('csv', TABLE.slice(0, 10)), LIMITS);
    const types = upload.table.columns.map(({ datatype, xtype }) => xtype ?? datatype);
    assert.deepEqual(types, [
      ...['long', 'double', 'double', 'double', 'int', 'int', 'int', 'boolean', 'char', 'timestamp'],
    ]);
    for (const [at, [column, values]] of TABLE.slice(0, 10).entries()) {
      const expected = column.datatype === 'float' ? [0.1, 16777216, -0.5, null] : values;
      assert.deepEqual(valuesOf(upload, at), expected, column.name);
    }
  });

  test('gzip of any', async () => {
    assert.equal((await readUpload('mine', gzipSync(await written('votable-binary2')), LIMITS)).rows, ROWS);
  });
});

describe('the least integer in an array of a VOTable', () => {
  const file = (values: string) => `<VOTABLE><RESOURCE><TABLE>
<FIELD name="s" datatype="short" arraysize="2">${values}</FIELD><FIELD name="i" datatype="int" arraysize="*">${values}</FIELD>
<FIELD name="l" datatype="long" arraysize="*"/>
<DATA><TABLEDATA><TR><TD>-32768 7</TD><TD>-2147483648 7</TD><TD>-9223372036854775808</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>`;
  const types = (upload: Upload) => upload.table.columns.map(({ datatype }) => datatype);
  const row = (upload: Upload) => upload.table.columns.map((_, at) => valuesOf(upload, at)[0]);
  const cases: [what: string, values: string, datatypes: string[], cells: unknown[]][] = [
    [
      'is a value where there are no nulls',
      '',
      ['short', 'int', 'long'],
      [[-32768, 7], [-(2 ** 31), 7], [-(2n ** 63n)]],
    ],
    [
      'is a value where another one stands for null, which takes a wider type',
      '<VALUES null="7"/>',
      ['int', 'long', 'long'],
      [[-32768, null], [-(2n ** 31n), null], [-(2n ** 63n)]],
    ],
    [
      'is null where it stands for it',
      '<VALUES null="-32768"/>',
      ['short', 'long', 'long'],
      [[null, 7], [-(2n ** 31n), 7n], [-(2n ** 63n)]],
    ],
  ];
  for (const [what, values, datatypes, cells] of cases) {
    test(what, async () => {
      const upload = await readUpload('mine', new TextEncoder().encode(file(values)), LIMITS);
      assert.deepEqual(types(upload), datatypes);
      assert.deepEqual(row(upload), cells);
      const { columns } = upload.table;
      for (const format of ['votable-binary2', 'votable-tabledata']) {
        const again = await readUpload(
          'mine',
          await written(
            format,
            columns.map((column, at) => [column, [cells[at]!, cells[at]!, cells[at]!, null]]),
          ),
          LIMITS,
        );
        assert.deepEqual(types(again), datatypes);
        assert.deepEqual(row(again), cells, format);
      }
    });
  }
});

/** FITS has no nulls of arrays: those of fixed length have nulls for all elements. */
function fitsNull({ arraysize }: Column): unknown[] {
  if (arraysize === '*') return [];
  return new Array(arraysize!.split('x').reduce((product, size) => product * Number(size), 1)).fill(null);
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const votable = (fields: string, data: string) =>
  utf8(`<VOTABLE><RESOURCE><TABLE>${fields}<DATA>${data}</DATA></TABLE></RESOURCE></VOTABLE>`);
const INT = '<FIELD name="x" datatype="int"/>';
const DAY = '<FIELD name="x" datatype="char" arraysize="*" xtype="timestamp"/>';
const rows = (...cells: string[]) =>
  `<TABLEDATA>${cells.map((cell) => `<TR><TD>${cell}</TD></TR>`).join('')}</TABLEDATA>`;
const card = (keyword: string, value: string) => `${keyword.padEnd(8)}= ${value.padStart(20)}`.padEnd(80);
const fitsFile = (cards: readonly string[], data = '') => {
  const blocks = (text: string) => text.padEnd(Math.ceil(text.length / 2880) * 2880);
  const primary = [card('SIMPLE', 'T'), card('BITPIX', '8'), card('NAXIS', '0'), 'END'];
  const table = [`XTENSION= 'BINTABLE'`.padEnd(80), card('BITPIX', '8'), card('NAXIS', '2'), ...cards, 'END'];
  return utf8(
    blocks(primary.map((each) => each.padEnd(80)).join('')) +
      blocks(table.map((each) => each.padEnd(80)).join('')) +
      blocks(data),
  );
};
const tableOf = (width: number, count: number, form: string, data: string, heap = 0) =>
  fitsFile(
    [
      ...[card('NAXIS1', String(width)), card('NAXIS2', String(count)), card('PCOUNT', String(heap))],
      ...[card('GCOUNT', '1'), card('TFIELDS', '1'), `TFORM1  = '${form}'`.padEnd(80)],
    ],
    data,
  );

/** What a file is, and what is said of it. */
const FAULTS: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ['no bytes', utf8(''), /it is empty/],
  ['a page of HTML', utf8('<!DOCTYPE html><html></html>'), /this is no VOTable: its first element is html/],
  [
    'an error',
    utf8('<VOTABLE><RESOURCE><INFO name="QUERY_STATUS" value="ERROR">No!</INFO></RESOURCE></VOTABLE>'),
    /the document is an error: No!/,
  ],
  ['XML that is cut', votable(INT, rows('1')).subarray(0, 80), /no TABLE with DATA|not XML/],
  [
    'entities',
    utf8('<!DOCTYPE VOTABLE [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]><VOTABLE>&b;</VOTABLE>'),
    /Invalid character entity/,
  ],
  ['elements within elements', utf8(`<VOTABLE>${'<RESOURCE>'.repeat(1000)}`), /nested deeper than 100/],
  ['a number that is none', votable(INT, rows('1', 'two')), /row 2, column “x” holds "two", which is no int/],
  [
    'a number too large',
    votable(INT, rows('3000000000')),
    /row 1, column “x” holds 3000000000, which is no int/,
  ],
  [
    'complex numbers',
    votable('<FIELD name="x" datatype="floatComplex"/>', rows('1 2')),
    /“x” \(floatComplex\)/,
  ],
  ['one name twice', votable(INT + INT, rows()), /columns 1 and 2 are both called “x”/],
  ['no columns', votable('', rows()), /has no FIELD/],
  ['many columns', votable(INT.repeat(10_000), rows()), /10000 columns: 50 are the most/],
  ['many rows', votable(INT, rows(...new Array(1001).fill('1'))), /more than 1000 rows/],
  [
    'half a row',
    votable(INT, '<BINARY><STREAM encoding="base64">AAA=</STREAM></BINARY>'),
    /the last row is incomplete: 2 bytes/,
  ],
  [
    'rows without bytes',
    votable(
      '<FIELD name="x" datatype="int" arraysize="0"/>',
      '<BINARY><STREAM encoding="base64">AAAA</STREAM></BINARY>',
    ),
    /its rows have no bytes/,
  ],
  [
    'a day that there is not',
    votable(DAY, rows('2020-02-30T00:00:00')),
    /row 1, column “x” holds "2020-02-30/,
  ],
  ['no base64', votable(INT, '<BINARY><STREAM encoding="base64">A-==</STREAM></BINARY>'), /not in base64/],
  [
    'data elsewhere',
    votable(INT, '<BINARY><STREAM href="file:///etc/passwd"/></BINARY>'),
    /data of the table are in another file/,
  ],
  ['Latin letters', Uint8Array.of(0x61, 0x0a, 0xe9), /its text is not UTF-8/],
  ['lines of CSV that differ', utf8('a,b\n1,2\n3\n'), /row 3 has 1 values for 2 columns/],
  ['CSV with a quote left open', utf8('a,b\n1,"2\n'), /row 2 is not valid CSV/],
  ['CSV with a name twice', utf8('a,b,a\n1,2,3\n'), /columns 1 and 3 are both called “a”/],
  ['a text with NUL', utf8('a,b\nx\0y,2\n'), /row 1, column “a” holds a text with the character 0/],
  ['a long file', new Uint8Array(2 ** 20 + 1), /more than 1048576 bytes/],
  ['a gzip bomb', gzipSync(new Uint8Array(2 ** 24)), /more than 1048576 bytes/],
  ['gzip that is cut', gzipSync(utf8('a\n1\n')).subarray(0, 15), /gzip file that is damaged/],
  [
    'a row of nothing but commas',
    utf8(`a,b\n${','.repeat(2 ** 20 - 10)}`),
    /row 2 has more than \d+ columns/,
  ],
  ['a file of nothing but lines', utf8(`a\n${'\n'.repeat(2 ** 20 - 10)}`), /more than \d+ lines/],
  ['a file of another kind', utf8('PK\u0003\u0004,b\n1,2\n'), /the name of column 1 has a control character/],
  [
    'an element of nothing but attributes',
    utf8(`<VOTABLE ${Array.from({ length: 1000 }, (_, at) => `a${at}=""`).join(' ')}/>`),
    /more than 100 attributes, line 1/,
  ],
  [
    'a row of nothing but cells',
    utf8(
      `<VOTABLE><RESOURCE><TABLE><FIELD name="a" datatype="int"/><DATA><TABLEDATA><TR>${'<TD/>'.repeat(1000)}`,
    ),
    /more cells than the 1 columns/,
  ],
  [
    'a table of nothing but fields',
    utf8(`<VOTABLE><RESOURCE><TABLE>${'<FIELD name="a" datatype="int"/>'.repeat(20_001)}`),
    /more than 20000 FIELDs/,
  ],
  ['gzip in gzip', gzipSync(gzipSync(utf8('a\n1\n'))), /compressed twice/],
  ['FITS without a table', fitsFile([]).subarray(0, 2880), /no binary table among its 1 HDUs/],
  [
    'FITS with fewer rows than it says',
    tableOf(8, 10_000, '1D', ''),
    /truncated.*80000 bytes|10000 rows, 1000 are the most/,
  ],
  ['FITS of complex numbers', tableOf(8, 1, '1C', '12345678'), /holds complex numbers/],
  ['FITS with a type of its own', tableOf(8, 1, '1Y', '12345678'), /has the format TFORM1 = 1Y/],
  ['FITS whose columns are wider than its rows', tableOf(8, 1, '2D', '12345678'), /take 16 bytes of a row/],
  [
    'FITS with elements beyond its heap',
    tableOf(8, 1, '1PD(9)', '\x7f\x7f\x7f\x7f\0\0\0\0'),
    /beyond the end of the data/,
  ],
  ['Parquet that is cut', utf8('PAR1 and no more'), /Parquet file that is damaged or cut off/],
  [
    'Arrow that is cut',
    Uint8Array.of(255, 255, 255, 255, 16, 0, 0, 0, 1, 2),
    /Arrow file that is damaged or cut off/,
  ],
];

for (const [what, file, message] of FAULTS) {
  test(`refused: ${what}`, async () => {
    await assert.rejects(readUpload('mine', file, LIMITS), (error) => {
      assert.ok(error instanceof UploadError, String(error));
      assert.match(error.message, message);
      return true;
    });
  });
}

test('refused: an Arrow file that has no batch where it says', async () => {
  const file = tableToIPC(tableFromArrays({ x: [1, 2] }), 'file');
  // Messages begin with a mark of four bytes and their length: no message has any.
  for (let at = 8; at < file.length - 8; at += 4) {
    if (file.subarray(at, at + 4).every((byte) => byte === 255)) file.fill(0, at + 4, at + 8);
  }
  await assert.rejects(readUpload('mine', file, LIMITS), /Arrow file that is damaged or cut off/);
});

test('refused: more nulls than their bytes may become, for which a file needs none', async () => {
  const forms = Array.from({ length: 50 }, (_, at) => `TFORM${at + 1}`.padEnd(8));
  const file = fitsFile([
    ...[card('NAXIS1', '0'), card('NAXIS2', '1000'), card('PCOUNT', '0'), card('GCOUNT', '1')],
    ...[card('TFIELDS', '50'), ...forms.map((form) => `${form}= '0D'`.padEnd(80))],
  ]);
  await assert.rejects(
    readUpload('mine', file, { ...LIMITS, bytes: 2 ** 16 }),
    /its texts, arrays and nulls take more than 262144 bytes/,
  );
});

test('columns that a file takes for the main ones are believed where there is one of each', async () => {
  const ra = '<FIELD name="a" datatype="double" ucd="pos.eq.ra;meta.main" xtype="polygon"/>';
  const { table } = await readUpload('mine', votable(ra + ra.replace('"a"', '"b"'), rows()), LIMITS);
  assert.deepEqual(
    table.columns.map(({ name, ucd, xtype }) => [name, ucd, xtype]),
    [
      ['a', 'pos.eq.ra', null],
      ['b', 'pos.eq.ra', null],
    ],
  );
});

describe('whatever the bytes, there is a table or an UploadError', () => {
  for (const format of ['votable-binary2', 'votable-tabledata', 'csv', 'arrow', 'parquet', 'fits']) {
    test(format, async () => {
      const whole = await written(format, format === 'csv' ? TABLE.slice(0, 10) : TABLE);
      const change = fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        byte: fc.integer({ min: 0, max: 255 }),
      });
      const changes = fc.array(change, { maxLength: 8 });
      const ends = fc.double({ min: 0, max: 1, noNaN: true });
      await fc.assert(
        fc.asyncProperty(changes, ends, fc.boolean(), async (changes, end, cut) => {
          const file = Uint8Array.from(whole);
          for (const { at, byte } of changes) file[Math.floor(at * (file.length - 1))] = byte;
          const given = cut ? file.subarray(0, Math.floor(end * file.length)) : file;
          await readUpload('mine', given, LIMITS).catch((error) => {
            assert.ok(error instanceof UploadError, error.stack);
          });
        }),
        { numRuns: 150 },
      );
    });
  }
});
