import {
  encodeBinary,
  encodeInteger,
  encodeList,
  type Field,
  integerOf,
  listElements,
  structFields,
  TYPE,
} from './thrift.ts';
import { editedStruct, type FieldEdit } from './thrift-edit.ts';

const MAGIC = new TextEncoder().encode('PAR1');
/** The footer's length and the magic that close a file. */
const CLOSING_BYTES = 8;

// Field ids of parquet.thrift.
export const FILE_NUM_ROWS = 3;
export const FILE_ROW_GROUPS = 4;
export const ROW_GROUP_COLUMNS = 1;
const COLUMN_FILE_PATH = 1;

/** A data file's name, relative to the folder that `_metadata` lies in, and its footer. */
export interface DataFooter {
  readonly path: string;
  readonly footer: Uint8Array;
}

/** The end of a Parquet file: its metadata, their length, the magic. */
export function footerOf(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  return file.subarray(file.length - CLOSING_BYTES - view.getUint32(file.length - CLOSING_BYTES, true));
}

/**
 * A Parquet file without data that lists the row groups of all data files (Parquet, "Metadata" in
 * "Configurations"; HATS 1.0 `dataset/_metadata`). The row groups' descriptions are taken over byte for byte,
 * with `file_path` added to each column chunk, so that nothing a footer says is lost.
 * @param schema a Parquet file without rows, which gives the schema and the key-value metadata.
 */
export function mergeFooters(schema: Uint8Array, files: readonly DataFooter[]): Uint8Array<ArrayBuffer> {
  let rows = 0;
  const rowGroups = files.flatMap(({ path, footer }) => {
    const { fields } = structFields(footer, 0);
    rows += integerOf(footer, field(fields, FILE_NUM_ROWS));
    return listElements(footer, field(fields, FILE_ROW_GROUPS)).map(({ start }) =>
      rowGroupIn(footer, start, path),
    );
  });
  const fields = new Map<number, FieldEdit>([
    [FILE_NUM_ROWS, { value: encodeInteger(rows) }],
    [FILE_ROW_GROUPS, { value: encodeList(TYPE.struct, rowGroups) }],
  ]);
  return fileOf([], editedStruct(footerOf(schema), 0, { fields }));
}

/** A file of the magic, some bytes and the metadata after them. */
export function fileOf(parts: readonly Uint8Array[], metadata: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(metadata.length);
  const all = [MAGIC, ...parts, metadata, length, MAGIC];
  const file = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/** A row group whose columns are in a file. */
function rowGroupIn(footer: Uint8Array, start: number, path: string): Uint8Array {
  const column = {
    fields: new Map([[COLUMN_FILE_PATH, { drop: true }] as const]),
    first: { id: COLUMN_FILE_PATH, type: TYPE.binary, value: encodeBinary(path) },
  };
  return editedStruct(footer, start, { fields: new Map([[ROW_GROUP_COLUMNS, { each: column }]]) });
}

/** @throws Error where a footer lacks it. */
export function field(fields: readonly Field[], id: number): Field {
  const found = fields.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`the Parquet footer lacks field ${id} of FileMetaData`);
  return found;
}
