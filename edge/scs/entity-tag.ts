import type { Manifest } from '../../engine/catalog/manifest.ts';
import type { ConeQuery } from './parameters.ts';

/**
 * A weak entity tag (RFC 9110 §8.8.3): the same query of the same release by the same software has the same answer,
 * however the request was spelled.
 */
export function entityTag(manifest: Manifest, query: ConeQuery, version: string): string {
  const { cone, verbosity, limit, sorted, format } = query;
  const parts = [
    `${manifest.catalog}@${manifest.release}`,
    manifest.created,
    cone.lon,
    cone.lat,
    cone.radius,
    verbosity,
    limit,
    sorted ? 'sorted' : 'stored',
    format.mediaType,
    version,
  ];
  return `W/"${parts.join('|')}"`;
}

/** Whether If-None-Match names the tag; the comparison is the weak one (RFC 9110 §13.1.2). */
export function matchesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const opaque = tag.replace(/^W\//, '');
  return (
    ifNoneMatch.trim() === '*' || ifNoneMatch.match(/"[^"]*"/g)?.some((given) => given === opaque) === true
  );
}
