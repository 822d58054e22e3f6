import type pg from 'pg';
import { connect } from '../../catalog-export/database/connect.ts';
import { migrate } from '../../catalog-export/database/migrate.ts';
import { openDatabase } from '../postgres/database.ts';
import { readSettings } from '../settings.ts';
import { onStopSignal } from '../stop-signal.ts';

/**
 * Runs `use` in a session with the migrated database, and closes both whatever happens: also when Ctrl-C ends
 * the command, or the embedded server would be left running.
 * @param use gets the database's URL too, for sessions of its own.
 */
export async function withDatabase<T>(use: (client: pg.Client, url: string) => Promise<T>): Promise<T> {
  const interruption = listenForSignals();
  try {
    const database = await openDatabase(readSettings());
    try {
      const client = await connect(database.url);
      try {
        await migrate(client);
        return await Promise.race([use(client, database.url), interruption.signal]);
      } finally {
        await client.end().catch(() => {});
      }
    } finally {
      await database.close();
    }
  } finally {
    interruption.stopListening();
  }
}

/** `signal` fails when the program is asked to stop. */
function listenForSignals(): { signal: Promise<never>; stopListening(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const stopListening = onStopSignal((name) =>
    reject(new Error(`interrupted (${name}): what was not finished is as it was before`)),
  );
  return { signal: promise, stopListening };
}
