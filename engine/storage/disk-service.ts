import type { ByteRange, Storage } from './storage.ts';

/** What of a workerd service binding is used here. */
export interface Fetcher {
  fetch(url: string, init?: { method?: string; headers?: Record<string, string> }): Promise<Response>;
}

const isFolder = (response: Response): boolean =>
  response.headers.get('content-type') === 'application/json' && !response.headers.has('content-length');

/** A range that is all of the object is answered as if it had not been asked for. */
function isAsked({ status, headers }: Response, range: ByteRange | undefined): boolean {
  if (range === undefined || status === 206) return true;
  return range.offset === 0 && Number(headers.get('content-length')) <= Math.max(range.length, 1);
}

/**
 * Objects in a folder that a workerd `disk` service serves. Read-only: the service is bound that way, for
 * only the export writes.
 * @throws Error from `get` and `list` where the service answers with an unforeseen status; from `put`,
 *   `putStream`, `copy` and `remove` always.
 */
export function diskServiceStorage(disk: Fetcher): Storage {
  const request = (key: string, headers: Record<string, string> = {}, method = 'GET') =>
    disk.fetch(`http://disk/${key.split('/').map(encodeURIComponent).join('/')}`, { method, headers });

  async function readOnly(): Promise<never> {
    throw new Error('the disk service is read-only: write releases with the export');
  }

  /** A response whose body is the bytes that were asked for, or has one byte too many where none were. */
  async function open(key: string, range?: ByteRange): Promise<Response | 'no bytes' | null> {
    // A Range header cannot ask for no bytes: ask for one, to learn whether the object is there.
    const last = range && range.offset + Math.max(range.length, 1) - 1;
    const response = await request(key, range && { range: `bytes=${range.offset}-${last}` });
    if (response.ok && !isFolder(response) && isAsked(response, range)) {
      if (range?.length !== 0) return response;
      await response.body?.cancel();
      return 'no bytes';
    }
    await response.body?.cancel();
    if (response.status === 404 || (response.ok && isFolder(response))) return null;
    // The range starts at the end of the object or past it.
    if (range !== undefined && response.status === 416) return 'no bytes';
    throw new Error(`${key}: the disk service answered ${response.status} to a read`);
  }

  return {
    async get(key, range) {
      const response = await open(key, range);
      if (response === null) return null;
      return response === 'no bytes' ? new Uint8Array() : new Uint8Array(await response.arrayBuffer());
    },

    async size(key) {
      const response = await request(key, undefined, 'HEAD');
      await response.body?.cancel();
      if (response.ok) return isFolder(response) ? null : Number(response.headers.get('content-length'));
      if (response.status === 404) return null;
      throw new Error(`${key}: the disk service answered ${response.status} to a look at its size`);
    },

    async stream(key, range) {
      const response = await open(key, range);
      if (response === null) return null;
      return response === 'no bytes' || response.body === null ? new Blob().stream() : response.body;
    },

    put: readOnly,
    putStream: readOnly,
    copy: readOnly,

    async list(folder) {
      const response = await request(folder);
      if (response.ok && isFolder(response)) {
        const entries = (await response.json()) as { name: string }[];
        return entries.map(({ name }) => name).sort();
      }
      await response.body?.cancel();
      if (response.ok || response.status === 404) return [];
      throw new Error(`${folder}/: the disk service answered ${response.status} to a listing`);
    },

    remove: readOnly,
  };
}
