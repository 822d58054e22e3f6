import type { Table } from '../../../engine/catalog/table.ts';
import { readUpload } from '../../../engine/upload/read-upload.ts';
import { type Upload, UploadError } from '../../../engine/upload/upload.ts';
import { createTurns } from '../../request/turns.ts';
import { quoted, RequestError } from '../../request-error.ts';
import type { TapService } from '../service.ts';
import { fetchFile } from './fetch-file.ts';
import type { FormFields } from './tap-form.ts';
import type { NamedUpload } from './upload-parameter.ts';

/**
 * Reads the tables that came with a request.
 * @param fields of its form.
 * @throws RequestError (400, 413) saying which upload cannot be read, why, and where in it.
 */
export async function readUploads(
  named: readonly NamedUpload[],
  fields: FormFields,
  service: Pick<TapService, 'uploadLimits' | 'fetch'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<Table, Upload>> {
  const uploads = new Map<Table, Upload>();
  // One after the other: each takes memory.
  for (const { name, uri } of named) {
    const upload = await readOne(name, uri, fields, service, signal).catch((error) => {
      if (!(error instanceof UploadError)) throw error;
      throw new RequestError(
        error.tooLarge ? 413 : 400,
        `The upload ${quoted(name)} (${quoted(uri)}) cannot be read: ${error.message}.`,
      );
    });
    uploads.set(upload.table, upload);
  }
  return uploads;
}

async function readOne(
  name: string,
  uri: string,
  fields: FormFields,
  { uploadLimits: limits, fetch }: Pick<TapService, 'uploadLimits' | 'fetch'>,
  signal: AbortSignal,
): Promise<Upload> {
  const field = /^param:(.*)$/is.exec(uri)?.[1];
  if (field !== undefined) return readUpload(name, fieldNamed(field, fields), limits);
  const turn = await takeTurn(PATIENCE);
  try {
    return await readUpload(name, await fetchFile(fetch, uri, limits.bytes, signal), limits);
  } finally {
    turn.end();
  }
}

/** Files from elsewhere that are read at a time: what is read is in memory. */
const takeTurn = createTurns(2);
/** Milliseconds that another one waits. */
const PATIENCE = 30_000;

function fieldNamed(name: string, fields: FormFields): Uint8Array {
  const found = fields.get(name);
  if (found !== undefined) return found.bytes;
  const files = [...fields].flatMap(([field, { isFile }]) => (isFile ? [quoted(field)] : []));
  const known =
    files.length === 0
      ? 'send the query as a form of multipart/form-data that has the file as a field of this name'
      : `its files are ${files.join(', ')}`;
  throw new UploadError(`the form has no field ${quoted(name)}: ${known}`);
}
