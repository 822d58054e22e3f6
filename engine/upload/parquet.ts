import { tableFromIPC } from 'apache-arrow';
import { decompress as decompressZstd } from 'fzstd';
import {
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type SchemaElement,
  type SchemaTree,
  snappyUncompress,
} from 'hyparquet';
import type { Column } from '../catalog/column.ts';
import { base64Bytes } from './base64.ts';
import type { Cell, Element } from './cell.ts';
import { columnNames } from './names.ts';
import { type Budget, budgetOf, requireSaneChunk } from './parquet-guard.ts';
import { columnType, listElement, PARQUET_PARSERS, topLevelFields, typeName } from './parquet-types.ts';
import { type ColumnType, plainColumn, scalar } from './plain-column.ts';
import { tableBuilder } from './table-builder.ts';
import { UploadError, type UploadedRows, type UploadLimits } from './upload.ts';
import { votableEvents } from './votable-events.ts';
import type { FieldElement } from './votable-fields.ts';

/** VOParquet 1.0: what units and UCDs are, as a VOTable without data. */
const VOTABLE_KEY = 'IVOA.VOTable-Parquet.content';
const ARROW_KEY = 'ARROW:schema';

const COMPRESSORS: Compressors = {
  SNAPPY(bytes, length) {
    const unpacked = new Uint8Array(length);
    snappyUncompress(bytes, unpacked);
    return unpacked;
  },
  ZSTD: (bytes, length) => decompressZstd(bytes, new Uint8Array(length)),
};

/**
 * A table as a Parquet file, in Snappy, Zstandard or not compressed; units, UCDs and descriptions by VOParquet 1.0.
 * @throws UploadError
 */
