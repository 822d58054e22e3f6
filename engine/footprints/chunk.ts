/**
 * Entries of the index of footprints, of one order: cells that rows cover, and the slots of those rows. Ascending in
 * cells.
 */
export interface FootprintChunk {
  /** Nested cells. */
  readonly cell: Float64Array;
  /** Where the row is: the number of its block times BLOCK_ROWS, and its place in the block. */
  readonly slot: Uint32Array;
}

/** Entries in a chunk at most: it is soon read, and soon decoded. */
export const CHUNK_ENTRIES = 8192;

/** A whole number below 2⁵³ takes so many bytes at most, seven bits in each. */
const NUMBER_BYTES = 8;

/**
 * The bytes of a chunk: for each entry how much its cell is above the one before it, and how its slot differs from the one before it,
 * negative numbers between the positive ones (0, −1, 1, −2, 2 …). Numbers are LEB128: seven bits a byte, the lowest first.
 * @param first cell, which the root of the index tells.
 */
export function encodeChunk({ cell, slot }: FootprintChunk, first: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(cell.length * 2 * NUMBER_BYTES);
  let length = 0;
  const write = (value: number) => {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[length++] = (rest % 128) + 128;
    bytes[length++] = rest;
  };
  let [lastCell, lastSlot] = [first, 0];
  for (let at = 0; at < cell.length; at++) {
    write(cell[at]! - lastCell);
    const step = slot[at]! - lastSlot;
    write(step < 0 ? -2 * step - 1 : 2 * step);
    lastCell = cell[at]!;
    lastSlot = slot[at]!;
  }
  return bytes.slice(0, length);
}

/** @throws Error where the bytes are not those of so many entries. */
export function decodeChunk(bytes: Uint8Array, first: number, entries: number): FootprintChunk {
  const cell = new Float64Array(entries);
  const slot = new Uint32Array(entries);
  let at = 0;
  const read = () => {
    let byte = bytes[at++]!;
    let value = byte & 127;
    for (let scale = 128; byte >= 128; scale *= 128) {
      byte = bytes[at++]!;
      value += (byte & 127) * scale;
    }
    return value;
  };
  let [lastCell, lastSlot] = [first, 0];
  for (let entry = 0; entry < entries; entry++) {
    lastCell += read();
    const step = read();
    lastSlot += step % 2 === 1 ? -(step + 1) / 2 : step / 2;
    cell[entry] = lastCell;
    slot[entry] = lastSlot;
  }
  if (at !== bytes.length) throw new Error(`it has not ${entries} entries`);
  return { cell, slot };
}
