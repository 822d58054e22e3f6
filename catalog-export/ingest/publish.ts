import type pg from 'pg';
import type { Column } from '../../engine/catalog/column.ts';
import type { Table } from '../../engine/catalog/table.ts';
import { plainColumn } from '../../engine/upload/plain-column.ts';
import { isReservedSchema, parseTableName, quoted, quotedTable } from '../database/identifier.ts';
import { readTable } from '../database/tap-schema.ts';
import { inTransaction } from '../database/transaction.ts';
import { BASE_TYPES, type DatabaseColumn, publishedType } from '../database/types.ts';
import { readVersioned } from '../database/versioned-table.ts';
import {
  type CatalogOptions,
  declaredArraysizes,
  describeColumns,
  type PreparedCatalog,
  prepared,
  publishChecked,
  withEnumerations,
} from './describe.ts';
import { chosenIndexes } from './source.ts';

/**
 * Publishes a table or view of the user's database as it is: TAP_SCHEMA is written, and indexes are made that the table lacks,
 * while others may write into it.
 * @param name `schema.table`, exactly as PostgreSQL has it, without quotes.
 * @throws Error when it is not there or not readable, has columns that cannot be published, or rows that a
 * catalogue cannot have.
 */
export async function publishTable(
  client: pg.Client,
  name: string,
  options: CatalogOptions,
): Promise<PreparedCatalog> {
  const target = parseTableName(name);
  if (!/^[\p{L}\p{N}_$-]+$/u.test(target.schema + target.name)) {
    throw new Error(
      `"${name}" cannot be part of an address: publish a view whose name has letters, digits, _ and - only`,
    );
  }
  if (isReservedSchema(target.schema)) throw new Error(`the schema ${target.schema} holds no catalogues`);
  const published = await inTransaction(client, async () => {
    const known = await readTable(client, name);
    if (known !== null && !options.replace) {
      throw new Error(`${name} is published already: describe it anew with --replace`);
    }
    const relation = await readRelation(client, target);
    const chosen = chooseColumns(relation.columns, options);
    const { columns, main } = describeColumns(
      chosen.map((column) => ({
        ...plainColumn(column.name, publishedType(column)!),
        description: column.description,
        indexed: column.indexed,
      })),
      options,
      relation.primaryKey,
    );
    const table: Table = {
      ...target,
      description: options.description ?? relation.description,
      utype: null,
      columns,
      ...withEnumerations(options),
    };
    const uniqueId = main.id !== null && relation.uniqueColumns.includes(main.id);
    if (options.history) await readVersioned(client, table);
    return publishChecked(client, table, main, {
      uniqueId,
      arraysizes: declaredArraysizes(columns, options),
    });
  });
  return prepared(client, published, options, true);
}

interface Relation {
  readonly description: string | null;
  readonly columns: readonly (DatabaseColumn & Pick<Column, 'description' | 'indexed'>)[];
  /** The only column of the primary key. */
  readonly primaryKey: string | null;
  readonly uniqueColumns: readonly string[];
}

async function readRelation(client: pg.Client, target: { schema: string; name: string }): Promise<Relation> {
  const { rows } = await client.query(
    `SELECT c.oid, obj_description(c.oid, 'pg_class') AS description, has_table_privilege(c.oid, 'SELECT') AS readable,
            c.relkind = ANY ('{r,p,v,m,f}') AS has_rows
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2`,
    [target.schema, target.name],
  );
  const relation = rows[0];
  if (!relation?.has_rows) throw new Error(await missing(client, target));
  if (!relation.readable) {
    throw new Error(
      `user "${client.user}" may not read ${target.schema}.${target.name}: ` +
        `GRANT USAGE ON SCHEMA and GRANT SELECT ON ${quotedTable(target)} TO "${client.user}"`,
    );
  }
  const columns = await client.query(
    `WITH RECURSIVE ${BASE_TYPES}
     SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS declared,
            base.type,
            CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod - 4 END AS length,
            col_description(a.attrelid, a.attnum) AS description,
            EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indkey[0] = a.attnum) AS indexed
     FROM pg_attribute a JOIN base ON base.oid = a.atttypid JOIN pg_type t ON t.oid = base.root
     WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
     ORDER BY a.attnum`,
    [relation.oid],
  );
  const keys = await client.query(
    `SELECT a.attname AS name, i.indisprimary AS is_primary
     FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
     WHERE i.indrelid = $1 AND i.indisunique AND i.indisvalid AND i.indnkeyatts = 1 AND i.indpred IS NULL`,
    [relation.oid],
  );
  return {
    description: relation.description,
    columns: columns.rows,
    primaryKey: keys.rows.find((key) => key.is_primary)?.name ?? null,
    uniqueColumns: keys.rows.map((key) => key.name),
  };
}

async function missing(client: pg.Client, target: { schema: string; name: string }): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT n.nspname || '.' || c.relname AS name
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = ANY ('{r,p,v,m,f}') AND n.nspname !~ '^(pg_|information_schema$|tap_schema$|almagest(_history)?$)'
     ORDER BY (lower(c.relname) = lower($1)) DESC, 1 LIMIT 10`,
    [target.name],
  );
  const names = rows.map((row) => row.name).join(', ');
  return (
    `there is no table ${target.schema}.${target.name} in database "${client.database}". ` +
    `${names ? `It has ${names}` : 'It has no tables'}`
  );
}

function chooseColumns<T extends DatabaseColumn>(columns: readonly T[], options: CatalogOptions): T[] {
  const names = columns.map((column) => column.name);
  const chosen = chosenIndexes(names, options.columns).map((i) => columns[i]!);
  const unsupported = chosen.filter((column) => publishedType(column) === null);
  if (unsupported.length === 0) return chosen;
  const list = unsupported.map((column) => `${column.name} (${column.declared})`).join(', ');
  const rest = chosen.filter((column) => !unsupported.includes(column)).map((column) => column.name);
  throw new Error(
    `columns of these types cannot be published: ${list}. Leave them out with --columns ${rest.join(',')}, or ` +
      `publish a view that converts them${exampleOf(unsupported)}`,
  );
}

/** Of what a view would do with arrays of texts, times and the like. */
function exampleOf(columns: readonly DatabaseColumn[]): string {
  const array = columns.find(({ declared }) => declared.endsWith('[]'));
  if (array === undefined) return '';
  const name = quoted(array.name);
  return `, such as one with array_to_string(${name}, ';') AS ${name}: arrays can have booleans and numbers, for VOTable has no arrays of texts whose lengths differ`;
}
