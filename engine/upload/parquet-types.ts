import type { FileMetaData, SchemaElement } from 'hyparquet';
import { type ColumnType, scalar, TEXT, TIMESTAMP } from './plain-column.ts';

/** Fields of the schema's root; one that has children is a group. */
export function topLevelFields({ schema }: FileMetaData): SchemaElement[] {
  const fields: SchemaElement[] = [];
  for (let i = 1; i < schema.length; i = afterSubtree(schema, i)) fields.push(schema[i]!);
  return fields;
}

function afterSubtree(schema: SchemaElement[], index: number): number {
  let next = index + 1;
  for (let child = 0; child < (schema[index]!.num_children ?? 0); child++) next = afterSubtree(schema, next);
  return next;
}

/** What a column of lists holds, and how deep. */
export interface ListElement {
  readonly element: SchemaElement;
  /** 2 for lists of lists. */
  readonly depth: number;
}

/** The elements of a column of lists (Parquet, LogicalTypes.md, "Lists", with its backward compatibility); null for any other column. */
export function listElement(schema: readonly SchemaElement[], field: SchemaElement): ListElement | null {
  if (field.repetition_type === 'REPEATED' && !field.num_children) return { element: field, depth: 1 };
  const isList = field.logical_type?.type === 'LIST' || field.converted_type === 'LIST';
  const repeated = schema[schema.indexOf(field) + 1];
  if (!isList || field.num_children !== 1 || repeated?.repetition_type !== 'REPEATED') return null;
  if (!repeated.num_children) return { element: repeated, depth: 1 };
  if (repeated.num_children !== 1) return null;
  const element = schema[schema.indexOf(repeated) + 1]!;
  const deeper = listElement(schema, element);
  return deeper ? { ...deeper, depth: deeper.depth + 1 } : { element, depth: 1 };
}

/** What a message calls the type of a field. */
export function typeName(field: SchemaElement): string {
  if (field.num_children) return field.logical_type?.type ?? field.converted_type ?? 'group';
  return field.logical_type?.type ?? field.converted_type ?? field.type ?? 'unknown';
}

/** By logical type (or its forerunner, the converted type), then by physical type; null for what has no column type. */
export function columnType(field: SchemaElement): ColumnType | null {
  if (field.num_children) return null;
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
export const PARQUET_PARSERS = {
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
