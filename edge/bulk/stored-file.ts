import type { Release } from '../../engine/catalog/release.ts';
import type { ReleaseFile } from '../../engine/catalog/release-files.ts';
import { CorruptReleaseError } from '../../engine/errors.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { disposition, storedObject } from '../answer/stored-object.ts';
import { ALMAGEST_RELEASE } from '../headers.ts';
import { mediaTypeOf } from './media-types.ts';

/**
 * What caches may do with a file: a dated release never changes, the latest is another one tomorrow. Nobody on the way may compress or
 * change it, for the checksum is of these bytes.
 */
export const DATED = 'public, max-age=31536000, immutable, no-transform';
export const LATEST = 'public, max-age=60, no-transform';

/** A file of a release as it is stored: whole, or the range that is asked for. Its bytes pass through as they come. */
export function storedFile(
  storage: Storage,
  release: Release,
  file: ReleaseFile,
  cacheControl: string,
  request: Request,
): Promise<Response> {
  const { path, bytes: size, sha256 } = file;
  const { catalog, release: name, created } = release.manifest;
  const key = `${release.prefix}/${path}`;
  const object = {
    key,
    size,
    sha256,
    etag: `"${sha256}"`,
    lastModified: new Date(created).toUTCString(),
    cacheControl,
    mediaType: mediaTypeOf(path),
    disposition: dispositionOf(catalog, name, path),
    headers: { [ALMAGEST_RELEASE]: name },
    missing: () => new CorruptReleaseError(key, 'is missing'),
  };
  return storedObject(storage, object, request);
}

/** A cell's own name is the same in all catalogues. */
function dispositionOf(catalog: string, release: string, path: string): string {
  const shown = /\.(csv|txt|json|properties)$/.test(path) ? 'inline' : 'attachment';
  const parts = path.split('/').filter((part) => !/^(dataset|Dir=\d+)$/.test(part));
  return disposition(shown, [catalog, release, ...parts].join('_').replaceAll('=', ''));
}
