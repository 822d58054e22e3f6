import assert from 'node:assert/strict';
import test from 'node:test';
import {
  Bool,
  type DataType,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Uint8,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import type { Column, Datatype } from '../catalog/column.ts';
import { binary2 } from './binary2.ts';
import type { Batch, Overflow } from './result.ts';
import { streamTable } from './stream.ts';

type Cell = number | bigint | boolean | string | null;

interface Case {
  readonly datatype: Datatype;
  readonly arraysize: string | null;
  readonly type: DataType;
  /** Of a row; in every column some are null. */
  readonly cell: (row: number) => Cell;
  /** The cell as Buffer writes it, a null's too. */
  readonly bytes: (cell: never) => Buffer;
}

function written(size: number, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(size);
  write(buffer);
  return buffer;
}

function counted(text: string, encoded: Buffer): Buffer {
  return Buffer.concat([written(4, (buffer) => buffer.writeInt32BE(text.length)), encoded]);
}

const every = (nth: number, cell: (row: number) => Cell) => (row: number) =>
  row % nth === 0 ? null : cell(row);
const names = ['é', '星', '🌟 star', '', 'a longer name than the others', 'x'];

const CASES: readonly Case[] = [
  {
    datatype: 'double',
    arraysize: null,
    type: new Float64(),
    cell: every(3, (row) => row / 7),
    bytes: (cell: number | null) => written(8, (buffer) => buffer.writeDoubleBE(cell ?? Number.NaN)),
  },
  {
    datatype: 'float',
    arraysize: null,
    type: new Float32(),
    cell: every(5, (row) => -row / 2),
    bytes: (cell: number | null) => written(4, (buffer) => buffer.writeFloatBE(cell ?? Number.NaN)),
  },
  {
    datatype: 'long',
    arraysize: null,
    type: new Int64(),
    cell: every(7, (row) => -(2n ** 62n) + BigInt(row)),
    bytes: (cell: bigint | null) => written(8, (buffer) => buffer.writeBigInt64BE(cell ?? 0n)),
  },
  {
    datatype: 'int',
    arraysize: null,
    type: new Int32(),
    cell: every(2, (row) => -70_000 * row),
    bytes: (cell: number | null) => written(4, (buffer) => buffer.writeInt32BE(cell ?? 0)),
  },
  {
    datatype: 'short',
    arraysize: null,
    type: new Int16(),
    cell: every(11, (row) => 300 - row),
    bytes: (cell: number | null) => written(2, (buffer) => buffer.writeInt16BE(cell ?? 0)),
  },
  {
    datatype: 'unsignedByte',
    arraysize: null,
    type: new Uint8(),
    cell: every(13, (row) => row % 256),
    bytes: (cell: number | null) => Buffer.of(cell ?? 0),
  },
  {
    datatype: 'boolean',
    arraysize: null,
    type: new Bool(),
    cell: every(4, (row) => row % 3 === 1),
    bytes: (cell: boolean | null) => Buffer.from(cell === null ? '?' : cell ? 'T' : 'F'),
  },
  {
    datatype: 'char',
    arraysize: '*',
    type: new Int64(),
    cell: every(6, (row) => BigInt(row) ** 5n),
    bytes: (cell: bigint | null) => counted(String(cell ?? ''), Buffer.from(String(cell ?? ''))),
  },
  {
    datatype: 'unicodeChar',
    arraysize: '*',
    type: new Utf8(),
    cell: every(9, (row) => names[row % names.length]!),
    bytes: (cell: string | null) => counted(cell ?? '', Buffer.from(cell ?? '', 'utf16le').swap16()),
  },
  {
    datatype: 'char',
    arraysize: '3',
    type: new Utf8(),
    cell: every(8, (row) => ['abcd', 'ab', 'é1', ''][row % 4]!),
    bytes: (cell: string | null) => Buffer.from((cell ?? '').replace('é', '?').padEnd(3, '\0').slice(0, 3)),
  },
];

const columns: Column[] = CASES.map(({ datatype, arraysize }, at) => ({
  name: `column_${at}`,
  datatype,
  arraysize,
  xtype: null,
  unit: null,
  ucd: null,
  utype: null,
  description: null,
  principal: true,
  indexed: false,
  std: false,
}));

const FLAG_BYTES = Math.ceil(CASES.length / 8);

function expectedRow(row: number): Buffer {
  const flags = Buffer.alloc(FLAG_BYTES);
  const cells = CASES.map(({ cell, bytes }, at) => {
    const value = cell(row);
    if (value === null) flags[at >> 3]! |= 128 >> (at & 7);
    return bytes(value as never);
  });
  return Buffer.concat([flags, ...cells]);
}

/** The bytes of the STREAM of a table of such batches, each the given rows of the cases. */
async function stream(...given: readonly { rows: readonly number[]; selected: boolean }[]): Promise<Buffer> {
  async function* batches(): AsyncGenerator<Batch, Overflow, undefined> {
    for (const { rows, selected } of given) {
      const stored = selected ? Array.from({ length: Math.max(...rows) + 1 }, (_, row) => row) : rows;
      yield {
        length: rows.length,
        columns: CASES.map(({ type, cell }) => ({
          data: vectorFromArray(stored.map(cell), type).data[0]!,
          rows: selected ? Uint32Array.from(rows) : null,
        })),
      };
    }
    return { overflow: false };
  }
  const result = { name: 'a.b', description: null, columns, infos: [], batches: batches() };
  let text = '';
  for await (const chunk of streamTable(result, binary2(result)))
    text += Buffer.from(chunk).toString('latin1');
  return Buffer.from(/<STREAM encoding="base64">\n(.*)\n<\/STREAM>/.exec(text)![1]!, 'base64');
}

const expected = (rows: readonly number[]) => Buffer.concat(rows.map(expectedRow));
const first = (count: number) => Array.from({ length: count }, (_, row) => row);

test('cells and nulls lie where VOTable 1.4 §6 has them, in runs and batches of every length', async () => {
  for (const count of [1, 63, 64, 65, 200, 3000]) {
    assert.deepEqual(
      await stream({ rows: first(count), selected: false }),
      expected(first(count)),
      `${count} rows`,
    );
  }
});

test('chosen rows of a batch are written in their order, batch after batch', async () => {
  const [some, others] = [first(400).filter((row) => row % 7 > 3), [5, 3, 12, 300]];
  assert.deepEqual(
    await stream(
      { rows: some, selected: true },
      { rows: first(70), selected: false },
      { rows: others, selected: true },
    ),
    expected([...some, ...first(70), ...others]),
  );
});
