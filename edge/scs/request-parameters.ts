import { getQueryParams } from 'hono/utils/url';
import { RequestError } from '../request-error.ts';
import type { RawParameters } from './parameters.ts';

const FORMS = ['application/x-www-form-urlencoded', 'multipart/form-data'];

/** Longest address, in characters, that is read; what is longer belongs into a POST. */
export const MAX_URL = 8192;

/**
 * The parameters of a GET or POST request, by name in upper case: names have no case (DALI 1.1 §3.2).
 * @throws RequestError 414 for an address that is too long, 415 for a body that is no form, 400 for a broken one.
 */
export async function requestParameters(request: Request): Promise<RawParameters> {
  const { url } = request;
  if (url.length > MAX_URL) {
    throw new RequestError(
      414,
      `The address has ${url.length} characters, more than ${MAX_URL}: send the parameters as a POST form.`,
    );
  }
  const parameters = new Map<string, string[]>();
  const add = (name: string, values: readonly string[]) => {
    const key = name.toUpperCase();
    const known = parameters.get(key);
    if (known) known.push(...values);
    else parameters.set(key, [...values]);
  };
  const inAddress = getQueryParams(url) as Record<string, string[]>;
  for (const name in inAddress) add(name, inAddress[name]!);
  if (request.method === 'POST') {
    for (const [name, value] of await formParameters(request)) add(name, [value]);
  }
  return parameters;
}

async function formParameters(request: Request): Promise<[string, string][]> {
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
  return [...form].map(([name, value]) => [name, typeof value === 'string' ? value : value.name]);
}
