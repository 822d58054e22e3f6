import type { Storage } from '../../engine/storage/storage.ts';
import type { FormPart } from '../request/multipart.ts';
import { type JobFile, randomId } from './job.ts';

/** Puts a file of a form where the job with that id keeps it, as it comes. */
export async function keepFile(
  storage: Storage,
  id: string,
  { name: field, fileName, mediaType, content }: FormPart,
): Promise<JobFile> {
  const key = `${id}/files/${randomId()}`;
  const { stream, bytes, failure } = watched(content);
  const fault = await storage.putStream(key, stream).then(failure, (error) => failure() ?? error);
  if (fault !== null) throw fault;
  return { field, name: fileName ?? '', mediaType, bytes: bytes(), key };
}

/** Content as a stream, how long it was, and why it failed: storages say that in words of their own. */
function watched(content: AsyncIterable<Uint8Array>) {
  const pieces = content[Symbol.asyncIterator]();
  let bytes = 0;
  let failure: unknown = null;
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next().catch((error) => {
          failure = error;
          throw error;
        });
        if (done) {
          if (!cancelled) controller.close();
          return;
        }
        bytes += value.length;
        controller.enqueue(value);
      },
      async cancel() {
        cancelled = true;
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, bytes: () => bytes, failure: () => failure };
}
