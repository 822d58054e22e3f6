import { BufferType, Data, RecordBatch, Schema, Struct, Utf8 } from 'apache-arrow';
import type { Column } from '../catalog/column.ts';
import { fieldOf } from './arrow.ts';
import type { Overflow, ResultTable } from './result.ts';
import { takeRows } from './rows.ts';

/**
 * The same answer with one column as text: numbers in decimal notation. A column that is text already stays as it is.
 * @param name of a column of the answer.
 */
export function asText(result: ResultTable, name: string): ResultTable {
  const at = result.columns.findIndex((column) => column.name === name);
  const column = result.columns[at];
  if (column === undefined || isText(column)) return result;
  const columns = result.columns.with(at, { ...column, datatype: 'char', arraysize: '*', xtype: null });
  return { ...result, columns, batches: castBatches(result.batches, at, new Schema(columns.map(fieldOf))) };
}

const isText = ({ datatype }: Column): boolean => datatype === 'char' || datatype === 'unicodeChar';

async function* castBatches(
  batches: ResultTable['batches'],
  at: number,
  schema: Schema,
): AsyncGenerator<RecordBatch, Overflow, undefined> {
  try {
    for (;;) {
      const next = await batches.next();
      if (next.done) return next.value;
      const { data, numRows } = next.value;
      const children = data.children.with(at, textData(data.children[at]!));
      yield new RecordBatch(schema, new Data(new Struct(schema.fields), 0, numRows, 0, undefined, children));
    }
  } finally {
    await batches.return({ overflow: true });
  }
}

/** Numbers as UTF-8 text; nulls stay null. */
function textData(data: Data): Data {
  const texts = Array.from({ length: data.length }, (_, row) =>
    data.getValid(row) ? String(data.values[row]) : '',
  );
  const offsets = new Int32Array(data.length + 1);
  texts.forEach((text, row) => {
    offsets[row + 1] = offsets[row]! + text.length;
  });
  return new Data(new Utf8(), 0, data.length, data.nullCount, {
    ...(data.nullCount > 0 && { [BufferType.VALIDITY]: bitmapOf(data) }),
    [BufferType.OFFSET]: offsets,
    [BufferType.DATA]: new TextEncoder().encode(texts.join('')),
  } as Partial<Data['buffers']>);
}

/** The column's bitmap from its first row on: that of a slice starts earlier. */
function bitmapOf(data: Data): Uint8Array {
  return takeRows(
    data,
    new Uint32Array(data.length).map((_, row) => row),
  ).nullBitmap;
}
