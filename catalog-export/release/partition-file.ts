import { type Data, Int64, makeData } from 'apache-arrow';
import { hasPositions, type Table } from '../../engine/catalog/table.ts';
import { parquetFile } from '../hats/parquet-file.ts';
import { decodedRows } from './decoded-rows.ts';
import type { KeyedRows } from './keyed-rows.ts';

/** Rows that are decoded and encoded at a time, and bytes of them as a binary COPY has them. */
const PIECE_ROWS = 32_768;
const PIECE_BYTES = 4 * 2 ** 20;

/**
 * The Parquet file of a partition.
 * @param rows in the order of the file; where the table has positions, their keys are their order-29 cells.
 */
export function partitionFile(table: Table, rows: KeyedRows): Uint8Array<ArrayBuffer> {
  return parquetFile(table, piecesOf(table, rows));
}

/** The columns of the rows, some of the rows at a time. */
function* piecesOf(table: Table, { rows, keys }: KeyedRows): Generator<Data[]> {
  const { bytes, view, starts, count } = rows;
  const pieces = Math.max(1, Math.ceil(count / PIECE_ROWS), Math.ceil(bytes.length / PIECE_BYTES));
  const most = Math.max(1, Math.ceil(count / pieces));
  for (let from = 0; from < count; from += most) {
    const to = Math.min(count, from + most);
    const piece = { bytes, view, starts: starts.subarray(from, to + 1), count: to - from };
    const arrays = decodedRows(table, piece);
    if (!hasPositions(table)) yield arrays;
    else yield [indexData(keys.subarray(from, to)), ...arrays];
  }
}

function indexData(cells: BigInt64Array): Data {
  return makeData({ type: new Int64(), length: cells.length, nullCount: 0, data: cells });
}
