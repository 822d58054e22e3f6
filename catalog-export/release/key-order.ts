import type pg from 'pg';
import type { Column } from '../../engine/catalog/column.ts';
import { identifierColumn, type Table } from '../../engine/catalog/table.ts';
import { quotedTable } from '../database/identifier.ts';

/**
 * The columns that the rows of a table without positions are sorted by: its identifier, else its primary key, else all, so that the same
 * rows come in the same order each time.
 */
export async function keyColumns(client: pg.Client, table: Table): Promise<readonly Column[]> {
  const identifier = identifierColumn(table);
  if (identifier !== null) return [identifier];
  const { rows } = await client.query<{ name: string }>(
    `select a.attname as name
     from pg_index i
     cross join unnest(i.indkey[0:i.indnkeyatts - 1]) with ordinality as key (number, place)
     join pg_attribute a on a.attrelid = i.indrelid and a.attnum = key.number
     where i.indrelid = to_regclass($1) and i.indisprimary
     order by key.place`,
    [quotedTable(table)],
  );
  const key = rows.map(({ name }) => table.columns.find((column) => column.name === name));
  const published = key.filter((column) => column !== undefined);
  return published.length > 0 && published.length === key.length ? published : table.columns;
}
