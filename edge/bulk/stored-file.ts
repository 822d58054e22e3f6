import type { Release } from '../../engine/catalog/release.ts';
import type { ReleaseFile } from '../../engine/catalog/release-files.ts';
import { CorruptReleaseError } from '../../engine/errors.ts';
import { streamObject } from '../../engine/storage/reading.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { ALMAGEST_RELEASE } from '../headers.ts';
import { rangeOf } from './byte-range.ts';
import { mediaTypeOf } from './media-types.ts';
import { preconditions, rangeApplies } from './preconditions.ts';

/**
 * What caches may do with a file: a dated release never changes, the latest is another one tomorrow. Nobody on the way may compress or
 * change it, for the checksum is of these bytes.
 */
export const DATED = 'public, max-age=31536000, immutable, no-transform';
export const LATEST = 'public, max-age=60, no-transform';

/** A file of a release as it is stored: whole, or the range that is asked for. Its bytes pass through as they come. */
export async function storedFile(
  storage: Storage,
  release: Release,
  file: ReleaseFile,
  cacheControl: string,
  request: Request,
): Promise<Response> {
  const { path, bytes: size, sha256 } = file;
  const { catalog, release: name, created } = release.manifest;
  const validators = { etag: `"${sha256}"`, lastModified: new Date(created).toUTCString() };
  const headers: Record<string, string> = {
    etag: validators.etag,
    'last-modified': validators.lastModified,
    'cache-control': cacheControl,
    'accept-ranges': 'bytes',
    [ALMAGEST_RELEASE]: name,
  };
  const state = preconditions(request.headers, validators);
  if (state !== 'go on') return new Response(null, { status: state, headers });

  const range = rangeApplies(request.headers, validators)
    ? rangeOf(request.headers.get('range') ?? undefined, size)
    : 'whole';
  if (range === 'unsatisfiable') {
    headers['content-range'] = `bytes */${size}`;
    return new Response(`The file has ${size} bytes.\n`, { status: 416, headers });
  }
  headers['content-type'] = mediaTypeOf(path);
  headers['content-disposition'] = disposition(catalog, name, path);
  headers['repr-digest'] = `sha-256=:${base64(sha256)}:`;
  if (range !== 'whole') {
    headers['content-range'] = `bytes ${range.offset}-${range.offset + range.length - 1}/${size}`;
  }
  headers['content-length'] = String(range === 'whole' ? size : range.length);
  const status = range === 'whole' ? 200 : 206;
  if (request.method === 'HEAD') return new Response(null, { status, headers });
  const key = `${release.prefix}/${path}`;
  const body = await streamObject(storage, key, range === 'whole' ? undefined : range);
  if (body === null) throw new CorruptReleaseError(key, 'is missing');
  return new Response(body, { status, headers });
}

/** The name under which a browser saves a file (RFC 6266): a cell's own name is the same in all catalogues. */
function disposition(catalog: string, release: string, path: string): string {
  const shown = /\.(csv|txt|json|properties)$/.test(path) ? 'inline' : 'attachment';
  const parts = path.split('/').filter((part) => !/^(dataset|Dir=\d+)$/.test(part));
  const name = [catalog, release, ...parts].join('_').replaceAll('=', '');
  const ascii = name.replaceAll(/[^\w.-]/g, '_');
  return `${shown}; filename="${ascii}"${ascii === name ? '' : `; filename*=UTF-8''${encodeURIComponent(name)}`}`;
}

function base64(hex: string): string {
  return btoa(hex.replace(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16))));
}
