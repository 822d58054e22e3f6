import {
  BufferType,
  Data,
  type DataType,
  Field,
  FixedSizeList,
  Float64,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  Uint8,
  Uint32,
} from 'apache-arrow';

/**
 * A leaf of a release's index: row groups that follow each other, in ascending order of cells (of row numbers, where the table
 * has no positions), one array per property. It says where each column chunk lies, so that nobody has to read a Parquet footer.
 */
export interface Leaf {
  /** Smallest order-29 cell of each row group, or the number of its first row in the table. */
  readonly first: BigInt64Array;
  /** Largest order-29 cell, or the number of the last row, inclusive. */
  readonly last: BigInt64Array;
  /** HEALPix order and nested index of the cell whose Parquet file holds the row group; or 0 and the number of the part. */
  readonly order: Uint8Array;
  readonly pixel: Float64Array;
  /** Position in the file. */
  readonly group: Uint32Array;
  readonly rows: Uint32Array;
  /** Byte offset in the file of the first column chunk; the others follow without a gap. */
  readonly offset: Float64Array;
  /** Columns in the files, the index column among them. */
  readonly columns: number;
  /** Size of each column chunk: those of one row group after those of another, in the order of the columns. */
  readonly chunkBytes: Uint32Array;
  /** CRC-32 (as zlib's, unsigned) of each column chunk. */
  readonly chunkCrc32: Uint32Array;
}

/** Size of a leaf that is worth a read of its own, and is soon read. */
const LEAF_BYTES = 32_768;
const MIN_ROW_GROUPS = 16;

/** Row groups in a leaf at most. */
export function leafRowGroups(columns: number): number {
  const perRowGroup = 8 + 8 + 1 + 8 + 4 + 4 + 8 + 8 * columns;
  return Math.max(MIN_ROW_GROUPS, Math.floor(LEAF_BYTES / perRowGroup));
}

/** A leaf's file: an Arrow IPC stream with one record batch, of as many rows as there are row groups. */
export function encodeLeaf(leaf: Leaf): Uint8Array {
  const length = leaf.first.length;
  const fields = leafFields(leaf.columns);
  const scalar = (type: DataType, values: ArrayBufferView) =>
    new Data(type, 0, length, 0, { [BufferType.DATA]: values } as Partial<Data['buffers']>);
  const list = (type: DataType, data: Uint32Array) => {
    const child = makeData({ type: new Uint32(), length: data.length, nullCount: 0, data });
    return makeData({ type: type as FixedSizeList, length, nullCount: 0, child });
  };
  const columns = [leaf.first, leaf.last, leaf.order, leaf.pixel, leaf.group, leaf.rows, leaf.offset];
  const children = [
    ...columns.map((data, at) => scalar(fields[at]!.type, data)),
    list(fields[7]!.type, leaf.chunkBytes),
    list(fields[8]!.type, leaf.chunkCrc32),
  ];
  const struct = makeData({ type: new Struct(fields), length, nullCount: 0, children });
  return tableToIPC(new Table(new RecordBatch(new Schema(fields), struct)), 'stream');
}

/** @throws Error where the bytes are not a leaf of a table with so many columns. */
export function decodeLeaf(bytes: Uint8Array, columns: number): Leaf {
  const { schema, batches } = tableFromIPC(bytes);
  const expected = leafFields(columns).join();
  if (schema.fields.join() !== expected) throw new Error(`its columns are not ${expected}`);
  if (batches.length !== 1) throw new Error('it has not one record batch');
  const { children } = batches[0]!.data;
  // Arrow's buffers are padded.
  const values = ({ values, length }: Data) => values.subarray(0, length);
  const [first, last, order, pixel, group, rows, offset] = children.slice(0, 7).map(values);
  const [chunkBytes, chunkCrc32] = children.slice(7).map((list) => values(list.children[0]!));
  return { first, last, order, pixel, group, rows, offset, columns, chunkBytes, chunkCrc32 };
}

function leafFields(columns: number): Field[] {
  const list = () => new FixedSizeList(columns, new Field('item', new Uint32(), false));
  const types: Record<string, DataType> = {
    first: new Int64(),
    last: new Int64(),
    order: new Uint8(),
    pixel: new Float64(),
    group: new Uint32(),
    rows: new Uint32(),
    offset: new Float64(),
    chunk_bytes: list(),
    chunk_crc32: list(),
  };
  return Object.entries(types).map(([name, type]) => new Field(name, type, false));
}
