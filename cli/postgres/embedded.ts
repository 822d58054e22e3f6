import { join } from 'node:path';
import type pg from 'pg';
import type { Settings } from '../settings.ts';
import { ensureCluster, SUPERUSER } from './cluster.ts';
import type { Database } from './database.ts';
import { connectToRunning, reachServer, type ServerSession, stopServer } from './server.ts';

const DATABASE = 'almagest';
/** Advisory lock that everyone who uses the server holds, shared. */
const USERS_LOCK = 0x616c6d61;
/** Milliseconds that the other users' sessions are given to end before they count as users. */
const LAST_USER_PATIENCE = 300;
const LOCK_NOT_AVAILABLE = '55P03';
const DUPLICATE_DATABASE = '42P04';
const UNIQUE_VIOLATION = '23505';

/**
 * Opens the embedded server's database, starting the server where it does not run. The last of its users to
 * close it stops it: a command that joins the service's server leaves it running, and one that outlives the
 * service does not lose it half-way.
 */
export async function openEmbedded(settings: Settings): Promise<Database> {
  const folder = settings.postgresFolder;
  await ensureCluster(folder);
  const session = await joinUsers(folder, join(settings.dataFolder, 'postgres.log'));
  const close = () => leaveUsers(session, folder);
  await createDatabase(session.client).catch(async (error) => {
    await close();
    throw error;
  });
  return {
    url: `postgres://${SUPERUSER}:${session.password}@127.0.0.1:${session.port}/${DATABASE}`,
    embedded: true,
    close,
  };
}

async function joinUsers(folder: string, logFile: string): Promise<ServerSession> {
  for (;;) {
    const session = await reachServer(folder, logFile);
    try {
      // Waits while the last user is stopping the server, and then fails with its connection.
      await session.client.query('SELECT pg_advisory_lock_shared($1)', [USERS_LOCK]);
      return session;
    } catch {
      await session.client.end().catch(() => {});
    }
  }
}

async function leaveUsers(session: ServerSession, folder: string): Promise<void> {
  const { client, pid } = session;
  try {
    await client.query('SELECT pg_advisory_unlock_all()');
    // Not tried once only: the session of a user that was just killed lives a moment longer.
    await client.query(`SET lock_timeout = '${LAST_USER_PATIENCE}ms'`);
    await client.query('SELECT pg_advisory_lock($1)', [USERS_LOCK]);
    await stopServer(folder, pid);
  } catch (error) {
    if ((error as { code?: string }).code === LOCK_NOT_AVAILABLE) return; // others use the server still
    // They have stopped it, or it lost this session in a crash that it outlived.
    const again = await connectToRunning(folder);
    if (again !== null) await leaveUsers(again, folder);
  } finally {
    await client.end().catch(() => {});
  }
}

async function createDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
  if (rowCount) return;
  try {
    await client.query(`CREATE DATABASE ${DATABASE}`);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== DUPLICATE_DATABASE && code !== UNIQUE_VIOLATION) throw error;
  }
}
