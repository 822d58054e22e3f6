import type { Release } from '../../engine/catalog/release.ts';
import { SOFTWARE } from '../service.ts';
import type { QueryRequest } from './parameters.ts';

/**
 * What an answer is known by: its releases, the request without the engine, and this software. 64 hexadecimal digits, for the
 * query may be long.
 */
export async function answerKey(request: QueryRequest, releases: readonly Release[]): Promise<string> {
  const { query, maxrec, format, runId } = request;
  const from = releases.map(({ manifest }) => [manifest.catalog, manifest.release, manifest.created]);
  const text = JSON.stringify([SOFTWARE, from, query, maxrec, format.mediaType, runId]);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
