import Papa from 'papaparse';
import type { Column } from '../catalog/column.ts';
import type { Cell } from './cell.ts';
import { countOf, refuseEndlessRows } from './csv-guard.ts';
import { decodedTexts } from './decoded-texts.ts';
import { inferTypes } from './infer.ts';
import { columnNames } from './names.ts';
import { tableBuilder } from './table-builder.ts';
import { UploadError, type UploadedRows, type UploadLimits } from './upload.ts';

const DELIMITERS = [',', '\t', ';', '|'];

/** Characters of the first line that tell the delimiter. */
const LONGEST_LINE = 2 ** 20;

/** Characters that are parsed at a time. */
const CHUNK = 2 ** 20;

/**
 * A table in CSV, or between tabs, semicolons or bars: names in the first line, types by all values, an empty value is a null.
 * @throws UploadError
 */
export function readCsv(bytes: Uint8Array, limits: UploadLimits): UploadedRows {
  const text = [...decodedTexts(bytes)].join('');
  const delimiter = delimiterOf(text);
  refuseEndlessRows(text, delimiter, limits);
  let names: string[] | null = null;
  let inference: ReturnType<typeof inferTypes> | null = null;
  let rows = 0;
  eachRow(text, delimiter, (row, line) => {
    if (names === null) {
      names = columnNames(row, limits);
      inference = inferTypes(names);
      return;
    }
    if (row.length !== names.length) throw wrongLength(row, line, names);
    if (++rows > limits.rows)
      throw new UploadError(`it has more than ${limits.rows} rows, the most that are taken here`, {
        tooLarge: true,
      });
    inference!.see(row);
  });
  if (names === null) throw new UploadError('it is empty: the first line must name the columns');
  const columns = inference!.columns();
  const readers = columns.map(cellReader);
  const builder = tableBuilder(columns, limits);
  eachRow(text, delimiter, (row, _line, isHeader) => {
    if (!isHeader) builder.add(row.map((cell, at) => (cell === '' ? null : readers[at]!(cell))));
  });
  return { columns, description: null, blocks: builder.blocks() };
}

function cellReader({ datatype }: Column): (text: string) => Cell {
  if (datatype === 'boolean') return (text) => text.length === 4;
  if (datatype !== 'double') return (text) => text;
  return (text) => {
    const value = Number(text);
    if (!Number.isNaN(value)) return value;
    if (/nan/i.test(text)) return Number.NaN;
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  };
}

/** Rows that are not empty, their values without white space around them. */
function eachRow(
  text: string,
  delimiter: string,
  use: (row: string[], line: number, isHeader: boolean) => void,
): void {
  let count = 0;
  let isHeader = true;
  const config = {
    delimiter,
    chunkSize: CHUNK,
    chunk({ data, errors }: Papa.ParseResult<string[]>) {
      const [broken] = errors;
      if (broken) {
        throw new UploadError(
          `row ${count + (broken.row ?? 0) + 1} is not valid CSV: a quote is not closed, or stands within a value that is not quoted`,
        );
      }
      for (const row of data) {
        count++;
        for (let at = 0; at < row.length; at++) row[at] = row[at]!.trim();
        if (row.length === 1 && row[0] === '') continue;
        use(row, count, isHeader);
        isHeader = false;
      }
    },
  };
  Papa.parse<string[]>(text, config as Papa.ParseConfig<string[]>);
}

function wrongLength(row: readonly string[], line: number, names: readonly string[]): UploadError {
  return new UploadError(
    `row ${line} has ${row.length} values for ${names.length} columns: ${row.slice(0, 5).join(', ').slice(0, 100)}`,
  );
}

/** The delimiter that the first line has most of. */
function delimiterOf(text: string): string {
  const [line = ''] = text
    .slice(0, LONGEST_LINE)
    .replaceAll(/"[^"]*"/g, '')
    .split(/[\r\n]/, 1);
  return DELIMITERS.reduce((best, delimiter) =>
    countOf(delimiter, line) > countOf(best, line) ? delimiter : best,
  );
}
