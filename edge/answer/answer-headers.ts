import type { Release } from '../../engine/catalog/release.ts';
import { remembered } from '../../engine/remembered.ts';
import { ALMAGEST_ENGINE, ALMAGEST_RELEASE } from '../headers.ts';
import { ENGINE } from '../service.ts';

/** Seconds for which a cache may repeat an answer from the latest release, and from a dated one. */
const LATEST_LIFETIME = 60;
const DATED_LIFETIME = 86_400;

/**
 * Headers of an answer: the release that it comes from, and for how long a cache may repeat it.
 * @param address the catalogue as the request names it, with or without a release.
 */
export function answerHeaders(release: Release, address: string, etag: string) {
  const lifetime = address.includes('@') ? DATED_LIFETIME : LATEST_LIFETIME;
  const headers: Record<string, string> = {
    etag,
    'last-modified': lastModified(release),
    'cache-control': `public, max-age=${lifetime}`,
    vary: 'Accept, Accept-Encoding',
    [ALMAGEST_RELEASE]: release.manifest.release,
    [ALMAGEST_ENGINE]: ENGINE,
  };
  return headers;
}

const lastModified = remembered(({ manifest }: Release) => new Date(manifest.created).toUTCString());
