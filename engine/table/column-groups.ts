import { type Data, DataType } from 'apache-arrow';
import { type Column, isText } from '../catalog/column.ts';
import { NUMBER_BYTES } from './decimals.ts';
import type { Batch, Cells } from './result.ts';
import { asText, concatRows, dataOf } from './rows.ts';
import { scalarText } from './text-cells.ts';

/** Rows of an answer as whole columns, each of the type that `arrowType` gives. */
export interface ColumnGroup {
  readonly length: number;
  readonly columns: readonly Data[];
}

/** Puts batches together to groups of columns, for formats that cost something for each. */
export interface ColumnGroups {
  /** Adds a batch. @returns a group, once there are as many rows as one should have. */
  add(batch: Batch): ColumnGroup | null;
  /** The rows that are left. */
  rest(): ColumnGroup | null;
}

/** Bytes at which a group has enough, however few its rows: many answers may be made at a time, and arrays may be long. */
const ENOUGH_BYTES = 1 << 19;

/** @param rows that a group should have at least. */
export function columnGroups(columns: readonly Column[], rows: number): ColumnGroups {
  let batches: Data[][] = [];
  let length = 0;
  let bytes = 0;
  function rest(): ColumnGroup | null {
    if (length === 0) return null;
    const group = {
      length,
      columns: columns.map((_, at) => concatRows(batches.map((batch) => batch[at]!))),
    };
    batches = [];
    length = 0;
    bytes = 0;
    return group;
  }
  return {
    add(batch) {
      const data = batch.columns.map((cells, at) => typedData(columns[at]!, cells));
      batches.push(data);
      length += batch.length;
      for (const { byteLength } of data) bytes += byteLength;
      return length < rows && bytes < ENOUGH_BYTES ? null : rest();
    },
    rest,
  };
}

/** Cells as data of their column's type: whole numbers in a column of text become their digits. */
function typedData(column: Column, cells: Cells): Data {
  const data = dataOf(cells);
  const { type } = data;
  if (!isText(column) || DataType.isUtf8(type) || DataType.isTimestamp(type)) return data;
  return asText(data, NUMBER_BYTES, scalarText(data));
}
