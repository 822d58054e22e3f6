import type pg from 'pg';
import type { Column } from '../../engine/catalog/column.ts';
import { mainColumns, qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { grantPublished } from '../database/reader-grants.ts';
import { writeTable } from '../database/tap-schema.ts';
import { checkCatalog } from './catalog-check.ts';
import { findMainColumns, type MainFlags, type MainNames, markMainColumns } from './main-columns.ts';
import { type ColumnMetadata, withMetadata } from './metadata-file.ts';
import type { ColumnChoice } from './source.ts';

/** What the user says of a catalogue. */
export interface CatalogOptions {
  readonly main: MainFlags;
  readonly columns: ColumnChoice;
  readonly description: string | null;
  readonly metadata: ReadonlyMap<string, ColumnMetadata>;
  /** Take the place of what is there. */
  readonly replace: boolean;
}

/** What was published, for the user to see. */
export interface PublishedCatalog extends MainNames {
  /** `schema.table` */
  readonly catalog: string;
  readonly rows: number;
  readonly rowsWithoutPosition: number;
  readonly columns: number;
  /** SQL that others have to run before TAP can read the table in PostgreSQL. */
  readonly missingGrants: readonly string[];
}

/** Columns with the user's metadata on them, and identifier and position found and marked. */
export function describeColumns(
  columns: readonly Column[],
  options: CatalogOptions,
  primaryKey: string | null = null,
): { columns: Column[]; main: MainNames } {
  const described = withMetadata(columns, options.metadata);
  const main = findMainColumns(described, options.main, primaryKey);
  return { columns: markMainColumns(described, main), main };
}

/**
 * Checks the rows of a table that exists and writes it into TAP_SCHEMA. Call it in a transaction.
 * @throws Error when rows lack what a catalogue needs.
 */
export async function publishChecked(
  client: pg.Client,
  table: Table,
  main: MainNames,
  uniqueId: boolean,
): Promise<PublishedCatalog> {
  const facts = await checkCatalog(client, table, main, uniqueId);
  const columns = table.columns.map((column) =>
    facts.unicodeColumns.has(column.name) ? { ...column, datatype: 'unicodeChar' as const } : column,
  );
  const published = { ...table, columns };
  mainColumns(published);
  await writeTable(client, published);
  const missingGrants = await grantPublished(client);
  const { rows, rowsWithoutPosition } = facts;
  const catalog = qualifiedName(table);
  return { catalog, rows, rowsWithoutPosition, columns: columns.length, missingGrants, ...main };
}
