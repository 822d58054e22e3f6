import { type FileMetaData, parquetMetadataAsync, parquetScan, type SchemaElement } from 'hyparquet';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { compressors } from 'hyparquet-compressors';
import type { Column } from '../../engine/catalog/column.ts';
import type { CopyValue } from '../database/copy.ts';
import {
  BATCH_ROWS,
  type ColumnChoice,
  chosenIndexes,
  columnNames,
  type IngestSource,
  plainColumn,
  scalar,
  TEXT,
  TIMESTAMP,
} from './source.ts';
import { readVoparquet, VOPARQUET_KEY } from './voparquet.ts';

/**
 * Reads a Parquet file, one row group in memory at a time. The units, UCDs and descriptions of a VOParquet
 * footer are kept.
 * @throws Error naming the columns whose type cannot be published.
 */
export async function openParquet(path: string, choice: ColumnChoice): Promise<IngestSource> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch((error: Error) => {
    throw new Error(`this is not a whole Parquet file (${error.message})`);
  });
  const fields = topLevelFields(metadata);
  const names = columnNames(fields.map(({ name }) => name));
  const indexes = chosenIndexes(names, choice);
  const footer = metadata.key_value_metadata?.find(({ key }) => key === VOPARQUET_KEY)?.value;
  const described = footer === undefined ? null : readVoparquet(footer);

  const typed = indexes.map((i) => ({ name: names[i]!, field: fields[i]!, type: columnType(fields[i]!) }));
  const unsupported = typed.filter(({ type }) => type === null);
  if (unsupported.length > 0) {
    const list = unsupported.map(({ name, field }) => `${name} (${typeName(field)})`).join(', ');
    throw new Error(`columns of these types cannot be published: ${list}. Choose others with --columns`);
  }
  const columns = typed.map(({ name, field, type }) => ({
    ...plainColumn(name, type!),
    ...described?.columns.get(field.name),
  }));

  async function* batches(): AsyncGenerator<CopyValue[][]> {
    const scan = await parquetScan({ file, metadata, compressors, parsers: PARSERS });
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const data: ArrayLike<CopyValue | undefined>[] = [];
      for (const { name, field } of typed) {
        const values = scan.readColumn({ column: field.name, rowStart, rowEnd });
        data.push(
          await values.catch((error: Error) => {
            throw new Error(
              `column ${name} cannot be read, rows ${rowStart + 1} to ${rowEnd}: ${error.message}`,
            );
          }),
        );
      }
      for (let from = 0; from < rowEnd - rowStart; from += BATCH_ROWS) {
        const length = Math.min(BATCH_ROWS, rowEnd - rowStart - from);
        yield Array.from({ length }, (_, i) => data.map((values) => values[from + i] ?? null));
      }
      rowStart = rowEnd;
    }
  }
  return {
    columns,
    description: described?.description ?? null,
    rowCount: Number(metadata.num_rows),
    batches,
  };
}

/** Fields of the schema's root; one that has children is a group. */
function topLevelFields({ schema }: FileMetaData): SchemaElement[] {
  const fields: SchemaElement[] = [];
  for (let i = 1; i < schema.length; i = afterSubtree(schema, i)) fields.push(schema[i]!);
  return fields;
}

function afterSubtree(schema: SchemaElement[], index: number): number {
  let next = index + 1;
  for (let child = 0; child < (schema[index]!.num_children ?? 0); child++) next = afterSubtree(schema, next);
  return next;
}

function typeName(field: SchemaElement): string {
  if (field.num_children) return field.logical_type?.type ?? field.converted_type ?? 'group';
  return field.logical_type?.type ?? field.converted_type ?? field.type ?? 'unknown';
}

type ColumnType = Pick<Column, 'datatype' | 'arraysize' | 'xtype'>;

/** By logical type (or its forerunner, the converted type), then by physical type; null for what has no column type. */
function columnType(field: SchemaElement): ColumnType | null {
  if (field.num_children || field.repetition_type === 'REPEATED') return null;
  const logical = field.logical_type;
  const converted = field.converted_type;
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') return scalar('double');
  if (logical?.type === 'TIMESTAMP' || converted?.startsWith('TIMESTAMP') || field.type === 'INT96')
    return TIMESTAMP;
  if (logical?.type === 'DATE' || converted === 'DATE') return TIMESTAMP;
  if (logical?.type === 'TIME' || converted?.startsWith('TIME_') || converted === 'INTERVAL') return null;
  switch (field.type) {
    case 'BOOLEAN':
      return scalar('boolean');
    case 'INT32':
    case 'INT64':
      return integerType(field);
    case 'FLOAT':
      return scalar('float');
    case 'DOUBLE':
      return scalar('double');
    case 'BYTE_ARRAY':
      return logical?.type === 'GEOMETRY' || logical?.type === 'GEOGRAPHY' || converted === 'BSON'
        ? null
        : TEXT;
    case 'FIXED_LEN_BYTE_ARRAY':
      if (logical?.type === 'UUID') return { ...TEXT, arraysize: '36' };
      return logical?.type === 'FLOAT16' ? scalar('float') : null;
    default:
      return null;
  }
}

const SMALL_INTEGERS = ['INT_8', 'UINT_8', 'INT_16'];

function integerType({ type, converted_type, logical_type }: SchemaElement): ColumnType {
  const integer = logical_type?.type === 'INTEGER' ? logical_type : null;
  const isUnsigned32 = converted_type === 'UINT_32' || (integer?.bitWidth === 32 && !integer.isSigned);
  if (type === 'INT64' || isUnsigned32) return scalar('long');
  const isSmall = integer
    ? integer.bitWidth === 8 || (integer.bitWidth === 16 && integer.isSigned)
    : SMALL_INTEGERS.includes(converted_type ?? '');
  return scalar(isSmall ? 'short' : 'int');
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Timestamps become ISO 8601 text with microseconds, which is what PostgreSQL holds. */
const PARSERS = {
  timestampFromMilliseconds: (value: bigint) => isoTime(value * 1000n),
  timestampFromMicroseconds: isoTime,
  timestampFromNanoseconds: (value: bigint) => isoTime(value / 1000n),
  dateFromDays: (days: number) => isoTime(BigInt(days) * 86_400_000_000n),
  jsonFromBytes: decodeText,
  stringFromBytes: decodeText,
};

/** Bytes without a logical type are text too, as writers of fixed-length strings leave them. */
function decodeText(bytes: Uint8Array | undefined): string | undefined {
  return bytes && utf8.decode(bytes);
}

function isoTime(microseconds: bigint): string {
  const fraction = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((microseconds - fraction) / 1000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(fraction).padStart(6, '0')}`;
}
