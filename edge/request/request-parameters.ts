import { getQueryParams } from 'hono/utils/url';
import { RequestError } from '../request-error.ts';

const FORMS = ['application/x-www-form-urlencoded', 'multipart/form-data'];

/** Longest address, in characters, that is read; what is longer belongs into a POST. */
export const MAX_URL = 8192;

/** Values by parameter name in upper case; a parameter that is given twice has two. */
export type RawParameters = ReadonlyMap<string, readonly string[]>;

/** Parameters as they are collected, by name in upper case: names have no case (DALI 1.1 §3.2). */
export type CollectedParameters = Map<string, string[]>;

export function addParameter(parameters: CollectedParameters, name: string, value: string): void {
  const key = name.toUpperCase();
  const known = parameters.get(key);
  if (known) known.push(value);
  else parameters.set(key, [value]);
}

/**
 * The parameters of a GET or POST request; of a file its name.
 * @throws RequestError 414 for an address that is too long, 415 for a body that is no form, 400 for a broken one.
 */
export async function requestParameters(request: Request): Promise<RawParameters> {
  const parameters = addressParameters(request.url);
  if (request.method !== 'POST') return parameters;
  for (const [name, value] of await formFields(request)) {
    addParameter(parameters, name, typeof value === 'string' ? value : value.name);
  }
  return parameters;
}

/**
 * @param most characters that the address may have.
 * @throws RequestError 414 for an address that is too long.
 */
export function addressParameters(url: string, most = MAX_URL): CollectedParameters {
  if (url.length > most) {
    throw new RequestError(
      414,
      `The address has ${url.length} characters, more than ${most}: send the parameters as a POST form.`,
    );
  }
  const parameters: CollectedParameters = new Map();
  const inAddress = getQueryParams(url) as Record<string, string[]>;
  for (const name in inAddress) {
    for (const value of inAddress[name]!) addParameter(parameters, name, value);
  }
  return parameters;
}

async function formFields(request: Request): Promise<[string, File | string][]> {
  const type = (request.headers.get('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (type === '' && request.body === null) return [];
  if (!FORMS.includes(type)) {
    const said = type === '' ? 'has no Content-Type' : `is ${type}`;
    throw new RequestError(415, `The body ${said}: send the parameters as ${FORMS.join(' or ')}.`);
  }
  let form: FormData;
  try {
    form = await request.formData();
  } catch {
    throw new RequestError(400, `The body is not valid ${type}.`);
  }
  return [...form];
}
