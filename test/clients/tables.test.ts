import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Int64, vectorFromArray } from 'apache-arrow';
import type { Column, Datatype } from '../../engine/catalog/column.ts';
import { arrowType } from '../../engine/table/arrow.ts';
import { timestampText } from '../../engine/table/cells.ts';
import { tableWriters } from '../../engine/table/formats.ts';
import type { Batch, Cells, Overflow, ResultTable } from '../../engine/table/result.ts';
import { runPython, runStilts, skipWithoutPython, skipWithoutStilts } from './clients.ts';

type Scalar = number | bigint | string | boolean | null;
type Cell = Scalar | readonly Scalar[];

function column(name: string, datatype: Datatype, rest: Partial<Column> = {}): Column {
  const isText = datatype === 'char' || datatype === 'unicodeChar';
  return {
    name,
    datatype,
    arraysize: isText ? '*' : null,
    xtype: null,
    unit: null,
    ucd: null,
    utype: null,
    description: null,
    principal: true,
    indexed: false,
    std: false,
    ...rest,
  };
}

/** Microseconds since 1970 of a date as PostgreSQL would hold it. */
const instant = (iso: string, microseconds = 0): bigint =>
  BigInt(Date.parse(iso)) * 1000n + BigInt(microseconds);

const XML = `<a href="x">&amp; 'b' ]]></a>`;

/** Every datatype, with the values that writers get wrong; a row is an index into each list. */
const TABLE: readonly [Column, readonly Cell[]][] = [
  [
    column('id', 'long', { ucd: 'meta.id;meta.main', description: `Identifier, ${XML}` }),
    [1n, -9223372036854775808n, 9223372036854775807n, 9007199254740993n, 0n, null],
  ],
  [
    column('ra', 'double', { unit: 'deg', ucd: 'pos.eq.ra;meta.main' }),
    [0.1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, null],
  ],
  [
    column('dec', 'double', { unit: 'deg', ucd: 'pos.eq.dec;meta.main' }),
    [-1.7976931348623157e308, 5e-324, 1e21, 123456789.12345679, 1 / 3, null],
  ],
  [
    column('mag', 'float', { unit: 'mag' }),
    [
      Math.fround(0.1),
      Math.fround(1 / 3),
      16777216,
      Math.fround(1.1754944e-38),
      Math.fround(3.4028235e38),
      null,
    ],
  ],
  [column('count', 'int'), [-2147483648, 2147483647, 0, -1, 1, null]],
  [column('small', 'short'), [-32768, 32767, 0, -1, 1, null]],
  [column('byte', 'unsignedByte'), [0, 255, 128, 127, 1, null]],
  [column('variable', 'boolean'), [true, false, true, false, true, null]],
  [column('name', 'unicodeChar'), ['Bélénos', 'α Cen', '星', '🌟 star', XML, null]],
  [column('odd', 'unicodeChar'), ['tab\there', 'line\nend', 'carriage\r\nreturn', '\u0001bell', '', null]],
  [column('utf8', 'char'), ['é', 'star ★', '🌟', 'x', '', null]],
  [column('note', 'char'), ['plain', ' spaces ', 'comma, "quote"', XML, "a'b\\c", null]],
  [column('code', 'char', { arraysize: '4' }), ['abcd', 'ab', 'x', 'N/A', '0001', null]],
  [column('kanji', 'unicodeChar', { arraysize: '3' }), ['星星星', '星', 'ab', 'é', 'xyz', null]],
  [column('flag', 'char', { arraysize: null }), ['A', 'b', '1', '?', ' ', null]],
  [
    column('seen', 'char', { xtype: 'timestamp' }),
    [
      instant('2016-12-31T23:59:59Z'),
      instant('1969-12-31T23:59:59Z', 1),
      instant('1582-10-15T00:00:00Z'),
      instant('9999-12-31T23:59:59Z', 999_999),
      instant('1970-01-01T00:00:00Z', 120_000),
      null,
    ],
  ],
];

