import { given, parameterReader } from '../request/read-parameters.ts';
import type { RawParameters } from '../request/request-parameters.ts';
import {
  CONE_FORMATS,
  parseResponseFormat,
  type ResponseFormat,
  type ResponseFormats,
} from '../request/response-format.ts';
import { parseCount } from '../request/values.ts';
import { DATALINK_TYPE } from './standard.ts';

/** What a request for links asks. */
export interface LinksRequest {
  /** Each identifier once, in the order in which they were first given: all links of one are consecutive rows. */
  readonly ids: readonly string[];
  readonly format: ResponseFormat;
  /** Rows at most. */
  readonly limit: number;
}

const DATALINK: ResponseFormat = { format: 'votable-tabledata', mediaType: DATALINK_TYPE };

/** TABLEDATA is what `votable` means here (DataLink 1.1 §2.1.2). */
const FORMATS: ResponseFormats = {
  standard: DATALINK,
  byName: new Map([
    ...CONE_FORMATS.byName,
    ['votable', DATALINK],
    ['text/xml', DATALINK],
    ['application/x-votable+xml', DATALINK],
  ]),
};

/** @throws RequestError (400) that names every parameter that is wrong, and what would be right. */
export function parseLinksRequest(raw: RawParameters): LinksRequest {
  const reader = parameterReader(raw, ['RESPONSEFORMAT', 'MAXREC']);
  const format = reader.read('RESPONSEFORMAT', FORMATS.standard, (text) =>
    parseResponseFormat(text, FORMATS),
  );
  const limit = reader.read('MAXREC', Number.POSITIVE_INFINITY, parseCount);
  reader.refuseFaults();
  const ids = given(raw, 'ID') === undefined ? [] : raw.get('ID')!.filter((id) => id.trim() !== '');
  return { ids: [...new Set(ids)], format, limit };
}
