import type { Table } from './table.ts';

/**
 * What a release holds and where its bytes lie. Written by the export as `<catalog>/<release>/manifest.json`,
 * the last object of a release before the pointer is swapped: a release without a manifest is incomplete.
 */
export interface Manifest {
  readonly version: 1;
  /** `schema.table` */
  readonly catalog: string;
  /** `YYYY-MM-DD` or `YYYY-MM-DD.n` */
  readonly release: string;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly table: Table;
  /** Rows in the partitions. */
  readonly rows: number;
  /** Rows left out of the partitions because their position is null, NaN or out of range. */
  readonly rowsWithoutPosition: number;
  readonly skymap: Skymap;
  readonly coverage: Coverage;
  /** Ascending in order-29 index; partitions do not overlap. */
  readonly partitions: readonly Partition[];
}

/** Where on the sky the rows lie. */
export interface Skymap {
  readonly order: number;
  /** Rows in each nested cell of that order: 12·4^order counts. */
  readonly rows: readonly number[];
}

/** Cells outside of which there is no row: a MOC, or one around the MOC that the release publishes. */
export interface Coverage {
  readonly order: number;
  /** First cell of that order, nested, and the one after the last of each range: ascending, two numbers a range. */
  readonly ranges: readonly number[];
}

/** One Parquet file: the rows of one HEALPix cell (HATS 1.0). */
export interface Partition {
  /** HEALPix order of the cell. */
  readonly order: number;
  /** Nested index of the cell at `order`. */
  readonly pixel: number;
  /** Key relative to the release: `dataset/Norder=…/Dir=…/Npix=….parquet`. */
  readonly path: string;
  /** Size of the file. */
  readonly bytes: number;
  /** Length of the Parquet footer, with its 4-byte length and the closing magic. */
  readonly footerBytes: number;
  /** CRC-32 (as zlib's, unsigned) of those last `footerBytes` bytes. */
  readonly footerCrc32: number;
  readonly rows: number;
  /** In file order, which is ascending in `_healpix_29`. */
  readonly rowGroups: readonly RowGroup[];
}

/** The row group's smallest and largest `_healpix_29` are decimal strings: they exceed 2⁵³. */
export interface RowGroup {
  readonly rows: number;
  /** Byte offset of its first page in the file. */
  readonly offset: number;
  /** Bytes of all its pages. */
  readonly bytes: number;
  /** CRC-32 (as zlib's, unsigned) of those bytes: a damaged row group is refused before it is decoded. */
  readonly crc32: number;
  readonly first: string;
  readonly last: string;
}

/** `<catalog>/latest.json`: the one small object whose replacement publishes a release. */
export interface Pointer {
  readonly release: string;
  /** ISO 8601, UTC: when the pointer was swapped. */
  readonly published: string;
}

/** Name of the index column in every partition: nested order-29 HEALPix cell, Int64 (HATS 1.0). */
export const HEALPIX_COLUMN = '_healpix_29';

export function pointerKey(catalog: string): string {
  return `${catalog}/latest.json`;
}

export function releasePrefix(catalog: string, release: string): string {
  return `${catalog}/${release}`;
}

export function manifestKey(catalog: string, release: string): string {
  return `${releasePrefix(catalog, release)}/manifest.json`;
}
