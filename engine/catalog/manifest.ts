import { hasPositions, type Table } from './table.ts';

/** Of what this program writes and reads. */
export const MANIFEST_VERSION = 3;

/**
 * What a release holds, and the root of the index of its row groups. Written by the export as
 * `<catalog>/<release>/manifest.json`, the last object of a release before the pointer is swapped: a release
 * without a manifest is incomplete.
 */
export interface Manifest {
  readonly version: typeof MANIFEST_VERSION;
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
  /** Null for a table without positions, as `coverage` is then. */
  readonly skymap: Skymap | null;
  readonly coverage: Coverage | null;
  /** Of `pg_current_snapshot()` in the transaction that the rows were read in: `xmin:xmax:xip,…`. */
  readonly snapshot: string;
  /**
   * What the change marks said of the table in that snapshot: the table has the same rows for as long as its state is the same. Null
   * where changes leave no marks, as of views and foreign tables.
   */
  readonly state: string | null;
  /**
   * The history of rows (`TableHistory.id`) that can tell what the snapshot saw; null where PostgreSQL keeps no versions of the table's
   * rows.
   */
  readonly history: string | null;
  /** Of the list of the release's files (`ReleaseFiles`). */
  readonly files: { readonly bytes: number; readonly sha256: string };
  /**
   * Arcseconds around each partition within which the margin catalogue of the release has the rows of the others; null where
   * there is none.
   */
  readonly margin: number | null;
  /** Number of Parquet files. */
  readonly partitions: number;
  /** Of all of them. */
  readonly bytes: number;
  /** Ascending in order-29 index, or in row number where the table has no positions. */
  readonly leaves: readonly LeafEntry[];
  /** Absent where the rows have no footprints. */
  readonly footprints?: FootprintIndex;
}

/** Where on the sky the rows lie. */
export interface Skymap {
  readonly order: number;
  /** Rows in each nested cell of that order: 12·4^order counts. */
  readonly rows: readonly number[];
}

export const COVERAGE_MAX_ORDER = 13;

/** Cells outside of which there is no row: a MOC, or one around the MOC that the release publishes. */
export interface Coverage {
  /** At most COVERAGE_MAX_ORDER. */
  readonly order: number;
  /** First cell of that order, nested, and the one after the last of each range: ascending, two numbers a range. */
  readonly ranges: readonly number[];
}

/** What the root says of a leaf of the index (`Leaf`), which describes some hundred row groups. */
export interface LeafEntry {
  /** Smallest `_healpix_29` in its row groups, or number of its first row; a decimal string: it may exceed 2⁵³. */
  readonly first: string;
  readonly rows: number;
  readonly rowGroups: number;
  /** Size of the leaf's file. */
  readonly bytes: number;
  /** CRC-32 (as zlib's, unsigned) of the leaf's file. */
  readonly crc32: number;
}

/** The root of the index of footprints: what rows may cover a cell of the sky, and those rows once more, close to each other. */
export interface FootprintIndex {
  readonly version: typeof FOOTPRINTS_VERSION;
  /** Of the file `FOOTPRINTS_PATH`, one after the other, ascending in order and then in cell. */
  readonly chunks: FootprintChunks;
  /** Bytes of each block of the file `BLOCKS_PATH`, one after the other. */
  readonly blocks: readonly number[];
  /** Degrees: no polygon's inside is farther than that from its row's position. Absent where nobody has looked. */
  readonly reach?: number;
}

/** Chunks of pairs of a cell and a slot, one number of each array a chunk. */
export interface FootprintChunks {
  /** HEALPix order of its cells, at most 24. */
  readonly order: readonly number[];
  /** Its first cell, nested. */
  readonly first: readonly number[];
  /** Pairs of a cell and a slot. */
  readonly entries: readonly number[];
  readonly bytes: readonly number[];
  /** CRC-32 (as zlib's, unsigned) of its bytes. */
  readonly crc32: readonly number[];
}

/** Of the bytes of chunks and blocks. */
export const FOOTPRINTS_VERSION = 1;

/** Keys of the index of footprints relative to the release. */
export const FOOTPRINTS_PATH = 'index/footprints.bin';
export const BLOCKS_PATH = 'index/blocks.bin';

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

/** Key of a leaf relative to the release. */
export function leafPath(leaf: number): string {
  return `index/${leaf}.arrow`;
}

const DIRECTORY_CELLS = 10_000;

/** Path of a cell's Parquet file in a HATS catalogue (HATS 1.0, "Partitioning scheme"). */
export function partitionPath(order: number, pixel: number): string {
  const directory = Math.floor(pixel / DIRECTORY_CELLS) * DIRECTORY_CELLS;
  return `dataset/Norder=${order}/Dir=${directory}/Npix=${pixel}.parquet`;
}

const PART_DIGITS = 5;

/** Path of a Parquet file of a table without positions. */
function partPath(part: number): string {
  return `dataset/part-${String(part).padStart(PART_DIGITS, '0')}.parquet`;
}

/** Path, in the catalogue's folder, of the Parquet file of a cell, or, where the table has no positions, of the part with that number. */
export function dataPath(table: Table, order: number, pixel: number): string {
  return hasPositions(table) ? partitionPath(order, pixel) : partPath(pixel);
}

/** Folder of the catalogue in a release that is a HATS collection, for it has a margin too. */
export const COLLECTED_CATALOG = 'catalog';

/** What the path of a data file begins with in its release: nothing, unless the release is a HATS collection. */
export function catalogFolder({ margin }: Pick<Manifest, 'margin'>): string {
  return margin === null ? '' : `${COLLECTED_CATALOG}/`;
}
