import {
  AsyncByteQueue,
  type Data,
  DataType,
  Field,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
} from 'apache-arrow';
import type { Column } from '../catalog/column.ts';
import { remembered } from '../remembered.ts';
import { arrowType } from './arrow.ts';
import { type ColumnGroup, columnGroups } from './column-groups.ts';
import { type Output, writeBytes } from './output.ts';
import type { ResultTable } from './result.ts';
import type { TableEncoder } from './stream.ts';

/** Rows of a record batch at least, but for the last. */
const BATCH_ROWS = 4096;

/**
 * An Arrow IPC stream. A field's metadata are the attributes of a VOTable's FIELD and its description, the schema's are
 * the table's name and description and the INFOs. What is known only at the end, QUERY_STATUS (DALI 1.1 §4.4.1),
 * is the custom metadata of a last batch without rows: a stream that lacks it is not whole.
 */
export function arrowStream(result: ResultTable): TableEncoder {
  const { columns } = result;
  const schema = new Schema(fieldsOf(columns) as Field[], schemaMetadata(result));
  const groups = columnGroups(columns, BATCH_ROWS);
  const sink = new AsyncByteQueue<Uint8Array>();
  const writer = new RecordBatchStreamWriter({ autoDestroy: false });

  /** What the writer writes goes straight out. */
  function into(out: Output): RecordBatchStreamWriter {
    sink.write = (bytes: Uint8Array) => writeBytes(bytes, out);
    return writer;
  }

  function write({ length, columns }: ColumnGroup, out: Output, metadata?: Map<string, string>): void {
    const children = [...columns];
    const data = makeData({ type: new Struct(schema.fields), length, nullCount: 0, children });
    // The constructor takes columns of one name for one, and what it makes of them does not fit the stream's schema.
    into(out).write(Object.assign(new RecordBatch(schema, data, metadata), { schema, data }));
  }

  return {
    rowsAtOnce: Number.POSITIVE_INFINITY,
    start: (out) => into(out).reset(sink, schema),
    rows: (batch) => (_from, _to, out) => {
      const group = groups.add(batch);
      if (group !== null) write(group, out);
    },
    end(out, overflow) {
      const group = groups.rest();
      if (group !== null) write(group, out);
      const status = new Map([['QUERY_STATUS', overflow ? 'OVERFLOW' : 'OK']]);
      write({ length: 0, columns: schema.fields.map(({ type }) => noRows(type)) }, out, status);
      into(out).finish();
    },
  };
}

function noRows(type: DataType): Data {
  if (!DataType.isList(type)) return makeData<DataType>({ type, length: 0, nullCount: 0 });
  return makeData({
    type,
    length: 0,
    nullCount: 0,
    valueOffsets: new Int32Array(1),
    child: noRows(type.valueType),
  });
}

const fieldsOf = remembered((columns: readonly Column[]) =>
  columns.map((column) => new Field(column.name, arrowType(column), true, fieldMetadata(column))),
);

/** The attributes of a VOTable's FIELD and its description. */
export function fieldMetadata({ datatype, arraysize, xtype, unit, ucd, utype, description }: Column) {
  return withoutNulls({ datatype, arraysize, xtype, unit, ucd, utype, description });
}

function schemaMetadata({ name, description, infos }: ResultTable): Map<string, string> {
  return new Map([
    ...withoutNulls({ name, description }),
    ...infos.map(({ name, value }) => [name, value] as const),
  ]);
}

function withoutNulls(values: Readonly<Record<string, string | null>>): Map<string, string> {
  return new Map(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null));
}
