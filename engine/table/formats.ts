import { arrowStream } from './arrow-stream.ts';
import { binary2 } from './binary2.ts';
import { csv, tsv } from './delimited.ts';
import { fits } from './fits.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { parquet } from './parquet.ts';
import type { ResultTable } from './result.ts';
import { streamTable, type TableEncoder } from './stream.ts';
import { tabledata } from './tabledata.ts';
import { text } from './text.ts';

/** Writes answers in one format. */
export interface TableWriter {
  readonly format: string;
  readonly mediaType: string;
  /**
   * The answer's bytes in chunks of some 64 kB, made as they are asked for. What fails before the first
   * chunk is thrown. After it, VOTables end well-formed with QUERY_STATUS ERROR, pages of HTML with a warning, and the other formats,
   * which have no place to say so, throw: the connection must then be cut.
   */
  write(result: ResultTable): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>;
}

function writer(
  format: string,
  mediaType: string,
  encoder: (result: ResultTable) => TableEncoder,
): TableWriter {
  return { format, mediaType, write: (result) => streamTable(result, encoder(result)) };
}

export const tableWriters: readonly TableWriter[] = [
  writer('votable-binary2', 'application/x-votable+xml;serialization=BINARY2', binary2),
  writer('votable-tabledata', 'application/x-votable+xml;serialization=TABLEDATA', tabledata),
  writer('csv', 'text/csv;charset=utf-8;header=present', csv),
  writer('tsv', 'text/tab-separated-values;charset=utf-8', tsv),
  writer('json', 'application/json', json),
  writer('arrow', 'application/vnd.apache.arrow.stream', arrowStream),
  writer('parquet', 'application/vnd.apache.parquet', parquet),
  { format: 'fits', mediaType: 'application/fits', write: fits },
  { format: 'text', mediaType: 'text/plain;charset=utf-8', write: text },
  writer('html', 'text/html;charset=utf-8', html),
];

export function writerFor(format: string): TableWriter | null {
  return tableWriters.find((candidate) => candidate.format === format) ?? null;
}
