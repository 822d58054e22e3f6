/** How far apart the numbers of two engines may be. */
export interface Tolerance {
  /** Units in the last place of a double, or of a float. */
  readonly ulps: number;
  /** What always passes, in the number's own unit: for differences of large numbers, and for angles near 0. */
  readonly absolute?: number;
  /** Of the larger one: for sums, which engines add in different orders. */
  readonly relative?: number;
}

/** How the rows of two answers belong together. */
export type RowOrder =
  /** As sets in which rows may repeat. */
  | 'any'
  /** The first with the first: ORDER BY leaves no ties. */
  | 'given'
  /** Only as many: which rows, or what is in them, is up to the engine. */
  | 'count';

/** Queries that are compared in one way. */
export interface Questions {
  readonly about: string;
  readonly order: RowOrder;
  readonly tolerance: Tolerance;
  readonly queries: readonly string[];
}

export const EXACT: Tolerance = { ulps: 0 };

/** IEEE 754 prescribes the last bit of + − × ÷ and of square roots; of other functions the mathematical libraries differ. */
export const LIBRARY: Tolerance = { ulps: 1 };

/** What is calculated from the result of a library's function: its last bit grows. */
export const FROM_LIBRARY: Tolerance = { ulps: 4, absolute: 1e-14 };

/** Sums of some thousand numbers, added in different orders. */
export const SUMS: Tolerance = { ulps: 0, relative: 1e-12, absolute: 1e-9 };

/** Angles by haversine: some roundings, and 10⁻¹² degrees (4 nanoarcseconds) near 0. */
export const ANGLES: Tolerance = { ulps: 8, absolute: 1e-12 };

/** Near 180 degrees the last bit of the haversine is 10⁻⁶ degrees (6 milliarcseconds). */
export const ANTIPODES: Tolerance = { ulps: 8, absolute: 2e-6 };
