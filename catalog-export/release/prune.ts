import type pg from 'pg';
import { qualifiedName, type Table } from '../../engine/catalog/table.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { pruneHistory } from '../database/row-history.ts';
import { readableManifest, storedReleases } from './stored-releases.ts';

/**
 * Removes the versions of a table's rows that no release of this bucket needs any more.
 * @returns how many were removed; 0 where no versions are kept.
 * @throws Error when a release cannot be read: nobody knows which versions it needs.
 */
export async function pruneForReleases(client: pg.Client, table: Table, storage: Storage): Promise<number> {
  const catalog = qualifiedName(table);
  const { finished } = await storedReleases(storage, catalog);
  const manifests = [];
  for (const release of finished) {
    const manifest = await readableManifest(storage, catalog, release);
    if (manifest === null) {
      throw new Error(
        `no version of a row was removed: the manifest of release ${release} cannot be read, so nobody knows which it needs`,
      );
    }
    manifests.push(manifest);
  }
  return pruneHistory(client, table, manifests);
}
