/** Rows as PostgreSQL sends them in its binary format: a count of fields, and for each its length and its bytes. */
export interface BinaryRows {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where each row begins, which is where its count of fields lies. */
  readonly starts: ArrayLike<number>;
  readonly count: number;
}

/** What `fieldOffsets` gives for a null: no field lies there. */
export const NULL_FIELD = 0;

/**
 * Where each field's bytes begin, one array per column; their length is the 32-bit word before them.
 * @param order which row stands at each place; null for their own order.
 */
export function fieldOffsets(rows: BinaryRows, columns: number, order: Uint32Array | null): Uint32Array[] {
  const { view, starts, count } = rows;
  const offsets = Array.from({ length: columns }, () => new Uint32Array(count));
  for (let place = 0; place < count; place++) {
    let at = starts[order === null ? place : order[place]!]! + 2;
    for (let column = 0; column < columns; column++) {
      const length = view.getInt32(at);
      at += 4;
      if (length < 0) continue;
      offsets[column]![place] = at;
      at += length;
    }
  }
  return offsets;
}
