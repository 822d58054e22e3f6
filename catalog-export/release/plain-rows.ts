import { qualifiedName } from '../../engine/catalog/table.ts';
import { copiedRows } from './copied-rows.ts';
import { keyColumns } from './key-order.ts';
import { partsOf } from './parts.ts';
import { copyInOrder, estimatedRows } from './source.ts';
import type { PartitionLimits, RowsOptions, RowsTask, TableRows } from './table-rows.ts';

/** The rows of a table without positions, which PostgreSQL sorts by its key; one part after the other is in memory. */
export async function readParts(
  { client, table, progress }: RowsOptions,
  limits: PartitionLimits,
): Promise<TableRows> {
  const key = await keyColumns(client, table);
  const fields = key.map((column) => table.columns.indexOf(column)).sort((a, b) => a - b);
  const rows = await estimatedRows(client, table);
  progress.start(`Reading and writing ${qualifiedName(table)}`, rows);

  async function* tasks(): AsyncGenerator<RowsTask> {
    let number = 0;
    for await (const { bytes } of partsOf(copiedRows(client, copyInOrder(table, key)), fields, limits)) {
      yield { source: { bytes }, cells: [{ order: 0, pixel: number }], done: async () => {} };
      number += 1;
    }
    await client.query('commit');
  }

  return { rows, rowsWithoutPosition: 0, histogram: null, tasks, margins: null, close: async () => {} };
}
