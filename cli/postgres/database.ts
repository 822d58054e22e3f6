import { connect } from '../../catalog-export/database/connect.ts';
import type { Settings } from '../settings.ts';
import { openEmbedded } from './embedded.ts';

/** A PostgreSQL database that answers. */
export interface Database {
  /** Connection URL; holds the password: never print it. */
  readonly url: string;
  /** Ours, in the data folder; false for the user's own. */
  readonly embedded: boolean;
  /** Stops the embedded server when nobody else uses it; leaves the user's own alone. */
  close(): Promise<void>;
}

/**
 * The user's database (`DATABASE_URL`) or the embedded one, reached and ready.
 * @throws Error naming host, port and database when the user's cannot be reached, and saying what to do when
 * the embedded server cannot run here.
 */
export async function openDatabase(settings: Settings): Promise<Database> {
  if (settings.databaseUrl === null) return openEmbedded(settings);
  const client = await connect(settings.databaseUrl);
  await client.end();
  return { url: settings.databaseUrl, embedded: false, close: async () => {} };
}
