import { crc32 } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import type { Partition, RowGroup } from '../../engine/catalog/manifest.ts';
import { footerOf } from './footer.ts';
import type { Cell } from './partitioning.ts';

const DIRECTORY_CELLS = 10_000;

/** Where a cell's file lies in a release (HATS 1.0, "Partitioning scheme"). */
export function partitionPath({ order, pixel }: Cell): string {
  const directory = Math.floor(pixel / DIRECTORY_CELLS) * DIRECTORY_CELLS;
  return `dataset/Norder=${order}/Dir=${directory}/Npix=${pixel}.parquet`;
}

/** What the manifest says of a data file, as read from the file itself. */
export function describePartition(cell: Cell, file: Uint8Array): Partition {
  const footer = footerOf(file);
  const metadata = parquetMetadata(footer);
  return {
    order: cell.order,
    pixel: cell.pixel,
    path: partitionPath(cell),
    bytes: file.length,
    footerBytes: footer.length,
    footerCrc32: crc32(footer),
    rows: Number(metadata.num_rows),
    rowGroups: metadata.row_groups.map((rowGroup) => describeRowGroup(file, rowGroup)),
  };
}

type ParquetRowGroup = ReturnType<typeof parquetMetadata>['row_groups'][number];

function describeRowGroup(file: Uint8Array, rowGroup: ParquetRowGroup): RowGroup {
  const chunks = rowGroup.columns.map(({ meta_data }) => {
    const start = Number(meta_data!.dictionary_page_offset ?? meta_data!.data_page_offset);
    return { start, end: start + Number(meta_data!.total_compressed_size) };
  });
  const offset = Math.min(...chunks.map(({ start }) => start));
  const end = Math.max(...chunks.map((chunk) => chunk.end));
  const { min_value, max_value } = rowGroup.columns[0]!.meta_data!.statistics!;
  return {
    rows: Number(rowGroup.num_rows),
    offset,
    bytes: end - offset,
    crc32: crc32(file.subarray(offset, end)),
    first: `${min_value}`,
    last: `${max_value}`,
  };
}
