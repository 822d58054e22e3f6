import {
  Table as ArrowTable,
  type Data,
  Field,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  tableToIPC,
} from 'apache-arrow';
import {
  Compression,
  EnabledStatistics,
  Table as ParquetTable,
  WriterPropertiesBuilder,
  writeParquet,
} from 'parquet-wasm';
import { HEALPIX_COLUMN } from '../../engine/catalog/manifest.ts';
import type { Table } from '../../engine/catalog/table.ts';
import { storedType } from '../../engine/table/arrow.ts';
import { fileMetadata, isText, longestTexts } from './file-metadata.ts';
import { withPlainKeyValues } from './footer.ts';

/** A row group is what a small cone reads: asking for it, and decoding it, should cost about the same. */
const ROW_GROUP_ROWS = 1024;

/**
 * Writes rows as one Parquet file of a HATS catalogue, which is also a VOParquet 1.0 file.
 * @param arrays the index column, then the table's columns in their order; of equal length.
 */
export function parquetFile(table: Table, arrays: readonly Data[]): Uint8Array {
  const schema = arrowSchema(table);
  const length = arrays[0]!.length;
  const batch = new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length, nullCount: 0, children: [...arrays] }),
  );
  const ipc = tableToIPC(new ArrowTable(schema, batch), 'stream');
  return write(ipc, table, longestTexts(table, arrays.slice(1)), rowGroupRows(length));
}

/** A Parquet file with the schema and metadata of a table's data files, and no rows. */
export function emptyParquetFile(table: Table): Uint8Array {
  const ipc = tableToIPC(new ArrowTable(arrowSchema(table), []), 'stream');
  return write(ipc, table, new Map(), ROW_GROUP_ROWS);
}

/** Rows of each row group but the last, so that all are about as large. */
export function rowGroupRows(rows: number): number {
  const groups = Math.max(1, Math.ceil(rows / ROW_GROUP_ROWS));
  return Math.max(1, Math.ceil(rows / groups));
}

function arrowSchema(table: Table): Schema {
  const fields = table.columns.map((column) => new Field(column.name, storedType(column), true));
  return new Schema([new Field(HEALPIX_COLUMN, new Int64(), false), ...fields]);
}

function write(
  ipc: Uint8Array,
  table: Table,
  texts: ReadonlyMap<string, number>,
  rowsPerGroup: number,
): Uint8Array {
  return withPlainKeyValues(
    writeParquet(ParquetTable.fromIPCStream(ipc), writerProperties(table, texts, rowsPerGroup)),
  );
}

function writerProperties(table: Table, texts: ReadonlyMap<string, number>, rowsPerGroup: number) {
  let builder = new WriterPropertiesBuilder()
    .setCompression(Compression.SNAPPY)
    .setStatisticsEnabled(EnabledStatistics.Chunk)
    .setMaxRowGroupSize(rowsPerGroup)
    .setDictionaryEnabled(false)
    .setKeyValueMetadata(fileMetadata(table, texts));
  // Texts repeat (types, names of constellations); numbers hardly, and decode faster without a dictionary.
  for (const { name } of table.columns.filter(isText)) {
    builder = builder.setColumnDictionaryEnabled(name, true);
  }
  return builder.build();
}
