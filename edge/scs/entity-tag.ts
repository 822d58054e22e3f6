import type { Manifest } from '../../engine/catalog/manifest.ts';
import type { ConeQuery } from './parameters.ts';

/**
 * A weak entity tag (RFC 9110 §8.8.3): the same query of the same release by the same software has the same answer,
 * however the request was spelled.
 */
export function entityTag(manifest: Manifest, query: ConeQuery, version: string): string {
  const { cone, verbosity, limit, sorted, nearest, format } = query;
  const { lon, lat, radius } = cone;
  const order = nearest ?? (sorted ? 'sorted' : 'stored');
  return releaseTag(manifest, [lon, lat, radius, verbosity, limit, order, format.mediaType, version]);
}

/** The tag of what a release and `parts` decide; parts are of visible ASCII without quotes, a catalogue's name may be anything. */
export function releaseTag(manifest: Manifest, parts: readonly (string | number)[]): string {
  const { catalog, release, created } = manifest;
  return `W/"${[`${encodeURIComponent(catalog)}@${release}`, created, ...parts].join('|')}"`;
}

/** Whether If-None-Match names the tag; the comparison is the weak one (RFC 9110 §13.1.2). */
export function matchesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const opaque = tag.replace(/^W\//, '');
  return (
    ifNoneMatch.trim() === '*' || ifNoneMatch.match(/"[^"]*"/g)?.some((given) => given === opaque) === true
  );
}
