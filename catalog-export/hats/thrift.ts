/** A field of a struct in Thrift's compact protocol, as a span of bytes (its header left out). */
export interface Field {
  readonly id: number;
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

/** Types of the compact protocol (Apache Thrift, "Thrift Compact protocol encoding"). */
export const TYPE = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
};

export const STOP = 0;

/** The fields of the struct that begins at `start`, without decoding them. */
export function structFields(bytes: Uint8Array, start: number): { fields: Field[]; end: number } {
  const fields: Field[] = [];
  let at = start;
  let id = 0;
  for (;;) {
    const header = byteAt(bytes, at);
    at += 1;
    if (header === STOP) return { fields, end: at };
    const delta = header >> 4;
    if (delta === 0) {
      const long = zigzagAt(bytes, at);
      id = long.value;
      at = long.end;
    } else {
      id += delta;
    }
    const type = header & 15;
    const end = valueEnd(bytes, at, type);
    fields.push({ id, type, start: at, end });
    at = end;
  }
}

/** The spans of a list's elements. */
export function listElements(bytes: Uint8Array, list: Field): { start: number; end: number }[] {
  const { count, type, start } = listHeader(bytes, list.start);
  const elements = [];
  let at = start;
  for (let left = count; left > 0; left -= 1) {
    const end = elementEnd(bytes, at, type);
    elements.push({ start: at, end });
    at = end;
  }
  return elements;
}

/** An integer of type i16, i32 or i64 that a double can hold. */
export function integerOf(bytes: Uint8Array, field: Field): number {
  return zigzagAt(bytes, field.start).value;
}

/** A string. */
export function textOf(bytes: Uint8Array, field: Field): string {
  const { value, end } = varintAt(bytes, field.start);
  return new TextDecoder().decode(bytes.subarray(end, end + value));
}

/** A field whose value is encoded already. */
export interface EncodedField {
  readonly id: number;
  readonly type: number;
  readonly value: Uint8Array;
}

/** A struct of fields in ascending order of their ids. */
export function encodeStruct(fields: readonly EncodedField[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let last = 0;
  for (const { id, type, value } of fields) {
    parts.push(fieldHeader(id, last, type), value);
    last = id;
  }
  parts.push(Uint8Array.of(STOP));
  return Buffer.concat(parts);
}

/** @param last id of the field before, 0 for the first. */
export function fieldHeader(id: number, last: number, type: number): Uint8Array {
  const delta = id - last;
  return delta <= 15 ? Uint8Array.of((delta << 4) | type) : Uint8Array.of(type, ...varint(2 * id));
}

export function encodeList(type: number, elements: readonly Uint8Array[]): Uint8Array {
  const count = elements.length;
  const header =
    count < 15 ? Uint8Array.of((count << 4) | type) : Uint8Array.of(0xf0 | type, ...varint(count));
  return Buffer.concat([header, ...elements]);
}

/** A non-negative integer. */
export function encodeInteger(value: number): Uint8Array {
  return Uint8Array.from(varint(2 * value));
}

export function encodeBinary(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return Buffer.concat([Uint8Array.from(varint(bytes.length)), bytes]);
}

/** Where the value of a field ends. */
export function valueEnd(bytes: Uint8Array, at: number, type: number): number {
  // A boolean field has its value in its type; in a list it is a byte.
  return type === TYPE.true || type === TYPE.false ? at : elementEnd(bytes, at, type);
}

function elementEnd(bytes: Uint8Array, at: number, type: number): number {
  switch (type) {
    case TYPE.true:
    case TYPE.false:
    case TYPE.byte:
      return at + 1;
    case TYPE.i16:
    case TYPE.i32:
    case TYPE.i64:
      return varintEnd(bytes, at);
    case TYPE.double:
      return at + 8;
    case TYPE.binary: {
      const { value, end } = varintAt(bytes, at);
      return end + value;
    }
    case TYPE.list:
    case TYPE.set: {
      const { count, type: element, start } = listHeader(bytes, at);
      let end = start;
      for (let left = count; left > 0; left -= 1) end = elementEnd(bytes, end, element);
      return end;
    }
    case TYPE.struct:
      return structEnd(bytes, at);
    default:
      throw new Error(`a Parquet footer has no values of Thrift type ${type}`);
  }
}

function structEnd(bytes: Uint8Array, start: number): number {
  for (let at = start; ; ) {
    const header = byteAt(bytes, at);
    at += 1;
    if (header === STOP) return at;
    if (header >> 4 === 0) at = varintEnd(bytes, at);
    at = valueEnd(bytes, at, header & 15);
  }
}

/** How many elements of which type, and where they begin. */
export function listHeader(bytes: Uint8Array, at: number): { count: number; type: number; start: number } {
  const header = byteAt(bytes, at);
  const type = header & 15;
  if (header >> 4 < 15) return { count: header >> 4, type, start: at + 1 };
  const { value, end } = varintAt(bytes, at + 1);
  return { count: value, type, start: end };
}

/** An integer, and where it ends. */
export function zigzagAt(bytes: Uint8Array, at: number): { value: number; end: number } {
  const { value, end } = varintAt(bytes, at);
  return { value: value % 2 === 0 ? value / 2 : -(value + 1) / 2, end };
}

function varintAt(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  for (let end = at, weight = 1; ; weight *= 128) {
    const byte = byteAt(bytes, end);
    end += 1;
    value += (byte & 127) * weight;
    if (byte < 128) return { value, end };
  }
}

function varintEnd(bytes: Uint8Array, at: number): number {
  let end = at;
  while (byteAt(bytes, end) >= 128) end += 1;
  return end + 1;
}

function varint(value: number): number[] {
  const bytes = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new Error('the Parquet footer ends too early');
  return byte;
}
