import { type FileMetaData, parquetMetadataAsync, parquetScan, type SchemaElement } from 'hyparquet';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { compressors } from 'hyparquet-compressors';
import type { Column } from '../../engine/catalog/column.ts';
import { plainColumn, scalar, TEXT, TIMESTAMP } from '../../engine/upload/plain-column.ts';
import type { CopyValue } from '../database/copy.ts';
import { arrayText, type Elements } from './array-text.ts';
import { type ColumnMetadata, shapeOf } from './metadata-file.ts';
import { arraysizesOf, listElement } from './parquet-lists.ts';
import { BATCH_ROWS, type ColumnChoice, chosenIndexes, columnNames, type IngestSource } from './source.ts';
import { readVoparquet, VOPARQUET_KEY } from './voparquet.ts';

/**
 * Reads a Parquet file, one row group in memory at a time. The units, UCDs and descriptions of a VOParquet
 * footer are kept. Lists become arrays, of the shape that the metadata or the file tell.
 * @throws Error naming the columns whose type cannot be published.
 */
export async function openParquet(
  path: string,
  choice: ColumnChoice,
  said: ReadonlyMap<string, ColumnMetadata>,
): Promise<IngestSource> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch((error: Error) => {
    throw new Error(`this is not a whole Parquet file (${error.message})`);
  });
  const fields = topLevelFields(metadata);
  const names = columnNames(fields.map(({ name }) => name));
  const indexes = chosenIndexes(names, choice);
  const footer = metadata.key_value_metadata?.find(({ key }) => key === VOPARQUET_KEY)?.value;
  const described = footer === undefined ? null : readVoparquet(footer);

  const arraysizes = arraysizesOf(metadata, described, said);
  const typed = indexes.map((i) => {
    const field = fields[i]!;
    return { name: names[i]!, field, ...storedType(metadata.schema, field, arraysizes(field.name)) };
  });
  const unsupported = typed.filter(({ type }) => type === null);
  if (unsupported.length > 0) {
    const list = unsupported.map(({ name, field }) => `${name} (${typeName(field)})`).join(', ');
    throw new Error(`columns of these types cannot be published: ${list}. Choose others with --columns`);
  }
  const columns = typed.map(({ name, field, type, list }) => ({
    ...plainColumn(name, type!),
    ...described?.columns.get(field.name),
    ...(list && withShapedXtype(type!, described?.shapes.get(field.name)?.xtype ?? null)),
  }));

  async function* batches(): AsyncGenerator<CopyValue[][]> {
    const scan = await parquetScan({ file, metadata, compressors, parsers: PARSERS });
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const data: ArrayLike<CopyValue | undefined>[] = [];
      for (const { name, field, list, arraysize } of typed) {
        const values = await scan
          .readColumn({ column: field.name, rowStart, rowEnd })
          .catch((error: Error) => {
            throw new Error(
              `column ${name} cannot be read, rows ${rowStart + 1} to ${rowEnd}: ${error.message}`,
            );
          });
        data.push(
          list ? arrayTexts(values as ArrayLike<Elements | undefined>, arraysize, name, rowStart) : values,
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
    arraysizes: new Set(typed.filter(({ arraysize }) => arraysize !== undefined).map(({ name }) => name)),
    batches,
  };
}

/** Geometries and intervals stay what they are. */
function withShapedXtype({ datatype, arraysize }: ColumnType, xtype: string | null): Pick<Column, 'xtype'> {
  return { xtype: datatype === 'double' && xtype !== null && shapeOf(xtype) === arraysize ? xtype : null };
}

function arrayTexts(
  values: ArrayLike<Elements | undefined>,
  arraysize: string | undefined,
  name: string,
  rowStart: number,
): (string | null)[] {
  return Array.from(values, (elements, row) => {
    if (elements === undefined || elements === null) return null;
    try {
      return arrayText(elements, arraysize);
    } catch (error) {
      throw new Error(`row ${rowStart + row + 1} has in column ${name} ${(error as Error).message}`);
    }
  });
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

/**
 * The type of a column, and whether its values come as lists.
 * @param arraysize of its arrays, if it is known; what lies in lists of lists has a shape of its own.
 */
function storedType(
  schema: readonly SchemaElement[],
  field: SchemaElement,
  arraysize: string | undefined,
): { type: ColumnType | null; list: boolean; arraysize: string | undefined } {
  const list = listElement(schema, field);
  if (list === null) return { type: columnType(field), list: false, arraysize: undefined };
  const element = columnType(list.element);
  const known = list.depth === 1 ? arraysize : undefined;
  if (element === null || element.datatype === 'char') return { type: null, list: true, arraysize: known };
  return { type: { ...element, arraysize: known ?? '*' }, list: true, arraysize: known };
}

/** By logical type (or its forerunner, the converted type), then by physical type; null for what has no column type. */
function columnType(field: SchemaElement): ColumnType | null {
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
