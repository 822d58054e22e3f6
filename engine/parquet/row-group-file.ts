import type { FileMetaData, RowGroup, SchemaElement } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import type { Footer } from './footer.ts';

const MAGIC = new TextEncoder().encode('PAR1');

/**
 * A Parquet file of one row group and some of its columns, made from the row group's bytes as they are
 * stored. The decoder thus works on a small buffer, synchronously: it does no reads of its own, and what it
 * throws is caught where it is called.
 * @param bytes the row group's bytes, which begin at `offset` in the whole file.
 * @param columns must be in the footer.
 * @throws Error where a column's pages are not within the bytes.
 */
export function rowGroupFile(
  footer: Footer,
  group: number,
  bytes: Uint8Array,
  offset: number,
  columns: readonly string[],
): Uint8Array {
  const { rows, chunks } = footer.groups[group]!;
  const writer = new ByteWriter(bytes.length + 4096);
  writer.appendBytes(MAGIC);
  const rowGroup: RowGroup = { columns: [], total_byte_size: 0n, num_rows: BigInt(rows) };
  for (const name of columns) {
    const { start, end, metadata } = chunks.get(name)!;
    if (start < offset || end > offset + bytes.length)
      throw new Error(`column ${name} lies outside its row group`);
    const shift = BigInt(writer.offset - start);
    const { data_page_offset, dictionary_page_offset } = metadata;
    rowGroup.columns.push({
      file_offset: 0n,
      meta_data: {
        ...metadata,
        data_page_offset: data_page_offset + shift,
        ...(dictionary_page_offset !== undefined && {
          dictionary_page_offset: dictionary_page_offset + shift,
        }),
      },
    });
    rowGroup.total_byte_size += metadata.total_uncompressed_size;
    writer.appendBytes(bytes.subarray(start - offset, end - offset));
  }
  const metadata: FileMetaData = {
    version: footer.version,
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.map((name) => schemaElement(footer.elements.get(name)!)),
    ],
    num_rows: BigInt(rows),
    row_groups: [rowGroup],
    metadata_length: 0,
  };
  writeMetadata(writer, metadata);
  writer.appendBytes(MAGIC);
  return writer.getBytes();
}

/** The converted type says all of an integer's logical type, which the writer would write with wrong tags. */
function schemaElement(element: SchemaElement): SchemaElement {
  const { logical_type, ...rest } = element;
  return element.converted_type === undefined && logical_type !== undefined ? element : rest;
}
