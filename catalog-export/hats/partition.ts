import { crc32 } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import { dataPath, partitionPath } from '../../engine/catalog/manifest.ts';
import type { Table } from '../../engine/catalog/table.ts';
import { footerOf } from './footer.ts';
import type { Cell } from './partitioning.ts';

/**
 * One Parquet file: the rows of one HEALPix cell (HATS 1.0), or one part of a table without positions, whose number stands in
 * place of the cell's.
 */
export interface Partition extends Cell {
  /** Relative to the release: `dataset/Norder=…/Dir=…/Npix=….parquet`, or `dataset/part-….parquet`. */
  readonly path: string;
  /** Size of the file. */
  readonly bytes: number;
  readonly rows: number;
  /** In file order, which is ascending in `_healpix_29`. */
  readonly rowGroups: readonly RowGroup[];
}

/** A data file, but for what is in it. */
export type DataFile = Omit<Partition, 'rowGroups'>;

/** A row group as its file describes it. */
export interface RowGroup {
  readonly rows: number;
  /** Byte offset of its first column chunk in the file. */
  readonly offset: number;
  /** Smallest and largest `_healpix_29`, or the numbers of the first and last row in the table. */
  readonly first: bigint;
  readonly last: bigint;
  /** In the order of the columns. */
  readonly chunks: readonly ColumnChunk[];
}

export interface ColumnChunk {
  readonly bytes: number;
  /** CRC-32 (as zlib's, unsigned): a damaged column chunk is refused before it is decoded. */
  readonly crc32: number;
}

/**
 * What a data file holds, as read from the file itself.
 * @throws Error where the column chunks of a row group do not follow each other without a gap.
 */
export function describePartition({ order, pixel }: Cell, file: Uint8Array): Partition {
  const metadata = parquetMetadata(footerOf(file));
  return {
    order,
    pixel,
    path: partitionPath(order, pixel),
    bytes: file.length,
    rows: Number(metadata.num_rows),
    rowGroups: metadata.row_groups.map((rowGroup) => ({
      ...describeChunks(file, rowGroup),
      ...cellsOf(rowGroup),
    })),
  };
}

/**
 * The same for a part of a table without positions.
 * @param firstRow number of its first row in the table.
 */
export function describePart(table: Table, part: number, firstRow: number, file: Uint8Array): Partition {
  const metadata = parquetMetadata(footerOf(file));
  let next = BigInt(firstRow);
  return {
    order: 0,
    pixel: part,
    path: dataPath(table, 0, part),
    bytes: file.length,
    rows: Number(metadata.num_rows),
    rowGroups: metadata.row_groups.map((rowGroup) => {
      const first = next;
      next += BigInt(rowGroup.num_rows);
      return { ...describeChunks(file, rowGroup), first, last: next - 1n };
    }),
  };
}

type ParquetRowGroup = ReturnType<typeof parquetMetadata>['row_groups'][number];

function cellsOf({ columns }: ParquetRowGroup): Pick<RowGroup, 'first' | 'last'> {
  const { min_value, max_value } = columns[0]!.meta_data!.statistics!;
  return { first: BigInt(min_value as bigint), last: BigInt(max_value as bigint) };
}

function describeChunks(file: Uint8Array, rowGroup: ParquetRowGroup): Omit<RowGroup, 'first' | 'last'> {
  const spans = rowGroup.columns.map(({ meta_data }) => {
    const start = Number(meta_data!.dictionary_page_offset ?? meta_data!.data_page_offset);
    return { start, end: start + Number(meta_data!.total_compressed_size) };
  });
  if (spans.some(({ start }, at) => at > 0 && start !== spans[at - 1]!.end)) {
    throw new Error('the Parquet writer left a gap between column chunks');
  }
  return {
    rows: Number(rowGroup.num_rows),
    offset: spans[0]!.start,
    chunks: spans.map(({ start, end }) => ({ bytes: end - start, crc32: crc32(file.subarray(start, end)) })),
  };
}
