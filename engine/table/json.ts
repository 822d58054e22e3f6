import { DataType } from 'apache-arrow';
import { type Column, isText } from '../catalog/column.ts';
import { writeAscii } from './digits.ts';
import { writeText } from './output.ts';
import type { Cells, ResultTable } from './result.ts';
import type { TableEncoder } from './stream.ts';
import { arrayCell, bytesWhere, type CellStyle, type TextCell, textCell } from './text-cells.ts';
import { rowLayout, textRows } from './text-rows.ts';

/** JSON has no numbers that are not finite. */
const STYLE: CellStyle = {
  true: 'true',
  false: 'false',
  positiveInfinity: 'null',
  negativeInfinity: 'null',
  nan: 'null',
  quoting: {
    special: bytesWhere((byte) => byte < 0x20 || '"\\'.includes(String.fromCharCode(byte))),
    quoteEmpty: false,
    quote: (text) => JSON.stringify(text).slice(1, -1),
    growth: '\\u0000'.length,
    added: 0,
  },
  array: { open: '[', between: ',', close: ']', empty: '[]', none: () => 'null' },
};

/** The first row has no comma before it. */
const FIRST_ROW = rowLayout('\n[', ',', ']', 'null');
const LATER_ROWS = rowLayout(',\n[', ',', ']', 'null');

/**
 * One JSON object, its members in this order:
 *
 *     {"name": …, "description": …, "infos": [{"name", "value", "text"?}],
 *      "metadata": [{"name", "datatype", "arraysize", "xtype", "unit", "ucd", "utype", "description"}],
 *      "data": [[…], …], "overflow": false}
 *
 * `metadata` and `data` are as in the JSON of VizieR's TAP service. A null, NaN or infinity is `null`; an
 * integer beyond ±(2⁵³ − 1), which most readers would round, is a string of its digits. An array of any arraysize is one list
 * of all its elements.
 */
export function json({ name, description, columns, infos }: ResultTable): TableEncoder {
  const metadata = columns.map(({ name, datatype, arraysize, xtype, unit, ucd, utype, description }) => ({
    name,
    datatype,
    arraysize,
    xtype,
    unit,
    ucd,
    utype,
    description,
  }));
  let empty = true;
  return {
    start: (out) =>
      writeText(`${JSON.stringify({ name, description, infos, metadata }).slice(0, -1)},"data":[`, out),
    rows(batch) {
      const cells = batch.columns.map((cells, at) => cell(columns[at]!, cells));
      const [writeFirst, writeLater] = [textRows(cells, FIRST_ROW), textRows(cells, LATER_ROWS)];
      return (from, to, out) => {
        const start = empty ? Math.min(from + 1, to) : from;
        writeFirst(from, start, out);
        writeLater(start, to, out);
        empty &&= start === from;
      };
    },
    end: (out, overflow) => writeText(`\n],"overflow":${overflow}}\n`, out),
  };
}

function cell(column: Column, cells: Cells): TextCell {
  const { data, rows } = cells;
  if (DataType.isList(data.type)) {
    return arrayCell(cells, cell(column, { data: data.children[0]!, rows: null }), STYLE.array);
  }
  const written = textCell(cells, STYLE);
  if (isText(column)) return inQuotes(written, () => true);
  const { values } = data;
  if (!(values instanceof BigInt64Array)) return written;
  return inQuotes(written, (cell) => {
    const row = rows === null ? cell : rows[cell]!;
    return !Number.isSafeInteger(Number(values[row]!));
  });
}

function inQuotes(cell: TextCell, wanted: (cell: number) => boolean): TextCell {
  const { isNull, room, write } = cell;
  return {
    isNull,
    room: (from, to) => room(from, to) + 2 * (to - from),
    write: (cell, to, at) =>
      wanted(cell) ? writeAscii('"', to, write(cell, to, writeAscii('"', to, at))) : write(cell, to, at),
  };
}
