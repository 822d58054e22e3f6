import type { Manifest } from '../../engine/catalog/manifest.ts';

/** The weak entity tag (RFC 9110 §8.8.3) of what a release and `parts` decide; parts are of visible ASCII without quotes, a catalogue's name may be anything. */
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
