import { DataType, Field, FixedSizeList, List, Schema, Table, tableToIPC } from 'apache-arrow';
import { type Column, fixedLength, isArray } from '../catalog/column.ts';
import { arrowType } from './arrow.ts';
import { fieldMetadata } from './arrow-stream.ts';
import { writeBase64 } from './base64.ts';
import { newOutput, take } from './output.ts';

const KEY = 'ARROW:schema';

/** The continuation marker and the length before a message (Arrow, "Encapsulated message format"), in bytes. */
const PREFIX_BYTES = 8;

/**
 * The key-value metadata of a Parquet file, with the key that tells Arrow readers what Parquet's own schema has no words for: that
 * all arrays of a column have one length, and their shape (`arraysize`). Such readers then take the file's metadata
 * from there, so all is in it once more. Files without arrays do not need it.
 */
export function withArrowSchema(
  columns: readonly Column[],
  metadata: ReadonlyMap<string, string>,
): Map<string, string> {
  if (!columns.some(isArray)) return new Map(metadata);
  const fields = columns.map((column) => {
    return new Field(column.name, parquetArrowType(column), true, fieldMetadata(column));
  });
  return new Map([...metadata, [KEY, schemaMessage(new Schema(fields, new Map(metadata)))]]);
}

/** The elements of a list are called `element` in Parquet (LogicalTypes.md, "Lists"). */
function parquetArrowType(column: Column): DataType {
  const type = arrowType(column);
  if (!DataType.isList(type)) return type;
  const element = new Field('element', type.valueType, true);
  const length = fixedLength(column.arraysize!);
  return length === null ? new List(element) : new FixedSizeList(length, element);
}

/** The first message of an Arrow stream, in base64. */
function schemaMessage(schema: Schema): string {
  const stream = tableToIPC(new Table(schema, []), 'stream');
  const { byteLength, byteOffset, buffer } = stream;
  const length = new DataView(buffer, byteOffset, byteLength).getInt32(PREFIX_BYTES / 2, true);
  const out = newOutput();
  writeBase64(stream.slice(0, PREFIX_BYTES + length), out);
  return new TextDecoder().decode(take(out));
}
