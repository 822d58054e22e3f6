import { FILE_NUM_ROWS, FILE_ROW_GROUPS, field, fileOf, footerOf, ROW_GROUP_COLUMNS } from './footer.ts';
import {
  encodeBinary,
  encodeInteger,
  encodeList,
  encodeStruct,
  integerOf,
  listElements,
  structFields,
  TYPE,
} from './thrift.ts';
import { editedStruct, type FieldEdit } from './thrift-edit.ts';

const MAGIC_BYTES = 4;

// Field ids of parquet.thrift.
const FILE_KEY_VALUES = 5;
const KEY = 1;
const VALUE = 2;
const ROW_GROUP_FILE_OFFSET = 5;
const ROW_GROUP_ORDINAL = 7;
const COLUMN_META_DATA = 3;
/** Where the page index lies, which is left out: the row groups are small. */
const COLUMN_INDEXES = [4, 5, 6, 7];
const META_COMPRESSED_SIZE = 7;
const META_DATA_PAGE = 9;
const META_OFFSETS = [META_DATA_PAGE, 10, 11];
const META_DICTIONARY_PAGE = 11;

/**
 * One Parquet file of the row groups of several, which have the same schema. Their bytes are taken over as they are.
 * @param metadata its key-value metadata, in place of theirs.
 * @throws Error where a footer makes no sense.
 */
export function joinFiles(
  files: readonly Uint8Array[],
  metadata: ReadonlyMap<string, string>,
): Uint8Array<ArrayBuffer> {
  const rowGroups: Uint8Array[] = [];
  const parts: Uint8Array[] = [];
  let end = MAGIC_BYTES;
  let rows = 0;
  for (const file of files) {
    const footer = footerOf(file);
    const { fields } = structFields(footer, 0);
    rows += integerOf(footer, field(fields, FILE_NUM_ROWS));
    const found = listElements(footer, field(fields, FILE_ROW_GROUPS));
    for (const { start } of found) {
      rowGroups.push(movedRowGroup(footer, start, end - MAGIC_BYTES, rowGroups.length));
    }
    const last = found.at(-1);
    const dataEnd = last === undefined ? MAGIC_BYTES : endOfRowGroup(footer, last.start);
    parts.push(file.subarray(MAGIC_BYTES, dataEnd));
    end += dataEnd - MAGIC_BYTES;
  }
  const fields = new Map<number, FieldEdit>([
    [FILE_NUM_ROWS, { value: encodeInteger(rows) }],
    [FILE_ROW_GROUPS, { value: encodeList(TYPE.struct, rowGroups) }],
    [FILE_KEY_VALUES, { value: encodeList(TYPE.struct, Array.from(metadata, keyValue)) }],
  ]);
  return fileOf(parts, editedStruct(footerOf(files[0]!), 0, { fields }));
}

/** A row group whose column chunks begin so many bytes later. */
function movedRowGroup(footer: Uint8Array, start: number, shift: number, ordinal: number): Uint8Array {
  const metaData = { fields: new Map(META_OFFSETS.map((id) => [id, { add: shift }] as const)) };
  const column = {
    fields: new Map<number, FieldEdit>([
      [COLUMN_META_DATA, { inside: metaData }],
      ...COLUMN_INDEXES.map((id) => [id, { drop: true }] as const),
    ]),
  };
  const fields = new Map<number, FieldEdit>([
    [ROW_GROUP_COLUMNS, { each: column }],
    [ROW_GROUP_FILE_OFFSET, { add: shift }],
    [ROW_GROUP_ORDINAL, { value: encodeInteger(ordinal) }],
  ]);
  return editedStruct(footer, start, { fields });
}

function endOfRowGroup(footer: Uint8Array, start: number): number {
  const columns = listElements(footer, field(structFields(footer, start).fields, ROW_GROUP_COLUMNS));
  const { fields } = structFields(footer, columns.at(-1)!.start);
  const inside = structFields(footer, field(fields, COLUMN_META_DATA).start).fields;
  const first = inside.find(({ id }) => id === META_DICTIONARY_PAGE) ?? field(inside, META_DATA_PAGE);
  return integerOf(footer, first) + integerOf(footer, field(inside, META_COMPRESSED_SIZE));
}

function keyValue([key, value]: [string, string]): Uint8Array {
  return encodeStruct([
    { id: KEY, type: TYPE.binary, value: encodeBinary(key) },
    { id: VALUE, type: TYPE.binary, value: encodeBinary(value) },
  ]);
}