export async function readParquet(bytes: Uint8Array, limits: UploadLimits): Promise<UploadedRows> {
  try {
    return await readTable(bytes, limits);
  } catch (error) {
    if (error instanceof UploadError) throw error;
    throw new UploadError(`it is a Parquet file that is damaged or cut off: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function readTable(bytes: Uint8Array, limits: UploadLimits): Promise<UploadedRows> {
  const file = {
    byteLength: bytes.length,
    // Not `slice`: a Buffer of Node shares its memory then.
    slice: (start: number, end?: number) => new Uint8Array(bytes.subarray(start, end)).buffer,
  };
  const metadata = await parquetMetadataAsync(file, { geoparquet: false });
  const rows = Number(metadata.num_rows);
  if (!(rows <= limits.rows)) {
    throw new UploadError(`it has ${rows} rows, ${limits.rows} are the most that are taken here`, {
      tooLarge: true,
    });
  }
  const fields = topLevelFields(metadata);
  const names = columnNames(
    fields.map(({ name }) => name),
    limits,
  );
  const described = await describedFields(metadata);
  const arraysizes = arraysizesOf(metadata);
  const columns = fields.map((field, at) => columnOf(metadata, field, names[at]!, described, arraysizes));
  requireSaneChunks(bytes, metadata, limits);
  const builder = tableBuilder(columns, limits);
  const scan = await parquetScan({ file, metadata, compressors: COMPRESSORS, parsers: PARQUET_PARSERS });
  let start = 0;
  for (const group of metadata.row_groups) {
    const end = start + Number(group.num_rows);
    const data: ArrayLike<unknown>[] = [];
    for (const { name } of fields) {
      const values = await scan.readColumn({ column: name, rowStart: start, rowEnd: end });
      if (values.length !== end - start)
        throw new UploadError(`column “${name}” has ${values.length} of ${end - start} rows`);
      data.push(values);
    }
    const row: Cell[] = new Array(fields.length);
    for (let nth = 0; nth < end - start; nth++) {
      for (let at = 0; at < data.length; at++) row[at] = cellOf(data[at]![nth]);
      builder.add(row);
    }
    start = end;
  }
  if (start !== rows) throw new UploadError(`it says that it has ${rows} rows, and has ${start}`);
  const { description = null } = described ?? {};
  return { columns, description, blocks: builder.blocks() };
}

/** The shapes of arrays that lie flat, as the Arrow schema in the footer has them by column; one that is damaged says nothing. */
function arraysizesOf({ key_value_metadata }: FileMetaData): ReadonlyMap<string, string> {
  const text = key_value_metadata?.find(({ key }) => key === ARROW_KEY)?.value;
  if (text === undefined) return new Map();
  try {
    const { fields } = tableFromIPC(base64Bytes(text)).schema;
    return new Map(
      fields.flatMap(({ name, metadata }) => {
        const arraysize = metadata.get('arraysize');
        return arraysize === undefined ? [] : [[name, arraysize] as const];
      }),
    );
  } catch {
    return new Map();
  }
}

interface Described {
  readonly description: string | null;
  readonly fields: readonly FieldElement[];
}

/** A footer that is no VOTable says nothing. */
async function describedFields({ key_value_metadata }: FileMetaData): Promise<Described | null> {
  const text = key_value_metadata?.find(({ key }) => key === VOTABLE_KEY)?.value;
  if (text === undefined) return null;
  try {
    for await (const { described } of votableEvents([text])) if (described !== null) return described;
  } catch {}
  return null;
}

function columnOf(
  { schema }: FileMetaData,
  field: SchemaElement,
  name: string,
  described: Described | null,
  arraysizes: ReadonlyMap<string, string>,
): Column {
  const list = listElement(schema, field);
  const type = typeOf(list?.element ?? field);
  if (type === null || (list !== null && (type.datatype === 'char' || list.depth > 1))) {
    throw new UploadError(
      `column “${name}” is of the type ${typeName(field)}, which cannot be queried: upload the table without it`,
    );
  }
  const found = described?.fields.find((one) => one.name === field.name);
  const { unit = null, ucd = null, utype = null, xtype = null, description = null } = found ?? {};
  const arraysize = arraysizes.get(field.name) ?? found?.arraysize;
  const isShape =
    list !== null && /^([1-9]\d{0,8}x)*([1-9]\d{0,8}\*?|\*)$/.test(arraysize ?? '') && arraysize !== '1';
  return {
    ...plainColumn(name, type),
    arraysize: list === null ? type.arraysize : isShape ? arraysize! : '*',
    xtype: type.xtype ?? (xtype === 'timestamp' ? null : xtype),
    ...{ unit, ucd, utype, description },
  };
}

/** PostgreSQL, for which `columnType` is, has no unsigned bytes. */
function typeOf(field: SchemaElement): ColumnType | null {
  const { logical_type: logical, converted_type } = field;
  const isByte =
    logical?.type === 'INTEGER' ? logical.bitWidth === 8 && !logical.isSigned : converted_type === 'UINT_8';
  return isByte ? scalar('unsignedByte') : columnType(field);
}

function requireSaneChunks(bytes: Uint8Array, metadata: FileMetaData, limits: UploadLimits): void {
  const budget = budgetOf(limits);
  const leaves = new Map(leavesOf(parquetSchema(metadata)).map((leaf) => [leaf.path.join('\0'), leaf]));
  for (const { columns } of metadata.row_groups)
    for (const { meta_data: chunk } of columns) {
      const leaf = chunk && leaves.get(chunk.path_in_schema.join('\0'));
      if (!leaf)
        throw new UploadError('it is a Parquet file that is damaged: it has columns that its schema has not');
      requireSaneChunk(
        bytes,
        chunk,
        levelsOf(leaf, parquetSchema(metadata)),
        budget,
        decompressor(chunk.codec, budget),
      );
    }
}

function decompressor(
  codec: string,
  { bytes: most }: Budget,
): (bytes: Uint8Array, length: number) => Uint8Array {
  if (codec === 'UNCOMPRESSED') return (bytes) => bytes;
  const unpack = COMPRESSORS[codec as keyof Compressors];
  if (unpack === undefined) {
    throw new UploadError(
      `it is compressed by ${codec}, which is not read here: write it with snappy or zstd compression`,
    );
  }
  return (bytes, length) => {
    if (!(length >= 0 && length <= most)) throw new RangeError('a page has no such length');
    return unpack(bytes, length);
  };
}

function leavesOf({ children, ...node }: SchemaTree): Omit<SchemaTree, 'children'>[] {
  return children.length === 0 ? [node] : children.flatMap(leavesOf);
}

function levelsOf({ path }: Pick<SchemaTree, 'path'>, root: SchemaTree) {
  let node: SchemaTree | undefined = root;
  let [repetition, definition] = [0, 0];
  for (const name of path) {
    node = node?.children.find(({ element }) => element.name === name);
    const kind = node?.element.repetition_type;
    if (kind === 'REPEATED') repetition++;
    if (kind !== 'REQUIRED') definition++;
  }
  return { repetition, definition };
}

function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  return typeof value === 'object'
    ? Array.from(value as ArrayLike<Element>, (one) => one ?? null)
    : (value as Cell);
}
