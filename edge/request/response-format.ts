import { parseAccept } from 'hono/utils/accept';
import { quoted } from '../request-error.ts';
import type { Parsed } from './values.ts';

/** A serialisation of the engine's, and the media type under which it goes out. */
export interface ResponseFormat {
  /** Name of the engine's writer. */
  readonly format: string;
  /** Value of Content-Type. */
  readonly mediaType: string;
  /** Of the file that a browser shall save, where it can do no more. */
  readonly extension?: string;
}

/**
 * What a client gets that asks for nothing. SCS 1.03 §2.2 wants `text/xml`, best with `content=x-votable`; every
 * client since 2003 reads TABLEDATA, and browsers show it.
 */
export const DEFAULT_FORMAT: ResponseFormat = {
  format: 'votable-tabledata',
  mediaType: 'text/xml;content=x-votable',
};

const TABLEDATA: ResponseFormat = {
  format: 'votable-tabledata',
  mediaType: 'application/x-votable+xml;serialization=TABLEDATA',
};
const BINARY2: ResponseFormat = {
  format: 'votable-binary2',
  mediaType: 'application/x-votable+xml;serialization=BINARY2',
};
const CSV: ResponseFormat = { format: 'csv', mediaType: 'text/csv;charset=utf-8;header=present' };
const TSV: ResponseFormat = { format: 'tsv', mediaType: 'text/tab-separated-values;charset=utf-8' };
const JSON_ROWS: ResponseFormat = { format: 'json', mediaType: 'application/json' };
const ARROW: ResponseFormat = {
  format: 'arrow',
  mediaType: 'application/vnd.apache.arrow.stream',
  extension: 'arrows',
};
const PARQUET: ResponseFormat = {
  format: 'parquet',
  mediaType: 'application/vnd.apache.parquet',
  extension: 'parquet',
};

const FITS: ResponseFormat = { format: 'fits', mediaType: 'application/fits', extension: 'fits' };
const TEXT: ResponseFormat = { format: 'text', mediaType: 'text/plain;charset=utf-8' };
const HTML: ResponseFormat = { format: 'html', mediaType: 'text/html;charset=utf-8' };

/** What a protocol offers: short names and media types (DALI 1.1 §3.4.3) in lower case, without the parameters that change nothing. */
export interface ResponseFormats {
  /** What a client gets that asks for nothing. */
  readonly standard: ResponseFormat;
  readonly byName: ReadonlyMap<string, ResponseFormat>;
}

const EVERYWHERE: readonly (readonly [string, ResponseFormat])[] = [
  ['votable/td', DEFAULT_FORMAT],
  ['votable/b2', BINARY2],
  ['text/xml', DEFAULT_FORMAT],
  ['application/x-votable+xml;serialization=tabledata', TABLEDATA],
  ['application/x-votable+xml;serialization=binary2', BINARY2],
  ['csv', CSV],
  ['text/csv', CSV],
  ['tsv', TSV],
  ['text/tab-separated-values', TSV],
  ['json', JSON_ROWS],
  ['application/json', JSON_ROWS],
  ['arrow', ARROW],
  [ARROW.mediaType, ARROW],
  ['parquet', PARQUET],
  [PARQUET.mediaType, PARQUET],
  ['fits', FITS],
  ['application/fits', FITS],
  ['text', TEXT],
  ['text/plain', TEXT],
  ['html', HTML],
  ['text/html', HTML],
];

/** Of cone searches. */
export const CONE_FORMATS: ResponseFormats = {
  standard: DEFAULT_FORMAT,
  byName: new Map([...EVERYWHERE, ['votable', DEFAULT_FORMAT], ['application/x-votable+xml', TABLEDATA]]),
};

/** Of TAP, whose clients all read BINARY2, which is exact and several times faster. */
export const TAP_FORMATS: ResponseFormats = {
  standard: BINARY2,
  byName: new Map([...EVERYWHERE, ['votable', BINARY2], ['application/x-votable+xml', BINARY2]]),
};

/** Media types that the service offers, as capabilities and messages list them. */
export const OFFERED: readonly string[] = [
  BINARY2,
  TABLEDATA,
  DEFAULT_FORMAT,
  CSV,
  TSV,
  JSON_ROWS,
  ARROW,
  PARQUET,
  FITS,
  TEXT,
  HTML,
].map((offered) => offered.mediaType);

/** Names that are quicker to type. */
export const SHORT_NAMES: readonly string[] = [
  'votable',
  'csv',
  'tsv',
  'json',
  'arrow',
  'parquet',
  'fits',
  'text',
  'html',
];

/** The format of a RESPONSEFORMAT value, or what is wrong with it. */
export function parseResponseFormat(text: string, { byName }: ResponseFormats): Parsed<ResponseFormat> {
  // A media type holds no space: one before `xml` is the `+` of a query string that was not encoded.
  const asked = parseAccept(text.trim().replace(/ xml\b/i, '+xml'));
  const format = asked.length === 1 ? byName.get(formatKey(asked[0]!.type, asked[0]!.params)) : undefined;
  if (format) return { value: format };
  return {
    fault: `${quoted(text)} is not offered; ask for ${SHORT_NAMES.join(', ')} or ${OFFERED.join(', ')}`,
  };
}

/**
 * The format that an Accept header likes best. Where it likes nothing we have, as a browser's, the default: a client that
 * cannot use the answer will say so better than a 406 (RFC 9110 §12.4.1).
 */
export function negotiateFormat(
  accept: string | undefined,
  { standard, byName }: ResponseFormats,
): ResponseFormat {
  for (const { type, params, q } of parseAccept(accept ?? '')) {
    if (q === 0) continue;
    if (type === '*/*' || type === 'text/html') return standard;
    const format = byName.get(formatKey(type, params));
    if (format && type.includes('/')) return format;
  }
  return standard;
}

const IRRELEVANT: ReadonlySet<string> = new Set(['q', 'charset', 'content']);

function formatKey(type: string, params: Readonly<Record<string, string>>): string {
  const relevant = Object.entries(params)
    .map(([name, value]) => [name.toLowerCase(), value.toLowerCase()] as const)
    .filter(([name, value]) => !IRRELEVANT.has(name) && !(name === 'header' && value === 'present'))
    .map(([name, value]) => `;${name}=${value}`);
  return type.toLowerCase() + relevant.sort().join('');
}
