import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../catalog-export/database/connect.ts';
import { type Database, openDatabase } from '../postgres/database.ts';
import type { Settings } from '../settings.ts';

export interface WatchOptions {
  readonly settings: Settings;
  /** Null where it could not be reached yet. */
  readonly database: Database | null;
  /** Takes a database that answers again, perhaps at another address; where it fails, it is tried again. */
  readonly use: (database: Database) => Promise<void>;
  /** Hears when the database is lost, when it answers again, and why it cannot be used then. */
  readonly warn: (message: string) => void;
}

export interface DatabaseWatch {
  /** Ends the watch, and closes the database that there is now. */
  close(): Promise<void>;
}

/** Milliseconds between attempts to reach a database that is lost: each twice the one before, to a longest. */
const FIRST_DELAY = 100;
const LONGEST_DELAY = 10_000;

const longer = (delay: number) => Math.min(2 * delay, LONGEST_DELAY);

const LOST = 'PostgreSQL has closed the connection';

/** Notices when the database of a running service ends. The embedded one is started again, the user's own waited for. */
export function watchDatabase(options: WatchOptions): DatabaseWatch {
  const { settings, use, warn } = options;
  let { database } = options;
  const closing = new AbortController();
  const { signal } = closing;

  async function watch(): Promise<void> {
    for (;;) {
      if (database) {
        await untilLost(database.url, signal);
        signal.throwIfAborted();
        warn(
          database.embedded
            ? `${LOST}: it starts again. Queries at the edge go on.`
            : `${LOST}: queries that need it fail until it answers again. Those at the edge go on.`,
        );
      }
      await regain();
    }
  }

  /** A server that has just answered may be about to end its sessions, and be as it was soon after. */
  async function regain(): Promise<void> {
    let told = '';
    for (let delay = FIRST_DELAY; ; delay = longer(delay)) {
      const reached = await reopen(settings, signal);
      // Not before: it might be the last user of an embedded server that runs still, and stop it.
      await database?.close();
      database = reached;
      signal.throwIfAborted();
      const fault = await use(reached).then(
        () => null,
        (error: Error) => error.message,
      );
      if (fault === null) return warn('PostgreSQL answers again.');
      if (fault !== told)
        warn(`PostgreSQL answers again, but cannot be used, which is tried again: ${fault}`);
      told = fault;
      await sleep(delay, undefined, { signal });
    }
  }

  const watching = watch().catch((error) => {
    if (!signal.aborted) warn(`PostgreSQL is watched no more: ${error.message}`);
  });
  return {
    close: async () => {
      closing.abort();
      await watching;
      await database?.close();
    },
  };
}

async function reopen(settings: Settings, signal: AbortSignal): Promise<Database> {
  for (let delay = FIRST_DELAY; ; delay = longer(delay)) {
    signal.throwIfAborted();
    try {
      return await openDatabase(settings);
    } catch {
      await sleep(delay, undefined, { signal });
    }
  }
}

/** Holds a session until the server ends it. */
async function untilLost(url: string, signal: AbortSignal): Promise<void> {
  const session = await connect(url).catch(() => null);
  if (session === null) return;
  const ended = once(session, 'end', { signal }).catch(() => {});
  // Servers before PostgreSQL 14 do not have it.
  await session.query('SET idle_session_timeout = 0').catch(() => {});
  await ended;
  await session.end().catch(() => {});
}
