import { DataType } from 'apache-arrow';
import { type CellStyle, type CellText, cellText, nulls, ofCells } from './cells.ts';
import type { Cells, ResultTable } from './result.ts';
import type { TableEncoder } from './stream.ts';

/** Words that Java, Python, DuckDB, PostgreSQL and R all read. */
const STYLE: CellStyle = {
  true: 'true',
  false: 'false',
  positiveInfinity: 'Infinity',
  negativeInfinity: '-Infinity',
  nan: 'NaN',
};

interface Dialect {
  readonly separator: string;
  readonly lineEnd: string;
  /** A null that is alone in its row: readers skip a line with nothing on it. */
  readonly loneNull: string;
  quote(text: string): string;
}

/**
 * CSV (RFC 4180) with a header row. A null is an empty field, an empty text is `""`: readers that care, such
 * as PostgreSQL's, tell them apart.
 */
export function csv(result: ResultTable): TableEncoder {
  return delimited(result, {
    separator: ',',
    lineEnd: '\r\n',
    loneNull: '""',
    quote: (text) => (text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text),
  });
}

/** TSV (IANA text/tab-separated-values) with a header row. It has no quotes: tabs and line ends become spaces. */
export function tsv(result: ResultTable): TableEncoder {
  return delimited(result, {
    separator: '\t',
    lineEnd: '\n',
    loneNull: ' ',
    quote: (text) => text.replaceAll(/[\t\r\n]/g, ' '),
  });
}

function delimited({ columns }: ResultTable, { separator, lineEnd, loneNull, quote }: Dialect): TableEncoder {
  const none = columns.length === 1 ? loneNull : '';
  function cell(cells: Cells): CellText {
    const { data } = cells;
    const text = cellText(cells, STYLE);
    const isNull = nulls(data);
    const plain: CellText = DataType.isUtf8(data.type) ? (row) => quote(text(row)) : text;
    return isNull === null ? plain : (row) => (isNull(row) ? none : plain(row));
  }
  return {
    start: (out) => out.text(columns.map(({ name }) => quote(name)).join(separator) + lineEnd),
    rows(batch) {
      const [first, ...rest] = batch.columns.map((cells) => ofCells(cells, cell(cells)));
      return (from, to, out) => {
        let lines = '';
        for (let row = from; row < to; row++) {
          lines += first!(row);
          for (const cell of rest) lines += separator + cell(row);
          lines += lineEnd;
        }
        out.text(lines);
      };
    },
    end() {},
  };
}
