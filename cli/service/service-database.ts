import { connect } from '../../catalog-export/database/connect.ts';
import { migrate } from '../../catalog-export/database/migrate.ts';
import { createCatalogs } from '../../engine/catalog/catalogs.ts';
import { type Database, openDatabase } from '../postgres/database.ts';
import { openReader, type ReaderAccess } from '../postgres/reader.ts';
import type { Settings } from '../settings.ts';
import { type FirstReleasesOptions, makeFirstReleases } from './first-releases.ts';

export interface ServiceDatabaseOptions extends Omit<FirstReleasesOptions, 'database' | 'authority'> {
  readonly settings: Settings;
}

/**
 * Opens the database and makes the first releases from it. One that cannot be opened is a warning where there are releases to serve
 * without it: null then.
 * @throws Error when there is nothing to serve without it.
 */
export async function openServiceDatabase(options: ServiceDatabaseOptions): Promise<Database | null> {
  const { settings, storage, warn } = options;
  let database: Database;
  try {
    database = await openDatabase(settings);
  } catch (error) {
    const names = await createCatalogs(storage, 0).list();
    if (names.length === 0) throw error;
    warn(
      `${(error as Error).message}\nServing the releases that exist, of ${names.join(', ')}; nothing can be exported meanwhile.`,
    );
    return null;
  }
  try {
    await makeFirstReleases({ ...options, database, authority: settings.authority });
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** PostgreSQL as TAP's reader, the database brought up to date. */
export async function readerAccess(
  database: Database,
  settings: Settings,
  warn: (message: string) => void,
): Promise<ReaderAccess> {
  const client = await connect(database.url);
  await migrate(client).finally(() => client.end());
  return openReader(database, settings, warn);
}

/** The same; null, with a warning, where TAP has to do without it. */
export function readerAccessOrNone(
  database: Database,
  settings: Settings,
  warn: (message: string) => void,
): Promise<ReaderAccess | null> {
  return readerAccess(database, settings, warn).catch((error) => {
    warn(`TAP answers at the edge only: ${error.message}`);
    return null;
  });
}
