import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { elementWords } from '../../engine/upload/element-words.ts';
import { inferTypes } from '../../engine/upload/infer.ts';
import type { CopyValue } from '../database/copy.ts';
import { arrayText } from './array-text.ts';
import { type ColumnMetadata, saidArraysizes } from './metadata-file.ts';
import { BATCH_ROWS, type ColumnChoice, chosenIndexes, columnNames, type IngestSource } from './source.ts';
import { decodedText } from './text-file.ts';

const DELIMITERS = [',', '\t', ';', '|'];

/**
 * Reads a CSV file (comma, tab, semicolon or bar; `.gz` too): names in the first line, types from all values,
 * an empty value is null. Columns whose arraysize is known hold arrays.
 * @param seen is told how many rows the first reading has passed.
 * @throws Error naming the line that is not like the others, or the encoding when it is not UTF-8.
 */
export async function openCsv(
  path: string,
  choice: ColumnChoice,
  said: ReadonlyMap<string, ColumnMetadata>,
  seen: (rows: number) => void,
): Promise<IngestSource> {
  const delimiter = await findDelimiter(path);
  const header = await firstRow(path, delimiter);
  if (!header) throw new Error('the file is empty: its first line must name the columns');
  const names = columnNames(header);
  const indexes = chosenIndexes(names, choice);
  const pick = (row: string[]) => indexes.map((i) => row[i]!);

  const chosen = indexes.map((i) => names[i]!);
  const arraysizes = chosen.map(saidArraysizes(said));
  const inference = inferTypes(chosen, arraysizes);
  let rowCount = 0;
  for await (const rows of records(path, delimiter)) {
    for (const row of rows) inference.see(pick(row));
    rowCount += rows.length;
    seen(rows.length);
  }
  if (rowCount === 0) throw new Error('the file has no rows after the line that names the columns');
  async function* batches(): AsyncGenerator<CopyValue[][]> {
    let count = 0;
    for await (const rows of records(path, delimiter)) {
      yield rows.map((row) => {
        count++;
        return pick(row).map((text, at) => {
          const arraysize = arraysizes[at]!;
          if (text === '' || arraysize === null) return text === '' ? null : text;
          return arrayOf(text, arraysize, `row ${count} has in column ${chosen[at]} `);
        });
      });
    }
  }
  const declared = new Set(chosen.filter((_, at) => arraysizes[at] !== null));
  return { columns: inference.columns(), description: null, rowCount, arraysizes: declared, batches };
}

function arrayOf(text: string, arraysize: string, where: string): string {
  try {
    return arrayText(elementWords(text), arraysize);
  } catch (error) {
    throw new Error(`${where}${(error as Error).message}`);
  }
}

/** The rows after the header, or the first `toLine` rows, header included. */
async function* records(path: string, delimiter: string, toLine?: number): AsyncGenerator<string[][]> {
  const range = toLine ? { to: toLine } : { from: 2 };
  const parser = parse({ delimiter, trim: true, skip_empty_lines: true, ...range });
  // Errors of any part reach the loop through the parser, which is the last.
  const rows: AsyncIterable<string[]> = pipeline(Readable.from(decodedText(path)), parser, () => {});
  let batch: string[][] = [];
  for await (const row of rows) {
    if (batch.push(row) < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function firstRow(path: string, delimiter: string): Promise<string[] | null> {
  for await (const rows of records(path, delimiter, 1)) return rows[0]!;
  return null;
}

/** The delimiter that the first line has most of. */
async function findDelimiter(path: string): Promise<string> {
  let line = '';
  for await (const chunk of decodedText(path)) {
    line += chunk;
    if (line.includes('\n')) break;
  }
  line = line.split('\n')[0]!.replaceAll(/"[^"]*"/g, '');
  const count = (delimiter: string) => line.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}
