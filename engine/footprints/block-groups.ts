import type { Release } from '../catalog/release.ts';
import type { Engine } from '../engine.ts';
import { BLOCK_ROWS } from './block.ts';
import type { Block } from './blocks.ts';

/** A block, and which of its rows may be wanted, ascending. */
export interface CandidateBlock {
  readonly block: Block;
  readonly rows: Uint32Array;
}

/** Blocks that are read side by side. */
const READ_AT_ONCE = 24;

/**
 * The blocks of slots, some at a time.
 * @param slots ascending.
 * @throws CorruptReleaseError, StorageError
 */
export async function* blocksOfSlots(
  { blocks }: Pick<Engine, 'blocks'>,
  release: Release,
  slots: Uint32Array,
): AsyncGenerator<readonly CandidateBlock[], void, undefined> {
  const wanted: { number: number; rows: Uint32Array }[] = [];
  for (let from = 0, to = 0; from < slots.length; from = to) {
    const number = Math.floor(slots[from]! / BLOCK_ROWS);
    const first = number * BLOCK_ROWS;
    while (to < slots.length && slots[to]! < first + BLOCK_ROWS) to++;
    wanted.push({ number, rows: slots.slice(from, to).map((slot) => slot - first) });
  }
  const read = async (from: number): Promise<CandidateBlock[]> => {
    const some = wanted.slice(from, from + READ_AT_ONCE);
    const loaded = await blocks.load(
      release,
      some.map(({ number }) => number),
    );
    return some.map(({ rows }, at) => ({ block: loaded[at]!, rows }));
  };
  let ahead = read(0);
  for (let from = 0; from < wanted.length; from += READ_AT_ONCE) {
    const some = await ahead;
    ahead = read(from + READ_AT_ONCE);
    // Whoever asks for no more rows does not hear of it.
    ahead.catch(() => {});
    yield some;
  }
}
