import type { Release } from '../../engine/catalog/release.ts';
import { sha256Of } from '../../engine/catalog/sha256.ts';
import { releaseTag } from '../answer/entity-tag.ts';

/** A weak entity tag (RFC 9110 §8.8.3) for the answer to a query: of the release and of all that the answer depends on. */
export async function queryTag(release: Release, parts: readonly unknown[]): Promise<string> {
  // What JSON has no numbers for is the open end of an interval.
  const open = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  const digest = await sha256Of(new TextEncoder().encode(JSON.stringify(parts, open)));
  return releaseTag(release.manifest, [digest]);
}
