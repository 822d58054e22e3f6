import type { Release } from '../catalog/release.ts';
import type { CellRanges, Cone, Region } from '../healpix-wasm/kernel.ts';

/** A plain scan: columns of the rows of a release that meet all conditions, in ascending order of cells, or their number. */
export interface Scan {
  readonly release: Release;
  /** Names of the stored columns wanted, in the order wanted, and one may come twice; or one row with the number of rows. */
  readonly columns: readonly string[] | 'count';
  readonly regions: readonly ScanRegion[];
  readonly comparisons: readonly ScanComparison[];
  /** Rows outside of these cells meet no condition; null where all may. */
  readonly ranges: CellRanges | null;
  /** TOP: rows at most, without a word of overflow. */
  readonly top: number | null;
}

/** The position of the row is in it. */
export type ScanRegion =
  | { readonly kind: 'cone'; readonly cone: Cone /** Without its rim. */; readonly strict: boolean }
  | { readonly kind: 'region'; readonly region: Region };

/** A number of the row compares with a constant, as PostgreSQL compares: no null, and NaN is above all numbers. */
export interface ScanComparison {
  readonly column: string;
  readonly operator: '=' | '<>' | '<' | '>' | '<=' | '>=';
  readonly value: number;
}
