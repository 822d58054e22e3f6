import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import type { CopyValue } from '../database/copy.ts';
import { inferTypes } from './infer.ts';
import { BATCH_ROWS, type ColumnChoice, chosenIndexes, columnNames, type IngestSource } from './source.ts';

const DELIMITERS = [',', '\t', ';', '|'];

/**
 * Reads a CSV file (comma, tab, semicolon or bar; `.gz` too): names in the first line, types from all values,
 * an empty value is null.
 * @param seen is told how many rows the first reading has passed.
 * @throws Error naming the line that is not like the others, or the encoding when it is not UTF-8.
 */
export async function openCsv(
  path: string,
  choice: ColumnChoice,
  seen: (rows: number) => void,
): Promise<IngestSource> {
  const delimiter = await findDelimiter(path);
  const header = await firstRow(path, delimiter);
  if (!header) throw new Error('the file is empty: its first line must name the columns');
  const names = columnNames(header);
  const indexes = chosenIndexes(names, choice);
  const pick = (row: string[]) => indexes.map((i) => row[i]!);

  const inference = inferTypes(indexes.map((i) => names[i]!));
  let rowCount = 0;
  for await (const rows of records(path, delimiter)) {
    for (const row of rows) inference.see(pick(row));
    rowCount += rows.length;
    seen(rows.length);
  }
  if (rowCount === 0) throw new Error('the file has no rows after the line that names the columns');
  async function* batches(): AsyncGenerator<CopyValue[][]> {
    for await (const rows of records(path, delimiter)) {
      yield rows.map((row) => pick(row).map((text) => (text === '' ? null : text)));
    }
  }
  return { columns: inference.columns(), description: null, rowCount, arraysizes: new Set(), batches };
}

function text(path: string): Readable {
  const file = createReadStream(path);
  if (!path.endsWith('.gz')) return file;
  const unzip = createGunzip();
  file.once('error', (error) => unzip.destroy(error));
  return file.pipe(unzip);
}

async function* decoded(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of text(path)) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    throw new Error('the file is not UTF-8: convert it, as by iconv -f latin1 -t utf-8');
  }
}

/** The rows after the header, or the first `toLine` rows, header included. */
async function* records(path: string, delimiter: string, toLine?: number): AsyncGenerator<string[][]> {
  const range = toLine ? { to: toLine } : { from: 2 };
  const parser = parse({ delimiter, trim: true, skip_empty_lines: true, ...range });
  // Errors of any part reach the loop through the parser, which is the last.
  const rows: AsyncIterable<string[]> = pipeline(Readable.from(decoded(path)), parser, () => {});
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
  for await (const chunk of decoded(path)) {
    line += chunk;
    if (line.includes('\n')) break;
  }
  line = line.split('\n')[0]!.replaceAll(/"[^"]*"/g, '');
  const count = (delimiter: string) => line.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}
