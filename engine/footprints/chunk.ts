/** Entries of the index of footprints, of one order: cells that rows cover, and the slots of those rows. Ascending in cells. */
export interface FootprintEntries {
  /** Nested cells. */
  readonly cell: Float64Array;
  /** Where the row is: the number of its block times BLOCK_ROWS, and its place in the block. */
  readonly slot: Uint32Array;
}

/** Cells of one order, from one to another, both included; ascending. */
export type Cells = readonly (readonly [first: number, last: number])[];

/** Entries in a chunk at most: it is soon read. */
export const CHUNK_ENTRIES = 8192;

/** Entries that are decoded together: those around them are passed over. */
const PART_ENTRIES = 256;

/** Of a part, in the table at the start of a chunk: its first cell as a double, and where it begins. */
const TABLE_BYTES = 12;

/** A whole number below 2⁵³ takes so many bytes at most, seven bits in each. */
const NUMBER_BYTES = 8;

/**
 * The bytes of a chunk: a table of its parts; then for each entry how much its cell is above the one before it in its part, and how its slot
 * differs from the one before it, negative numbers between the positive ones (0, −1, 1, −2, 2 …). These numbers are LEB128:
 * seven bits a byte, the lowest first.
 */
export function encodeChunk({ cell, slot }: FootprintEntries): Uint8Array<ArrayBuffer> {
  const parts = Math.ceil(cell.length / PART_ENTRIES);
  const bytes = new Uint8Array(parts * TABLE_BYTES + cell.length * 2 * NUMBER_BYTES);
  const table = new DataView(bytes.buffer);
  let length = parts * TABLE_BYTES;
  const write = (value: number) => {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[length++] = (rest % 128) + 128;
    bytes[length++] = rest;
  };
  let [lastCell, lastSlot] = [0, 0];
  for (let at = 0; at < cell.length; at++) {
    if (at % PART_ENTRIES === 0) {
      const place = (at / PART_ENTRIES) * TABLE_BYTES;
      table.setFloat64(place, cell[at]!, true);
      table.setUint32(place + 8, length, true);
      [lastCell, lastSlot] = [cell[at]!, 0];
    }
    write(cell[at]! - lastCell);
    const step = slot[at]! - lastSlot;
    write(step < 0 ? -2 * step - 1 : 2 * step);
    lastCell = cell[at]!;
    lastSlot = slot[at]!;
  }
  return bytes.slice(0, length);
}

/**
 * The slots of the entries of some cells; one may come several times.
 * @param bytes of a chunk of so many entries, which were right when they were read.
 */
export function slotsInCells(bytes: Uint8Array, entries: number, cells: Cells): number[] {
  const table = new DataView(bytes.buffer, bytes.byteOffset);
  const parts = Math.ceil(entries / PART_ENTRIES);
  const firstOf = (part: number) =>
    part < parts ? table.getFloat64(part * TABLE_BYTES, true) : Number.POSITIVE_INFINITY;
  const found: number[] = [];
  let next = 0;
  for (let part = 0; part < parts && next < cells.length; part++) {
    const [first, following] = [firstOf(part), firstOf(part + 1)];
    while (next < cells.length && cells[next]![1] < first) next++;
    // The first cell of the next part may be the last of this one, too.
    if (next === cells.length || cells[next]![0] > following) continue;
    const count = Math.min(PART_ENTRIES, entries - part * PART_ENTRIES);
    decodePart(bytes, table.getUint32(part * TABLE_BYTES + 8, true), first, count, cells, next, found);
  }
  return found;
}

function decodePart(
  bytes: Uint8Array,
  start: number,
  first: number,
  count: number,
  cells: Cells,
  from: number,
  found: number[],
): void {
  let at = start;
  const read = () => {
    let byte = bytes[at++]!;
    let value = byte & 127;
    for (let scale = 128; byte >= 128; scale *= 128) {
      byte = bytes[at++]!;
      value += (byte & 127) * scale;
    }
    return value;
  };
  let [cell, slot] = [first, 0];
  let next = from;
  for (let entry = 0; entry < count; entry++) {
    cell += read();
    const step = read();
    slot += step % 2 === 1 ? -(step + 1) / 2 : step / 2;
    while (next < cells.length && cells[next]![1] < cell) next++;
    if (next === cells.length) return;
    if (cells[next]![0] <= cell) found.push(slot);
  }
}
