/** A cone: centre and radius in degrees; lon in [0, 360], lat in [−90, 90], radius in [0, 180]. */
export interface Cone {
  readonly lon: number;
  readonly lat: number;
  readonly radius: number;
}

/** A position in degrees; lon in [0, 360), lat in [−90, 90]. */
export interface Position {
  readonly lon: number;
  readonly lat: number;
}

/** A region that is not a cone; all numbers in degrees, lon in [0, 360], lat in [−90, 90]. */
export type Region =
  /**
   * Edges are arcs of great circles shorter than 180°, the last one back to the first vertex; the inside is the smaller
   * of the two sides, whichever way round the vertices go.
   */
  | { readonly kind: 'polygon'; readonly vertices: readonly Position[] }
  /**
   * The box of STC and of ADQL's BOX: sides on great circles at right angles to the ends of a cross, whose arms are `width`
   * long in all from east to west and `height` from north to south, above 0 and below 180.
   */
  | {
      readonly kind: 'box';
      readonly lon: number;
      readonly lat: number;
      readonly width: number;
      readonly height: number;
    }
  /**
   * The range of DALI: between two parallels and two meridians, all included; from `west` eastwards to `east`, over lon 0 if
   * west is the greater. From 0 to 360 are all longitudes.
   */
  | {
      readonly kind: 'zone';
      readonly west: number;
      readonly east: number;
      readonly south: number;
      readonly north: number;
    };

/**
 * Footprints of images, one number of each array a footprint: the polygon, or, where its vertices make none, the circle.
 * Degrees.
 */
export interface Footprints {
  /** Longitude and latitude of the vertices of all polygons, as a `Region` wants them. */
  readonly vertices: Float64Array;
  /** Where the numbers of each polygon begin, and those of the last end. */
  readonly offsets: Int32Array;
  /** Of the circle: lon in [0, 360], lat in [−90, 90]. */
  readonly lon: Float64Array;
  readonly lat: Float64Array;
  /** A circle whose diameter is no number above 0 is a point. */
  readonly diameter: Float64Array;
}

/** Cells of footprints: the nth belongs to the footprint of the nth number. */
export interface FootprintCells {
  /** 4^(order + 1) + number of the nested cell (NUNIQ of MOC 2.0); below 2⁵³, as no order is above 24. */
  readonly cell: BigInt64Array;
  /** Ascending. */
  readonly footprint: Uint32Array;
}

/** Of a footprint and a region: they have a point in common; the footprint contains the region; it is contained. */
export type FootprintTest = 'overlaps' | 'covers' | 'enclosed';

/** Sorted, disjoint half-open ranges [start, end) of nested order-29 cells. Not to be changed: the kernel may hold a copy. */
export interface CellRanges {
  readonly start: BigInt64Array;
  readonly end: BigInt64Array;
  /** 1 where every point of the range lies inside the region, 0 where some may not. */
  readonly full: Uint8Array;
}

/** The rows inside a region, ascending, with the angular separation from the cone's centre in degrees. */
export interface ConeRows {
  readonly row: Uint32Array;
  readonly separation: Float64Array;
}

/**
 * The HEALPix kernel: all geometry of Almagest, and what else is done to every byte. Nested scheme, ICRS degrees, Float64.
 * Every function throws `KernelError`, which names what is wrong, for input outside of what is said here.
 */
export interface HealpixKernel {
  /** Nested order-29 cell of each position; lon in [−360, 360] and lat in [−90, 90] degrees, of equal length. */
  hash(lon: Float64Array, lat: Float64Array): BigInt64Array;
  /** Centre of a nested cell; order in 0…29, pixel in [0, 12·4^order). */
  center(order: number, pixel: bigint): Position;
  /** South, east, north and west vertex of a nested cell. Its edges are not great circles. */
  vertices(order: number, pixel: bigint): readonly Position[];
  /** Cells that cover a cone: no cell that touches the cone is missing. */
  coneRanges(cone: Cone): CellRanges;
  /** Cells that cover a region: no cell that touches it is missing. */
  regionRanges(region: Region): CellRanges;
  /**
   * Copies the cells of a row group, ascending and of order 29, into the kernel's memory, where they stay until they
   * are freed: 4 bytes a row, at the deepest order at which the row group spans fewer than 2³² cells.
   */
  rowIndex(index: BigInt64Array): RowIndex;
  /**
   * Of rows (ascending; null for all) of whole columns, those whose haversine distance from the cone's centre is at most
   * its radius. lon is in [−360, 360], in degrees. A position that is not finite is in no cone.
   */
  coneRows(cone: Cone, lon: Float64Array, lat: Float64Array, rows: Uint32Array | null): ConeRows;
  /** Of rows (ascending; null for all) of whole columns, those whose position is in the region. */
  regionRows(region: Region, lon: Float64Array, lat: Float64Array, rows: Uint32Array | null): Uint32Array;
  /**
   * At most `most` cells (12 or more) for each footprint, of mixed orders and apart from each other, that cover it: no point of it
   * is outside of them. A footprint that is neither polygon nor circle has none.
   */
  footprintCells(footprints: Footprints, most: number): FootprintCells;
  /** Which footprints pass a test with a region, ascending; borders count. A zone can only be asked what overlaps it. */
  footprintRows(region: Region | Cone, footprints: Footprints, test: FootprintTest): Uint32Array;
  /** CRC-32 of zlib, PNG and Parquet's pages, in [0, 2³²). */
  crc32(bytes: Uint8Array): number;
  /**
   * The `length` bytes that a raw Snappy block, such as a page of Parquet, decompresses to: a view of the kernel's memory,
   * to be copied or read before the next call of any function here. Damaged bytes throw.
   */
  snappy(bytes: Uint8Array, length: number): Uint8Array;
}

/** The cells of rows in the kernel's memory. */
export interface RowIndex {
  readonly rows: number;
  /** Bytes of the kernel's memory that they take. */
  readonly bytes: number;
  /** False once they are freed, or lost with a kernel that failed: they answer nothing any more. */
  readonly alive: boolean;
  /**
   * Rows, ascending, that may be in the cone by their cells as they are kept: no row of the cone is missing; beyond are
   * those within a diameter of such a cell (0.8 milliarcseconds at order 29, 0.4″ at order 20) from the rim, and those
   * in ranges that are flagged full. Cheapest with the very object that `coneRanges` returned last.
   */
  candidates(cone: Cone, ranges: CellRanges): Uint32Array;
  /** Rows, ascending, whose cell as it is kept has part in the ranges: no row of the ranges is missing. */
  inRanges(ranges: CellRanges): Uint32Array;
  /** Gives the memory back; once is enough. */
  free(): void;
}
