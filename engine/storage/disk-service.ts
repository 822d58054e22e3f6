import type { Storage } from './storage.ts';

/** What of a workerd service binding is used here. */
export interface Fetcher {
  fetch(url: string, init?: { headers?: Record<string, string> }): Promise<Response>;
}

const isFolder = (response: Response): boolean =>
  response.headers.get('content-type') === 'application/json' && !response.headers.has('content-length');

/**
 * Objects in a folder that a workerd `disk` service serves. Read-only: the service is bound that way, for
 * only the export writes.
 * @throws Error from `get` and `list` where the service answers with an unforeseen status; from `put` and
 *   `remove` always.
 */
export function diskServiceStorage(disk: Fetcher): Storage {
  const request = (key: string, headers?: Record<string, string>) =>
    disk.fetch(`http://disk/${key.split('/').map(encodeURIComponent).join('/')}`, headers && { headers });

  async function readOnly(): Promise<never> {
    throw new Error('the disk service is read-only: write releases with the export');
  }

  return {
    async get(key, range) {
      // A Range header cannot ask for no bytes: ask for one, to learn whether the object is there.
      const last = range && range.offset + Math.max(range.length, 1) - 1;
      const response = await request(key, range && { range: `bytes=${range.offset}-${last}` });
      if (response.ok && !isFolder(response) && (range === undefined || response.status === 206)) {
        const bytes = new Uint8Array(await response.arrayBuffer());
        return range === undefined ? bytes : bytes.subarray(0, range.length);
      }
      await response.body?.cancel();
      if (response.status === 404 || (response.ok && isFolder(response))) return null;
      // The range starts at the end of the object or past it.
      if (range !== undefined && response.status === 416) return new Uint8Array();
      throw new Error(`${key}: the disk service answered ${response.status} to a read`);
    },

    put: readOnly,

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
