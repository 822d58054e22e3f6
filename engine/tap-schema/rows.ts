import { BufferType, type Data, type DataType, Int32, Utf8 } from 'apache-arrow';
import type { Column } from '../catalog/column.ts';
import type { Table } from '../catalog/table.ts';
import { joinedBytes } from '../joined-bytes.ts';
import { columnsAtBorder } from '../obscore/border.ts';
import { bitmap, column } from '../table/rows.ts';
import { queryName, tableQueryName } from './query-name.ts';
import { TAP_SCHEMA, TAP_SCHEMA_KEYS, TAP_SCHEMA_TABLES } from './tables.ts';

/** A table of TAP_SCHEMA with its rows. */
export interface TapSchemaTable {
  readonly table: Table;
  readonly rows: number;
  /** In the table's order, each of the type that `arrowType` gives. */
  readonly columns: readonly Data[];
}

/** By their names without the schema: `columns`. */
export type TapSchemaRows = ReadonlyMap<string, TapSchemaTable>;

type Row = Readonly<Record<string, string | number | null>>;

/** Where TAP_SCHEMA itself comes: after all others. */
const LAST = 1_000_000;

/**
 * The rows of TAP_SCHEMA (TAP 1.1 §4): what describes the tables, and TAP_SCHEMA itself.
 * @param tables those published, in the order in which they shall be shown, without TAP_SCHEMA's own.
 */
export function tapSchemaRows(tables: readonly Table[]): TapSchemaRows {
  const rows = rowsOf([...tables, ...TAP_SCHEMA_TABLES]);
  return new Map(TAP_SCHEMA_TABLES.map((table) => [table.name, filled(table, rows[table.name]!)]));
}

/**
 * The rows of one of TAP_SCHEMA's tables as JSON, an object each by the names of the columns; nulls may be left out.
 * @param name without the schema.
 * @param tables those published.
 */
export function tapSchemaJson(name: string, tables: readonly Table[]): string {
  return JSON.stringify(rowsOf([...tables, ...TAP_SCHEMA_TABLES])[name]);
}

function filled(table: Table, rows: readonly Row[]): TapSchemaTable {
  const columns = table.columns.map(({ name, datatype }) => {
    const cells = rows.map((row) => row[name] ?? null);
    return datatype === 'int' ? numberData(cells as (number | null)[]) : textData(cells as (string | null)[]);
  });
  return { table, rows: rows.length, columns };
}

/** Arrow's own builders write code, which workers do not run. */
function numberData(cells: readonly (number | null)[]): Data {
  const values = Int32Array.from(cells, (cell) => cell ?? 0);
  return cellsData(new Int32(), cells, { [BufferType.DATA]: values });
}

function textData(cells: readonly (string | null)[]): Data {
  const texts = cells.map((cell) => new TextEncoder().encode(cell ?? ''));
  const offsets = new Int32Array(texts.length + 1);
  texts.forEach((text, row) => {
    offsets[row + 1] = offsets[row]! + text.length;
  });
  return cellsData(new Utf8(), cells, {
    [BufferType.OFFSET]: offsets,
    [BufferType.DATA]: joinedBytes(texts),
  });
}

function cellsData(type: DataType, cells: readonly unknown[], buffers: object): Data {
  const valid = bitmap(cells.length, (row) => cells[row] !== null);
  return column(type, cells.length, valid, buffers as Partial<Data['buffers']>);
}

function rowsOf(tables: readonly Table[]): Readonly<Record<string, readonly Row[]>> {
  const schemas = Map.groupBy(tables, ({ schema }) => schema);
  return {
    schemas: [...schemas].map(([schema, members], index) => ({
      schema_name: queryName(schema),
      description: schemaDescription(members),
      schema_index: schema === TAP_SCHEMA ? LAST : index + 1,
    })),
    tables: [...schemas.values()].flatMap((members) => members.map(tableRow)),
    columns: tables.flatMap((table) =>
      columnsAtBorder(table.columns).map((column, index) => columnRow(tableQueryName(table), column, index)),
    ),
    keys: TAP_SCHEMA_KEYS.map(({ id, from, target, description }) => ({
      key_id: id,
      from_table: from[0],
      target_table: target[0],
      description,
    })),
    key_columns: TAP_SCHEMA_KEYS.map(({ id, from, target }) => ({
      key_id: id,
      from_column: from[1],
      target_column: target[1],
    })),
    enumerations: tables.flatMap(enumerationRows),
  };
}

/** What a schema holds, as one of its tables has it. */
export function schemaDescription(members: readonly Table[]): string | null {
  return members.find((table) => table.schemaDescription)?.schemaDescription ?? null;
}

function tableRow(table: Table, index: number): Row {
  return {
    schema_name: queryName(table.schema),
    table_name: tableQueryName(table),
    table_type: 'table',
    utype: table.utype,
    description: table.description,
    table_index: index + 1,
  };
}

/** The members of a table's enumerations. */
export function enumerationRows(table: Table): Row[] {
  return (table.enumerations ?? []).flatMap(({ name, members }) =>
    members.map((member, index) => ({
      table_name: tableQueryName(table),
      enumeration_name: queryName(name),
      member_name: queryName(member.name),
      description: member.description,
      member_index: index + 1,
    })),
  );
}

/** @param index from 0 */
export function columnRow(table: string, column: Column, index: number): Row {
  const { datatype, arraysize, xtype, unit, ucd, utype, description } = column;
  return {
    table_name: table,
    column_name: queryName(column.name),
    datatype,
    arraysize,
    xtype,
    // TAP 1.1 §4.3: the deprecated "size" repeats an arraysize that is one number.
    size: arraysize !== null && /^\d+\*?$/.test(arraysize) ? Number.parseInt(arraysize, 10) : null,
    description,
    utype,
    unit,
    ucd,
    indexed: Number(column.indexed),
    principal: Number(column.principal),
    std: Number(column.std),
    column_index: index + 1,
  };
}
