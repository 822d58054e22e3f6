import type { Table } from '../catalog/table.ts';
import type { PostgresAccess } from './access.ts';
import { knownAnswers } from './known-answers.ts';
import { HISTORIES, type TableHistory } from './table-history.ts';

const histories = knownAnswers<TableHistory>(HISTORIES);

/**
 * The histories of rows that tables have.
 * @throws PostgresError when the database cannot be asked.
 */
export async function knownHistories(
  access: PostgresAccess,
  tables: readonly Table[],
): Promise<(table: Table) => TableHistory | null> {
  const rows = tables.length === 0 ? [] : await histories(access, tables);
  return ({ schema, name }) =>
    rows.find(({ schema_name, table_name }) => schema_name === schema && table_name === name) ?? null;
}
