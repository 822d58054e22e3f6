import type { Storage } from '../../../engine/storage/storage.ts';
import { streamOf } from '../../../engine/stream-of.ts';
import type { JobFile } from '../job.ts';
import type { JobRequest } from '../job-type.ts';
import { JobFailure } from '../outcome.ts';

/** A body as a request has it. */
export interface StreamedForm {
  readonly contentType: string;
  readonly body: ReadableStream<Uint8Array>;
}

/**
 * A form (RFC 7578) whose files come from the storage while it is read: none is in memory whole.
 * @throws JobFailure where a file is gone; so does the body.
 */
export async function streamedForm(
  fields: JobRequest['fields'],
  files: readonly JobFile[],
  storage: Storage,
): Promise<StreamedForm> {
  for (const file of files) if ((await storage.size(file.key)) === null) throw gone(file);
  const boundary = `almagest-${crypto.randomUUID()}`;
  const pieces = piecesOf(boundary, fields, files, storage);
  const body = streamOf(pieces, { highWaterMark: 0 });
  return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}

async function* piecesOf(
  boundary: string,
  fields: JobRequest['fields'],
  files: readonly JobFile[],
  storage: Storage,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const part = (name: string, more: string) =>
    encoder.encode(`--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"${more}\r\n\r\n`);
  const end = encoder.encode('\r\n');
  for (const [name, value] of fields) {
    yield part(name, '');
    yield encoder.encode(value);
    yield end;
  }
  for (const file of files) {
    const type = file.mediaType || 'application/octet-stream';
    yield part(file.field, `; filename="${escaped(file.name)}"\r\nContent-Type: ${type}`);
    const content = await storage.stream(file.key);
    if (content === null) throw gone(file);
    yield* content;
    yield end;
  }
  yield encoder.encode(`--${boundary}--\r\n`);
}

const gone = ({ field }: JobFile) => new JobFailure(`The file of the field ${field} is gone.`);

/** HTML Standard §4.10.21.8. */
function escaped(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
