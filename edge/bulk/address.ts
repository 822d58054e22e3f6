import { RequestError } from '../request-error.ts';

/** What an address below `/bulk` names. */
export interface BulkAddress {
  /** `schema.table`; null for all catalogues. */
  readonly catalog: string | null;
  /** A release, or `latest`; null for all of the catalogue. */
  readonly release: string | null;
  /** Of a file or folder of the release, without slashes at its ends; `''` is the release itself. */
  readonly path: string;
  /** Whether the address says that it is a folder. */
  readonly slash: boolean;
}

/**
 * @param url whose path begins with `/bulk`.
 * @throws RequestError (400) for percent-encoding that is broken.
 */
export function bulkAddress(url: string): BulkAddress {
  const { pathname } = new URL(url);
  const [, , ...parts] = pathname.split('/').map(decoded);
  const slash = parts.at(-1) === '';
  if (slash) parts.pop();
  const [catalog = null, release = null, ...path] = parts;
  return { catalog, release, path: path.join('/'), slash };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new RequestError(400, 'The percent-encoding of the address is broken.');
  }
}
