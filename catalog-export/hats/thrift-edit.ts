import {
  type EncodedField,
  encodeInteger,
  fieldHeader,
  listHeader,
  STOP,
  valueEnd,
  zigzagAt,
} from './thrift.ts';

/** What becomes of a field. */
export type FieldEdit =
  | { readonly drop: true }
  /** Encoded, of the same type. */
  | { readonly value: Uint8Array }
  /** To an integer. */
  | { readonly add: number }
  /** Of a struct. */
  | { readonly inside: StructEdit }
  /** Of each struct of a list. */
  | { readonly each: StructEdit };

export interface StructEdit {
  /** By their ids; others stay as they are. */
  readonly fields: ReadonlyMap<number, FieldEdit>;
  /** A new one, before all others. */
  readonly first?: EncodedField;
}

/** Where bytes are put together. */
interface Writer {
  put(bytes: Uint8Array, from: number, to: number): void;
  bytes(): Uint8Array;
}

/**
 * The struct that begins at `start`, edited. In one pass, in which nothing is made of what stays as it is: the footers of a large
 * catalogue have millions of fields.
 */
export function editedStruct(bytes: Uint8Array, start: number, edit: StructEdit): Uint8Array {
  const writer = openWriter();
  writeStruct(bytes, start, edit, writer);
  return writer.bytes();
}

/** @returns where the struct ends, as the functions below do for theirs. */
function writeStruct(bytes: Uint8Array, start: number, { fields, first }: StructEdit, to: Writer): number {
  let id = 0;
  let written = 0;
  if (first !== undefined) {
    putAll(to, fieldHeader(first.id, 0, first.type));
    putAll(to, first.value);
    written = first.id;
  }
  for (let at = start; ; ) {
    const header = bytes[at]!;
    const headerAt = at;
    at += 1;
    if (header === STOP) {
      to.put(bytes, headerAt, at);
      return at;
    }
    const before = id;
    if (header >> 4 === 0) {
      const long = zigzagAt(bytes, at);
      id = long.value;
      at = long.end;
    } else {
      id += header >> 4;
    }
    const type = header & 15;
    const edit = fields.get(id);
    if (edit !== undefined && 'drop' in edit) {
      at = valueEnd(bytes, at, type);
      continue;
    }
    if (written === before) to.put(bytes, headerAt, at);
    else putAll(to, fieldHeader(id, written, type));
    written = id;
    at = edit === undefined ? copied(bytes, at, type, to) : writeEdited(bytes, at, type, edit, to);
  }
}

function copied(bytes: Uint8Array, at: number, type: number, to: Writer): number {
  const end = valueEnd(bytes, at, type);
  to.put(bytes, at, end);
  return end;
}

function writeEdited(
  bytes: Uint8Array,
  at: number,
  type: number,
  edit: Exclude<FieldEdit, { readonly drop: true }>,
  to: Writer,
): number {
  if ('inside' in edit) return writeStruct(bytes, at, edit.inside, to);
  if ('each' in edit) return writeEach(bytes, at, edit.each, to);
  putAll(to, 'value' in edit ? edit.value : encodeInteger(zigzagAt(bytes, at).value + edit.add));
  return valueEnd(bytes, at, type);
}

function writeEach(bytes: Uint8Array, list: number, edit: StructEdit, to: Writer): number {
  const { count, start } = listHeader(bytes, list);
  to.put(bytes, list, start);
  let at = start;
  for (let left = count; left > 0; left -= 1) at = writeStruct(bytes, at, edit, to);
  return at;
}

function putAll(to: Writer, bytes: Uint8Array): void {
  to.put(bytes, 0, bytes.length);
}

const FIRST_BYTES = 4096;

function openWriter(): Writer {
  let written = new Uint8Array(FIRST_BYTES);
  let used = 0;

  return {
    put(bytes, from, to) {
      if (used + to - from > written.length) {
        const larger = new Uint8Array(2 * (used + to - from));
        larger.set(written.subarray(0, used));
        written = larger;
      }
      // Most are a few bytes, which a loop copies sooner.
      for (let at = from; at < to; at += 1) {
        written[used] = bytes[at]!;
        used += 1;
      }
    },
    bytes: () => written.subarray(0, used),
  };
}
