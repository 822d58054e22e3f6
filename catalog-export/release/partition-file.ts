import { type Data, Int64, makeData } from 'apache-arrow';
import { positionColumns, type Table } from '../../engine/catalog/table.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import { arrowColumns } from '../../engine/postgres/arrow-columns.ts';
import { parquetFile } from '../hats/parquet-file.ts';
import { checkArrayShapes } from './array-shapes.ts';
import { type CopyRows, rowsOf } from './copy-binary.ts';
import { orderByIndex, orderTies } from './index-order.ts';
import { locate } from './positions.ts';
import { transportOid } from './source.ts';

/**
 * The Parquet file of a partition: its rows in ascending order of their order-29 cells, or, where the table has no positions, in
 * the order in which they are given.
 * @param bytes rows of a binary COPY, all with a position if the table has any.
 */
export function partitionFile(table: Table, kernel: HealpixKernel, bytes: Buffer): Uint8Array {
  const rows = rowsOf(bytes);
  const position = positionColumns(table);
  if (position === null) return parquetFile(table, columnsOf(table, rows, everyRow(rows.count)));
  const { ra, dec } = position;
  const { index } = locate(kernel, rows, table.columns.indexOf(ra), table.columns.indexOf(dec));
  const order = orderByIndex(index);
  const rowBytes = (row: number) => bytes.subarray(rows.starts[row]!, rows.starts[row + 1]!);
  orderTies(order, index, (a, b) => Buffer.compare(rowBytes(a), rowBytes(b)));
  const sorted = new BigInt64Array(order.length);
  for (let place = 0; place < order.length; place += 1) sorted[place] = index[order[place]!]!;
  const indexData = makeData({ type: new Int64(), length: sorted.length, nullCount: 0, data: sorted });
  return parquetFile(table, [indexData, ...columnsOf(table, rows, order)]);
}

function columnsOf(table: Table, rows: CopyRows, order: Uint32Array): Data[] {
  const { columns } = table;
  checkArrayShapes(table, rows);
  return arrowColumns(columns, columns.map(transportOid), rows, order);
}

function everyRow(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, row) => row);
}
