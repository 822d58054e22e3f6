import { addressParameters } from '../request/request-parameters.ts';
import { quoted, RequestError } from '../request-error.ts';

/** A file of a form. */
export interface FormFile {
  readonly field: string;
  readonly file: File;
}

/** What a request says: values by names in upper case (DALI 1.1 §3.2), in the order in which they came, and files. */
export interface Form {
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly files: readonly FormFile[];
}

const FORMS = ['application/x-www-form-urlencoded', 'multipart/form-data'];

/**
 * The parameters in the address and in the body, which is a form or a JSON object.
 * @throws RequestError 400, 414 or 415.
 */
export async function readForm(request: Request): Promise<Form> {
  const inAddress = [...addressParameters(request.url)].flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );
  const { fields, files } = await bodyForm(request);
  const all = [...inAddress, ...fields].filter(([, value]) => value.trim() !== '');
  for (const [name, value] of all) refuseUnwritable(name, value);
  return { fields: all, files };
}

async function bodyForm(request: Request): Promise<Form> {
  const type = (request.headers.get('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'application/json') return { fields: jsonFields(await request.text()), files: [] };
  if (!FORMS.includes(type)) {
    if (type === '' && (await request.text()) === '') return { fields: [], files: [] };
    const said = type === '' ? 'has no Content-Type' : `is ${type}`;
    throw new RequestError(
      415,
      `The body ${said}: send the parameters as ${FORMS.join(', ')} or application/json.`,
    );
  }
  const form = await request.formData().catch(() => {
    throw new RequestError(400, `The body is not valid ${type}.`);
  });
  const fields: [string, string][] = [];
  const files: FormFile[] = [];
  for (const [name, value] of form) {
    if (typeof value === 'string') fields.push([name.toUpperCase(), value]);
    else files.push({ field: name, file: value });
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
