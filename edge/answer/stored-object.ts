import { streamObject } from '../../engine/storage/reading.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { rangeOf } from './byte-range.ts';
import { preconditions, rangeApplies, type Validators } from './preconditions.ts';

/** An object of the bucket as clients are to see it. */
export interface OfferedObject extends Validators {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly mediaType: string;
  /** Value of Content-Disposition. */
  readonly disposition: string;
  readonly cacheControl: string;
  /** Of the whole object, hexadecimal; null where it is not known. */
  readonly sha256: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** What to throw where the bucket has no such object after all. */
  readonly missing: () => Error;
}

/** An object as it is stored: whole, or the range that is asked for. Its bytes pass through as they come. */
export async function storedObject(
  storage: Storage,
  object: OfferedObject,
  request: Request,
): Promise<Response> {
  const { key, size } = object;
  const headers: Record<string, string> = {
    etag: object.etag,
    'last-modified': object.lastModified,
    'cache-control': object.cacheControl,
    'accept-ranges': 'bytes',
    ...object.headers,
  };
  const state = preconditions(request.headers, object);
  if (state !== 'go on') return new Response(null, { status: state, headers });

  const range = rangeApplies(request.headers, object)
    ? rangeOf(request.headers.get('range') ?? undefined, size)
    : 'whole';
  if (range === 'unsatisfiable') {
    headers['content-range'] = `bytes */${size}`;
    return new Response(`The file has ${size} bytes.\n`, { status: 416, headers });
  }
  headers['content-type'] = object.mediaType;
  headers['content-disposition'] = object.disposition;
  if (object.sha256 !== null) headers['repr-digest'] = `sha-256=:${base64(object.sha256)}:`;
  if (range !== 'whole') {
    headers['content-range'] = `bytes ${range.offset}-${range.offset + range.length - 1}/${size}`;
  }
  headers['content-length'] = String(range === 'whole' ? size : range.length);
  const status = range === 'whole' ? 200 : 206;
  if (request.method === 'HEAD') return new Response(null, { status, headers });
  const body = await streamObject(storage, key, range === 'whole' ? undefined : range);
  if (body === null) throw object.missing();
  return new Response(body, { status, headers });
}

/** Value of Content-Disposition with the name under which a browser saves a file (RFC 6266). */
export function disposition(shown: 'inline' | 'attachment', name: string): string {
  const ascii = name.replaceAll(/[^\w.-]/g, '_');
  return `${shown}; filename="${ascii}"${ascii === name ? '' : `; filename*=UTF-8''${encodeURIComponent(name)}`}`;
}

function base64(hex: string): string {
  return btoa(hex.replace(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16))));
}
