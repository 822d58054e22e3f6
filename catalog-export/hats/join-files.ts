import {
  FILE_NUM_ROWS,
  FILE_ROW_GROUPS,
  field,
  fileOf,
  footerOf,
  ROW_GROUP_COLUMNS,
  taken,
} from './footer.ts';
import {
  type EncodedField,
  encodeBinary,
  encodeInteger,
  encodeList,
  encodeStruct,
  type Field,
  integerOf,
  listElements,
  structFields,
  TYPE,
} from './thrift.ts';

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
    let dataEnd = MAGIC_BYTES;
    for (const { start } of listElements(footer, field(fields, FILE_ROW_GROUPS))) {
      dataEnd = Math.max(dataEnd, endOfRowGroup(footer, start));
      rowGroups.push(movedRowGroup(footer, start, end - MAGIC_BYTES, rowGroups.length));
    }
    parts.push(file.subarray(MAGIC_BYTES, dataEnd));
    end += dataEnd - MAGIC_BYTES;
  }
  const footer = footerOf(files[0]!);
  const values = new Map([
    [FILE_NUM_ROWS, encodeInteger(rows)],
    [FILE_ROW_GROUPS, encodeList(TYPE.struct, rowGroups)],
    [FILE_KEY_VALUES, encodeList(TYPE.struct, Array.from(metadata, keyValue))],
  ]);
  return fileOf(parts, replaced(footer, structFields(footer, 0).fields, values));
}

function movedRowGroup(footer: Uint8Array, start: number, shift: number, ordinal: number): Uint8Array {
  const { fields } = structFields(footer, start);
  const columns = listElements(footer, field(fields, ROW_GROUP_COLUMNS));
  const values = new Map([
    [
      ROW_GROUP_COLUMNS,
      encodeList(
        TYPE.struct,
        columns.map((column) => movedColumn(footer, column.start, shift)),
      ),
    ],
    [ROW_GROUP_ORDINAL, encodeInteger(ordinal)],
  ]);
  return encodeStruct(
    replaced(footer, fields, values).map((old) =>
      movedOffset(footer, fields, old, [ROW_GROUP_FILE_OFFSET], shift),
    ),
  );
}

function movedColumn(footer: Uint8Array, start: number, shift: number): Uint8Array {
  const fields = structFields(footer, start).fields.filter(({ id }) => !COLUMN_INDEXES.includes(id));
  const metaData = field(fields, COLUMN_META_DATA);
  const inside = structFields(footer, metaData.start).fields;
  const moved = inside.map((old) => movedOffset(footer, inside, taken(footer, old), META_OFFSETS, shift));
  return encodeStruct(replaced(footer, fields, new Map([[COLUMN_META_DATA, encodeStruct(moved)]])));
}

/** A field whose value is an offset in the file, if it is one of those. */
function movedOffset(
  footer: Uint8Array,
  fields: readonly Field[],
  old: EncodedField,
  offsets: readonly number[],
  shift: number,
): EncodedField {
  if (!offsets.includes(old.id)) return old;
  return { ...old, value: encodeInteger(integerOf(footer, field(fields, old.id)) + shift) };
}

function endOfRowGroup(footer: Uint8Array, start: number): number {
  const columns = listElements(footer, field(structFields(footer, start).fields, ROW_GROUP_COLUMNS));
  const { fields } = structFields(footer, columns.at(-1)!.start);
  const inside = structFields(footer, field(fields, COLUMN_META_DATA).start).fields;
  const first = inside.find(({ id }) => id === META_DICTIONARY_PAGE) ?? field(inside, META_DATA_PAGE);
  return integerOf(footer, first) + integerOf(footer, field(inside, META_COMPRESSED_SIZE));
}

function replaced(
  footer: Uint8Array,
  fields: readonly Field[],
  values: ReadonlyMap<number, Uint8Array>,
): EncodedField[] {
  return fields.map((old) => {
    const value = values.get(old.id);
    return value === undefined ? taken(footer, old) : { id: old.id, type: old.type, value };
  });
}

function keyValue([key, value]: [string, string]): Uint8Array {
  return encodeStruct([
    { id: KEY, type: TYPE.binary, value: encodeBinary(key) },
    { id: VALUE, type: TYPE.binary, value: encodeBinary(value) },
  ]);
}
