import Papa from 'papaparse';
import { quoted, RequestError } from '../../request-error.ts';

/** Most positions of a request. */
export const MAX_POSITIONS = 50_000;

/** Longest line of CSV, in characters: positions need far less. */
const MAX_LINE = 65_536;

/** A list of positions as it was sent. */
export interface PositionTable {
  /** Of the columns, as they were given. */
  readonly names: readonly string[];
  readonly rows: number;
  /** What stands there: a text or a number where all is well, null or undefined for nothing. */
  readonly cell: (row: number, column: number) => unknown;
  /** What a message calls a row, such as `Line 7`. */
  readonly nameOf: (row: number) => string;
}

/** @throws RequestError 400 naming the line that is no CSV, 413 for more lines than there may be positions. */
export function csvPositions(text: string): PositionTable {
  checkLines(text);
  const { data, errors } = Papa.parse<string[]>(text, { delimiter: ',', preview: MAX_POSITIONS + 3 });
  const [broken] = errors;
  if (broken) {
    throw new RequestError(
      400,
      `Line ${lineOf(data, broken.row ?? 0)} is not valid CSV: a quote is not closed, or stands within a value that is not quoted. A quote in a quoted value is written twice.`,
    );
  }
  const [header, ...rest] = data;
  const names = header!.map((name) => name.trim());
  const rows: string[][] = [];
  const lines: number[] = [];
  let line = 1 + lineEnds(header!);
  for (const row of rest) {
    line++;
    if (row.length > 1 || row[0]!.trim() !== '') {
      if (row.length !== names.length) throw wrongLength(line, row.length, names);
      rows.push(row);
      lines.push(line);
    }
    line += lineEnds(row);
  }
  if (rows.length > MAX_POSITIONS) throw tooMany();
  return {
    names,
    rows: rows.length,
    cell: (row, column) => rows[row]![column],
    nameOf: (row) => `Line ${lines[row]}`,
  };
}

/**
 * JSON as programs have tables: a list of objects, or an object of lists of equal length.
 * @throws RequestError 400 where it is neither, 413 for too many positions.
 */
export function jsonPositions(text: string): PositionTable {
  const value = parseJson(text);
  if (Array.isArray(value)) return recordPositions(value);
  if (isObject(value)) return columnPositions(value);
  throw new RequestError(400, `The JSON is neither a list nor an object. ${JSON_EXAMPLES}`);
}

export const JSON_EXAMPLES =
  'Send a list of objects, such as [{"ra": 10.5, "dec": -20}], or an object of lists, such as {"ra": [10.5], "dec": [-20]}.';

function recordPositions(records: readonly unknown[]): PositionTable {
  if (records.length > MAX_POSITIONS) throw tooMany();
  const objects = records.map((record, row) => {
    if (isObject(record)) return record;
    throw new RequestError(
      400,
      `Position ${row + 1} is ${quoted(JSON.stringify(record))}, not an object. ${JSON_EXAMPLES}`,
    );
  });
  const names = [...new Set(objects.flatMap(Object.keys))];
  return {
    names,
    rows: objects.length,
    cell: (row, column) => objects[row]![names[column]!],
    nameOf: (row) => `Position ${row + 1}`,
  };
}

function columnPositions(columns: Readonly<Record<string, unknown>>): PositionTable {
  const names = Object.keys(columns);
  const lists = names.map((name) => {
    const list = columns[name];
    if (Array.isArray(list)) return list;
    throw new RequestError(400, `${quoted(name)} is not a list. ${JSON_EXAMPLES}`);
  });
  const rows = lists[0]?.length ?? 0;
  const odd = lists.findIndex(({ length }) => length !== rows);
  if (odd > 0) {
    const fault = `${quoted(names[odd]!)} has ${lists[odd]!.length} values, ${quoted(names[0]!)} has ${rows}`;
    throw new RequestError(400, `The lists are not of equal length: ${fault}.`);
  }
  if (rows > MAX_POSITIONS) throw tooMany();
  return {
    names,
    rows,
    cell: (row, column) => lists[column]![row],
    nameOf: (row) => `Position ${row + 1}`,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const hint = /\b(NaN|Infinity)\b/.test(text)
      ? ' JSON has no NaN and no Infinity; positions must be finite.'
      : '';
    throw new RequestError(400, `The body is not valid JSON: ${(error as Error).message}.${hint}`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkLines(text: string): void {
  for (let start = 0, line = 1; start <= text.length; line++) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    if (end - start > MAX_LINE) {
      throw new RequestError(
        400,
        `Line ${line} has ${end - start} characters, more than ${MAX_LINE}: write each position on a line of its own.`,
      );
    }
    start = end + 1;
  }
}

/** The line on which a row begins. */
function lineOf(rows: readonly string[][], row: number): number {
  return rows.slice(0, row).reduce((line, cells) => line + 1 + lineEnds(cells), 1);
}

/** Within quoted values. */
function lineEnds(cells: readonly string[]): number {
  let ends = 0;
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) ends++;
  }
  return ends;
}

function wrongLength(line: number, values: number, names: readonly string[]): RequestError {
  const header = `the header has ${names.length} (${quoted(names.join(','))})`;
  return new RequestError(400, `Line ${line} has ${values} value${values === 1 ? '' : 's'}, ${header}.`);
}

function tooMany(): RequestError {
  return new RequestError(
    413,
    `There are more than ${MAX_POSITIONS} positions: send them in several requests.`,
  );
}
