import { fileOf, type RowGroup } from '../catalog/release.ts';

/** Bytes of one file, [start, end). */
export interface Span {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

/** Bytes that are read along rather than asked for around: so many cost less than another read. */
const MAX_GAP = 65_536;

/** One read asks for at most so many bytes, if what it reads is not one piece. */
const READ_BYTES = 1 << 20;

/** Where a column chunk lies in its file. */
export function chunkSpan({ leaf, at }: RowGroup, column: number): { start: number; end: number } {
  const first = at * leaf.columns;
  let start = leaf.offset[at]!;
  for (let before = first; before < first + column; before++) start += leaf.chunkBytes[before]!;
  return { start, end: start + leaf.chunkBytes[first + column]! };
}

/**
 * The reads that bring columns of row groups: column chunks that are close to each other come together.
 * @param groups in ascending order.
 * @param columns positions among the stored columns, ascending.
 */
export function readSpans(groups: readonly RowGroup[], columns: readonly number[]): Span[] {
  const spans: Span[] = [];
  for (const group of groups) {
    const key = fileOf(group);
    for (const column of columns) {
      const { start, end } = chunkSpan(group, column);
      const last = spans.at(-1);
      const joins =
        last?.key === key &&
        start >= last.end &&
        start - last.end <= MAX_GAP &&
        end - last.start <= READ_BYTES;
      if (joins) spans[spans.length - 1] = { ...last, end };
      else spans.push({ key, start, end });
    }
  }
  return spans;
}
