import type { Table } from '../../../engine/catalog/table.ts';
import { readUpload } from '../../../engine/upload/read-upload.ts';
import { type Upload, UploadError } from '../../../engine/upload/upload.ts';
import type { FormFields } from '../../request/request-parameters.ts';
import { quoted, RequestError } from '../../request-error.ts';
import type { TapService } from '../service.ts';
import { fetchFile } from './fetch-file.ts';
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
  const bytes =
    field === undefined
      ? await fetchFile(fetch, uri, limits.bytes, signal)
      : await fieldBytes(fieldNamed(field, fields), limits.bytes);
  return readUpload(name, bytes, limits);
}

function fieldNamed(name: string, fields: FormFields): File | string {
  const found = fields.get(name);
  if (found !== undefined) return found;
  const files = [...fields].flatMap(([field, value]) => (typeof value === 'string' ? [] : [quoted(field)]));
  const known =
    files.length === 0
      ? 'send the query as a form of multipart/form-data that has the file as a field of this name'
      : `its files are ${files.join(', ')}`;
  throw new UploadError(`the form has no field ${quoted(name)}: ${known}`);
}

async function fieldBytes(field: File | string, most: number): Promise<Uint8Array> {
  if (typeof field === 'string') return new TextEncoder().encode(field);
  if (field.size > most)
    throw new UploadError(`it has ${field.size} bytes, ${most} are the most that are taken here`, {
      tooLarge: true,
    });
  return new Uint8Array(await field.arrayBuffer());
}