/** Every kind of array, null, empty and with elements that are not finite among them. */
const ARRAYS: readonly [Column, readonly Cell[]][] = [
  [column('id', 'long', { ucd: 'meta.id;meta.main' }), [1n, 2n, 3n, 4n, 5n, 6n]],
  [
    column('position', 'double', { arraysize: '2', xtype: 'point', unit: 'deg' }),
    [[12.3, -45.6], [0.1, -0], [Number.NaN, Number.NaN], [1e300, 5e-324], [359.99999999999994, 90], null],
  ],
  [
    column('circle', 'double', { arraysize: '3', xtype: 'circle', unit: 'deg' }),
    [[12.3, -45.6, 1], [1 / 3, 2 / 3, 1e-10], null, [0, 0, 180], [1, 2, 3], [4, 5, 6]],
  ],
  [
    column('footprint', 'double', { arraysize: '*', xtype: 'polygon', unit: 'deg' }),
    [
      [1, 2, 3, 4, 5, 6],
      [10, 10, 20, 10, 20, 20, 10, 20],
      null,
      Array.from({ length: 300 }, (_, at) => at / 7),
      [0.5, 0.5, 1.5, 0.5, 1, 1],
      [359, -1, 1, -1, 0, 1e-300],
    ],
  ],
  [
    column('covariance', 'double', { arraysize: '3x2' }),
    [
      [1, 2, 3, 4, 5, 6],
      [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
      null,
      [0, 0, 0, 0, 0, Number.NaN],
      [-1, -2, -3, -4, -5, -6],
      [6, 5, 4, 3, 2, 1],
    ],
  ],
  [
    column('mag_auto', 'float', { arraysize: '8*', unit: 'mag' }),
    [[Math.fround(0.1), 16777216], [3], null, [], [1, 2, 3, 4, 5, 6, 7, 8], [Number.NaN, Math.fround(1 / 3)]],
  ],
  [
    column('flags', 'short', { arraysize: '3' }),
    [[-32767, 0, 32767], [1, 2, 3], null, [4, 5, 6], [7, 8, 9], [-1, -1, -1]],
  ],
  [
    column('neighbours', 'long', { arraysize: '*' }),
    [[9223372036854775807n, -9007199254740993n], [1n], null, [2n, 3n], [], [4n, 5n]],
  ],
  [column('counts', 'int', { arraysize: '*' }), [[-2147483647, 2147483647], [0], null, [], [70_000, 2], [3]]],
  [column('levels', 'unsignedByte', { arraysize: '*' }), [[0, 255], [7], null, [1, 2, 3], [], [128]]],
  [
    column('bits', 'boolean', { arraysize: '*' }),
    [[true, false, true, true, false, true, false, false, true], [false], null, [], [true], [true, true]],
  ],
];

/** The columns that astropy's reader of VOParquet (8.0) takes, where they have no nulls. */
const FOR_ASTROPY = TABLE.filter(([{ xtype }]) => xtype === null);

const ROWS = TABLE[0]![1].length;

/** Rows [from, to) as a batch cut out of a larger one, so that no buffer begins where the rows do. */
function slice(table: typeof TABLE, from: number, to: number): Batch {
  const columns = table.map(([column, cells]): Cells => {
    const type = arrowType(column);
    // Arrow would take numbers for a timestamp, and as milliseconds.
    const stored = column.xtype === 'timestamp' ? new Int64() : type;
    const data = vectorFromArray([...cells], stored)
      .data[0]!.clone(type)
      .slice(from, to - from);
    return { data, rows: null };
  });
  return { length: to - from, columns };
}

interface Case {
  readonly table: typeof TABLE;
  /** Rows of each batch, from and to. */
  readonly ranges: readonly (readonly [number, number])[];
  readonly overflow: boolean;
}

async function* batches({ table, ranges, overflow }: Case): AsyncGenerator<Batch, Overflow, undefined> {
  for (const [from, to] of ranges) yield slice(table, from, to);
  return { overflow };
}

const columnsOf = ({ table }: Case) => table.map(([column]) => column);

function result(of: Case): ResultTable {
  return {
    name: 'test.table',
    description: XML,
    columns: columnsOf(of),
    infos: [{ name: 'release', value: '"1"' }],
    batches: batches(of),
  };
}

/** A cell as JSON that any language reads without loss. */
function expected(column: Column, cell: Cell): unknown {
  if (cell === null || typeof cell === 'string' || typeof cell === 'boolean') return cell;
  if (typeof cell === 'object') return cell.map((element) => expected(column, element));
  if (column.xtype === 'timestamp') return timestampText(cell as bigint);
  return Object.is(cell, -0) ? '-0' : String(cell);
}

const IN_PARTS = [
  [0, 2],
  [2, 2],
  [2, ROWS],
] as const;

const CASES: Record<string, Case> = {
  full: { table: TABLE, ranges: IN_PARTS, overflow: false },
  overflow: { table: TABLE, ranges: [[0, 3]], overflow: true },
  empty: { table: TABLE, ranges: [], overflow: false },
  astropy: { table: FOR_ASTROPY, ranges: [[0, ROWS - 1]], overflow: false },
  arrays: { table: ARRAYS, ranges: IN_PARTS, overflow: false },
};

describe("other people's readers on what the writers write", () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'almagest-tables-'));
    for (const [name, written] of Object.entries(CASES)) {
      for (const { format, write } of tableWriters) {
        await writeFile(join(folder, `${name}.${format}`), write(result(written)));
      }
      const { table, ranges, overflow } = written;
      const rows = Array.from({ length: ranges.at(-1)?.[1] ?? 0 }, (_, row) =>
        table.map(([column, cells]) => expected(column, cells[row]!)),
      );
      await writeFile(
        join(folder, `${name}.expected`),
        JSON.stringify({ description: XML, columns: columnsOf(written), rows, overflow }),
      );
    }
  });

  after(() => rm(folder, { recursive: true, force: true }));

  test('astropy, pyarrow, DuckDB and json read equal values in all formats', {
    skip: skipWithoutPython,
  }, async () => {
    const printed = await runPython('check_tables.py', [folder, ...Object.keys(CASES)]);
    for (const name of Object.keys(CASES)) {
      for (const { format } of tableWriters)
        assert.match(printed, new RegExp(`^ok.*${name}\\.${format}`, 'm'));
    }
  });

  for (const name of Object.keys(CASES)) {
    for (const format of ['votable-binary2', 'votable-tabledata']) {
      test(`votlint finds nothing in ${name}.${format}`, { skip: skipWithoutStilts }, async () => {
        const file = join(folder, `${name}.${format}`);
        const document = await readFile(file, 'utf8');
        // STILTS 3.4.7 looks for the corners of a polygon in the wrong bytes of BINARY2 (tpipe reads them).
        if (format === 'votable-binary2') await writeFile(file, document.replace(' xtype="polygon"', ''));
        const found = await runStilts('votlint', [file]).finally(() => writeFile(file, document));
        // It does not know that an empty cell is a null of any type (VOTable 1.4 §6); STILTS reads it as one.
        assert.equal(found.replaceAll(/.*(Bad double string ''|\(0 found, \d expected\))\n/g, ''), '');
      });
    }
  }

  test('STILTS reads equal values in both VOTables', { skip: skipWithoutStilts }, async () => {
    const read = (format: string) =>
      runStilts('tpipe', [
        `in=${join(folder, `full.${format}`)}`,
        // What one of the two forms cannot carry.
        "cmd=delcols 'odd utf8'",
        'ofmt=csv',
        'out=-',
      ]);
    const [binary2, tabledata] = [await read('votable-binary2'), await read('votable-tabledata')];
    assert.equal(binary2, tabledata);
    assert.equal(binary2.split('\n').length, ROWS + 2);
    assert.match(binary2, /9223372036854775807/);
  });

  test('STILTS reads of FITS what it reads of VOTable, metadata too', {
    skip: skipWithoutStilts,
  }, async () => {
    const read = (format: string, ...more: string[]) =>
      runStilts('tpipe', [
        `in=${join(folder, `full.${format}`)}`,
        // What FITS cannot carry: characters beyond ASCII, and blanks at the end of a text.
        "cmd=delcols 'odd utf8 name kanji flag note'",
        ...more,
        'ofmt=csv',
        'out=-',
      ]);
    assert.equal(await read('fits'), await read('votable-binary2'));
    const columns = 'cmd=meta name units ucd utype description';
    assert.equal(await read('fits', columns), await read('votable-binary2', columns));
  });
});
