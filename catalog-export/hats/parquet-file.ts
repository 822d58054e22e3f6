import {
  Table as ArrowTable,
  type Data,
  DataType,
  Field,
  Int64,
  List,
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
import type { Column } from '../../engine/catalog/column.ts';
import { HEALPIX_COLUMN } from '../../engine/catalog/manifest.ts';
import { hasPositions, type Table } from '../../engine/catalog/table.ts';
import { arrowType } from '../../engine/table/arrow.ts';
import { fileMetadata, isText, longestTexts } from './file-metadata.ts';
import { joinFiles } from './join-files.ts';

/** A row group is what a small cone reads: asking for it, and decoding it, should cost about the same. */
const ROW_GROUP_ROWS = 1024;
const ROW_GROUP_BYTES = 2 ** 20;

/**
 * Writes rows as one Parquet file of a release, which is also a VOParquet 1.0 file.
 * @param pieces rows that follow each other, as much as there is room for at a time: the index column, if the table has positions,
 * then the table's columns in their order; of equal length.
 */
export function parquetFile(table: Table, pieces: Iterable<readonly Data[]>): Uint8Array<ArrayBuffer> {
  const schema = arrowSchema(table);
  const texts = new Map<string, number>();
  const files: Uint8Array[] = [];
  for (const arrays of pieces) {
    const { length } = arrays[0]!;
    const struct = makeData({ type: new Struct(schema.fields), length, nullCount: 0, children: [...arrays] });
    const bytes = arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
    files.push(
      write(table, new ArrowTable(schema, new RecordBatch(schema, struct)), rowGroupRows(length, bytes)),
    );
    for (const [name, longest] of longestTexts(table, arrays.slice(-table.columns.length)))
      texts.set(name, Math.max(longest, texts.get(name) ?? 0));
  }
  return joinFiles(files, fileMetadata(table, texts));
}

/** A Parquet file with the schema and metadata of a table's data files, and no rows. */
export function emptyParquetFile(table: Table): Uint8Array<ArrayBuffer> {
  const file = write(table, new ArrowTable(arrowSchema(table), []), ROW_GROUP_ROWS);
  return joinFiles([file], fileMetadata(table, new Map()));
}

/**
 * Rows of each row group but the last, so that all are about as large.
 * @param bytes of all rows in memory; in the file they are fewer.
 */
export function rowGroupRows(rows: number, bytes: number): number {
  const groups = Math.max(1, Math.ceil(rows / ROW_GROUP_ROWS), Math.ceil(bytes / ROW_GROUP_BYTES));
  return Math.max(1, Math.ceil(rows / groups));
}

function arrowSchema(table: Table): Schema {
  const fields = table.columns.map((column) => new Field(column.name, writtenType(column), true));
  const index = hasPositions(table) ? [new Field(HEALPIX_COLUMN, new Int64(), false)] : [];
  return new Schema([...index, ...fields]);
}

/** The elements of a list are called `element` in Parquet (LogicalTypes.md, "Lists"), `item` in Arrow. */
function writtenType(column: Column): DataType {
  const type = arrowType(column);
  return DataType.isList(type) ? new List(new Field('element', type.valueType, true)) : type;
}

function write(table: Table, rows: ArrowTable, rowsPerGroup: number): Uint8Array {
  const ipc = tableToIPC(rows, 'stream');
  return writeParquet(ParquetTable.fromIPCStream(ipc), writerProperties(table, rowsPerGroup));
}

function writerProperties(table: Table, rowsPerGroup: number) {
  let builder = new WriterPropertiesBuilder()
    .setCompression(Compression.SNAPPY)
    .setStatisticsEnabled(EnabledStatistics.Chunk)
    .setMaxRowGroupSize(rowsPerGroup)
    .setDictionaryEnabled(false)
    // In place of these the joined file has its own.
    .setKeyValueMetadata(new Map([['rows', 'some']]));
  // Texts repeat (types, names of constellations); numbers hardly, and decode faster without a dictionary.
  for (const { name } of table.columns.filter(isText)) {
    builder = builder.setColumnDictionaryEnabled(name, true);
  }
  return builder.build();
}
