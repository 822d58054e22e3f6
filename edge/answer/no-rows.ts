import type { Overflow } from '../../engine/table/result.ts';

/** The rows of an answer that has none. */
// biome-ignore lint/correctness/useYield: it has none to yield
export async function* noRows(overflow: boolean): AsyncGenerator<never, Overflow, undefined> {
  return { overflow };
}
