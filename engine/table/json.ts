import { type Column, isText } from '../catalog/column.ts';
import { type CellStyle, type CellText, cellText, nulls, ofCells } from './cells.ts';
import type { Cells, ResultTable } from './result.ts';
import type { TableEncoder } from './stream.ts';

/** JSON has no numbers that are not finite. */
const STYLE: CellStyle = {
  true: 'true',
  false: 'false',
  positiveInfinity: 'null',
  negativeInfinity: 'null',
  nan: 'null',
};

/**
 * One JSON object, its members in this order:
 *
 *     {"name": …, "description": …, "infos": [{"name", "value", "text"?}],
 *      "metadata": [{"name", "datatype", "arraysize", "xtype", "unit", "ucd", "utype", "description"}],
 *      "data": [[…], …], "overflow": false}
 *
 * `metadata` and `data` are as in the JSON of VizieR's TAP service. A null, NaN or infinity is `null`; an
 * integer beyond ±(2⁵³ − 1), which most readers would round, is a string of its digits.
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
  let separator = '\n';
  return {
    start: (out) =>
      out.text(`${JSON.stringify({ name, description, infos, metadata }).slice(0, -1)},"data":[`),
    rows(batch) {
      const [first, ...rest] = batch.columns.map((cells, at) => ofCells(cells, cell(columns[at]!, cells)));
      return (from, to, out) => {
        let text = '';
        for (let row = from; row < to; row++) {
          text += `${separator}[${first!(row)}`;
          for (const cell of rest) text += `,${cell(row)}`;
          text += ']';
          separator = ',\n';
        }
        out.text(text);
      };
    },
    end: (out, overflow) => out.text(`\n],"overflow":${overflow}}\n`),
  };
}

function cell(column: Column, cells: Cells): CellText {
  const isNull = nulls(cells.data);
  const plain = valueText(column, cells);
  return isNull === null ? plain : (row) => (isNull(row) ? 'null' : plain(row));
}

function valueText(column: Column, cells: Cells): CellText {
  const text = cellText(cells, STYLE);
  const { values } = cells.data;
  if (isText(column)) return (row) => JSON.stringify(text(row));
  if (values instanceof BigInt64Array) {
    return (row) => (Number.isSafeInteger(Number(values[row]!)) ? text(row) : `"${text(row)}"`);
  }
  return text;
}
