import type { Engine } from '../engine/engine.ts';
import packageJson from '../package.json' with { type: 'json' };
import { RequestError } from './request-error.ts';
import type { WorkerBinding } from './worker-binding.ts';

/** Name and version of this software. */
export const SOFTWARE = `Almagest/${packageJson.version}`;

/** Which engine answers here: the one at the edge, from the release's files. */
export const ENGINE = 'edge';

/** What one answer may cost. */
export interface Limits {
  /** Largest radius of a cone, degrees in (0, 180]. */
  readonly maxRadius: number;
  /** Most rows of an answer, whatever MAXREC says. */
  readonly maxRecords: number;
  /** Rows of an answer when the client gives no MAXREC; at most `maxRecords`. */
  readonly defaultRecords: number;
  /** Most datasets whose links one request gets. */
  readonly maxIds: number;
}

/** Where whole answers are kept: a data centre's cache, that its instances of the worker share. */
export interface AnswerCache {
  readonly cache: Pick<Cache, 'match' | 'put'>;
  /** Longest answer that is kept. */
  readonly maxBytes: number;
}

/** All that the app needs to answer. */
export interface Service {
  readonly engine: Engine;
  readonly limits: Limits;
  /** Name of the service on its pages. */
  readonly title: string;
  /** Address of the root as clients reach it, where requests do not tell; without a trailing slash. */
  readonly publicUrl: string | null;
  /** Null where there is none. */
  readonly answerCache: AnswerCache | null;
  /** Workers of other protocols; null where there is none. */
  readonly tap: WorkerBinding | null;
  readonly soda: WorkerBinding | null;
  readonly jobs: WorkerBinding | null;
}

/**
 * Where a catalogue's cone search is, from the root.
 * @param address `schema.table`, or `schema.table@release`.
 */
export function conePath(address: string): string {
  return `scs/${encodeURIComponent(address).replace('%40', '@')}`;
}

/**
 * Address of the service's root, without a trailing slash.
 * @throws RequestError (400) where the request's Host and X-Forwarded-Proto, which anyone may set to anything, make no address.
 */
export function serviceRoot(service: Pick<Service, 'publicUrl'>, requestUrl: string): string {
  if (service.publicUrl !== null) return service.publicUrl;
  const url = URL.parse(requestUrl);
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw new RequestError(
    400,
    'The headers Host and X-Forwarded-Proto of the request make no address of a server.',
  );
}
