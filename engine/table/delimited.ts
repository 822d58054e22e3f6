import { DataType } from 'apache-arrow';
import { writeText } from './output.ts';
import type { ResultTable } from './result.ts';
import type { TableEncoder } from './stream.ts';
import { bytesWhere, type CellStyle, type Quoting, textCell } from './text-cells.ts';
import { rowLayout, textRows } from './text-rows.ts';

interface Dialect {
  readonly separator: string;
  readonly lineEnd: string;
  /** A null that is alone in its row: readers skip a line with nothing on it. */
  readonly loneNull: string;
  readonly quoting: Quoting;
}

const isOneOf = (characters: string) => (byte: number) => characters.includes(String.fromCharCode(byte));

const CSV = dialect({
  separator: ',',
  lineEnd: '\r\n',
  loneNull: '""',
  quoting: {
    special: bytesWhere(isOneOf('",\r\n')),
    quoteEmpty: true,
    quote: (text) => (text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text),
    growth: 2,
    added: 2,
  },
});

const TSV = dialect({
  separator: '\t',
  lineEnd: '\n',
  loneNull: ' ',
  quoting: {
    special: bytesWhere(isOneOf('\t\r\n')),
    quoteEmpty: false,
    quote: (text) => text.replaceAll(/[\t\r\n]/g, ' '),
    growth: 1,
    added: 0,
  },
});

/**
 * CSV (RFC 4180) with a header row. A null is an empty field, an empty text is `""`: readers that care, such
 * as PostgreSQL's, tell them apart. The elements of an array are separated by spaces, as DALI 1.1 §3.3 writes them, whatever
 * its dimensions.
 */
export const csv = (result: ResultTable): TableEncoder => CSV(result);

/** TSV (IANA text/tab-separated-values) with a header row. It has no quotes: tabs and line ends become spaces. */
export const tsv = (result: ResultTable): TableEncoder => TSV(result);

function dialect({ separator, lineEnd, loneNull, quoting }: Dialect): (result: ResultTable) => TableEncoder {
  /** Words that Java, Python, DuckDB, PostgreSQL and R all read. */
  const style: CellStyle = {
    true: 'true',
    false: 'false',
    positiveInfinity: 'Infinity',
    negativeInfinity: '-Infinity',
    nan: 'NaN',
    quoting,
    array: {
      open: '',
      between: ' ',
      close: '',
      empty: quoting.quote(''),
      none: (type) => (DataType.isFloat(type) ? 'NaN' : 'null'),
    },
  };
  const layout = rowLayout('', separator, lineEnd, '');
  const loneLayout = rowLayout('', separator, lineEnd, loneNull);
  return ({ columns }) => ({
    start: (out) => writeText(columns.map(({ name }) => quoting.quote(name)).join(separator) + lineEnd, out),
    rows: (batch) =>
      textRows(
        batch.columns.map((cells) => textCell(cells, style)),
        columns.length === 1 ? loneLayout : layout,
      ),
    end() {},
  });
}
