import type { ColumnMetaData, SchemaElement } from 'hyparquet';
import { parquetMetadata } from 'hyparquet/src/metadata.js';

/** What is kept of a Parquet footer: where each column of each row group lies, and how it is encoded. */
export interface Footer {
  readonly version: number;
  /** By column name. */
  readonly elements: ReadonlyMap<string, SchemaElement>;
  readonly groups: readonly GroupFooter[];
}

export interface GroupFooter {
  readonly rows: number;
  readonly chunks: ReadonlyMap<string, ColumnChunk>;
}

/** The pages of one column in one row group: [start, end) in the file. */
export interface ColumnChunk {
  readonly start: number;
  readonly end: number;
  readonly metadata: ColumnMetaData;
}

/**
 * Reads a footer with its length and closing magic. Statistics are dropped: the manifest has what is used.
 * @throws Error where the bytes are not the footer of a flat table.
 */
export function parseFooter(bytes: Uint8Array): Footer {
  const { version, schema, row_groups } = parquetMetadata(bytes, { geoparquet: false });
  const [root, ...columns] = schema;
  if (root?.num_children !== columns.length) throw new Error('its columns are nested');
  return {
    version,
    elements: new Map(columns.map((element) => [element.name, element])),
    groups: row_groups.map((group) => ({
      rows: Number(group.num_rows),
      chunks: new Map(
        group.columns.map(({ meta_data }) => {
          if (meta_data === undefined) throw new Error('a column has no metadata');
          return [meta_data.path_in_schema.join('.'), columnChunk(meta_data)];
        }),
      ),
    })),
  };
}

function columnChunk(metadata: ColumnMetaData): ColumnChunk {
  const start = Number(metadata.dictionary_page_offset ?? metadata.data_page_offset);
  return {
    start,
    end: start + Number(metadata.total_compressed_size),
    metadata: {
      type: metadata.type,
      encodings: metadata.encodings,
      path_in_schema: metadata.path_in_schema,
      codec: metadata.codec,
      num_values: metadata.num_values,
      total_uncompressed_size: metadata.total_uncompressed_size,
      total_compressed_size: metadata.total_compressed_size,
      data_page_offset: metadata.data_page_offset,
      ...(metadata.dictionary_page_offset !== undefined && {
        dictionary_page_offset: metadata.dictionary_page_offset,
      }),
    },
  };
}
