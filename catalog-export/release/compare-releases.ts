import type { Table } from '../../engine/catalog/table.ts';
import type { PreviousRelease } from './known-partitions.ts';

/** Compares the partitions of a new release with those of the one before, one after the other. */
export interface Comparison {
  /** Whether the next partition and all before it are the same, in the same places. */
  isNextSame(path: string, content: string): boolean;
  /** Whether those were all, and what else is told of the rows is the same too. */
  isUnchanged(rowsWithoutPosition: number): boolean;
}

/** @param before null where there is none to compare with. */
export function comparisonWith(before: PreviousRelease | null, table: Table): Comparison {
  let isSame = before !== null;
  let compared = 0;
  return {
    isNextSame(path, content) {
      const file = before?.files[compared];
      isSame &&= file?.path === path && file.content === content;
      compared += 1;
      return isSame;
    },
    isUnchanged: (rowsWithoutPosition) =>
      isSame &&
      before !== null &&
      before.files.length === compared &&
      before.manifest.rowsWithoutPosition === rowsWithoutPosition &&
      JSON.stringify(before.manifest.table) === JSON.stringify(table),
  };
}
