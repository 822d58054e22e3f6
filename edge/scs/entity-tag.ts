import type { Manifest } from '../../engine/catalog/manifest.ts';
import { releaseTag } from '../answer/entity-tag.ts';
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
