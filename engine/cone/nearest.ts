import type { Data } from 'apache-arrow';
import { concatRows, takeRows } from '../table/rows.ts';

/** Collects rows and keeps the nearest of them. */
export interface Nearest {
  /** @param columns as many rows as there are separations. */
  add(columns: readonly Data[], separation: Float64Array): void;
  /** Rows farther than this need not be added. */
  readonly horizon: number;
  /**
   * The nearest rows, ascending by separation, those at the same separation in the order they came; null if
   * none was added.
   */
  take(): RowsWithSeparation | null;
}

export interface RowsWithSeparation {
  readonly columns: readonly Data[];
  readonly separation: Float64Array;
}

/** @param limit how many rows to keep: memory holds twice as many at most, and what is added at once. */
export function nearest(limit: number): Nearest {
  let pieces: RowsWithSeparation[] = [];
  let held = 0;
  let horizon = Number.POSITIVE_INFINITY;

  /** One piece, with the `limit` nearest rows in the order given by `arrange` from ranks to rows. */
  function keep(arrange: (ranked: Uint32Array) => Uint32Array): RowsWithSeparation {
    const separation = concatSeparations(pieces, held);
    const ranked = new Uint32Array(held).map((_, at) => at);
    ranked.sort((a, b) => separation[a]! - separation[b]! || a - b);
    const rows = arrange(ranked.subarray(0, limit));
    const columns = pieces[0]!.columns.map((_, column) =>
      takeRows(concatRows(pieces.map((piece) => piece.columns[column]!)), rows),
    );
    return { columns, separation: Float64Array.from(rows, (row) => separation[row]!) };
  }

  return {
    get horizon() {
      return horizon;
    },
    add(columns, separation) {
      pieces.push({ columns, separation });
      held += separation.length;
      if (held <= 2 * limit) return;
      const kept = keep((ranked) => ranked.toSorted());
      pieces = [kept];
      held = kept.separation.length;
      horizon = kept.separation.reduce((a, b) => Math.max(a, b), 0);
    },
    take() {
      return pieces.length === 0 ? null : keep((ranked) => ranked);
    },
  };
}

function concatSeparations(pieces: readonly RowsWithSeparation[], length: number): Float64Array {
  const all = new Float64Array(length);
  let at = 0;
  for (const { separation } of pieces) {
    all.set(separation, at);
    at += separation.length;
  }
  return all;
}
