import type pg from 'pg';
import type { Table } from '../../engine/catalog/table.ts';
import { compactMarks } from './change-marks.ts';
import { historyFault, keepHistory } from './row-history.ts';
import { inTransaction } from './transaction.ts';

/**
 * What is done before an export's snapshot begins: marks are added up, and a history that missed something goes on where it can.
 * @returns why the versions of the table's rows cannot tell the release that follows, and what to do; null where they can or none are kept
 */
export async function prepareExport(client: pg.Client, table: Table): Promise<string | null> {
  await compactMarks(client, table);
  const fault = await historyFault(client, table);
  if (fault === null) return null;
  try {
    await inTransaction(client, () => keepHistory(client, table, { anew: false }));
    return null;
  } catch (error) {
    return `${fault} (${(error as Error).message})`;
  }
}
