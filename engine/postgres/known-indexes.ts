import { qualifiedName, type Table } from '../catalog/table.ts';
import type { PostgresAccess } from './access.ts';
import { knownAnswers } from './known-answers.ts';
import { INDEX_KEYS, type IndexKeys, NO_INDEXES, type TableIndexes, tableIndexes } from './table-indexes.ts';

const indexKeys = knownAnswers<IndexKeys>(INDEX_KEYS);

/**
 * Which indexes tables have.
 * @throws PostgresError when the database cannot be asked.
 */
export async function knownIndexes(
  access: PostgresAccess,
  tables: readonly Table[],
): Promise<(table: Table) => TableIndexes> {
  const rows = await indexKeys(access, tables);
  const found = new Map(tables.map((table) => [qualifiedName(table), tableIndexes(table, rows)]));
  return (table) => found.get(qualifiedName(table)) ?? NO_INDEXES;
}
