import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  Bool,
  type Data,
  type DataType,
  Field,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Uint8,
  Utf8,
  Vector,
  vectorFromArray,
} from 'apache-arrow';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import {
  Compression,
  Table as ParquetTable,
  WriterPropertiesBuilder,
  WriterVersion,
  writeParquet,
} from 'parquet-wasm';
import { loadKernel } from '../healpix-wasm/node.ts';
import { decodeChunk } from './column-chunk.ts';
import { keptColumn } from './kept-column.ts';

type Element = number | bigint | string | boolean | null;
type Cell = readonly Element[] | null;

const kernel = loadKernel();

const double = fc.oneof(fc.double(), fc.constantFrom(0, -0, Number.NaN, Number.NEGATIVE_INFINITY, 12.345));
const ELEMENTS: Record<string, [DataType, fc.Arbitrary<Element>]> = {
  doubles: [new Float64(), double],
  floats: [new Float32(), double.map(Math.fround)],
  longs: [new Int64(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  ints: [new Int32(), fc.integer()],
  shorts: [new Int16(), fc.integer({ min: -32_768, max: 32_767 })],
  bytes: [new Uint8(), fc.integer({ min: 0, max: 255 })],
  booleans: [new Bool(), fc.boolean()],
  texts: [new Utf8(), fc.string({ unit: 'grapheme' })],
};

function listOf(type: DataType): List {
  return new List(new Field('element', type, true));
}

/** A Parquet file of one column, in one row group. */
function fileOf(data: Data, pageBytes: number): Uint8Array<ArrayBuffer> {
  const schema = new Schema([new Field('x', data.type, true)]);
  const struct = makeData({
    type: new Struct(schema.fields),
    length: data.length,
    nullCount: 0,
    children: [data],
  });
  const properties = new WriterPropertiesBuilder()
    .setCompression(Compression.SNAPPY)
    .setDictionaryEnabled(false)
    .setWriterVersion(WriterVersion.V1)
    .setDataPageSizeLimit(pageBytes)
    .setWriteBatchSize(16)
    .build();
  const ipc = tableToIPC(new Table(schema, new RecordBatch(schema, struct)), 'stream');
  return Uint8Array.from(writeParquet(ParquetTable.fromIPCStream(ipc), properties));
}

function chunkOf(file: Uint8Array<ArrayBuffer>): Uint8Array {
  const { data_page_offset, total_compressed_size } = parquetMetadata(file.buffer).row_groups[0]!.columns[0]!
    .meta_data!;
  return file.subarray(Number(data_page_offset), Number(data_page_offset + total_compressed_size));
}

function decode(file: Uint8Array<ArrayBuffer>, type: DataType, rows: number): Data {
  return decodeChunk(chunkOf(file), { type, nullable: true }, rows, kernel.snappy);
}

function cellsOf(data: Data): Cell[] {
  return Array.from(new Vector([data]), (cell) => cell && Array.from(cell as Vector));
}

describe('arrays of a column chunk are those that were written', () => {
  for (const [kind, [type, element]] of Object.entries(ELEMENTS)) {
    test(kind, () => {
      const nullable = fc.option(element, { freq: 6, nil: null });
      const cells = fc.oneof(
        fc.array(fc.array(element, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 60 }),
        fc.array(fc.option(fc.array(nullable, { maxLength: 40 }), { freq: 6, nil: null }), {
          minLength: 1,
          maxLength: 60,
        }),
      );
      fc.assert(
        fc.property(cells, fc.constantFrom(64, 1 << 20), fc.array(fc.nat()), (rows, pageBytes, picks) => {
          const [written] = vectorFromArray(rows, listOf(type)).data;
          const decoded = decode(fileOf(written!, pageBytes), listOf(type), rows.length);
          assert.deepEqual(cellsOf(decoded), rows);
          assert.equal(decoded.nullCount, rows.filter((row) => row === null).length);
          const wanted = Uint32Array.from(new Set(picks.map((pick) => pick % rows.length))).sort();
          const taken = keptColumn(decoded).take(wanted);
          assert.deepEqual(
            cellsOf(taken),
            Array.from(wanted, (row) => rows[row]),
          );
        }),
        { numRuns: 150 },
      );
    });
  }
});

test('many elements need many pages', async () => {
  const rows = Array.from({ length: 200 }, (_, row) =>
    row % 9 === 0 ? null : Array.from({ length: 1888 }, (_, at) => Math.fround(row + at / 8)),
  );
  const [written] = vectorFromArray(rows, listOf(new Float32())).data;
  const file = fileOf(written!, 65_536);
  const decoded = decode(file, listOf(new Float32()), rows.length);
  assert.deepEqual(cellsOf(decoded), rows);
  const independent = await parquetReadObjects({ file: file.buffer });
  assert.deepEqual(
    cellsOf(decoded),
    independent.map(({ x }) => x ?? null),
  );
});

test('what is not as many arrays as there are rows is refused', () => {
  const [written] = vectorFromArray([[1], [2, 3], null], listOf(new Float64())).data;
  const file = fileOf(written!, 1 << 20);
  assert.throws(() => decode(file, listOf(new Float64()), 2), /more than 2 arrays/);
  assert.throws(() => decode(file, listOf(new Float64()), 4), /3 arrays instead of 4/);
});

test('bytes that make no sense are refused or make other values, but no endless loop', () => {
  const rows = Array.from({ length: 50 }, (_, row) => (row % 7 ? [row, null, row + 0.5] : null));
  const [written] = vectorFromArray(rows, listOf(new Float64())).data;
  const file = fileOf(written!, 256);
  const chunk = chunkOf(file);
  let refused = 0;
  for (let at = 0; at < chunk.length; at++) {
    const bad = Uint8Array.from(chunk);
    bad[at]! ^= 0x55;
    try {
      const data = decodeChunk(bad, { type: listOf(new Float64()), nullable: true }, 50, kernel.snappy);
      assert.equal(data.length, 50);
      assert.equal(data.valueOffsets[50], data.children[0]!.length);
    } catch (error) {
      assert.ok(error instanceof Error && !(error instanceof assert.AssertionError), String(error));
      refused++;
    }
  }
  assert.ok(refused > chunk.length / 10, `${refused} of ${chunk.length}`);
});
