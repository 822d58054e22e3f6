import type { ImageDataset } from '../../engine/images/dataset.ts';
import type { ObscoreRow } from '../../engine/obscore/row.ts';

/** DataLink 1.1 §1.2.1 */
const LINKS_FORMAT = 'application/x-votable+xml;content=datalink';

/** The image's row of `ivoa.obscore`, which leads to its links. */
export function obscoreRow({ did, observation, file }: Omit<ImageDataset, 'links'>): ObscoreRow {
  return {
    ...observation,
    obs_publisher_did: did,
    access_url: `datalink/links?ID=${encodeURIComponent(did)}`,
    access_format: LINKS_FORMAT,
    access_estsize: Math.ceil(file.bytes / 1000),
  };
}
