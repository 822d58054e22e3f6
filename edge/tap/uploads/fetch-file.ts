import { joinedBytes } from '../../../engine/joined-bytes.ts';
import { UploadError } from '../../../engine/upload/upload.ts';
import { SOFTWARE } from '../../service.ts';

/** What of `fetch` is used here. */
export type Fetch = (address: string, init: RequestInit) => Promise<Response>;

/** Of a file, until its last byte has come. */
const MILLISECONDS = 30_000;

/** From one address to another, one after the other. */
const MOST_REDIRECTS = 5;

/**
 * The bytes at an address. Which addresses can be reached is for the network to say that `fetch` goes through, for only there a name has
 * become an address: on Cloudflare no private ones, under `npm start` those of NETWORK.
 * @throws UploadError
 */
export async function fetchFile(
  fetch: Fetch,
  address: string,
  most: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const given = AbortSignal.any([signal, AbortSignal.timeout(MILLISECONDS)]);
  try {
    const response = await followed(fetch, address, given);
    if (!response.ok) {
      await response.body?.cancel();
      throw new UploadError(`its address answered with status ${response.status}`);
    }
    return await bytesOf(response, most);
  } catch (error) {
    if (error instanceof UploadError) throw error;
    signal.throwIfAborted();
    const why = given.aborted
      ? `it has not come within ${MILLISECONDS / 1000} s`
      : 'nobody answered there, or it is no public address';
    throw new UploadError(`it cannot be fetched: ${why}`, { cause: error });
  }
}

async function followed(fetch: Fetch, address: string, signal: AbortSignal): Promise<Response> {
  let url = addressOf(address);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const headers = { 'user-agent': SOFTWARE, accept: '*/*' };
    const response = await fetch(url.href, { redirect: 'manual', headers, signal });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    url = addressOf(location, url);
  }
  throw new UploadError(`its address leads to others, more than ${MOST_REDIRECTS} times`);
}

function addressOf(text: string, base?: URL): URL {
  const url = URL.parse(text, base);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new UploadError(
      'its address, or one that it leads to, is not of http:// or https:// without a password',
    );
  return url;
}

async function bytesOf(response: Response, most: number): Promise<Uint8Array> {
  const tooLong = () =>
    new UploadError(`it has more than ${most} bytes, the most that are taken here`, { tooLarge: true });
  if (Number(response.headers.get('content-length')) > most) {
    await response.body?.cancel();
    throw tooLong();
  }
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > most) throw tooLong();
    pieces.push(piece);
  }
  return joinedBytes(pieces);
}
