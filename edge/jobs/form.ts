import { joinedBytes } from '../../engine/joined-bytes.ts';
import { bodyPieces } from '../request/body-pieces.ts';
import { turnFor } from '../request/body-turn.ts';
import { formParts, MOST_TEXT } from '../request/form-parts.ts';
import type { FormPart } from '../request/multipart.ts';
import { addressParameters } from '../request/request-parameters.ts';
import type { TakeTurn } from '../request/turns.ts';
import { quoted, RequestError } from '../request-error.ts';
import type { JobFile } from './job.ts';

/** What a request says: values by names in upper case (DALI 1.1 §3.2), in the order in which they came, and the files that were kept. */
export interface Form {
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly files: readonly JobFile[];
}

/** How forms are read. */
export interface FormReading {
  /** Bytes of a body. */
  readonly most: number;
  /** Puts a file where it is kept, as it comes. */
  readonly keep: (part: FormPart) => Promise<JobFile>;
  /** For bodies that are long. */
  readonly takeTurn: TakeTurn;
}

const FORMS = ['application/x-www-form-urlencoded', 'multipart/form-data'];

/** Milliseconds to wait for a turn at most. */
const PATIENCE = 60_000;

/**
 * The parameters in the address and in the body, which is a form or a JSON object.
 * @throws RequestError 400, 413, 414 or 415; BusyError.
 */
export async function readForm(request: Request, reading: FormReading): Promise<Form> {
  const inAddress = [...addressParameters(request.url)].flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );
  const { fields, files } = await bodyForm(request, reading);
  const all = [...inAddress, ...fields].filter(([, value]) => value.trim() !== '');
  for (const [name, value] of all) refuseUnwritable(name, value);
  return { fields: all, files };
}

async function bodyForm(request: Request, reading: FormReading): Promise<Form> {
  const type = (request.headers.get('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'multipart/form-data') return multipartForm(request, reading);
  const text = await textOf(request, Math.min(reading.most, MOST_TEXT));
  if (type === 'application/json') return { fields: jsonFields(text), files: [] };
  if (FORMS.includes(type)) return { fields: [...new URLSearchParams(text)].map(field), files: [] };
  if (type === '' && text === '') return { fields: [], files: [] };
  const said = type === '' ? 'has no Content-Type' : `is ${type}`;
  throw new RequestError(
    415,
    `The body ${said}: send the parameters as ${FORMS.join(', ')} or application/json.`,
  );
}

const field = ([name, value]: [string, string]): [string, string] => [name.toUpperCase(), value];

async function textOf(request: Request, most: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bodyPieces(request, most, () => tooLong(most))) pieces.push(piece);
  return new TextDecoder().decode(joinedBytes(pieces));
}

function tooLong(most: number): RequestError {
  return new RequestError(413, `The body is longer than ${most} bytes, the most that a job takes here.`);
}

/** Files go where they are kept while they come; of the body as a whole never more than a piece is in memory. */
async function multipartForm(request: Request, { most, keep, takeTurn }: FormReading): Promise<Form> {
  const turn = await turnFor(request, takeTurn, PATIENCE);
  const fields: [string, string][] = [];
  const files: JobFile[] = [];
  let text = 0;
  try {
    for await (const part of formParts(request, most, () => tooLong(most), turn)) {
      if (part.fileName !== null) files.push(await keep(part));
      else {
        const bytes: Uint8Array[] = [];
        for await (const piece of part.content) {
          text += piece.length;
          if (text > MOST_TEXT) {
            throw new RequestError(
              413,
              `The fields of the form have more than ${MOST_TEXT} bytes together: send tables as files.`,
            );
          }
          bytes.push(piece);
        }
        fields.push(field([part.name, new TextDecoder().decode(joinedBytes(bytes))]));
      }
    }
  } finally {
    turn?.end();
  }
  return { fields, files };
}

const JSON_RULE =
  'The body is not a JSON object of parameters such as {"QUERY": "SELECT …", "PHASE": "RUN"}, whose values are texts, numbers or lists of them.';

function jsonFields(text: string): [string, string][] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RequestError(400, JSON_RULE);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RequestError(400, JSON_RULE);
  return Object.entries(value).flatMap(([name, given]) =>
    (Array.isArray(given) ? given : [given]).map((one): [string, string] => {
      if (typeof one !== 'string' && typeof one !== 'number') throw new RequestError(400, JSON_RULE);
      return [name.toUpperCase(), String(one)];
    }),
  );
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 §2.2 does not allow them
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** The documents of a job must be able to tell what it was asked. */
function refuseUnwritable(name: string, value: string): void {
  if (value.isWellFormed() && !UNWRITABLE.test(value)) return;
  throw new RequestError(400, `${quoted(name)} has a character in it that no XML document can tell.`);
}
