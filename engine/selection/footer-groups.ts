import { parquetMetadata } from 'hyparquet/src/metadata.js';
import type { Release } from '../catalog/release.ts';
import type { ReleaseFile } from '../catalog/release-files.ts';
import { sha256Of } from '../catalog/sha256.ts';
import type { Engine } from '../engine.ts';
import { CorruptPartitionError } from '../errors.ts';
import { decodeChunk } from '../parquet/column-chunk.ts';
import type { ReadGroup } from './select-rows.ts';

/**
 * The row groups of a Parquet file that the index does not know, such as one of a margin. It is read whole, for only its checksum as a whole
 * is known.
 * @param names of the columns that will be wanted.
 * @throws CorruptPartitionError where the file is damaged, or lacks a column.
 */
export async function* footerGroups(
  { catalogs, kernel }: Engine,
  release: Release,
  { path, sha256 }: Pick<ReleaseFile, 'path' | 'sha256'>,
  names: readonly string[],
): AsyncGenerator<ReadGroup, void, undefined> {
  const bytes = await catalogs.file(release, path);
  const corrupt = (problem: string, cause?: unknown) =>
    new CorruptPartitionError(`${release.prefix}/${path}`, problem, { cause });
  if ((await sha256Of(bytes)) !== sha256) throw corrupt('is damaged: its checksum differs');
  const { row_groups } = parquetMetadata(bytes.buffer);
  for (const { columns, num_rows } of row_groups) {
    const chunks = new Map(columns.map(({ meta_data }) => [meta_data!.path_in_schema[0]!, meta_data!]));
    const missing = names.find((name) => !chunks.has(name));
    if (missing !== undefined) throw corrupt(`has no column ${missing}`);
    const rows = Number(num_rows);
    yield {
      rows,
      columns: (wanted) =>
        wanted.map((name) => {
          const { data_page_offset, dictionary_page_offset, total_compressed_size } = chunks.get(name)!;
          const start = Number(dictionary_page_offset ?? data_page_offset);
          const chunk = bytes.subarray(start, start + Number(total_compressed_size));
          try {
            return decodeChunk(chunk, release.columns.get(name)!, rows, kernel.snappy);
          } catch (error) {
            throw corrupt(`has a column ${name} that cannot be used: ${(error as Error).message}`, error);
          }
        }),
    };
  }
}
