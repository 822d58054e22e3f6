import type pg from 'pg';
import type { Column, Datatype } from '../../engine/catalog/column.ts';
import type { Enumeration, Table } from '../../engine/catalog/table.ts';
import { plainName, queryName, tableQueryName } from '../../engine/tap-schema/query-name.ts';
import { columnRow, enumerationRows } from '../../engine/tap-schema/rows.ts';
import { parseTableName, quotedTable } from './identifier.ts';

interface TableRow {
  schema_name: string;
  schema_description: string | null;
  table_name: string;
  description: string | null;
  utype: string | null;
}

interface EnumerationRow {
  table_name: string;
  enumeration_name: string;
  member_name: string;
  description: string | null;
}

interface ColumnRow {
  table_name: string;
  column_name: string;
  datatype: Datatype;
  arraysize: string | null;
  xtype: string | null;
  unit: string | null;
  ucd: string | null;
  utype: string | null;
  description: string | null;
  indexed: number;
  principal: number;
  std: number;
}

/** The user's catalogues: every table of TAP_SCHEMA but its own, in the order it recommends. */
export function publishedTables(client: pg.Client): Promise<Table[]> {
  return readTables(client, `schema_name <> 'tap_schema'`, []);
}

/**
 * A published table, TAP_SCHEMA's own included; null where none has that name.
 * @param name plain `schema.table`, without delimiters.
 */
export async function readTable(client: pg.Client, name: string): Promise<Table | null> {
  const [table] = await readTables(client, 'table_name = $1', [tableQueryName(parseTableName(name))]);
  return table ?? null;
}

/**
 * Publishes a table: describes it in TAP_SCHEMA, in place of what was said of it before. The order of its
 * columns becomes their column_index. Several statements: call it in a transaction.
 */
export async function writeTable(client: pg.Client, table: Table): Promise<void> {
  await describeSchema(client, table.schema, null);
  const name = tableQueryName(table);
  await client.query(
    `INSERT INTO tap_schema.tables (schema_name, table_name, table_type, utype, description, table_index)
     SELECT $1, $2, CASE WHEN (SELECT relkind FROM pg_class WHERE oid = to_regclass($5)) IN ('v', 'm') THEN 'view' ELSE 'table' END, $3, $4,
            (SELECT coalesce(max(table_index), 0) + 1 FROM tap_schema.tables WHERE schema_name = $1)
     ON CONFLICT (table_name) DO UPDATE
     SET table_type = excluded.table_type, utype = excluded.utype, description = excluded.description`,
    [queryName(table.schema), name, table.utype, table.description, quotedTable(table)],
  );
  await client.query('DELETE FROM tap_schema.columns WHERE table_name = $1', [name]);
  await client.query(
    `INSERT INTO tap_schema.columns (table_name, column_name, datatype, arraysize, xtype, "size", unit, ucd, utype,
                                     description, indexed, principal, std, column_index)
     SELECT $1, column_name, datatype, arraysize, xtype, "size", unit, ucd, utype, description, indexed, principal,
            std, column_index
     FROM jsonb_populate_recordset(NULL::tap_schema.columns, $2)`,
    [name, JSON.stringify(table.columns.map((column, index) => columnRow(name, column, index)))],
  );
  await client.query('DELETE FROM tap_schema.enumerations WHERE table_name = $1', [name]);
  await client.query(
    'INSERT INTO tap_schema.enumerations SELECT * FROM jsonb_populate_recordset(NULL::tap_schema.enumerations, $1)',
    [JSON.stringify(enumerationRows(table))],
  );
}

/** Makes sure a schema is described; a null description leaves the one it has. */
export async function describeSchema(
  client: pg.Client,
  schema: string,
  description: string | null,
): Promise<void> {
  await client.query(
    `INSERT INTO tap_schema.schemas (schema_name, description, schema_index)
     SELECT $1, $2, (SELECT coalesce(max(schema_index), 0) + 1 FROM tap_schema.schemas WHERE schema_name <> 'tap_schema')
     ON CONFLICT (schema_name) DO UPDATE SET description = coalesce(excluded.description, schemas.description)`,
    [queryName(schema), description],
  );
}

async function readTables(client: pg.Client, condition: string, values: unknown[]): Promise<Table[]> {
  const tables = await client.query<TableRow>(
    `SELECT schema_name, s.description AS schema_description, table_name, t.description, t.utype
     FROM tap_schema.tables t JOIN tap_schema.schemas s USING (schema_name)
     WHERE ${condition}
     ORDER BY schema_index NULLS LAST, schema_name, table_index NULLS LAST, table_name`,
    values,
  );
  const columns = await client.query<ColumnRow>(
    `SELECT table_name, column_name, datatype, arraysize, xtype, unit, ucd, utype, description, indexed, principal, std
     FROM tap_schema.columns
     WHERE table_name = ANY ($1)
     ORDER BY column_index NULLS LAST, column_name`,
    [tables.rows.map((row) => row.table_name)],
  );
  const enumerations = await client.query<EnumerationRow>(
    `SELECT table_name, enumeration_name, member_name, description FROM tap_schema.enumerations
     WHERE table_name = ANY ($1)
     ORDER BY enumeration_name, member_index`,
    [tables.rows.map((row) => row.table_name)],
  );
  const enumerationsOf = Map.groupBy(enumerations.rows, ({ table_name }) => table_name);
  return tables.rows.map((row) => ({
    schema: plainName(row.schema_name),
    ...(row.schema_description !== null && { schemaDescription: row.schema_description }),
    name: plainName(row.table_name.slice(row.schema_name.length + 1)),
    description: row.description,
    utype: row.utype,
    columns: columns.rows.filter((column) => column.table_name === row.table_name).map(column),
    ...(enumerationsOf.has(row.table_name) && {
      enumerations: enumerationList(enumerationsOf.get(row.table_name)!),
    }),
  }));
}

function enumerationList(rows: readonly EnumerationRow[]): Enumeration[] {
  return [...Map.groupBy(rows, ({ enumeration_name }) => enumeration_name)].map(([name, members]) => ({
    name: plainName(name),
    members: members.map(({ member_name, description }) => ({ name: plainName(member_name), description })),
  }));
}

function column(row: ColumnRow): Column {
  const { datatype, arraysize, xtype, unit, ucd, utype, description } = row;
  return {
    name: plainName(row.column_name),
    datatype,
    arraysize,
    xtype,
    unit,
    ucd,
    utype,
    description,
    principal: row.principal === 1,
    indexed: row.indexed === 1,
    std: row.std === 1,
  };
}
