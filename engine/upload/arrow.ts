import { DataType, type Field, type RecordBatch, RecordBatchReader, TimeUnit } from 'apache-arrow';
import type { Column } from '../catalog/column.ts';
import { arrowCells } from './arrow-cells.ts';
import { unpackAtMost } from './arrow-compression.ts';
import { refuseEndlessVectors } from './arrow-guard.ts';
import type { Cell } from './cell.ts';
import { columnNames } from './names.ts';
import { type ColumnType, plainColumn, scalar, TEXT, TIMESTAMP } from './plain-column.ts';
import { tableBuilder } from './table-builder.ts';
import { UploadError, type UploadedRows, type UploadLimits } from './upload.ts';

/** The buffers of a file may become so many times as large as a file may be. */
const GROWTH = 4;

/**
 * A table as an Arrow IPC stream or file, its buffers by themselves, in LZ4 or in Zstandard. Units, UCDs and the like are the metadata of its fields, as Almagest's own answers have them.
 * @throws UploadError
 */
export function readArrow(bytes: Uint8Array, limits: UploadLimits): UploadedRows {
  refuseEndlessVectors();
  unpackAtMost(GROWTH * limits.bytes);
  try {
    const reader = RecordBatchReader.from(bytes).open();
    const { fields, metadata } = reader.schema;
    const names = columnNames(
      fields.map(({ name }) => name),
      limits,
    );
    const columns = fields.map((field, at) => columnOf(field, names[at]!));
    const builder = tableBuilder(columns, limits);
    for (const batch of batchesOf(reader)) {
      if (batch.numRows > limits.rows) throw tooMany(batch.numRows, limits);
      const cells = batch.data.children.map((data) => arrowCells(data, batch.numRows));
      const row: Cell[] = new Array(cells.length);
      for (let nth = 0; nth < batch.numRows; nth++) {
        for (let at = 0; at < cells.length; at++) row[at] = cells[at]!(nth);
        builder.add(row);
      }
    }
    return { columns, description: metadata.get('description') ?? null, blocks: builder.blocks() };
  } catch (error) {
    if (error instanceof UploadError) throw error;
    throw new UploadError(`it is an Arrow file that is damaged or cut off: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** A file's batches by their places: the reader's own iterator would ask for ever for a place that holds another message. */
function* batchesOf(reader: RecordBatchReader): Generator<RecordBatch> {
  if (!reader.isFile() || !reader.isSync()) return yield* reader as Iterable<RecordBatch>;
  for (let at = 0; at < reader.numRecordBatches; at++) {
    const batch = reader.readRecordBatch(at);
    if (batch === null) throw new Error(`there is no batch ${at + 1}`);
    yield batch;
  }
}

function tooMany(rows: number, { rows: most }: UploadLimits): UploadError {
  return new UploadError(`it has ${rows} rows in one batch, ${most} are the most that are taken here`, {
    tooLarge: true,
  });
}

function columnOf({ type, metadata }: Field, name: string): Column {
  const found = typeOf(type);
  if (found === null) {
    throw new UploadError(
      `column “${name}” is of the type ${type}, which cannot be queried: upload the table without it`,
    );
  }
  const said = (key: string) => metadata.get(key) ?? null;
  const xtype = found.xtype ?? said('xtype');
  return {
    ...plainColumn(name, { ...found, xtype: found === TEXT && xtype === 'timestamp' ? null : xtype }),
    arraysize: shapeOf(found, said('arraysize')),
    unit: said('unit'),
    ucd: said('ucd'),
    utype: said('utype'),
    description: said('description'),
  };
}

/** The shape that the metadata tell of arrays, where it is one for arrays that vary no more than the type says. */
function shapeOf({ datatype, arraysize }: ColumnType, said: string | null): string | null {
  const isShape = said !== null && /^([1-9]\d{0,8}x)*([1-9]\d{0,8}\*?|\*)$/.test(said) && said !== '1';
  return arraysize === '*' && datatype !== 'char' && isShape ? said : arraysize;
}

function typeOf(type: DataType): ColumnType | null {
  if (DataType.isDictionary(type)) return typeOf(type.dictionary);
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isNull(type)) return TEXT;
  if (DataType.isTimestamp(type)) return type.unit <= TimeUnit.NANOSECOND ? TIMESTAMP : null;
  if (DataType.isDate(type)) return TIMESTAMP;
  if (DataType.isBool(type)) return scalar('boolean');
  if (DataType.isDecimal(type)) return scalar('double');
  if (DataType.isFloat(type)) return scalar(type.precision === 2 ? 'double' : 'float');
  if (DataType.isInt(type)) return scalar(integerType(type.bitWidth, type.isSigned));
  if (DataType.isList(type) || DataType.isFixedSizeList(type)) {
    const element = typeOf(type.children[0]!.type);
    if (element === null || element.datatype === 'char' || element.arraysize !== null) return null;
    return { ...element, arraysize: DataType.isFixedSizeList(type) ? String(type.listSize) : '*' };
  }
  return null;
}

function integerType(bits: number, signed: boolean): Column['datatype'] {
  if (bits === 8) return signed ? 'short' : 'unsignedByte';
  if (bits === 16) return signed ? 'short' : 'int';
  return bits === 32 && signed ? 'int' : 'long';
}
