import type pg from 'pg';
import type { Column } from '../../engine/catalog/column.ts';
import {
  type Enumeration,
  hasPositions,
  mainColumns,
  qualifiedName,
  type Table,
} from '../../engine/catalog/table.ts';
import { markChanges } from '../database/change-marks.ts';
import { indexPositions } from '../database/positions-index.ts';
import { grantPublished } from '../database/reader-grants.ts';
import { dropHistory, historyTable, keepHistory } from '../database/row-history.ts';
import { writeTable } from '../database/tap-schema.ts';
import { inTransaction } from '../database/transaction.ts';
import { withArraysizes } from './array-shapes.ts';
import { checkCatalog } from './catalog-check.ts';
import { checkEnumerations } from './enumerations.ts';
import { findMainColumns, type MainFlags, type MainNames, markMainColumns } from './main-columns.ts';
import { type ColumnMetadata, saidArraysizes, shapeOf, withMetadata } from './metadata-file.ts';
import type { ColumnChoice } from './source.ts';

/** What the user says of a catalogue. */
export interface CatalogOptions {
  readonly main: MainFlags;
  readonly columns: ColumnChoice;
  readonly description: string | null;
  readonly metadata: ReadonlyMap<string, ColumnMetadata>;
  /** Names for the elements of array columns; none unless given. */
  readonly enumerations?: readonly Enumeration[];
  /** Take the place of what is there. */
  readonly replace: boolean;
  /** Make indexes that are absent, by position and identifier: true unless given. */
  readonly index?: boolean;
  /** Keep the versions of rows, so that PostgreSQL can be asked as of any release, or keep none. Else as it was. */
  readonly history?: boolean;
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

/** A catalogue that is published, and what was made for it. */
export interface PreparedCatalog extends PublishedCatalog {
  /** With their schema, quoted where need be. */
  readonly indexes: readonly string[];
  /** SQL of those that somebody who owns the table must make. */
  readonly missingIndexes: readonly string[];
  /** SQL of the triggers that somebody who owns the table must make, so that an export can tell that nothing has changed. */
  readonly missingTriggers: readonly string[];
  /** Whether versions of its rows are kept. */
  readonly history: boolean;
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

/** As a member of a table: absent where there are none. */
export function withEnumerations({ enumerations = [] }: CatalogOptions): Pick<Table, 'enumerations'> {
  return enumerations.length === 0 ? {} : { enumerations };
}

/** What is known of a table without looking at its rows. */
export interface KnownFacts {
  /** An index guarantees that identifiers are unique. */
  readonly uniqueId: boolean;
  /** Names of the columns whose arraysize is that of all rows. */
  readonly arraysizes: ReadonlySet<string>;
}

/** Names of the columns of arrays whose arraysize the user has said, or their xtype says. */
export function declaredArraysizes(
  columns: readonly Column[],
  { metadata }: Pick<CatalogOptions, 'metadata'>,
): Set<string> {
  const said = saidArraysizes(metadata);
  return new Set(
    columns.filter(({ name, xtype }) => (said(name) ?? shapeOf(xtype)) !== null).map(({ name }) => name),
  );
}

/**
 * Checks the rows of a table that exists and writes it into TAP_SCHEMA, as it is then described. Call it in a transaction.
 * @throws Error when rows lack what a catalogue needs.
 */
export async function publishChecked(
  client: pg.Client,
  table: Table,
  main: MainNames,
  { uniqueId, arraysizes }: KnownFacts,
): Promise<{ table: Table; catalog: PublishedCatalog }> {
  const facts = await checkCatalog(client, table, main, uniqueId);
  const columns = (await withArraysizes(client, table, arraysizes)).map((column) =>
    facts.unicodeColumns.has(column.name) ? { ...column, datatype: 'unicodeChar' as const } : column,
  );
  const published = { ...table, columns };
  if (hasPositions(published)) mainColumns(published);
  checkEnumerations(published);
  await writeTable(client, published);
  const missingGrants = await grantPublished(client);
  const { rows, rowsWithoutPosition } = facts;
  const catalog = qualifiedName(table);
  return {
    table: published,
    catalog: { catalog, rows, rowsWithoutPosition, columns: columns.length, missingGrants, ...main },
  };
}

/** The catalogue with the triggers that note its changes, its history, and its indexes, made unless the user wants none. */
export async function prepared(
  client: pg.Client,
  { table, catalog }: { readonly table: Table; readonly catalog: PublishedCatalog },
  { index = true, history: wanted }: Pick<CatalogOptions, 'index' | 'history'>,
  concurrently: boolean,
): Promise<PreparedCatalog> {
  const missingTriggers = await markChanges(client, table, { concurrently });
  const begin = () => withHistory(client, table, wanted);
  const history = await (concurrently ? inTransaction(client, begin) : begin());
  const made: string[] = [];
  const missing: string[] = [];
  for (const each of index ? [table, ...(history ? [history.table] : [])] : []) {
    const indexes = await indexPositions(client, each, { concurrently });
    made.push(...indexes.made);
    missing.push(...indexes.missing);
  }
  return {
    ...catalog,
    missingGrants: history?.missingGrants ?? catalog.missingGrants,
    indexes: made,
    missingIndexes: missing,
    missingTriggers,
    history: history !== null,
  };
}

/** The history of a table, as the user wants it or as it was, which readers may read; null where there is none. */
async function withHistory(
  client: pg.Client,
  table: Table,
  wanted: boolean | undefined,
): Promise<{ table: Table; missingGrants: string[] } | null> {
  const had = (await historyTable(client, table)) !== null;
  if (!(wanted ?? had)) {
    if (had) await dropHistory(client, table);
    return null;
  }
  await keepHistory(client, table);
  return { table: (await historyTable(client, table))!, missingGrants: await grantPublished(client) };
}
