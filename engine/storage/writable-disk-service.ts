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

    async putStream(key, stream) {
      const { passed, failure } = watched(stream);
      const fault = await write(key, passed).then(failure, (error) => failure() ?? error);
      if (fault !== null) throw fault;
    },

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

/** A stream, and why it failed: whoever reads it for a request does not say. */
function watched(stream: ReadableStream<Uint8Array>): {
  passed: ReadableStream<Uint8Array>;
  failure(): unknown;
} {
  const reader = stream.getReader();
  let failure: unknown = null;
  const passed = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        failure = error;
        controller.error(error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { passed, failure: () => failure };
}

function addressOf(key: string): string {
  return `http://disk/${key.split('/').map(encodeURIComponent).join('/')}`;
}
