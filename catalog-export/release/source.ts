import type pg from 'pg';
import { type Column, type Datatype, isArray } from '../../engine/catalog/column.ts';
import { qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { ARRAY_OID, OID } from '../../engine/postgres/oids.ts';
import { quoted, quotedTable } from '../database/identifier.ts';
import { BASE_TYPES, type DatabaseColumn } from '../database/types.ts';

const TEXTS = ['text', 'varchar', 'bpchar', 'citext', 'name', 'char', 'uuid', 'enum'];

/** PostgreSQL types that fit a datatype without loss (numeric into double: to the nearest double). */
const ACCEPTED: Record<Datatype, readonly string[]> = {
  boolean: ['bool'],
  unsignedByte: ['int2'],
  short: ['int2'],
  int: ['int2', 'int4'],
  long: ['int2', 'int4', 'int8'],
  float: ['int2', 'float4'],
  double: ['int2', 'int4', 'float4', 'float8', 'numeric'],
  char: TEXTS,
  unicodeChar: TEXTS,
};

const TIMESTAMPS = ['timestamp', 'timestamptz', 'date'];

/** What each datatype travels as in a binary COPY. */
const TRANSPORT: Record<Datatype, keyof typeof OID> = {
  boolean: 'bool',
  unsignedByte: 'int2',
  short: 'int2',
  int: 'int4',
  long: 'int8',
  float: 'float4',
  double: 'float8',
  char: 'text',
  unicodeChar: 'text',
};

type FoundColumn = Pick<DatabaseColumn, 'name' | 'type' | 'declared'>;

/**
 * Checks that the database still has what was published.
 * @throws Error naming the table or each column that is gone or has another type.
 */
export async function checkColumns(client: pg.Client, table: Table): Promise<void> {
  const { rows } = await client.query<FoundColumn>(
    `with recursive ${BASE_TYPES}
     select a.attname as name, base.type, format_type(a.atttypid, a.atttypmod) as declared
     from pg_attribute a join base on base.oid = a.atttypid
     where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped`,
    [quotedTable(table)],
  );
  const name = qualifiedName(table);
  if (rows.length === 0) {
    throw new Error(
      `${name} is published, but the database has no such table: create it again, or "almagest unpublish ${name}"`,
    );
  }
  const declared = new Map(rows.map((column) => [column.name, column]));
  const faults = table.columns.flatMap((column) => columnFault(column, declared.get(column.name)));
  if (faults.length > 0) {
    throw new Error(`${name} has changed since it was published: ${faults.join('; ')}. Publish it again.`);
  }
}

/**
 * Begins the one snapshot that all rows of an export come from. Times with a zone are read as UTC; the
 * server must not end a long read.
 * @returns it, as `pg_current_snapshot()` says it.
 */
export async function beginSnapshot(client: pg.Client, table: Table): Promise<string> {
  // To a snapshot from before a TRUNCATE, a table that it has not locked is empty.
  const { rows: found } = await client.query<{ lockable: boolean }>(
    "select relkind in ('r', 'p', 'v') as lockable from pg_class where oid = to_regclass($1)",
    [quotedTable(table)],
  );
  await client.query('begin isolation level repeatable read read only');
  if (found[0]?.lockable) await client.query(`lock table ${quotedTable(table)} in access share mode`);
  const settings = [
    "timezone = 'UTC'",
    "datestyle = 'ISO, YMD'",
    "client_encoding = 'UTF8'",
    'statement_timeout = 0',
    'idle_in_transaction_session_timeout = 0',
  ];
  for (const setting of settings) await client.query(`set local ${setting}`);
  const { rows } = await client.query<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot');
  return rows[0]!.snapshot;
}

/**
 * COPY of all columns, in the table's order.
 * @param relation SQL that the rows are read from in place of the table.
 */
export function copyAll(table: Table, relation?: string): string {
  return copyStatement(table, table.columns, '', relation);
}

/** The same in the order of some columns: texts by their bytes, as the statistics in Parquet files compare them. */
export function copyInOrder(table: Table, key: readonly Column[], relation?: string): string {
  const terms = key.map((column) => {
    const isText = transport(column) === 'text';
    return isText ? `${expression(column)} collate "C"` : quoted(column.name);
  });
  return copyStatement(table, table.columns, `order by ${terms.join(', ')}`, relation);
}

/** Rows as the planner last counted them; 0 where it never did. */
export async function estimatedRows(client: pg.Client, table: Table): Promise<number> {
  const { rows } = await client.query<{ estimate: number }>(
    'select greatest(reltuples, 0)::float8 as estimate from pg_class where oid = to_regclass($1)',
    [quotedTable(table)],
  );
  return rows[0]?.estimate ?? 0;
}

function columnFault(column: Column, found: FoundColumn | undefined): string[] {
  if (found === undefined) return [`column ${column.name} is gone`];
  if (acceptedTypes(column).includes(found.type)) return [];
  return [
    `column ${column.name} is ${found.declared} now, which does not fit the ${published(column)} published`,
  ];
}

/** Names of types; those of arrays begin with `_`, whatever their dimensions. */
function acceptedTypes(column: Column): readonly string[] {
  if (isArray(column)) return ACCEPTED[column.datatype].map((element) => `_${element}`);
  return column.xtype === 'timestamp' ? TIMESTAMPS : ACCEPTED[column.datatype];
}

function published(column: Column): string {
  if (isArray(column)) return `${column.datatype}[${column.arraysize}]`;
  return column.xtype === 'timestamp' ? 'timestamp' : column.datatype;
}

function copyStatement(
  table: Table,
  columns: readonly Column[],
  order = '',
  relation = quotedTable(table),
): string {
  const rows = `select ${columns.map(expression).join(', ')} from ${relation} ${order}`;
  return `copy (${rows}) to stdout (format binary)`;
}

function expression(column: Column): string {
  return `${quoted(column.name)}::${transport(column)}${isArray(column) ? '[]' : ''}`;
}

/** The type in which `copyAll` gives a column. */
export function transportOid(column: Column): number {
  const type = transport(column);
  return isArray(column) ? ARRAY_OID[type as keyof typeof ARRAY_OID] : OID[type];
}

/** Of an array that of its elements. */
function transport(column: Column): keyof typeof OID {
  return column.xtype === 'timestamp' ? 'timestamp' : TRANSPORT[column.datatype];
}
