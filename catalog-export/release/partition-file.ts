import { Int64, makeData } from 'apache-arrow';
import { hasPositions, type Table } from '../../engine/catalog/table.ts';
import { arrowColumns } from '../../engine/postgres/arrow-columns.ts';
import { parquetFile } from '../hats/parquet-file.ts';
import { checkArrayShapes } from './array-shapes.ts';
import type { KeyedRows } from './keyed-rows.ts';
import { transportOid } from './source.ts';

/**
 * The Parquet file of a partition.
 * @param rows in the order of the file; where the table has positions, their keys are their order-29 cells.
 */
export function partitionFile(table: Table, { rows, keys }: KeyedRows): Uint8Array {
  const { columns } = table;
  checkArrayShapes(table, rows);
  const arrays = arrowColumns(columns, columns.map(transportOid), rows);
  if (!hasPositions(table)) return parquetFile(table, arrays);
  const index = makeData({ type: new Int64(), length: keys.length, nullCount: 0, data: keys });
  return parquetFile(table, [index, ...arrays]);
}
