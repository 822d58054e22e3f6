import { crc32 } from 'node:zlib';
import type { Data } from 'apache-arrow';
import { BLOCK_ROWS, checkedBytes, checksumOf, encodeBlock } from '../../engine/footprints/block.ts';
import { concatRows, takeRows } from '../../engine/table/rows.ts';

/** Collects rows of one size, as they come, into blocks. */
export interface BlockWriter {
  /**
   * @param sizes of the rows' footprints, whatever they mean: rows of different sizes are in different blocks.
   * @returns the slot of each row, but that blocks have other numbers in the end.
   */
  add(columns: readonly Data[], sizes: Uint8Array): Uint32Array;
  /** All blocks, those of one size after each other; nothing can be added any more. */
  close(): Blocks;
}

export interface Blocks {
  readonly blocks: readonly Uint8Array<ArrayBuffer>[];
  /** The slot that became of one. */
  slotOf(slot: number): number;
}

/** A block that is not full. */
interface Open {
  readonly number: number;
  rows: number;
  /** Of each column, the rows of each row group. */
  readonly pieces: Data[][];
}

export function blockWriter(): BlockWriter {
  const blocks: Uint8Array<ArrayBuffer>[] = [];
  /** Of the footprints in each block. */
  const sizes: number[] = [];
  const open = new Map<number, Open>();

  function finish({ number, pieces }: Open): void {
    const block = encodeBlock(pieces.map((column) => concatRows(column)));
    checksumOf(block)[0] = crc32(checkedBytes(block));
    blocks[number] = block;
  }

  function openBlock(size: number): Open {
    const known = open.get(size);
    if (known !== undefined) return known;
    const block: Open = { number: sizes.length, rows: 0, pieces: [] };
    sizes.push(size);
    open.set(size, block);
    return block;
  }

  return {
    add(columns, sizesOfRows) {
      const slots = new Uint32Array(sizesOfRows.length);
      const rowsOf = Map.groupBy(sizesOfRows.keys(), (row) => sizesOfRows[row]!);
      for (const [size, rows] of rowsOf) {
        for (let from = 0; from < rows.length; ) {
          const block = openBlock(size);
          const some = rows.slice(from, from + BLOCK_ROWS - block.rows);
          from += some.length;
          for (const row of some) slots[row] = block.number * BLOCK_ROWS + block.rows++;
          const taken = Uint32Array.from(some);
          columns.forEach((data, column) => {
            block.pieces[column] ??= [];
            block.pieces[column].push(takeRows(data, taken));
          });
          if (block.rows < BLOCK_ROWS) continue;
          finish(block);
          open.delete(size);
        }
      }
      return slots;
    },
    close() {
      for (const block of open.values()) finish(block);
      open.clear();
      const order = [...sizes.keys()].sort((a, b) => sizes[a]! - sizes[b]! || a - b);
      const places = new Uint32Array(sizes.length);
      for (const [place, number] of order.entries()) places[number] = place;
      return {
        blocks: order.map((number) => blocks[number]!),
        slotOf: (slot) => places[Math.floor(slot / BLOCK_ROWS)]! * BLOCK_ROWS + (slot % BLOCK_ROWS),
      };
    },
  };
}
