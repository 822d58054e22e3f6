import { Int64, makeData } from 'apache-arrow';
import { mainColumns, type Table } from '../../engine/catalog/table.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import { arrowColumns } from '../../engine/postgres/arrow-columns.ts';
import { parquetFile } from '../hats/parquet-file.ts';
import { rowsOf } from './copy-binary.ts';
import { orderByIndex, orderTies } from './index-order.ts';
import { locate } from './positions.ts';
import { transportOid } from './source.ts';

/**
 * The Parquet file of a partition: its rows in ascending order of their order-29 cells.
 * @param bytes rows of a binary COPY, all with a position.
 */
export function partitionFile(table: Table, kernel: HealpixKernel, bytes: Buffer): Uint8Array {
  const rows = rowsOf(bytes);
  const { ra, dec } = mainColumns(table);
  const { index } = locate(kernel, rows, table.columns.indexOf(ra), table.columns.indexOf(dec));
  const order = orderByIndex(index);
  const rowBytes = (row: number) => bytes.subarray(rows.starts[row]!, rows.starts[row + 1]!);
  orderTies(order, index, (a, b) => Buffer.compare(rowBytes(a), rowBytes(b)));
  const sorted = new BigInt64Array(order.length);
  for (let place = 0; place < order.length; place += 1) sorted[place] = index[order[place]!]!;
  const indexData = makeData({ type: new Int64(), length: sorted.length, nullCount: 0, data: sorted });
  const columns = arrowColumns(table.columns, table.columns.map(transportOid), rows, order);
  return parquetFile(table, [indexData, ...columns]);
}
