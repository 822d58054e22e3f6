import { addParameter, addressParameters, type RawParameters } from '../../request/request-parameters.ts';
import { RequestError } from '../../request-error.ts';
import { readBody } from './body.ts';
import { csvPositions, jsonPositions, type PositionTable } from './position-table.ts';

/** What was sent: parameters in the address or in the fields of a form, and the list. */
export interface ConesRequest {
  readonly parameters: RawParameters;
  readonly table: PositionTable;
}

/** The field of a form that has the list. */
const FIELD = 'POSITIONS';

const HOW =
  `Send the positions as text/csv or application/json, with the parameters in the address, or as the field ${FIELD} of a form (multipart/form-data)` +
  ' beside them. STILTS and TOPCAT write CSV (ofmt=csv), and so does astropy (format="ascii.csv").';

/**
 * @throws RequestError 415 for a body of another kind, 413 for one that is too long, 400 for one that cannot be read, each with what
 *   would be right.
 */
export async function readConesRequest(request: Request): Promise<ConesRequest> {
  const parameters = addressParameters(request.url);
  const contentType = request.headers.get('content-type') ?? '';
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase();
  const body = await readBody(request);
  if (body.length === 0) throw new RequestError(400, `The request has no body. ${HOW}`);
  switch (type) {
    case 'text/csv':
      return { parameters, table: csvPositions(textOf(body)) };
    case 'application/json':
      return { parameters, table: jsonPositions(textOf(body)) };
    case 'multipart/form-data':
    case 'application/x-www-form-urlencoded': {
      const lists: string[] = [];
      for (const [name, value] of await formOf(body, contentType, type)) {
        if (name.toUpperCase() === FIELD)
          lists.push(typeof value === 'string' ? value : textOf(await bytesOf(value)));
        else addParameter(parameters, name, typeof value === 'string' ? value : value.name);
      }
      if (lists.length !== 1) throw wrongField(type, lists.length);
      return {
        parameters,
        table: /^\s*[[{]/.test(lists[0]!) ? jsonPositions(lists[0]!) : csvPositions(lists[0]!),
      };
    }
    default:
      throw new RequestError(415, `The body ${type === '' ? 'has no Content-Type' : `is ${type}`}. ${HOW}`);
  }
}

async function formOf(body: BodyInit, contentType: string, type: string): Promise<FormData> {
  try {
    return await new Response(body, { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw new RequestError(400, `The body is not valid ${type}.`);
  }
}

async function bytesOf(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}

function wrongField(type: string, count: number): RequestError {
  if (count > 1) return new RequestError(400, `The form has ${count} fields ${FIELD}: send one.`);
  const curl =
    type === 'multipart/form-data'
      ? ''
      : ` With curl: -H 'Content-Type: text/csv' --data-binary @positions.csv, or -F ${FIELD}=@positions.csv.`;
  return new RequestError(400, `The form has no field ${FIELD}. ${HOW}${curl}`);
}

/** A byte order mark is not part of the text. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const hint = zipped ? ' It looks like gzip: say so by Content-Encoding: gzip.' : '';
    throw new RequestError(400, `The positions are not text in UTF-8.${hint}`);
  }
}
