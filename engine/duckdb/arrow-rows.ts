import {
  type Data,
  type DataType,
  Field,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
} from 'apache-arrow';
import { type Column, fixedLength, isArray, isText } from '../catalog/column.ts';

/** A column of a table in DuckDB. */
export interface SqlColumn {
  readonly name: string;
  readonly sqlType: string;
  readonly arrowType: DataType;
  /** Of a value in DuckDB's memory, about. */
  readonly bytes: number;
}

/** What DuckDB keeps of a text that is not short, about. */
const TEXT_BYTES = 24;

const SQL_TYPES = {
  boolean: ['BOOLEAN', 1],
  unsignedByte: ['UTINYINT', 1],
  short: ['SMALLINT', 2],
  int: ['INTEGER', 4],
  long: ['BIGINT', 8],
  float: ['FLOAT', 4],
  double: ['DOUBLE', 8],
  char: ['VARCHAR', TEXT_BYTES],
  unicodeChar: ['VARCHAR', TEXT_BYTES],
} as const;

/** What DuckDB keeps of an array besides its elements, and how many an array of varying length has, about. */
const LIST_BYTES = 16;
const LIST_ELEMENTS = 16;

/** The column of DuckDB that holds one of a release or of TAP_SCHEMA; arrays of any dimensions are flat lists. */
export function sqlColumn(
  name: string,
  column: Pick<Column, 'datatype' | 'arraysize' | 'xtype'>,
  arrowType: DataType,
): SqlColumn {
  if (isText(column) && column.xtype === 'timestamp') {
    return { name, sqlType: 'TIMESTAMP', arrowType, bytes: 8 };
  }
  const [sqlType, bytes] = SQL_TYPES[column.datatype];
  if (isArray(column)) {
    const elements = fixedLength(column.arraysize!) ?? LIST_ELEMENTS;
    return { name, sqlType: `${sqlType}[]`, arrowType, bytes: LIST_BYTES + bytes * elements };
  }
  return { name, sqlType, arrowType, bytes };
}

/** Of a row of these columns, about; their bitmaps of nulls count little. */
export function rowBytes(columns: readonly SqlColumn[]): number {
  return columns.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Of a column that has a few rows. */
const COLUMN_BYTES = 2 ** 19;

/** Rows that DuckDB works on at a time, and how many times it has them then besides the table. */
const VECTOR_ROWS = 2048;
const VECTORS = 3;

/** Of a table and of what a query that reads it works on, about. */
export function tableBytes(columns: readonly SqlColumn[], rows: number, bytesOfRows: number): number {
  const atATime = rows > VECTOR_ROWS ? VECTOR_ROWS / rows : 1;
  return columns.length * COLUMN_BYTES + bytesOfRows * (1 + VECTORS * atATime);
}

/** Rows as an Arrow IPC stream of one record batch, which is what DuckDB inserts. */
export function arrowRows(columns: readonly SqlColumn[], children: readonly Data[]): Uint8Array {
  const fields = columns.map(({ name, arrowType }) => new Field(name, arrowType, true));
  const schema = new Schema(fields);
  const { length } = children[0]!;
  const rows = makeData({ type: new Struct(fields), length, nullCount: 0, children: [...children] });
  return RecordBatchStreamWriter.writeAll([new RecordBatch(schema, rows)]).toUint8Array(true);
}
