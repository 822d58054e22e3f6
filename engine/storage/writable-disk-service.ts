import { diskServiceStorage, type Fetcher } from './disk-service.ts';
import type { Storage } from './storage.ts';

/** What of a workerd service binding is used here: the service writes a body under another name, and gives it its own once it is whole. */
export interface WritableFetcher extends Fetcher {
  fetch(
    url: string,
    init?: {
      method?: string;
      headers?: Record<string, string>;
      body?: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
    },
  ): Promise<Response>;
}

/**
 * Objects in a folder that a workerd `disk` service serves and that the worker may write.
 * @throws Error where the service answers with an unforeseen status.
 */
export function writableDiskStorage(disk: WritableFetcher): Storage {
  const reading = diskServiceStorage(disk);

  async function write(
    key: string,
    body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
  ): Promise<void> {
    const response = await disk.fetch(addressOf(key), { method: 'PUT', body });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`${key}: the disk service answered ${response.status} to a write`);
  }

  return {
    ...reading,
    put: (key, bytes) => write(key, bytes as Uint8Array<ArrayBuffer>),
    putStream: write,

    async copy(from, to) {
      const stream = await reading.stream(from);
      if (stream === null) throw new Error(`there is no ${from} to copy`);
      await write(to, stream);
    },

    /** A folder goes with all that is in it. */
    async remove(key) {
      const response = await disk.fetch(addressOf(key), { method: 'DELETE' });
      await response.body?.cancel();
      if (response.ok || response.status === 404) return;
      throw new Error(`${key}: the disk service answered ${response.status} to a removal`);
    },
  };
}

function addressOf(key: string): string {
  return `http://disk/${key.split('/').map(encodeURIComponent).join('/')}`;
}
