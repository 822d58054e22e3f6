import pg from 'pg';
import type { PostgresAccess } from './access.ts';
import { socketStream } from './socket-stream.ts';
import { makeTemporaryTables, type TemporaryTable } from './temporary-tables.ts';

const CONNECT_MILLISECONDS = 10_000;
const CANCEL_MILLISECONDS = 5000;

/** How often a server that works on a query looks whether its client is still there. */
const LOOK_MILLISECONDS = 2000;

/** Seconds that the rows of an answer may be on their way to the client, beyond those that the query may take. */
const TRANSFER_SECONDS = 900;

/** A connection in a transaction that may only read, its own temporary tables among all else. */
export interface Session {
  readonly client: pg.Client;
  /** Ends the session in good order. */
  close(): void;
  /** Stops what PostgreSQL does for the session, and ends it. */
  cancel(): Promise<void>;
}

/**
 * @param tables that are made for the session, and go with it.
 * @throws what `pg` throws when it cannot connect, or the server when it cannot make them.
 */
export async function openSession(
  access: PostgresAccess,
  seconds: number,
  tables: readonly TemporaryTable[] = [],
): Promise<Session> {
  const client = await connect(access, CONNECT_MILLISECONDS);
  try {
    const process = await begin(client, seconds, tables.length > 0 ? 'read write' : 'read only');
    if (tables.length > 0) {
      await makeTemporaryTables(client, tables);
      // From here on there is no way back.
      await client.query('set transaction read only');
    }
    let cancelling: Promise<void> | null = null;
    return {
      client,
      close: () => void client.end().catch(() => {}),
      cancel: () => {
        // The connection is held until then, or the process' id might be another's.
        cancelling ??= cancelProcess(access, process)
          .catch(() => {})
          .then(() => drop(client));
        return cancelling;
      },
    };
  } catch (error) {
    drop(client);
    throw error;
  }
}

async function connect(access: PostgresAccess, milliseconds: number): Promise<pg.Client> {
  const { host, port, user, password, database, connect } = access;
  const client = new pg.Client({
    ...{ host, port, user, password, database },
    application_name: 'almagest',
    connectionTimeoutMillis: milliseconds,
    ...(connect && { stream: () => socketStream(connect) }),
  });
  // A connection lost between statements: the next statement fails with it, the process must not.
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    drop(client);
    throw error;
  }
  return client;
}

/**
 * The statement's time limit is the server's own: it ends what nobody waits for any more. PostgreSQL has it count the transfer too,
 * so that whoever waits must count the query's seconds.
 * @returns the id of the server's process.
 */
async function begin(
  client: pg.Client,
  seconds: number,
  access: 'read only' | 'read write',
): Promise<number> {
  const settings = [
    `statement_timeout = ${Math.ceil((seconds + TRANSFER_SECONDS) * 1000)}`,
    "timezone = 'UTC'",
    "client_encoding = 'UTF8'",
    // What the text of values depends on, in case the server is set up otherwise.
    "datestyle = 'ISO, YMD'",
    'extra_float_digits = 1',
    'standard_conforming_strings = on',
    // The planner takes the functions of `almagest` for dear: compiling a query took ten times as long as running it.
    'jit = off',
  ];
  const statements = [
    `begin transaction ${access}`,
    ...settings.map((setting) => `set local ${setting}`),
    // A server notices only when it writes that its client is gone, unless it is told to look. (PostgreSQL 14 and later can.)
    `select set_config(name, '${LOOK_MILLISECONDS}', true) from pg_settings where name = 'client_connection_check_interval'`,
    'select pg_backend_pid() as process',
  ];
  const results = await client.query(statements.join('; '));
  return (results as unknown as pg.QueryResult<{ process: number }>[]).at(-1)!.rows[0]!.process;
}

async function cancelProcess(access: PostgresAccess, process: number): Promise<void> {
  const client = await connect(access, CANCEL_MILLISECONDS);
  try {
    await client.query('select pg_cancel_backend($1)', [process]);
  } finally {
    void client.end().catch(() => {});
  }
}

function drop(client: pg.Client): void {
  client.connection.stream.destroy();
}
