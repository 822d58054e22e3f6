import { type Data, DataType, Precision } from 'apache-arrow';
import type { RowGroup, SchemaElement } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import type { Column } from '../catalog/column.ts';
import { remembered } from '../remembered.ts';
import { arrowType } from './arrow.ts';
import { type ColumnGroup, columnGroups } from './column-groups.ts';
import { type Output, writeBytes } from './output.ts';
import { writeColumnChunk } from './parquet-pages.ts';
import type { ResultTable } from './result.ts';
import type { TableEncoder } from './stream.ts';
import { voparquetMetadata } from './voparquet.ts';

/** Rows of a row group at least, but for the last: what is in memory at once. */
const ROW_GROUP_ROWS = 16_384;

/** `PAR1`, at both ends of a file. */
const MAGIC = 0x31524150;

/**
 * A Parquet file as VOParquet 1.0 has it: units and UCDs are in the VOTable in its footer, and QUERY_STATUS (DALI 1.1 §4.4.1) too.
 * A file without a footer is not one, so an answer that fails never looks whole.
 */
export function parquet(result: ResultTable): TableEncoder {
  const { columns, infos } = result;
  const schema = schemaOf(columns);
  const groups = columnGroups(columns, ROW_GROUP_ROWS);
  const rowGroups: RowGroup[] = [];
  const longest = new Map(columns.filter(isParquetText).map(({ name }) => [name, 0]));
  const bytes = new ByteWriter();

  function write({ length, columns: data }: ColumnGroup): void {
    const chunks = columns.map(({ name }, at) => {
      if (longest.has(name)) longest.set(name, Math.max(longest.get(name)!, longestText(data[at]!)));
      return writeColumnChunk(schema[at]!, data[at]!, bytes);
    });
    const total_byte_size = chunks.reduce((sum, { meta_data }) => sum + meta_data!.total_compressed_size, 0n);
    rowGroups.push({ columns: chunks, total_byte_size, num_rows: BigInt(length) });
  }

  function writeFooter(overflow: boolean): void {
    const status = { name: 'QUERY_STATUS', value: overflow ? 'OVERFLOW' : 'OK' };
    const metadata = voparquetMetadata({ ...result, infos: [status, ...infos] }, longest);
    writeMetadata(bytes, {
      version: 2,
      created_by: 'Almagest',
      schema: [{ name: 'schema', num_children: columns.length }, ...schema.flat()],
      num_rows: rowGroups.reduce((sum, { num_rows }) => sum + num_rows, 0n),
      row_groups: rowGroups,
      key_value_metadata: Array.from(metadata, ([key, value]) => ({ key, value })),
      metadata_length: 0,
    });
    bytes.appendUint32(MAGIC);
  }

  function flush(out: Output): void {
    writeBytes(bytes.getBytes(), out);
    bytes.index = 0;
  }

  return {
    rowsAtOnce: Number.POSITIVE_INFINITY,
    start: () => bytes.appendUint32(MAGIC),
    rows: (batch) => (_from, _to, out) => {
      const group = groups.add(batch);
      if (group === null) return;
      write(group);
      flush(out);
    },
    end(out, overflow) {
      const group = groups.rest();
      if (group !== null) write(group);
      writeFooter(overflow);
      flush(out);
    },
  };
}

/** Bytes of the longest text of a column. */
function longestText({ valueOffsets, length }: Data): number {
  let longest = 0;
  for (let row = 0; row < length; row++)
    longest = Math.max(longest, valueOffsets[row + 1] - valueOffsets[row]);
  return longest;
}

/** Is the column text in Parquet too? (Timestamps are text in VOTable only.) */
const isParquetText = (column: Column): boolean => DataType.isUtf8(arrowType(column));

/** Of each column the elements of the schema from it down to what holds its values. */
const schemaOf = remembered((columns: readonly Column[]): readonly (readonly SchemaElement[])[] =>
  columns.map((column) => {
    const { name } = column;
    const type = arrowType(column);
    if (!DataType.isList(type)) return [{ name, repetition_type: 'OPTIONAL', ...parquetType(type) }];
    return [
      {
        name,
        repetition_type: 'OPTIONAL',
        num_children: 1,
        converted_type: 'LIST',
        logical_type: { type: 'LIST' },
      },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', repetition_type: 'OPTIONAL', ...parquetType(type.valueType) },
    ];
  }),
);

/** Physical and logical type (Parquet format, LogicalTypes.md) of an Arrow type. */
function parquetType(type: DataType): Pick<SchemaElement, 'type' | 'converted_type' | 'logical_type'> {
  if (DataType.isBool(type)) return { type: 'BOOLEAN' };
  if (DataType.isFloat(type)) return { type: type.precision === Precision.SINGLE ? 'FLOAT' : 'DOUBLE' };
  if (DataType.isTimestamp(type)) {
    return { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' } };
  }
  if (!DataType.isInt(type)) {
    return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
  }
  // By its older name: hyparquet-writer 0.17 writes the width in a logical INTEGER as a number of another size.
  const { bitWidth, isSigned } = type;
  if (bitWidth === 16 && isSigned) return { type: 'INT32', converted_type: 'INT_16' };
  if (bitWidth === 8 && !isSigned) return { type: 'INT32', converted_type: 'UINT_8' };
  return { type: bitWidth === 64 ? 'INT64' : 'INT32' };
}
